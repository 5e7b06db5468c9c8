#include "services/kit/rpc/service.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/kit/rpc/status.h"
#include "services/kit/rpc/worker_pool.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/kit/rpc/service_bench.h"

namespace linchpin::kit {
namespace {

TEST(Inline, EchoesTheRequestIdAndTrailers) {
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

TEST(Inline, MakesARequestIdWhenThereIsNoneAndTellsItWithErrors) {
  Bench bench;
  std::string id;
  bench.service.inline_handler = [&](Call& call) {
    id = call.request_id();
    return absl::NotFoundError("no");
  };
  grpc::ClientContext context;
  EXPECT_THAT(bench.Get(context), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(id.size(), 12u);
  EXPECT_EQ(context.GetServerTrailingMetadata().find("x-request-id")->second, id);
}

TEST(Inline, ErrorsArriveWithReasonAndMetadata) {
  Bench bench;
  bench.service.inline_handler = [](Call&) -> absl::Status {
    return base::Error(base::reason::ResourceNotFound{.name = "vendors/x"}, "vendors/x does not exist");
  };
  grpc::ClientContext context;
  const absl::Status status = bench.Get(context);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(base::DetailsOf(status)->metadata.at("name"), "vendors/x");
}

TEST(Inline, InvalidRequestNeverReachesTheHandler) {
  Bench bench;
  bool reached = false;
  bench.service.later_from_pool_handler = [&](std::shared_ptr<Call>, Done done) {
    reached = true;
    done(absl::OkStatus());
  };
  grpc::ClientContext context;
  SimulateCutoffResponse response;
  // The scenario is required.
  const absl::Status status = FromGrpcStatus(bench.stub->SimulateCutoff(&context, {}, &response));
  EXPECT_THAT(status, HasReason("FIELD_INVALID"));
  EXPECT_FALSE(reached);
}

TEST(Inline, HasTheDefaultDeadline) {
  PipelineOptions options;
  options.default_deadline = absl::Seconds(7);
  Bench bench(options);
  absl::Duration left;
  bench.service.inline_handler = [&](Call& call) {
    left = call.deadline() - base::SteadyNow();
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
  bench.service.later_from_pool_handler = [&](std::shared_ptr<Call>, Done done) {
    started.set_value(std::move(done));
  };
  auto old_call = std::async(std::launch::async, [&] { return bench.SimulateSomething(); });
  Done done = started.get_future().get();
  bench.pipeline.Drain();
  grpc::ClientContext context;
  EXPECT_THAT(bench.Get(context), HasReason("DRAINING"));
  EXPECT_FALSE(bench.pipeline.WaitIdle(base::SteadyNow() + absl::Milliseconds(10)));
  done(absl::OkStatus());
  EXPECT_EQ(old_call.get(), absl::OkStatus());
  EXPECT_TRUE(bench.pipeline.WaitIdle(base::SteadyNow() + absl::Seconds(10)));
}

TEST(Drain, EndsCallsThatWait) {
  Bench bench;
  std::promise<void> waiting;
  bench.service.later_from_pool_handler = [&](std::shared_ptr<Call> call, Done done) {
    call->WhenCancelled([done] { std::thread([done] { done(absl::CancelledError("stopped")); }).detach(); });
    waiting.set_value();
  };
  auto call = std::async(std::launch::async, [&] { return bench.SimulateSomething(); });
  waiting.get_future().wait();
  bench.pipeline.Drain();
  EXPECT_EQ(bench.pipeline.InFlight(), 1);
  bench.pipeline.StopCalls();
  EXPECT_THAT(call.get(), HasReason("DRAINING"));
  EXPECT_TRUE(bench.pipeline.WaitIdle(base::SteadyNow() + absl::Seconds(10)));
}

TEST(LaterFromPool, DroppedAnswerIsInternal) {
  Bench bench;
  bench.service.later_from_pool_handler = [](std::shared_ptr<Call>, Done) {};
  EXPECT_THAT(bench.SimulateSomething(), HasReason("INTERNAL"));
}

TEST(LaterFromPool, HandlerLearnsOfCancellation) {
  Bench bench;
  grpc::ClientContext context;
  std::promise<void> cancelled;
  std::unique_ptr<Call::CancelHook> hook;
  bench.service.later_from_pool_handler = [&](std::shared_ptr<Call> call, Done done) {
    hook = call->OnCancel([&cancelled] { cancelled.set_value(); });
    context.TryCancel();
    std::thread([&, call, done] {
      cancelled.get_future().wait();
      EXPECT_TRUE(call->Cancelled());
      hook.reset();
      done(absl::CancelledError("stopped"));
    }).detach();
  };
  EXPECT_THAT(bench.SimulateSomething(context), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(bench.pipeline.WaitIdle(base::SteadyNow() + absl::Seconds(10)));
}

TEST(Later, GoesOnWhenTheCallerHasGone) {
  Bench bench(Simulate::kLater);
  grpc::ClientContext context;
  std::shared_ptr<Call> kept;
  Done finish;
  bench.service.later_handler = [&](std::shared_ptr<Call> call, Done done) {
    kept = std::move(call);
    finish = std::move(done);
    context.TryCancel();
  };
  EXPECT_THAT(bench.SimulateSomething(context), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(kept->Cancelled());
  EXPECT_EQ(bench.pipeline.InFlight(), 1);
  finish(absl::OkStatus());
  EXPECT_TRUE(bench.pipeline.WaitIdle(base::SteadyNow() + absl::Seconds(10)));
}

TEST(OnPool, FullQueueIsOverloaded) {
  PipelineOptions options;
  options.pool_threads = 1;
  options.pool_queue_max = 1;
  Bench bench(Simulate::kOnPool, options);
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
        EXPECT_THAT(status, HasReason("OVERLOADED"));
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
  bench.service.later_from_pool_handler = [&](std::shared_ptr<Call>, Done done) {
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
  EXPECT_THAT(call("greedy"), HasReason("OVERLOADED"));
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

// A wait that the test ends.
struct HeldWait {
  explicit HeldWait(Bench& bench) {
    bench.service.wait = [this](Call&, Done ready) { started.set_value(std::move(ready)); };
  }
  std::promise<Done> started;
};

TEST(OnPool, WaitsWithoutAThread) {
  PipelineOptions options;
  options.pool_threads = 1;
  Bench bench(Simulate::kOnPool, options);
  HeldWait wait(bench);
  std::thread::id computed_on;
  bench.service.pool_handler = [&](Call&) {
    computed_on = std::this_thread::get_id();
    return absl::OkStatus();
  };
  auto waiting = std::async(std::launch::async, [&] { return bench.SimulateSomething(); });
  const Done ready = wait.started.get_future().get();
  bench.service.wait = nullptr;
  EXPECT_EQ(bench.SimulateSomething(), absl::OkStatus()) << "the one thread is free";
  const std::thread::id pool_thread = std::exchange(computed_on, {});
  ready(absl::OkStatus());
  EXPECT_EQ(waiting.get(), absl::OkStatus());
  EXPECT_EQ(computed_on, pool_thread) << "whoever says that it is ready does not compute";
}

TEST(Inline, RunsOnThePoolOnceItHasWaited) {
  Bench bench;
  HeldWait wait(bench);
  std::thread::id computed_on;
  bench.service.inline_handler = [&](Call&) {
    computed_on = std::this_thread::get_id();
    return absl::OkStatus();
  };
  auto waiting = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    return bench.Get(context);
  });
  wait.started.get_future().get()(absl::OkStatus());
  EXPECT_EQ(waiting.get(), absl::OkStatus());
  EXPECT_NE(computed_on, std::this_thread::get_id());
}

TEST(OnPool, IsNotRunIfItsWaitFails) {
  Bench bench(Simulate::kOnPool);
  bench.service.wait = [](Call&, const Done& ready) { ready(absl::UnavailableError("not in time")); };
  bench.service.pool_handler = [](Call&) -> absl::Status { return absl::InternalError("was run"); };
  EXPECT_THAT(bench.SimulateSomething(), StatusIs(absl::StatusCode::kUnavailable));
}

// Sends bytes that need not be a message.
grpc::Status CallWithBytes(Bench& bench, const std::string& method, const std::string& bytes) {
  grpc::GenericStub stub(bench.channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(bytes);
  auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

TEST(Service, BytesThatAreNoMessageAreRefusedAndCounted) {
  prometheus::Registry registry;
  RpcMetrics metrics(registry);
  PipelineOptions options;
  options.metrics = &metrics;
  Bench bench(options);
  for (const char* method : {"GetConcentration", "SimulateCutoff", "SweepCutoffs"}) {
    const grpc::Status status = CallWithBytes(bench, std::string("/") + kService + "/" + method, "\xff\xff");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_THAT(FromGrpcStatus(status), HasReason("MESSAGE_MALFORMED")) << method;
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(kService)->FindMethodByName(
            method);
    EXPECT_EQ(metrics.Of(*descriptor)->handled[grpc::StatusCode::INVALID_ARGUMENT]->Value(), 1) << method;
  }
}

TEST(Service, WhoMayNotCallIsToldSoWhateverItSends) {
  FakeAuthenticator authenticator;
  PipelineOptions options;
  options.authenticator = &authenticator;
  Bench bench(options);
  const grpc::Status status =
      CallWithBytes(bench, std::string("/") + kService + "/GetConcentration", "\xff\xff");
  EXPECT_THAT(FromGrpcStatus(status), HasReason("TOKEN_INVALID"));
}

TEST(Service, AnAnswerAboveTheLimitSaysSo) {
  PipelineOptions options;
  options.message_bytes_max = 64;
  Bench bench(options);
  bench.service.answer_bytes = 100;
  grpc::ClientContext context;
  EXPECT_THAT(bench.Get(context), HasReason("MESSAGE_TOO_LARGE"));
}

TEST(OnPool, TooManyCallsAreOverloaded) {
  PipelineOptions options;
  options.calls_max = 0;
  Bench bench(options);
  grpc::ClientContext context;
  EXPECT_THAT(bench.Get(context), HasReason("OVERLOADED"));
}

}  // namespace
}  // namespace linchpin::kit
