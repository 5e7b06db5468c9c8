// Which deployments have anything of an entity, or of what was made from its models (attestation).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_ENTITY_USE_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_ENTITY_USE_H_

#include <optional>
#include <vector>

#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/cutoff/use_formulas.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// A vendor, or a country. A vendor is of another if that is among its owners, and of a country if one of its
// owners, itself included, is.
struct Entity {
  std::optional<VendorIndex> vendor = {};  // Exactly one of the two is set.
  std::optional<Country> country = {};
};

// Why a deployment has something of an entity, or may.
struct UseReason {
  Truth truth = Truth::kFalse;
  // kTrue: stated or bounded facts that together prove it, from the deployment to the entity. kUnknown: the
  // facts left open, ascending. kFalse: empty. An absent list of intermediaries is a kIntermediary with
  // `detail` UINT32_MAX.
  std::vector<FactRef> facts = {};
};

// Has something of the entity: its operator, an intermediary, its weights source, the provider of its host or
// the developer of its model is of the entity, its host lies in the country, or its model or any model that
// this one was made from, by any relation, was developed by the entity or originates in the country. On
// values, none and bounds; likelihoods are not read. What is false stays so however many unknown facts come
// to be known.
//
// Ownership: the knowledge must outlive it. Thread safety: const members may run at once.
// Cost: the constructor walks all models once.
class EntityUse {
 public:
  // `strict`: an absent list of intermediaries and an absent source of self-hosted weights are open; else
  // they are read as none, as everywhere.
  EntityUse(const Knowledge& knowledge, const Entity& entity, bool strict);

  Truth OfDeployment(DeploymentIndex deployment) const;
  UseReason Explain(DeploymentIndex deployment) const;

 private:
  template <typename Logic>
  using Formulas = UseFormulas<Logic>;

  void ReadVendors();
  Truth OfParent(VendorIndex vendor) const;
  void ReadModels();
  void Spread(std::vector<Truth>& truths) const;
  Explained ExplainModel(const Formulas<ExplainingLogic>& formulas, ModelIndex model) const;

  const Knowledge& knowledge_;
  const Graph& graph_;
  const ResolvedCutoff resolved_;
  const bool strict_;
  UseTables tables_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_ENTITY_USE_H_
