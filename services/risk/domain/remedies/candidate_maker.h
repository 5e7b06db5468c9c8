// Makes the candidates: real changes of documents, from what the inventory holds.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_MAKER_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_MAKER_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/engine/structure/exposure.h"
#include "services/risk/domain/remedies/candidate.h"
#include "services/risk/domain/remedies/draft_inventory.h"
#include "services/risk/domain/remedies/suitability.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// A dependency or the one need of a route.
struct Need {
  std::string name;  // Of the dependency or the route.
  engine::ConsumerIndex consumer;
  uint32_t group = 0;  // Ordinal within the consumer.
  double stake = 0;    // How much of the score depends on it at most.
};
// Its name, by its place.
std::string NameOfNeed(const engine::Graph& graph, engine::ConsumerIndex consumer, uint32_t group);

// A deployment that does not exist: an own copy of open weights on a host that does, or one that is offered.
struct Proposal {
  linchpin::inventory::v1::Deployment document;
  engine::ModelIndex model;
  engine::DeploymentIndex index;  // On the graph that candidates are tried on.
  bool offered = false;
};

// What all makers of one search know.
struct RemedyContext {
  const engine::Graph& graph;  // With all proposals in it.
  const engine::Knowledge& knowledge;
  const engine::Exposure& exposure;
  const Suitability& suitability;
  const HazardSet& hazards;
  const std::vector<Proposal>& proposals;
  const replica::View* offered;  // The inventory with all that is offered; null if nothing is.
  std::set<std::string> home;    // Countries.
  std::set<linchpin::risk::v1::RemedyKind> kinds;  // Empty: all.

  bool Wants(linchpin::risk::v1::RemedyKind kind) const { return kinds.empty() || kinds.contains(kind); }
};

// Ownership: keeps references to what it is given. Thread safety: one thread at a time.
class CandidateMaker {
 public:
  CandidateMaker(const RemedyContext& context, const DraftInventory& draft);

  // What can be done about one need: other alternatives, or better use of those that are there.
  std::vector<Candidate> ForNeed(const Need& need) const;
  // What can be done about one deployment that stands.
  std::vector<Candidate> ForDeployment(engine::DeploymentIndex deployment) const;

 private:
  struct Draft;  // A need as its document says it.
  struct Standin;

  std::optional<Draft> Read(const Need& need) const;
  void AddFallbacks(const Draft& draft, const std::vector<Standin>& standins,
                    std::vector<Candidate>& made) const;
  Candidate Behind(const Draft& draft, const Standin& standin, linchpin::risk::v1::RemedyKind kind,
                   std::string title) const;
  Candidate Fallback(const Draft& draft, const Standin& standin) const;
  Candidate NewFallback(const Draft& draft, const Standin& standin) const;
  Candidate HomeFirst(const Draft& draft, const Standin& standin) const;
  // Puts a proposed deployment before the documents, with all that it needs and the inventory lacks.
  void AddProposed(const Proposal& proposal, Candidate& candidate) const;
  void AddHomeModel(const Draft& draft, const std::vector<Standin>& standins,
                    std::vector<Candidate>& made) const;
  void AddWarmer(const Draft& draft, std::vector<Candidate>& made) const;
  std::vector<Standin> StandinsOf(const Draft& draft) const;
  static void DropMuchSmaller(std::vector<Standin>& standins);
  bool IsRetired(engine::ModelIndex model) const;
  bool IsHome(engine::ModelIndex model) const;
  // Countries outside home from which weights of its lineage are known to come; empty without a home.
  std::set<std::string> ForeignOrigins(engine::ModelIndex model) const;
  double RateOf(uint32_t atom) const { return rates_[atom]; }

  const RemedyContext& context_;
  const DraftInventory& draft_;
  std::vector<double> rates_;                      // By atom of the exposure.
  std::vector<engine::DeploymentIndex> existing_;  // Those that are not only proposed.
};

// Own copies of open models that could stand in where nothing that exists shares no fate: for each of
// `needs`, of its own model and of up to two others; each on up to two hosts that already carry own
// deployments. Names are new. At most 200.
std::vector<Proposal> ProposeDeployments(const RemedyContext& context, const DraftInventory& draft,
                                         const std::vector<Need>& needs);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_MAKER_H_
