// A service behind a real server, whose methods do what a test says.
#ifndef LINCHPIN_TESTS_UNIT_KIT_RPC_SERVICE_BENCH_H_
#define LINCHPIN_TESTS_UNIT_KIT_RPC_SERVICE_BENCH_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/auth/roles.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/service.h"
#include "services/kit/rpc/status.h"
#include "tests/unit/kit/unbound_methods.h"

namespace linchpin::kit {

using risk::v1::GetConcentrationRequest;
using risk::v1::GetConcentrationResponse;
using risk::v1::RiskService;
using risk::v1::SimulateCutoffRequest;
using risk::v1::SimulateCutoffResponse;
using risk::v1::SweepCutoffsRequest;
using risk::v1::SweepCutoffsResponse;

inline constexpr char kService[] = "linchpin.risk.v1.RiskService";

// What the methods of the service do: GetConcentration inline, SimulateCutoff where the test says,
// SweepCutoffs a stream.
struct Handlers {
  std::function<absl::Status(Call&)> inline_handler = [](Call&) { return absl::OkStatus(); };
  std::function<absl::Status(Call&)> pool_handler;
  std::function<void(std::shared_ptr<Call>, Done)> later_handler;
  std::function<void(std::shared_ptr<Call>, Done)> later_from_pool_handler;
  std::function<absl::Status(Call&, StreamWriter<SweepCutoffsResponse>&)> stream_handler;
  // Of every method: whether it must wait, and for what.
  std::function<void(Call&, Done)> wait;

  // Of the answer of GetConcentration.
  int answer_bytes = 0;

  absl::Status GetConcentration(Call& call, const GetConcentrationRequest&,
                                GetConcentrationResponse& response) {
    response.mutable_inventory()->set_revision_token(std::string(answer_bytes, 'x'));
    return inline_handler(call);
  }
  absl::Status Simulate(Call& call, const SimulateCutoffRequest&, SimulateCutoffResponse&) {
    return pool_handler(call);
  }
  absl::Status Sweep(Call& call, const SweepCutoffsRequest&, StreamWriter<SweepCutoffsResponse>& writer) {
    return stream_handler(call, writer);
  }
};

// How SimulateCutoff is bound.
enum class Simulate { kOnPool, kLater, kLaterFromPool };

inline std::unique_ptr<grpc::Service> MakeService(Pipeline& pipeline, Handlers& handlers, Simulate simulate) {
  const Wait wait = {.due = [&handlers](const Message&) { return handlers.wait != nullptr; },
                     .start = [&handlers](Call& call, const Message&,
                                          Done ready) { handlers.wait(call, std::move(ready)); }};
  ServiceBuilder builder(pipeline);
  builder.Inline("GetConcentration", wait, Bind(handlers, &Handlers::GetConcentration));
  builder.Stream("SweepCutoffs", wait, BindStream(handlers, &Handlers::Sweep));
  BindTheRest(kService, {"GetConcentration", "SimulateCutoff", "SweepCutoffs"}, builder);
  if (simulate == Simulate::kOnPool)
    builder.OnPool("SimulateCutoff", wait, Bind(handlers, &Handlers::Simulate));
  if (simulate == Simulate::kLater) {
    builder.Later("SimulateCutoff",
                  {.run = [&handlers](std::shared_ptr<Call> call, const Message&, Message&, Done done) {
                    handlers.later_handler(std::move(call), std::move(done));
                  }});
  }
  if (simulate == Simulate::kLaterFromPool) {
    builder.LaterFromPool("SimulateCutoff", {.run = [&handlers](std::shared_ptr<Call> call, const Message&,
                                                                Message&, Done done) {
                            handlers.later_from_pool_handler(std::move(call), std::move(done));
                          }});
  }
  return builder.Build();
}

// The service behind a real server, reached in process.
struct Bench {
  explicit Bench(const PipelineOptions& options = {}) : Bench(Simulate::kLaterFromPool, options) {}
  explicit Bench(Simulate simulate, const PipelineOptions& options = {})
      : pipeline(kService, options), made(MakeService(pipeline, service, simulate)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(made.get());
    server = builder.BuildAndStart();
    channel = server->InProcessChannel({});
    stub = RiskService::NewStub(channel);
  }
  ~Bench() { server->Shutdown(); }

  absl::Status Get(grpc::ClientContext& context) {
    GetConcentrationResponse response;
    return FromGrpcStatus(stub->GetConcentration(&context, {}, &response));
  }
  absl::Status SimulateSomething(grpc::ClientContext& context) {
    SimulateCutoffRequest request;
    risk::v1::Cutoff* cutoff = request.mutable_scenario()->add_cutoffs();
    cutoff->set_type(risk::v1::Cutoff::TYPE_VENDOR_EXIT);
    cutoff->set_target("vendors/x");
    SimulateCutoffResponse response;
    return FromGrpcStatus(stub->SimulateCutoff(&context, request, &response));
  }
  absl::Status SimulateSomething() {
    grpc::ClientContext context;
    return SimulateSomething(context);
  }

  Handlers service;
  Pipeline pipeline;
  std::unique_ptr<grpc::Service> made;
  std::unique_ptr<grpc::Server> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<RiskService::Stub> stub;
};

// Believes what the caller says.
class FakeAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Credentials& credentials) const override {
    EXPECT_TRUE(credentials.certificate_names().empty());
    if (credentials.authorization.empty()) {
      return base::Error(base::reason::TokenInvalid{}, "send a token");
    }
    const auto role = ParseRole(credentials.authorization);
    return Principal{"somebody", role.value_or(Role::kNone)};
  }
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_TESTS_UNIT_KIT_RPC_SERVICE_BENCH_H_
