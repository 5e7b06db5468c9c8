// RiskService over gRPC: which handler answers which method.
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
class ScoreAnswers;

// Ownership: keeps references to the pipeline and the answers, which must outlive the server that serves it.
std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, RiskAnswers& answers,
                                               ScoreAnswers& scores);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_
