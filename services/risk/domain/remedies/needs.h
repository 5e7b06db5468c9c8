// Which needs a score depends on, and with how much of it.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_NEEDS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_NEEDS_H_

#include <vector>

#include "services/risk/domain/remedies/candidate_maker.h"
#include "services/risk/domain/remedies/score_subject.h"

namespace linchpin::risk {

// The needs of whom the subject counts, and of all consumers that these depend on, by stake falling, then by
// name. The stake of a need is the sum, over those who depend on its consumer, of their points of the score;
// what is only not excluded counts for a hundredth. Those without stake are left out. Cost: for each consumer
// that the subject counts, what it depends on; 20,000,000 steps at most, and the rest then counts for itself
// alone.
std::vector<Need> NeedsOf(const engine::Graph& graph, const RemedySubject& subject, const Lambdas& lambdas);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_NEEDS_H_
