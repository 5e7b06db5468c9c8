// From absl::Status with the details of services/base/error.h to grpc::Status with google.rpc details,
// and back.
#ifndef LINCHPIN_SERVICES_KIT_RPC_STATUS_H_
#define LINCHPIN_SERVICES_KIT_RPC_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/base/error.h"

namespace grpc {
class Status;
}

namespace linchpin::kit {

// The domain of every ErrorInfo of ours.
inline constexpr std::string_view kErrorDomain = "linchpin";

// Every status that is not OK gets a google.rpc.Status with exactly one ErrorInfo: the reason that the error
// carries; DEADLINE_EXCEEDED or CANCELLED for those codes; INTERNAL for what carries none. Besides, where the
// error has them: BadRequest, RetryInfo, and ResourceInfo for RESOURCE_NOT_FOUND and RESOURCE_EXISTS. The
// text of an error INTERNAL or UNKNOWN without a reason is for the log only: the caller gets `request_id` to
// ask with. Messages are cut at 4 KiB.
grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view request_id = "");

// What a client makes of the answer of a Linchpin service: code, message, and the details if there are some.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_STATUS_H_
