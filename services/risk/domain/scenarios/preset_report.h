// The answers of ListScenarioPresets and GetScenarioPreset.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_PRESET_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_PRESET_REPORT_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/risk/v1/preset.pb.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// All presets without their scenarios.
void ListPresets(linchpin::risk::v1::ListScenarioPresetsResponse& response);

// Fills all of `response` but `inventory`: the scenario of a preset for this inventory, on the day of `now`.
// Errors: NOT_FOUND, RESOURCE_NOT_FOUND, for an id that is none; NOT_FOUND, TARGET_NOT_FOUND, for a target
//   that is not in the inventory, and where the inventory holds nothing that the preset could cut off;
//   INVALID_ARGUMENT, FIELD_INVALID, for a target of another kind.
absl::Status ReportPreset(const Analysis& analysis, const RetirementTimes& retirements, absl::Time now,
                          const linchpin::risk::v1::GetScenarioPresetRequest& request,
                          linchpin::risk::v1::GetScenarioPresetResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_PRESET_REPORT_H_
