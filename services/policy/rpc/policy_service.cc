#include "services/policy/rpc/policy_service.h"

#include "linchpin/policy/v1/policy_service.grpc.pb.h"
#include "services/kit/rpc/rpc.h"
#include "services/serving/adaptor.h"

namespace linchpin::policy {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class PolicyService final : public v1::PolicyService::CallbackService {
 public:
  PolicyService(kit::Pipeline& pipeline, const serving::Reader& reader, serving::Writer& writer,
                PolicyAnswers& answers)
      : pipeline_(pipeline), answers_(answers), standard_(pipeline, reader, writer) {}

  LINCHPIN_STANDARD_METHODS(Policy, Policies)
  LINCHPIN_STANDARD_METHODS(Assignment, Assignments)
  LINCHPIN_STANDARD_METHODS(JurisdictionSet, JurisdictionSets)

  grpc::ServerWriteReactor<v1::EvaluatePoliciesResponse>* EvaluatePolicies(
      CallbackServerContext* context, const v1::EvaluatePoliciesRequest* request) override {
    return kit::StreamOnThread<v1::EvaluatePoliciesResponse>(
        pipeline_, context, request,
        [this, request](kit::Call& call, kit::StreamWriter<v1::EvaluatePoliciesResponse>& writer) {
          EvaluationStream stream([&](const auto& message) { return writer.Write(message); });
          return answers_.EvaluatePolicies(call, *request, stream);
        });
  }

  ServerUnaryReactor* GetFinding(CallbackServerContext* context, const v1::GetFindingRequest* request,
                                 v1::Finding* response) override {
    return kit::UnaryOnPool(pipeline_, context, request, response,
                            [this, request, response](kit::Call& call) {
                              return answers_.GetFinding(call, *request, *response);
                            });
  }

  ServerUnaryReactor* ListFindings(CallbackServerContext* context, const v1::ListFindingsRequest* request,
                                   v1::ListFindingsResponse* response) override {
    return kit::UnaryOnPool(pipeline_, context, request, response,
                            [this, request, response](kit::Call& call) {
                              return answers_.ListFindings(call, *request, *response);
                            });
  }

 private:
  kit::Pipeline& pipeline_;
  PolicyAnswers& answers_;
  serving::StandardMethods standard_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePolicyService(kit::Pipeline& pipeline, const serving::Reader& reader,
                                                 serving::Writer& writer, PolicyAnswers& answers) {
  return std::make_unique<PolicyService>(pipeline, reader, writer, answers);
}

}  // namespace linchpin::policy
