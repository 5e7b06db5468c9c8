#include "services/risk/rpc/risk_service.h"

#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/kit/rpc.h"
#include "services/risk/rpc/risk_answers.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

class Service final : public v1::RiskService::CallbackService {
 public:
  Service(kit::Pipeline& pipeline, RiskAnswers& answers) : pipeline_(pipeline), answers_(answers) {}

  grpc::ServerUnaryReactor* GetConcentration(grpc::CallbackServerContext* context,
                                             const v1::GetConcentrationRequest* request,
                                             v1::GetConcentrationResponse* response) override {
    return kit::UnaryOnPool(pipeline_, context, request, response,
                            [this, request, response](kit::Call& call) {
                              return answers_.GetConcentration(call, *request, *response);
                            });
  }

  grpc::ServerUnaryReactor* SimulateCutoff(grpc::CallbackServerContext* context,
                                           const v1::SimulateCutoffRequest* request,
                                           v1::SimulateCutoffResponse* response) override {
    return kit::UnaryOnPool(pipeline_, context, request, response,
                            [this, request, response](kit::Call& call) {
                              return answers_.SimulateCutoff(call, *request, *response);
                            });
  }

  grpc::ServerWriteReactor<v1::SweepCutoffsResponse>* SweepCutoffs(
      grpc::CallbackServerContext* context, const v1::SweepCutoffsRequest* request) override {
    return kit::StreamOnThread<v1::SweepCutoffsResponse>(
        pipeline_, context, request,
        [this, request](kit::Call& call, kit::StreamWriter<v1::SweepCutoffsResponse>& writer) {
          return answers_.SweepCutoffs(call, *request, writer);
        });
  }

 private:
  kit::Pipeline& pipeline_;
  RiskAnswers& answers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, RiskAnswers& answers) {
  return std::make_unique<Service>(pipeline, answers);
}

}  // namespace linchpin::risk
