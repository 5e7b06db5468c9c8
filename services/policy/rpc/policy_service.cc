#include "services/policy/rpc/policy_service.h"

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <utility>

#include "services/kit/rpc/service.h"
#include "services/serving/standard_methods.h"

namespace linchpin::policy {
namespace {

kit::StreamHandler EvaluateHandler(PolicyAnswers& answers) {
  using Request = v1::EvaluatePoliciesRequest;
  using Response = v1::EvaluatePoliciesResponse;
  return {[&answers](kit::Call& call, const kit::Message& request, kit::MessageWriter& writer) {
            EvaluationStream stream([&](const Response& message) { return writer.WriteMessage(message); });
            return answers.EvaluatePolicies(call, static_cast<const Request&>(request), stream);
          },
          {Request::descriptor(), Response::descriptor()}};
}

using DecisionMethod = void (DecisionWrites::*)(std::shared_ptr<kit::Call>, const kit::Message&,
                                                kit::Message&, kit::Done);

void BindDecision(kit::ServiceBuilder& builder, std::string_view name, DecisionWrites& decisions,
                  DecisionMethod method) {
  builder.Later(name,
                {.run = [&decisions, method](std::shared_ptr<kit::Call> call, const kit::Message& request,
                                             kit::Message& response, kit::Done done) {
                  (decisions.*method)(std::move(call), request, response, std::move(done));
                }});
}

// A waiver is more than a document: who asks and approves is the caller, and its state is that of the moment.
void BindWaivers(kit::ServiceBuilder& builder, const PolicyHandlers& handlers) {
  const kit::Wait wait = handlers.waivers.wait();
  builder.OnPool("GetWaiver", wait, kit::Bind(handlers.waivers, &WaiverAnswers::GetWaiver));
  builder.OnPool("ListWaivers", wait, kit::Bind(handlers.waivers, &WaiverAnswers::ListWaivers));
  BindDecision(builder, "CreateWaiver", handlers.decisions, &DecisionWrites::CreateWaiver);
  BindDecision(builder, "UpdateWaiver", handlers.decisions, &DecisionWrites::UpdateWaiver);
  BindDecision(builder, "DeleteWaiver", handlers.decisions, &DecisionWrites::DeleteWaiver);
  BindDecision(builder, "ApproveWaiver", handlers.decisions, &DecisionWrites::ApproveWaiver);
  BindDecision(builder, "RevokeWaiver", handlers.decisions, &DecisionWrites::RevokeWaiver);
}

}  // namespace

std::unique_ptr<grpc::Service> MakePolicyService(kit::Pipeline& pipeline, const PolicyHandlers& handlers) {
  kit::ServiceBuilder builder(pipeline);
  serving::BindStandardMethods(builder, resource::Area::kPolicy, handlers.reader, handlers.writer,
                               {"Waiver"});
  BindWaivers(builder, handlers);
  PolicyAnswers& answers = handlers.answers;
  builder.Stream("EvaluatePolicies", answers.inventory_wait(), EvaluateHandler(answers));
  builder.OnPool("CheckChange", handlers.changes.wait(),
                 kit::Bind(handlers.changes, &ChangeAnswers::CheckChange));
  const kit::Wait wait = answers.findings_wait();
  builder.OnPool("GetFinding", wait, kit::Bind(answers, &PolicyAnswers::GetFinding));
  builder.OnPool("ListFindings", wait, kit::Bind(answers, &PolicyAnswers::ListFindings));
  BindDecision(builder, "AcknowledgeFinding", handlers.decisions, &DecisionWrites::AcknowledgeFinding);
  builder.Stream("WatchFindings", {}, kit::BindStream(handlers.watch, &FindingWatch::Watch));
  return builder.Build();
}

}  // namespace linchpin::policy
