// The table of hazards that is shipped: stated assumptions, each with its reason and source.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_HAZARD_DEFAULTS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_HAZARD_DEFAULTS_H_

#include <string_view>
#include <vector>

#include "linchpin/risk/v1/hazard.pb.h"

namespace linchpin::risk {

inline constexpr std::string_view kShippedHazardTable = "hazardTables/shipped";
// Changes whenever a figure below does.
inline constexpr std::string_view kShippedHazardVersion = "2026-11";

// One row for each class, in the order of the enum. They are assumptions: replace them by your own where you
// know better.
const std::vector<linchpin::risk::v1::Hazard>& ShippedHazards();

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_HAZARD_DEFAULTS_H_
