// What a simulation took for absent values (S1), told in sentences.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_ASSUMPTIONS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_ASSUMPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "services/engine/graph/counted.h"
#include "services/engine/graph/graph.h"

namespace linchpin::risk {

// One sentence for each sort of value that is absent of the consumers named, their dependencies, and the
// deployments that these have as targets: how many, what was taken, and one example. Cost: linear in the
// alternatives of these consumers.
std::vector<std::string> AssumptionsOf(const engine::Graph& graph,
                                       const std::vector<engine::ConsumerIndex>& consumers);

// `consumers` and the consumers that they depend on, through any number of others; each once.
std::vector<engine::ConsumerIndex> WithDependedOn(const engine::Graph& graph,
                                                  const std::vector<engine::ConsumerIndex>& consumers);

// Adds that routes stand in for applications, if they do.
void AddStandIns(const engine::Counted& counted, google::protobuf::RepeatedPtrField<std::string>& sentences);

// The same for figures of concentration: only what moves weight. Of all `consumers` and of those that they
// reach; with `criticality` also the weights taken from tiers, which only count for `consumers` themselves.
// Models include those of their lineages along derivations that carry weights.
struct FigureAssumptions {
  std::vector<std::string> sentences;
  int64_t untiered = 0;  // Of `consumers`: weigh as tier 3 does, without a tier; 0 without `criticality`.
};
FigureAssumptions AssumptionsOfFigures(const engine::Graph& graph,
                                       const std::vector<engine::ConsumerIndex>& consumers, bool criticality);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_ASSUMPTIONS_H_
