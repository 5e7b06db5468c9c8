#include "services/risk/rpc/risk_service.h"

#include <grpcpp/impl/service_type.h>

#include "services/kit/rpc/service.h"
#include "services/risk/domain/scenarios/preset_report.h"
#include "services/risk/rpc/attestation_answers.h"
#include "services/risk/rpc/change_answers.h"
#include "services/risk/rpc/loss_answers.h"
#include "services/risk/rpc/question_answers.h"
#include "services/risk/rpc/remedy_answers.h"
#include "services/risk/rpc/report_answers.h"
#include "services/risk/rpc/risk_answers.h"
#include "services/risk/rpc/score_answers.h"
#include "services/risk/rpc/structure_answers.h"
#include "services/serving/standard_methods.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

namespace {

kit::Handler PresetsHandler() {
  using Request = v1::ListScenarioPresetsRequest;
  using Response = v1::ListScenarioPresetsResponse;
  return {[](kit::Call&, const kit::Message&, kit::Message& response) {
            ListPresets(static_cast<Response&>(response));
            return absl::OkStatus();
          },
          {Request::descriptor(), Response::descriptor()}};
}

}  // namespace

std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, const RiskParts& parts) {
  kit::ServiceBuilder builder(pipeline);
  serving::BindStandardMethods(builder, resource::Area::kRisk, parts.reader, parts.writer);
  const kit::Wait wait = parts.risk.wait();
  builder.OnPool("GetConcentration", wait, kit::Bind(parts.risk, &RiskAnswers::GetConcentration));
  builder.OnPool("SimulateCutoff", wait, kit::Bind(parts.risk, &RiskAnswers::SimulateCutoff));
  builder.Stream("SweepCutoffs", wait, kit::BindStream(parts.risk, &RiskAnswers::SweepCutoffs));
  builder.OnPool("ListScores", wait, kit::Bind(parts.scores, &ScoreAnswers::ListScores));
  builder.OnPool("GetScore", wait, kit::Bind(parts.scores, &ScoreAnswers::GetScore));
  builder.OnPool("ExplainScore", wait, kit::Bind(parts.scores, &ScoreAnswers::ExplainScore));
  builder.OnPool("ListScoreHistory", {}, kit::Bind(parts.scores, &ScoreAnswers::ListScoreHistory));
  builder.OnPool("ListConcentrationHistory", {},
                 kit::Bind(parts.scores, &ScoreAnswers::ListConcentrationHistory));
  builder.OnPool("GetHazards", wait, kit::Bind(parts.losses, &LossAnswers::GetHazards));
  builder.OnPool("GetScenarioPreset", wait, kit::Bind(parts.losses, &LossAnswers::GetScenarioPreset));
  builder.OnPool("ListScenarioPresets", {}, PresetsHandler());
  builder.Stream("EstimateLosses", wait, kit::BindStream(parts.losses, &LossAnswers::EstimateLosses));
  builder.OnPool("ListCutSets", wait, kit::Bind(parts.structure, &StructureAnswers::ListCutSets));
  builder.OnPool("ListSinglePointsOfFailure", wait,
                 kit::Bind(parts.structure, &StructureAnswers::ListSinglePointsOfFailure));
  builder.OnPool("GetImportance", wait, kit::Bind(parts.structure, &StructureAnswers::GetImportance));
  builder.Stream("GetReport", wait, kit::BindStream(parts.reports, &ReportAnswers::GetReport));
  builder.OnPool("AssessChange", wait, kit::Bind(parts.changes, &ChangeAnswers::AssessChange));
  builder.OnPool("ListOpenQuestions", wait, kit::Bind(parts.questions, &QuestionAnswers::ListOpenQuestions));
  builder.OnPool("AttestAbsence", wait, kit::Bind(parts.attestations, &AttestationAnswers::AttestAbsence));
  builder.OnPool("ListSharedFates", wait, kit::Bind(parts.remedies, &RemedyAnswers::ListSharedFates));
  builder.Stream("SuggestRemedies", wait, kit::BindStream(parts.remedies, &RemedyAnswers::SuggestRemedies));
  return builder.Build();
}

}  // namespace linchpin::risk
