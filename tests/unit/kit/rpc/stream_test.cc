// Server streams, and what authentication does to calls.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/auth/authenticator.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/kit/rpc/service_bench.h"

namespace linchpin::kit {
namespace {

// Reads a stream to its end and counts its messages.
absl::Status ReadAll(Bench& bench, int& messages) {
  grpc::ClientContext context;
  auto reader = bench.stub->SweepCutoffs(&context, {});
  SweepCutoffsResponse response;
  while (reader->Read(&response)) ++messages;
  return FromGrpcStatus(reader->Finish());
}

TEST(Stream, SendsAllThenTheStatus) {
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

TEST(Stream, StopsWhenTheCallerGoes) {
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

TEST(Stream, IsStoppedAtTheEndOfTheDrain) {
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
  EXPECT_THAT(end.get(), HasReason("DRAINING"));
}

TEST(Stream, TooManyAreOverloaded) {
  PipelineOptions options;
  options.streams_max = 0;
  Bench bench(options);
  int messages = 0;
  EXPECT_THAT(ReadAll(bench, messages), HasReason("OVERLOADED"));
}

// Takes everybody until told otherwise.
class ClosingAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const Credentials& /*credentials*/) const override {
    if (closed) return base::Error(base::reason::TokenInvalid{}, "it has expired");
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
  EXPECT_THAT(end, Fails(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"));
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
  EXPECT_THAT(get(""), HasReason("TOKEN_INVALID"));
  EXPECT_THAT(get("none"), HasReason("ROLE_TOO_LOW"));
  EXPECT_EQ(principal, "");
  EXPECT_EQ(get("viewer"), absl::OkStatus());
  EXPECT_EQ(principal, "somebody");
}

}  // namespace
}  // namespace linchpin::kit
