// From the scenario of the API to that of the engine.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_SCENARIO_READER_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_SCENARIO_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/scenario.pb.h"
#include "services/engine/cutoff/scenario.h"

namespace linchpin::risk {

inline constexpr int64_t kHorizonDefaultSeconds = 24 * 3600;
inline constexpr int kScenarioCutoffsMax = 64;

struct ReadScenario {
  engine::Scenario scenario;
  // Values that were taken for absent ones, one sentence each.
  std::vector<std::string> assumptions;
};

// Reads `message`; field paths begin with `prefix`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, with every field that is wrong; NOT_FOUND, TARGET_NOT_FOUND, for
//   the first target that the graph does not hold.
absl::StatusOr<ReadScenario> Read(const engine::Graph& graph, const linchpin::risk::v1::Scenario& message,
                                  std::string_view prefix = "scenario");

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_SCENARIO_READER_H_
