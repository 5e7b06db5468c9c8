// Which vendors can play which part, and who owns them, as far as documents say (knowledge.md K2).
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_VENDOR_PARTS_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_VENDOR_PARTS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// What an unknown vendor is: any at all (a parent), or one that plays a part.
enum class Part : uint8_t { kAny, kDeveloper, kOperator, kHostProvider };
inline constexpr std::array<Part, 4> kParts = {Part::kAny, Part::kDeveloper, Part::kOperator,
                                               Part::kHostProvider};

// A vendor can play a part if its roles are not stated, if they name the part, or if some document states it
// in that part.
// Ownership: the graph must outlive it. Thread safety: immutable. Cost: one walk over vendors, hosts, models
// and deployments.
class VendorParts {
 public:
  explicit VendorParts(const Graph& graph);

  bool Can(Part part, VendorIndex vendor) const { return (can_[vendor.value] & BitOf(part)) != 0; }
  // How many vendors that can play the part have `owner` among their known owners, themselves included.
  uint32_t OwnedBy(VendorIndex owner, Part part) const {
    return owned_[static_cast<size_t>(part)][owner.value];
  }
  // Is some known owner of one that can play the part of this country?
  bool HasOwnerOf(Country country, Part part) const {
    return countries_[static_cast<size_t>(part)].known.contains(country);
  }
  // Is the country of such an owner, or who owns it, not known?
  bool HasOwnerOfUnknownCountry(Part part) const { return countries_[static_cast<size_t>(part)].any_unknown; }
  // Those that can play the part and whose last known owner has a parent that is unknown but, by bounds, not
  // none. Few.
  const std::vector<VendorIndex>& WithOpenOwners() const { return with_open_owners_; }
  // All vendors with the same last known parent, ascending; the vendor itself included.
  const std::vector<Member>& GroupOf(VendorIndex vendor) const { return groups_[root_[vendor.value]]; }

 private:
  struct Countries {
    absl::flat_hash_set<Country> known;
    bool any_unknown = false;
  };
  static constexpr uint8_t BitOf(Part part) { return static_cast<uint8_t>(1U << static_cast<int>(part)); }
  void Allow(Part part, VendorIndex vendor) { can_[vendor.value] |= BitOf(part); }
  void ReadRoles(const Graph& graph);
  void ReadDocuments(const Graph& graph);
  void CountOwners(const Graph& graph);

  std::vector<uint8_t> can_;  // By vendor, a bit for each part.
  std::array<std::vector<uint32_t>, 4> owned_;
  std::array<Countries, 4> countries_;
  std::vector<VendorIndex> with_open_owners_;
  std::vector<uint32_t> root_;               // By vendor: its last known owner.
  std::vector<std::vector<Member>> groups_;  // By last known owner.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_VENDOR_PARTS_H_
