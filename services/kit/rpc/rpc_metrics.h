// Counters and a histogram for every method, under the names that gRPC dashboards know.
#ifndef LINCHPIN_SERVICES_KIT_RPC_RPC_METRICS_H_
#define LINCHPIN_SERVICES_KIT_RPC_RPC_METRICS_H_

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "google/protobuf/descriptor.h"

namespace prometheus {
class Counter;
class Histogram;
class Registry;
}  // namespace prometheus

namespace linchpin::kit {

// Codes of gRPC are 0 to 16.
inline constexpr int kRpcCodes = 17;

// The series of one method. Kept by reference, so that a call looks nothing up.
struct MethodMetrics {
  prometheus::Counter* started;
  prometheus::Counter* received;
  prometheus::Counter* sent;
  std::array<prometheus::Counter*, kRpcCodes> handled;
  prometheus::Histogram* seconds;
};

// Thread safety: all of it. Ownership: the registry must outlive it.
class RpcMetrics {
 public:
  explicit RpcMetrics(prometheus::Registry& registry);
  ~RpcMetrics();

  // The series of a method, made with the value 0 when first asked for.
  MethodMetrics* Of(const google::protobuf::MethodDescriptor& method);

  // The series of calls of methods that do not exist: grpc_service and grpc_method are "unknown".
  MethodMetrics* Unknown();

 private:
  struct Families;
  MethodMetrics* Make(const std::string& type, const std::string& service, const std::string& method);

  std::unique_ptr<Families> families_;
  std::map<std::string, std::unique_ptr<MethodMetrics>> methods_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_RPC_METRICS_H_
