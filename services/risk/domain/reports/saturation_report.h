// What SimulateCutoff says of deployments that run short.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SATURATION_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SATURATION_REPORT_H_

#include "absl/status/status.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::risk {

// Fills `saturations` and `saturation_count`. Errors: those of engine::FindShortages.
// Cost: a timeline in each reading, where there are finite deployments at all.
absl::Status AddSaturations(const engine::EvaluationPlan& plan, const engine::Scenario& scenario,
                            const engine::Limits& limits,
                            linchpin::risk::v1::SimulateCutoffResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SATURATION_REPORT_H_
