#include "services/engine/cutoff/conditions.h"

#include <algorithm>

#include "services/engine/cutoff/formulas.h"

namespace linchpin::engine {

Hit HitOf(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex deployment) {
  const Truth truth = Formulas<PlainLogic>(knowledge, resolved, deployment, /*likely=*/false).Condition();
  bool likely = truth == Truth::kTrue;
  if (truth == Truth::kUnknown && knowledge.has_likely()) {
    likely =
        Formulas<PlainLogic>(knowledge, resolved, deployment, /*likely=*/true).Condition() == Truth::kTrue;
  }
  return {deployment, truth, likely};
}

Truth Hits(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex deployment) {
  return HitOf(knowledge, resolved, deployment).truth;
}

HitReason Explain(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex deployment) {
  // Most are plain; only what is not false is worth the facts.
  const Hit hit = HitOf(knowledge, resolved, deployment);
  if (hit.truth == Truth::kFalse) return {};
  Explained proven = Formulas<ExplainingLogic>(knowledge, resolved, deployment, /*likely=*/false).Condition();
  HitReason reason{hit.truth, hit.likely, std::move(proven.facts), {}, {}};
  if (hit.truth == Truth::kTrue) return reason;
  std::sort(reason.facts.begin(), reason.facts.end());
  if (!hit.likely) return reason;
  Explained likely = Formulas<ExplainingLogic>(knowledge, resolved, deployment, /*likely=*/true).Condition();
  reason.likely_proof = std::move(likely.facts);
  reason.likely_facts = std::move(likely.likely);
  return reason;
}

std::vector<Hit> AllHits(const Knowledge& knowledge, const ResolvedCutoff& resolved) {
  std::vector<Hit> hits;
  for (DeploymentIndex deployment : knowledge.graph().deployments()) {
    const Hit hit = HitOf(knowledge, resolved, deployment);
    if (hit.truth != Truth::kFalse) hits.push_back(hit);
  }
  return hits;
}

}  // namespace linchpin::engine
