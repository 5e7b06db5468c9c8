// Requests about failing, read into the engine's words.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_FAILURE_REQUEST_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_FAILURE_REQUEST_H_

#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "linchpin/risk/v1/cut_set.pb.h"
#include "services/engine/structure/failure_function.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// Consumers that are asked about together at most.
inline constexpr size_t kConsumersTogetherMax = 1000;

// The question but for `together` and `reading`; each consumer and each class once. No consumer named: all.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, for a field below `question`; NOT_FOUND, TARGET_NOT_FOUND, for a
//   consumer that is not in the inventory.
absl::StatusOr<engine::FailureQuestion> ReadQuestion(const Analysis& analysis,
                                                     const linchpin::risk::v1::FailureQuestion& message);

// INVALID_ARGUMENT, FIELD_INVALID, where there are more consumers than can be asked about together, or none.
absl::Status CheckTogether(const engine::FailureQuestion& question);

engine::FailureQuestion::Together TogetherOf(linchpin::risk::v1::Together together);

// The readings asked for, each once, in the order proven, likely, not excluded; all three if none is named.
// Errors: INVALID_ARGUMENT, FIELD_INVALID.
absl::StatusOr<std::vector<engine::Reading>> ReadReadings(
    const google::protobuf::RepeatedField<int>& readings);

linchpin::risk::v1::Reading ToProto(engine::Reading reading);

// The name of what keeps levels from being a matter of a few steps; empty if nothing does.
std::string ObstacleName(const engine::Graph& graph, const std::optional<engine::Target>& obstacle);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_FAILURE_REQUEST_H_
