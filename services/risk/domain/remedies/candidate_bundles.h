// Changes that help only together.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_BUNDLES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_BUNDLES_H_

#include <vector>

#include "services/risk/domain/remedies/candidate.h"

namespace linchpin::risk {

// Of candidates as a CandidateMaker makes them: one new deployment behind all needs that it was made for,
// where there are several; and for a consumer of several needs the first fallback that was made for each.
std::vector<Candidate> BundlesOf(const std::vector<const Candidate*>& single, const RemedyCosts& costs);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_BUNDLES_H_
