// RiskService over gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_
#define LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_

#include <memory>

namespace grpc {
class Service;
}
namespace linchpin::kit {
class Pipeline;
}

namespace linchpin::risk {

class RiskAnswers;

// How much is computed at once, streams not counted.
struct RiskServiceOptions {
  int pool_threads = 4;
  int pool_queue_max = 256;
};

// Calls that wait for a revision hold no thread. Ownership: keeps references to the pipeline and the answers,
// which must outlive the server that serves it.
std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, RiskAnswers& answers,
                                               const RiskServiceOptions& options = {});

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_
