// How much weight rests on models that are foreign to a home, with the lineage that proves it.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_FOREIGN_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_FOREIGN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/engine/concentration/attribution.h"
#include "services/engine/graph/fact.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

struct ForeignModel {
  ModelIndex model;
  uint64_t weight = 0;
  // From the model to the ancestor of foreign origin, shortest, ties by names bytewise.
  std::vector<ModelIndex> path;
  Country origin;
};

// foreign + home + unknown = W.
struct ForeignWeight {
  uint64_t foreign = 0;  // On models that are foreign whatever the unknown facts are.
  uint64_t home = 0;     // On models that are of home throughout, whatever the unknown facts are.
  uint64_t unknown = 0;
  uint64_t likely_foreign = 0;            // Of `unknown`: on models that are probably foreign.
  std::vector<ForeignModel> models = {};  // Foreign for certain; largest first, then by name bytewise.
};

// Is a model foreign: has any model of its lineage at reach WEIGHTS its origin outside home?
struct Foreignness {
  Truth proven = Truth::kFalse;
  bool likely = false;  // With likelihoods read too. Always where `proven` is kTrue.
};

// Answers for one home, which is not empty.
// Ownership: the knowledge must outlive it. Thread safety: immutable.
class ForeignFinder {
 public:
  ForeignFinder(const Knowledge& knowledge, std::vector<Country> home);

  Foreignness Of(ModelIndex model) const;
  // Of the unknown model of a deployment.
  Foreignness OfUnknownModel(DeploymentIndex deployment) const;
  // The shortest way over what is stated to an ancestor (or the model itself) whose origin is proven to be
  // outside; nothing unless there is one.
  std::optional<ForeignModel> PathOf(ModelIndex model) const;

 private:
  Truth Outside(const Domain& origins) const;
  Truth OriginOutside(ModelIndex model, bool likely) const;
  Truth UnstatedBaseOutside(ModelIndex model, bool likely) const;
  Truth On(ModelIndex model, bool likely) const;
  Truth OfListed(const Domain& models, bool likely) const;
  std::vector<ModelIndex> CertainBases(ModelIndex model) const;

  const Knowledge& knowledge_;
  const Graph& graph_;
  const std::vector<Country> home_;
};

// `home` not empty. Cost: linear in deployments and the lineages of their models.
ForeignWeight WeighForeign(const Knowledge& knowledge, const Attribution& attribution,
                           const std::vector<Country>& home);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_FOREIGN_H_
