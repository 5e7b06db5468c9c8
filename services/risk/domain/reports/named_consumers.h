// Consumers that a request names.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_NAMED_CONSUMERS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_NAMED_CONSUMERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/engine/graph/graph.h"

namespace linchpin::risk {

enum class NamedRoutes { kRefused, kTaken };

// Those that `names`, the value of the request's `field`, stands for: in its order, repeats included.
// Errors: FIELD_INVALID for a name that no consumer can have, and for that of a route where these are refused; TARGET_NOT_FOUND for one
// that the inventory does not have. Both name the entry.
absl::StatusOr<std::vector<engine::ConsumerIndex>> FindConsumers(
    const engine::Graph& graph, const google::protobuf::RepeatedPtrField<std::string>& names,
    const std::string& field = "consumers", NamedRoutes routes = NamedRoutes::kTaken);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_NAMED_CONSUMERS_H_
