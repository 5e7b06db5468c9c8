// How commands call the services. Commands see this interface only, so that they know no gRPC and tests can
// answer them.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_CLIENT_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_CLIENT_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace linchpin::cli {

// Methods by short names.
inline constexpr char kInventory[] = "linchpin.inventory.v1.InventoryService";
inline constexpr char kPolicy[] = "linchpin.policy.v1.PolicyService";
inline constexpr char kRisk[] = "linchpin.risk.v1.RiskService";

// Metadata of one call, by key. Values are printable ASCII.
using CallMetadata = std::map<std::string, std::string>;

// Blocking calls with a deadline.
//
// Errors: those of the service, with the details of base::Error (reason, metadata, violations).
//   The metadata `request_id` holds the id
//   under which the server logged the call.
class Client {
 public:
  virtual ~Client() = default;

  // Calls `service`/`method`, such as kInventory, "GetVendor".
  virtual absl::Status Call(const std::string& service, const std::string& method,
                            const google::protobuf::Message& request,
                            google::protobuf::Message& response) = 0;

  // The same with metadata of ours: `sent` goes with the call; what the server sends back under keys that
  // begin with `linchpin-` is put into `received`. A client that has no server to send it to leaves it out.
  virtual absl::Status CallWith(const CallMetadata& /*sent*/, CallMetadata& /*received*/,
                                const std::string& service, const std::string& method,
                                const google::protobuf::Message& request,
                                google::protobuf::Message& response) {
    return Call(service, method, request, response);
  }

  // Calls a method that answers with a stream; each part is put into `part`, then `on_part` is called.
  virtual absl::Status Stream(const std::string& service, const std::string& method,
                              const google::protobuf::Message& request, google::protobuf::Message& part,
                              const std::function<void()>& on_part) = 0;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_CLIENT_H_
