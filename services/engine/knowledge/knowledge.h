// What is known of everything that one graph leaves open: domains, likelihoods, what follows from what
// (knowledge.md K2 to K4).
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_KNOWLEDGE_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_KNOWLEDGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/domain.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/engine/knowledge/rules.h"
#include "services/engine/knowledge/vendor_parts.h"

namespace linchpin::engine {

// Ownership: keeps its graph. Thread safety: immutable.
// Cost: Create walks vendors, hosts, licences, models and deployments once. Memory: some 200 bytes for each
//   fact of which more is known than that it is unknown.
class Knowledge {
 public:
  static std::shared_ptr<const Knowledge> Create(std::shared_ptr<const Graph> graph,
                                                 DisabledRules disabled = {});
  // The same of another graph, by the same rules. Cost: where the graphs share their facts, and differ in
  // consumers alone, next to nothing, since all is shared; else that of Create.
  std::shared_ptr<const Knowledge> On(std::shared_ptr<const Graph> graph) const;

  // Whether both are of the same facts, read by the same rules, so that they say the same of all but
  // consumers.
  bool SharesWith(const Knowledge& other) const { return found_ == other.found_; }

  const Graph& graph() const { return *graph_; }
  const std::shared_ptr<const Graph>& shared_graph() const { return graph_; }
  const VendorParts& parts() const { return found_->parts; }
  const Rules& rules() const { return found_->rules; }

  // Of a fact that has no value, also none that follows from a line. `kind` is one that has a domain:
  // not kIntermediary, kBase, kRelation, kSwitchTime, kTier, kDerivations.
  const OpenFact& Of(FactKind kind, uint32_t subject) const;
  // Some fact has a likelihood, so that the reading likely can differ from proven.
  bool has_likely() const { return found_->has_likely; }
  // Ascending, without repeats.
  const std::vector<Contradiction>& contradictions() const { return found_->contradictions; }

  // The model that states the fact for `model`: itself, or the nearest line of which it is a version (rule
  // version-of). `model` itself where none does. `kind` is kDeveloper, kOrigin, kWeights, kLicence or
  // kDerivations.
  ModelIndex StatingModel(ModelIndex model, FactKind kind) const;
  // Facts of a model, its line's where it states none.
  std::optional<VendorIndex> DeveloperOf(ModelIndex model) const {
    return graph_->models()[StatingModel(model, FactKind::kDeveloper)].developer;
  }
  const Fact<LicenceIndex>& LicenceOf(ModelIndex model) const {
    return graph_->models()[StatingModel(model, FactKind::kLicence)].licence;
  }
  std::optional<Weights> WeightsOf(ModelIndex model) const {
    return graph_->models()[StatingModel(model, FactKind::kWeights)].weights;
  }
  const Fact<std::vector<Derivation>>& DerivationsOf(ModelIndex model) const {
    return graph_->models()[StatingModel(model, FactKind::kDerivations)].derivations;
  }
  // Stated, else the developer's country.
  std::optional<Country> OriginOf(ModelIndex model) const;

  // May the deployment be self-hosted, on what is proven?
  bool MaySelfHost(DeploymentIndex deployment) const;
  // Can the deployment, whose host is unknown, run on this one, by its provider and country?
  bool MayRunOn(DeploymentIndex deployment, HostIndex host) const;
  // The countries that these vendors can be of: every country if that of one is not known.
  Domain CountriesOf(const std::vector<Member>& developers) const;
  // Where models of these developers can come from: their countries, and the origins of their models.
  Domain OriginsOfModelsBy(const std::vector<Member>& developers) const;
  // Can `base` be an unstated base model of `child`, or of what `child` is made from? `likely`: on
  // likelihoods too.
  bool MayBeBase(ModelIndex child, ModelIndex base, bool likely) const;
  // Models that are known to bear a licence, or may bear it though they state none. Ascending.
  const std::vector<ModelIndex>& ModelsOf(LicenceIndex licence) const {
    return found_->by_licence[licence.value];
  }
  // Models whose developer is known to be this one. Ascending.
  const std::vector<ModelIndex>& ModelsBy(VendorIndex developer) const {
    return found_->by_developer[developer.value];
  }

  // How long the change-over to an alternative takes in the reading likely, of which the switch time is
  // unknown: the stated likelihood, else the typical time.
  int64_t LikelySwitchSeconds(Target first, Target target, const AlternativeTerms& terms) const;

 private:
  friend class KnowledgeReader;
  // What follows from facts alone.
  struct Found {
    Found(std::shared_ptr<const Graph> of, DisabledRules disabled)
        : graph(std::move(of)), parts(*graph), rules(*graph, parts, disabled) {}

    const std::shared_ptr<const Graph> graph;  // The facts, without consumers.
    const VendorParts parts;
    const Rules rules;
    // Those that are not as any of their kind.
    absl::flat_hash_map<uint64_t, std::unique_ptr<const OpenFact>> facts;
    // Facts of models that their lines or developers would give against their own bounds: read as unknown.
    absl::flat_hash_set<uint64_t> unread;
    std::vector<Contradiction> contradictions;
    std::vector<std::vector<ModelIndex>> by_licence;
    std::vector<std::vector<ModelIndex>> by_developer;
    bool has_likely = false;
  };
  Knowledge(std::shared_ptr<const Graph> graph, std::shared_ptr<Found> found)
      : graph_(std::move(graph)), found_(std::move(found)) {}
  void IndexModels();
  bool IsMadeFrom(ModelIndex model, ModelIndex base) const;

  static uint64_t KeyOf(FactKind kind, uint32_t subject) {
    return static_cast<uint64_t>(kind) << 32 | subject;
  }

  const std::shared_ptr<const Graph> graph_;
  const std::shared_ptr<Found> found_;  // Changed by its reader only, before anybody else has it.
};

// Everything of the type of the fact, as far as the fact alone says: its base, none where that can be known,
// OTHER.
const Domain& WholeDomain(FactKind kind);
// Does a host agree with what its provider and country can be?
bool Fits(const Host& host, const Domain& providers, bool may_have_none, const Domain& countries);
// What part an unknown vendor plays. kAny for a fact that is no vendor.
Part PartOf(FactKind kind);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_KNOWLEDGE_H_
