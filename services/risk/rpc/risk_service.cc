#include "services/risk/rpc/risk_service.h"

#include <grpcpp/impl/service_type.h>

#include "services/kit/rpc/service.h"
#include "services/risk/rpc/risk_answers.h"

namespace linchpin::risk {

std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, RiskAnswers& answers) {
  kit::ServiceBuilder builder(pipeline);
  const kit::Wait wait = answers.wait();
  builder.OnPool("GetConcentration", wait, kit::Bind(answers, &RiskAnswers::GetConcentration));
  builder.OnPool("SimulateCutoff", wait, kit::Bind(answers, &RiskAnswers::SimulateCutoff));
  builder.Stream("SweepCutoffs", wait, kit::BindStream(answers, &RiskAnswers::SweepCutoffs));
  return builder.Build();
}

}  // namespace linchpin::risk
