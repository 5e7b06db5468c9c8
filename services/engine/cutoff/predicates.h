// The predicates that the conditions of S3 are made of, each over the domain of its fact. Internal to
// conditions.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_PREDICATES_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_PREDICATES_H_

#include <optional>

#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/engine/knowledge/ownership.h"

namespace linchpin::engine {

// Is the value, of which `domain` is known, this one?
inline Truth IsValue(const Domain& domain, Member value) {
  if (!domain.Allows(value)) return Truth::kFalse;
  return domain.listed && domain.values.size() == 1 && !domain.none ? Truth::kTrue : Truth::kUnknown;
}

// What is asked of models and hosts that are not known, for one resolved cutoff. Members of a domain are read
// as they stand (knowledge.md K2). `likely`: on domains cut by likelihoods. Ownership: all must outlive it.
// Thread safety: immutable.
class MemberPredicates {
 public:
  MemberPredicates(const Knowledge& knowledge, const ResolvedCutoff& resolved)
      : knowledge_(knowledge), graph_(knowledge.graph()), cutoff_(resolved) {}

  // Of an unknown model.
  Truth IsProprietary(const Domain& models) const;
  Truth NeedsActivation(const Domain& models) const;
  Truth NeedsWithdrawn(const Domain& models, const Domain& developers) const;
  // Some model of the lineage has the origin, or the licence, that is cut. `developers`: whose model it is.
  Truth HasAncestor(const Domain& models, const Domain& developers) const;

  // Some unstated base model of `child` has the origin, or the licence, that is cut.
  Truth HasUnstatedBase(ModelIndex child, bool likely) const;
  // Does one model, as it stands, have the origin or the licence that is cut?
  Truth IsCut(ModelIndex model) const;
  // Can the deployment run on the host that is cut?
  Truth RunsOnHost(DeploymentIndex deployment, const Domain& hosts) const;

 private:
  bool IsBan() const { return cutoff_.kind == CutoffKind::kCountryWeightsBan; }
  Truth LineageIsCut(ModelIndex model) const;
  Truth Needs(ModelIndex model, ModelIndex wanted) const;
  Truth RunsOn(const Derivation& derivation) const;
  Truth OtherIsCut(const Domain& developers) const;
  template <typename Predicate>
  Truth Over(const Domain& models, const Predicate& predicate, Truth other) const;
  template <typename Predicate>
  void AddUnlisted(const Domain& models, const Domain& developers, const Predicate& predicate,
                   OverMembers& members) const;

  const Knowledge& knowledge_;
  const Graph& graph_;
  const ResolvedCutoff& cutoff_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_PREDICATES_H_
