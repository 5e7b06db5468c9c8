// Atoms: the single things that can be lost, and what each of them hits (S8.1).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_ATOMS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_ATOMS_H_

#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/cutoff/conditions.h"
#include "services/engine/cutoff/scenario.h"

namespace linchpin::engine {

enum class AtomClass : uint8_t { kVendor, kHost, kLicence, kWeights, kServices, kModel };
inline constexpr AtomClass kAtomClasses[] = {AtomClass::kVendor,  AtomClass::kHost,     AtomClass::kLicence,
                                             AtomClass::kWeights, AtomClass::kServices, AtomClass::kModel};

struct Atom {
  AtomClass atom_class = AtomClass::kVendor;
  uint32_t index = UINT32_MAX;  // Vendor, host, licence or model.
  Country country = {};         // Of weights and services.
  // Stands for what the inventory does not name; nothing is proven of it. Without index and country.
  bool unlisted = false;

  friend bool operator==(const Atom&, const Atom&) = default;
};

// "vendor:ID", "weights:CC" and so on, with ID what follows the last slash of the name; "vendor:?" of what is
// not listed.
std::string KeyOf(const Graph& graph, const Atom& atom);
// The total, permanent cutoff from time 0 without notice that loses the atom; its id is the key.
Cutoff CutoffOf(const Graph& graph, const Atom& atom);
ResolvedCutoff ResolvedCutoffOf(const Atom& atom);
// Every atom of a class that the graph names, those that hit nothing included, in the order of keys.
// Countries are those of vendors, hosts and origins, and those in bounds, likelihoods and `serves_from`.
std::vector<Atom> AtomsOf(const Knowledge& knowledge, AtomClass atom_class);

// What decides a class's condition about a deployment. Deployments that agree in it are hit alike, by facts
// that differ in the deployment only.
std::string SignatureOf(const Deployment& deployment, AtomClass atom_class);

// What every atom of one class hits, found in one walk over the deployments. Deployments that
// agree in all that the condition reads are asked about once.
// Thread safety: immutable.
class AtomIndex {
 public:
  struct Entry {
    Atom atom;
    std::string key;
    std::vector<DeploymentIndex> certain;  // Hit in every reading.
    std::vector<DeploymentIndex> likely;   // Hit in the reading likely besides these.
    std::vector<DeploymentIndex> open;     // Not excluded besides `certain` and common().
  };

  AtomIndex(const Knowledge& knowledge, AtomClass atom_class);
  // The one atom of the class that is not listed. For an inventory that names none of it.
  static AtomIndex OfUnlisted(const Knowledge& knowledge, AtomClass atom_class);
  // By key. Atoms that hit no deployment in any reading are left out.
  const std::vector<Entry>& entries() const { return entries_; }
  // Not excluded of any atom of the class, because what decides is unknown. Ascending.
  const std::vector<DeploymentIndex>& common() const { return common_; }
  // Some entry has `likely` hits.
  bool has_likely() const { return has_likely_; }
  // All that an atom hits in a reading, ascending.
  std::vector<DeploymentIndex> HitsOf(const Entry& entry, Reading reading) const;

 private:
  class Filler;

  AtomIndex(const Knowledge& knowledge, AtomClass atom_class, std::vector<Entry> entries);

  std::vector<Entry> entries_;
  std::vector<DeploymentIndex> common_;
  bool has_likely_ = false;
};

// The indexes of what is known of one graph, each made when first asked for.
// Ownership: keeps the knowledge. Thread safety: Of may run at once.
class AtomCache {
 public:
  explicit AtomCache(std::shared_ptr<const Knowledge> knowledge) : knowledge_(std::move(knowledge)) {}
  const AtomIndex& Of(AtomClass atom_class) const;
  const Knowledge& knowledge() const { return *knowledge_; }

 private:
  struct Made {
    std::once_flag once;
    std::unique_ptr<const AtomIndex> index;
  };
  const std::shared_ptr<const Knowledge> knowledge_;
  mutable std::array<Made, std::size(kAtomClasses)> made_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_ATOMS_H_
