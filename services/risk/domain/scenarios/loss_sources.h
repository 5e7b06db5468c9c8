// What may happen in a year, from hazards.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_LOSS_SOURCES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_LOSS_SOURCES_H_

#include <vector>

#include "services/engine/loss/loss_source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// One for each atom that hits something in some reading, and for the cutoff and the throttling of each
// vendor's interface (`api:ID`, `throttle:ID`); those that never happen are left out.
std::vector<engine::LossSource> LossSourcesOf(const Analysis& analysis, const HazardSet& hazards);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_LOSS_SOURCES_H_
