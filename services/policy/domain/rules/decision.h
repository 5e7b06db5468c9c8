// What proven and likely facts decide, as far as an assignment lets them (knowledge.md K6).
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_DECISION_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_DECISION_H_

#include <algorithm>
#include <vector>

#include "linchpin/policy/v1/certainty.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/graph/fact.h"

namespace linchpin::policy {

// A truth of which kTrue favours the subject, kFalse speaks against it.
struct FactDecision {
  engine::Truth truth = engine::Truth::kUnknown;
  bool likely = false;  // Proven facts leave it open, and likely ones decide it.
};

// `likely` is the truth on likely facts; it counts only where proven facts leave it open. CAUTIOUS takes from
// it what speaks against the subject, and nothing that favours it.
inline FactDecision DecideByFacts(v1::Assurance assurance, engine::Truth proven, engine::Truth likely) {
  if (proven != engine::Truth::kUnknown || likely == engine::Truth::kUnknown) return {proven, false};
  if (assurance == v1::ASSURANCE_PROVEN) return {};
  if (likely == engine::Truth::kTrue && assurance != v1::ASSURANCE_LIKELY) return {};
  return {likely, true};
}

// Likely facts that an outcome rests on, each once, in the order in which they were met.
using LikelyFacts = std::vector<engine::FactRef>;

inline void AddLikely(const engine::FactRef& fact, LikelyFacts& facts) {
  if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
}
inline void AddLikely(const LikelyFacts& from, LikelyFacts& to) {
  for (const engine::FactRef& fact : from) AddLikely(fact, to);
}

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_DECISION_H_
