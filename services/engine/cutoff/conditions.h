// Which deployments a cutoff hits (S3), in logic of three values and in three readings.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_CONDITIONS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_CONDITIONS_H_

#include <vector>

#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/engine/levels/reading.h"

namespace linchpin::engine {

// One deployment and whether a resolved cutoff hits it.
struct Hit {
  DeploymentIndex deployment;
  Truth truth;          // On values, none and bounds.
  bool likely = false;  // Hit with likelihoods read too. Always where `truth` is kTrue.

  bool IsIn(Reading reading) const { return reading == Reading::kLikely ? likely : HoldsIn(reading, truth); }
};

// The condition of S3 for one resolved cutoff and one deployment, in every reading.
Hit HitOf(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex deployment);
// The same on values, none and bounds alone.
Truth Hits(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex deployment);

// Why that is so. All lists are without repeats.
struct HitReason {
  Truth truth = Truth::kFalse;
  bool likely = false;
  // kTrue: facts that together make the condition hold, from the deployment towards what is cut; where
  // several sets do, the smallest, the one that S3 names first among equals. kUnknown: the operands left
  // open, ascending. kFalse: empty.
  std::vector<FactRef> facts = {};
  // Of a hit that is open but likely: what `facts` is of a certain one, likely facts among them.
  std::vector<FactRef> likely_proof = {};
  // The likely facts that it rests on: those that decide an operand which is open on what is proven, unless
  // another true operand needs none.
  std::vector<FactRef> likely_facts = {};
};
HitReason Explain(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex deployment);

// All deployments that are hit in some reading, ascending.
std::vector<Hit> AllHits(const Knowledge& knowledge, const ResolvedCutoff& resolved);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_CONDITIONS_H_
