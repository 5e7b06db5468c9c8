// The policy service in this process, over a store and an inventory that a test keeps.
#ifndef LINCHPIN_TESTS_UNIT_POLICY_RPC_POLICY_SERVER_H_
#define LINCHPIN_TESTS_UNIT_POLICY_RPC_POLICY_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "linchpin/policy/v1/policy_service.grpc.pb.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/status.h"
#include "services/policy/rpc/policy_backend.h"
#include "services/store/open.h"

namespace linchpin::policy {

using Stub = v1::PolicyService::Stub;

inline std::unique_ptr<store::ResourceStore> OpenPolicyStore() {
  store::OpenOptions options;
  options.migrate = true;
  auto store = store::OpenStore("sqlite::memory:", "policy", options);
  if (!store.ok()) std::abort();
  return *std::move(store);
}

// The service itself, which a test may end and start again over the same store.
class PolicyServer {
 public:
  // `authenticator` null: everybody is an anonymous admin.
  PolicyServer(store::ResourceStore& store, replica::ViewSource& inventory, std::function<absl::Time()> now,
               const kit::Authenticator* authenticator = nullptr)
      : pipeline_("linchpin.policy.v1.PolicyService", WithAuthenticator(authenticator)),
        metrics_("test", "test") {
    PolicyOptions options;
    options.now = std::move(now);
    options.renew_every = absl::Milliseconds(50);
    options.compare_every = absl::Milliseconds(20);
    auto made = PolicyBackend::Create(store, inventory, pipeline_, &metrics_, std::move(options));
    if (!made.ok()) std::abort();
    policy_ = *std::move(made);
    grpc::ServerBuilder builder;
    builder.RegisterService(policy_->service());
    server_ = builder.BuildAndStart();
    stub_ = v1::PolicyService::NewStub(server_->InProcessChannel({}));
  }
  ~PolicyServer() {
    pipeline_.Drain();
    server_->Shutdown();
    policy_->Drain(absl::Now() + absl::Seconds(5));
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, const std::string& principal = "") {
    grpc::ClientContext context;
    if (!principal.empty()) context.AddMetadata("authorization", principal);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return kit::FromGrpcStatus((*stub_.*method)(&context, request, response));
  }

  // Joins the parts of the result.
  absl::Status Evaluate(const v1::EvaluatePoliciesRequest& request, v1::EvaluationResult* result) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const auto reader = stub_->EvaluatePolicies(&context, request);
    v1::EvaluatePoliciesResponse part;
    while (reader->Read(&part)) result->MergeFrom(part.result());
    return kit::FromGrpcStatus(reader->Finish());
  }

  Stub& stub() { return *stub_; }
  PolicyBackend& policy() { return *policy_; }
  std::string Scrape() const { return metrics_.Scrape(); }

 private:
  static kit::PipelineOptions WithAuthenticator(const kit::Authenticator* authenticator) {
    kit::PipelineOptions options;
    options.authenticator = authenticator;
    return options;
  }

  kit::Pipeline pipeline_;
  kit::Metrics metrics_;
  std::unique_ptr<PolicyBackend> policy_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_UNIT_POLICY_RPC_POLICY_SERVER_H_
