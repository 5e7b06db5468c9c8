#include "services/risk/rpc/risk_service.h"

#include <grpcpp/impl/service_type.h>

#include "services/kit/rpc/service.h"
#include "services/risk/rpc/risk_answers.h"
#include "services/risk/rpc/score_answers.h"

namespace linchpin::risk {

std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, RiskAnswers& answers,
                                               ScoreAnswers& scores) {
  kit::ServiceBuilder builder(pipeline);
  const kit::Wait wait = answers.wait();
  builder.OnPool("GetConcentration", wait, kit::Bind(answers, &RiskAnswers::GetConcentration));
  builder.OnPool("SimulateCutoff", wait, kit::Bind(answers, &RiskAnswers::SimulateCutoff));
  builder.Stream("SweepCutoffs", wait, kit::BindStream(answers, &RiskAnswers::SweepCutoffs));
  builder.OnPool("ListScores", wait, kit::Bind(scores, &ScoreAnswers::ListScores));
  builder.OnPool("GetScore", wait, kit::Bind(scores, &ScoreAnswers::GetScore));
  builder.OnPool("ExplainScore", wait, kit::Bind(scores, &ScoreAnswers::ExplainScore));
  return builder.Build();
}

}  // namespace linchpin::risk
