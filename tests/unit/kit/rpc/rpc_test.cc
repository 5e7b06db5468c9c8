#include "services/kit/rpc/rpc.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/rpc/status.h"
#include "services/kit/rpc/worker_pool.h"

namespace linchpin::kit {
namespace {

using risk::v1::GetConcentrationRequest;
using risk::v1::GetConcentrationResponse;
using risk::v1::RiskService;
using risk::v1::SimulateCutoffRequest;
using risk::v1::SimulateCutoffResponse;
using risk::v1::SweepCutoffsRequest;
using risk::v1::SweepCutoffsResponse;

constexpr char kService[] = "linchpin.risk.v1.RiskService";

// A service whose handlers are given by the test: GetConcentration inline, SimulateCutoff later, SweepCutoffs
// a stream.
class FakeService final : public RiskService::CallbackService {
 public:
  explicit FakeService(Pipeline& pipeline) : pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* GetConcentration(grpc::CallbackServerContext* context,
                                             const GetConcentrationRequest* request,
                                             GetConcentrationResponse* response) override {
    return Unary(pipeline_, context, request, response, inline_handler);
  }
  grpc::ServerUnaryReactor* SimulateCutoff(grpc::CallbackServerContext* context,
                                           const SimulateCutoffRequest* request,
                                           SimulateCutoffResponse* response) override {
    if (pool_handler) return UnaryOnPool(pipeline_, context, request, response, pool_handler);
    if (to_the_end_handler) return UnaryToTheEnd(pipeline_, context, request, response, to_the_end_handler);
    return UnaryAsync(pipeline_, context, request, response, async_handler);
  }
  grpc::ServerWriteReactor<SweepCutoffsResponse>* SweepCutoffs(grpc::CallbackServerContext* context,
                                                               const SweepCutoffsRequest* request) override {
    return StreamOnThread<SweepCutoffsResponse>(pipeline_, context, request, stream_handler);
  }

  std::function<absl::Status(Call&)> inline_handler = [](Call&) { return absl::OkStatus(); };
  std::function<absl::Status(Call&)> pool_handler;
  std::function<void(std::shared_ptr<Call>, Done)> async_handler;
  std::function<void(std::shared_ptr<Call>, Done)> to_the_end_handler;
  std::function<absl::Status(Call&, StreamWriter<SweepCutoffsResponse>&)> stream_handler;

 private:
  Pipeline& pipeline_;
};

// The fake service behind a real server, reached in process.
struct Bench {
  explicit Bench(const PipelineOptions& options = {}) : pipeline(kService, options), service(pipeline) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
    stub = RiskService::NewStub(server->InProcessChannel({}));
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

  Pipeline pipeline;
  FakeService service;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<RiskService::Stub> stub;
};

TEST(Unary, EchoesTheRequestIdAndTrailers) {
  Bench bench;
  bench.service.inline_handler = [](Call& call) {
    call.Trailer("linchpin-revision", "7");
    EXPECT_EQ(call.request_id(), "abc-1");
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "abc-1");
  EXPECT_EQ(bench.Get(context), absl::OkStatus());
  const auto& trailers = context.GetServerTrailingMetadata();
  EXPECT_EQ(trailers.find("x-request-id")->second, "abc-1");
  EXPECT_EQ(trailers.find("linchpin-revision")->second, "7");
}

TEST(Unary, MakesARequestIdWhenThereIsNoneAndTellsItWithErrors) {
  Bench bench;
  std::string id;
  bench.service.inline_handler = [&](Call& call) {
    id = call.request_id();
    return absl::NotFoundError("no");
  };
  grpc::ClientContext context;
  EXPECT_EQ(bench.Get(context).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(id.size(), 12u);
  EXPECT_EQ(context.GetServerTrailingMetadata().find("x-request-id")->second, id);
}

TEST(Unary, ErrorsArriveWithReasonAndMetadata) {
  Bench bench;
  bench.service.inline_handler = [](Call&) -> absl::Status {
    return base::Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "vendors/x does not exist")
        .With("name", "vendors/x");
  };
  grpc::ClientContext context;
  const absl::Status status = bench.Get(context);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::DetailsOf(status)->metadata.at("name"), "vendors/x");
}

TEST(Unary, InvalidRequestNeverReachesTheHandler) {
  Bench bench;
  bool reached = false;
  bench.service.async_handler = [&](std::shared_ptr<Call>, Done done) {
    reached = true;
    done(absl::OkStatus());
  };
  grpc::ClientContext context;
  SimulateCutoffResponse response;
  // The scenario is required.
  const absl::Status status = FromGrpcStatus(bench.stub->SimulateCutoff(&context, {}, &response));
  EXPECT_EQ(base::ReasonOf(status), "FIELD_INVALID");
  EXPECT_FALSE(reached);
}

TEST(Unary, HasTheDefaultDeadline) {
  PipelineOptions options;
  options.default_deadline = absl::Seconds(7);
  Bench bench(options);
  absl::Duration left;
  bench.service.inline_handler = [&](Call& call) {
    left = call.deadline() - absl::Now();
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  EXPECT_EQ(bench.Get(context), absl::OkStatus());
  EXPECT_GT(left, absl::Seconds(5));
  EXPECT_LE(left, absl::Seconds(7));
}

TEST(Drain, RefusesNewCallsAndWaitsForOldOnes) {
  Bench bench;
  std::promise<Done> started;
  bench.service.async_handler = [&](std::shared_ptr<Call>, Done done) { started.set_value(std::move(done)); };
  auto old_call = std::async(std::launch::async, [&] { return bench.SimulateSomething(); });
  Done done = started.get_future().get();
  bench.pipeline.Drain();
  grpc::ClientContext context;
  EXPECT_EQ(base::ReasonOf(bench.Get(context)), "DRAINING");
  EXPECT_FALSE(bench.pipeline.WaitIdle(absl::Now() + absl::Milliseconds(10)));
  done(absl::OkStatus());
  EXPECT_EQ(old_call.get(), absl::OkStatus());
  EXPECT_TRUE(bench.pipeline.WaitIdle(absl::Now() + absl::Seconds(10)));
}

TEST(Drain, EndsCallsThatWait) {
  Bench bench;
  std::promise<void> waiting;
  bench.service.async_handler = [&](std::shared_ptr<Call> call, Done done) {
    call->WhenCancelled([done] { std::thread([done] { done(absl::CancelledError("stopped")); }).detach(); });
    waiting.set_value();
  };
  auto call = std::async(std::launch::async, [&] { return bench.SimulateSomething(); });
  waiting.get_future().wait();
  bench.pipeline.Drain();
  EXPECT_EQ(bench.pipeline.InFlight(), 1);
  bench.pipeline.StopCalls();
  EXPECT_EQ(base::ReasonOf(call.get()), "DRAINING");
  EXPECT_TRUE(bench.pipeline.WaitIdle(absl::Now() + absl::Seconds(10)));
}

TEST(UnaryAsync, DroppedAnswerIsInternal) {
  Bench bench;
  bench.service.async_handler = [](std::shared_ptr<Call>, Done) {};
  EXPECT_EQ(base::ReasonOf(bench.SimulateSomething()), "INTERNAL");
}

TEST(UnaryAsync, HandlerLearnsOfCancellation) {
  Bench bench;
  grpc::ClientContext context;
  std::promise<void> cancelled;
  std::unique_ptr<Call::CancelHook> hook;
  bench.service.async_handler = [&](std::shared_ptr<Call> call, Done done) {
    hook = call->OnCancel([&cancelled] { cancelled.set_value(); });
    context.TryCancel();
    std::thread([&, call, done] {
      cancelled.get_future().wait();
      EXPECT_TRUE(call->Cancelled());
      hook.reset();
      done(absl::CancelledError("stopped"));
    }).detach();
  };
  EXPECT_EQ(bench.SimulateSomething(context).code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(bench.pipeline.WaitIdle(absl::Now() + absl::Seconds(10)));
}

TEST(UnaryToTheEnd, GoesOnWhenTheCallerHasGone) {
  Bench bench;
  grpc::ClientContext context;
  std::shared_ptr<Call> kept;
  Done finish;
  bench.service.to_the_end_handler = [&](std::shared_ptr<Call> call, Done done) {
    kept = std::move(call);
    finish = std::move(done);
    context.TryCancel();
  };
  EXPECT_EQ(bench.SimulateSomething(context).code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(kept->Cancelled());
  EXPECT_EQ(bench.pipeline.InFlight(), 1);
  finish(absl::OkStatus());
  EXPECT_TRUE(bench.pipeline.WaitIdle(absl::Now() + absl::Seconds(10)));
}

TEST(UnaryOnPool, FullQueueIsOverloaded) {
  PipelineOptions options;
  options.pool_threads = 1;
  options.pool_queue_max = 1;
  Bench bench(options);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> running;
  std::once_flag once;
  bench.service.pool_handler = [&](Call&) {
    std::call_once(once, [&] { running.set_value(); });
    released.wait();
    return absl::OkStatus();
  };
  auto first = std::async(std::launch::async, [&] { return bench.SimulateSomething(); });
  running.get_future().wait();
  // Of two more calls one waits in the queue and one is refused.
  std::vector<std::future<absl::Status>> more;
  for (int i = 0; i < 2; ++i)
    more.push_back(std::async(std::launch::async, [&] { return bench.SimulateSomething(); }));
  int refused = 0;
  while (refused == 0) {
    for (auto& call : more) {
      if (call.valid() && call.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready) {
        const absl::Status status = call.get();
        EXPECT_EQ(base::ReasonOf(status), "OVERLOADED");
        EXPECT_TRUE(base::DetailsOf(status)->retry_after_ms.has_value());
        ++refused;
      }
    }
  }
  release.set_value();
  EXPECT_EQ(first.get(), absl::OkStatus());
  for (auto& call : more) {
    if (call.valid()) {
      EXPECT_EQ(call.get(), absl::OkStatus());
    }
  }
}

// Believes what the caller says: "NAME" is a viewer of that name.
class NamingAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Credentials& credentials) const override {
    return Principal{std::string(credentials.authorization), Role::kViewer};
  }
};

TEST(Overload, NobodyHasMoreThanHalf) {
  NamingAuthenticator authenticator;
  PipelineOptions options;
  options.authenticator = &authenticator;
  options.calls_max = 4;
  Bench bench(options);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Done> open;
  bench.service.async_handler = [&](std::shared_ptr<Call>, Done done) {
    std::lock_guard<std::mutex> lock(mutex);
    open.push_back(std::move(done));
    changed.notify_all();
  };
  const auto call = [&](const char* caller) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", caller);
    return bench.SimulateSomething(context);
  };
  const auto await = [&](size_t count) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return open.size() == count; });
  };
  std::vector<std::future<absl::Status>> running;
  for (size_t i = 0; i < 2; ++i) {
    running.push_back(std::async(std::launch::async, [&] { return call("greedy"); }));
    await(i + 1);
  }
  EXPECT_EQ(base::ReasonOf(call("greedy")), "OVERLOADED");
  running.push_back(std::async(std::launch::async, [&] { return call("polite"); }));
  await(3);
  for (Done& done : open) done(absl::OkStatus());
  for (auto& one : running) EXPECT_EQ(one.get(), absl::OkStatus());
  // What has ended counts no more.
  running.push_back(std::async(std::launch::async, [&] { return call("greedy"); }));
  await(4);
  open.back()(absl::OkStatus());
  EXPECT_EQ(running.back().get(), absl::OkStatus());
}

TEST(WorkerPool, QueuesHalfForOneCaller) {
  std::promise<void> release;
  std::promise<void> running;
  WorkerPool pool(1, 4);
  ASSERT_TRUE(pool.Submit("greedy", [&] {
    running.set_value();
    release.get_future().wait();
  }));
  running.get_future().wait();
  EXPECT_TRUE(pool.Submit("greedy", [] {}));
  EXPECT_TRUE(pool.Submit("greedy", [] {}));
  EXPECT_FALSE(pool.Submit("greedy", [] {}));
  EXPECT_TRUE(pool.Submit("polite", [] {}));
  release.set_value();
}

TEST(UnaryOnPool, TooManyCallsAreOverloaded) {
  PipelineOptions options;
  options.calls_max = 0;
  Bench bench(options);
  grpc::ClientContext context;
  EXPECT_EQ(base::ReasonOf(bench.Get(context)), "OVERLOADED");
}

// Reads a stream to its end and counts its messages.
absl::Status ReadAll(Bench& bench, int& messages) {
  grpc::ClientContext context;
  auto reader = bench.stub->SweepCutoffs(&context, {});
  SweepCutoffsResponse response;
  while (reader->Read(&response)) ++messages;
  return FromGrpcStatus(reader->Finish());
}

TEST(StreamOnThread, SendsAllThenTheStatus) {
  Bench bench;
  bench.service.stream_handler = [](Call&, StreamWriter<SweepCutoffsResponse>& writer) {
    SweepCutoffsResponse response;
    for (int i = 0; i < 1000; ++i) {
      if (!writer.Write(response)) return absl::InternalError("write failed");
    }
    return absl::OkStatus();
  };
  int messages = 0;
  EXPECT_EQ(ReadAll(bench, messages), absl::OkStatus());
  EXPECT_EQ(messages, 1000);
}

TEST(StreamOnThread, StopsWhenTheCallerGoes) {
  Bench bench;
  std::promise<int> sent;
  bench.service.stream_handler = [&](Call&, StreamWriter<SweepCutoffsResponse>& writer) {
    int count = 0;
    while (writer.Write({})) ++count;
    sent.set_value(count);
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  auto reader = bench.stub->SweepCutoffs(&context, {});
  SweepCutoffsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  while (reader->Read(&response)) continue;
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_GE(sent.get_future().get(), 1);
}

TEST(StreamOnThread, IsStoppedAtTheEndOfTheDrain) {
  Bench bench;
  std::promise<void> running;
  bench.service.stream_handler = [&](Call& call, StreamWriter<SweepCutoffsResponse>&) {
    std::promise<void> stopped;
    auto hook = call.OnCancel([&] { stopped.set_value(); });
    running.set_value();
    stopped.get_future().wait();
    return absl::OkStatus();
  };
  auto end = std::async(std::launch::async, [&] {
    int messages = 0;
    return ReadAll(bench, messages);
  });
  running.get_future().wait();
  bench.pipeline.Drain();
  EXPECT_EQ(bench.pipeline.InFlight(), 1);
  bench.pipeline.StopCalls();
  EXPECT_EQ(base::ReasonOf(end.get()), "DRAINING");
}

TEST(StreamOnThread, TooManyAreOverloaded) {
  PipelineOptions options;
  options.streams_max = 0;
  Bench bench(options);
  int messages = 0;
  EXPECT_EQ(base::ReasonOf(ReadAll(bench, messages)), "OVERLOADED");
}

// Believes what the caller says.
class FakeAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Credentials& credentials) const override {
    EXPECT_TRUE(credentials.certificate_names().empty());
    if (credentials.authorization.empty()) {
      return base::Error(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID", "send a token");
    }
    const auto role = ParseRole(credentials.authorization);
    return Principal{"somebody", role.value_or(Role::kNone)};
  }
};

// Takes everybody until told otherwise.
class ClosingAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Credentials& /*credentials*/) const override {
    if (closed) return base::Error(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID", "it has expired");
    return Principal{"somebody", Role::kViewer};
  }
  std::atomic<bool> closed{false};
};

TEST(Authentication, AStreamEndsWithTheTokenOfItsCaller) {
  ClosingAuthenticator authenticator;
  PipelineOptions options;
  options.authenticator = &authenticator;
  options.recheck_interval = absl::ZeroDuration();
  Bench bench(options);
  bench.service.stream_handler = [&](Call&, StreamWriter<SweepCutoffsResponse>& writer) {
    EXPECT_TRUE(writer.Write({}));
    authenticator.closed = true;
    EXPECT_FALSE(writer.Write({}));
    return absl::OkStatus();
  };
  int messages = 0;
  const absl::Status end = ReadAll(bench, messages);
  EXPECT_EQ(end.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(base::ReasonOf(end), "TOKEN_INVALID");
  EXPECT_EQ(messages, 1);
}

TEST(Authentication, PrincipalReachesTheHandlerIfItsRoleAllows) {
  FakeAuthenticator authenticator;
  PipelineOptions options;
  options.authenticator = &authenticator;
  Bench bench(options);
  std::string principal;
  bench.service.inline_handler = [&](Call& call) {
    principal = call.principal();
    return absl::OkStatus();
  };
  const auto get = [&](const char* authorization) {
    grpc::ClientContext context;
    if (*authorization != 0) context.AddMetadata("authorization", authorization);
    return bench.Get(context);
  };
  EXPECT_EQ(base::ReasonOf(get("")), "TOKEN_INVALID");
  EXPECT_EQ(base::ReasonOf(get("none")), "ROLE_TOO_LOW");
  EXPECT_EQ(principal, "");
  EXPECT_EQ(get("viewer"), absl::OkStatus());
  EXPECT_EQ(principal, "somebody");
}

}  // namespace
}  // namespace linchpin::kit
