#include "services/policy/rpc/policy_service.h"

#include <grpcpp/impl/service_type.h>

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

}  // namespace

std::unique_ptr<grpc::Service> MakePolicyService(kit::Pipeline& pipeline, const serving::Reader& reader,
                                                 serving::Writer& writer, PolicyAnswers& answers,
                                                 ChangeAnswers& changes) {
  kit::ServiceBuilder builder(pipeline);
  serving::BindStandardMethods(builder, resource::Area::kPolicy, reader, writer);
  builder.Stream("EvaluatePolicies", answers.inventory_wait(), EvaluateHandler(answers));
  builder.OnPool("CheckChange", changes.wait(), kit::Bind(changes, &ChangeAnswers::CheckChange));
  const kit::Wait wait = answers.findings_wait();
  builder.OnPool("GetFinding", wait, kit::Bind(answers, &PolicyAnswers::GetFinding));
  builder.OnPool("ListFindings", wait, kit::Bind(answers, &PolicyAnswers::ListFindings));
  return builder.Build();
}

}  // namespace linchpin::policy
