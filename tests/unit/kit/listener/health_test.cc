#include "services/kit/listener/health.h"

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "services/kit/listener/socket.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;
using State = Health::State;

TEST(Health, IsReadyWhenEveryServiceIs) {
  Health health;
  health.SetListening();
  EXPECT_EQ(health.Of(""), State::kNotServing);
  EXPECT_EQ(health.Of(Health::kLiveness), State::kServing);
  bool snapshot = false;
  health.AddService("a");
  health.AddService("b", [&] { return snapshot; });
  health.SetReady("a", true);
  EXPECT_EQ(health.Of("a"), State::kServing);
  EXPECT_EQ(health.Of("b"), State::kNotServing);
  EXPECT_EQ(health.Of(""), State::kNotServing);
  snapshot = true;
  EXPECT_EQ(health.Of(""), State::kServing);
  EXPECT_EQ(health.Of("c"), State::kUnknown);
}

// In one process, the inventory may be loaded while another service still waits for its database.
TEST(Health, IsNotReadyBeforeTheApiListens) {
  Health health;
  health.AddService("a", [] { return true; });
  EXPECT_EQ(health.Of("a"), State::kNotServing);
  EXPECT_EQ(health.Of(""), State::kNotServing);
  EXPECT_EQ(health.Of(Health::kLiveness), State::kServing);
  health.AddService("b", [] { return true; });
  health.SetListening();
  EXPECT_EQ(health.Of(""), State::kServing);
}

TEST(Health, DrainingIsNotReadyButAlive) {
  Health health;
  health.SetListening();
  health.AddService("a");
  health.SetReady("a", true);
  health.Drain();
  EXPECT_EQ(health.Of("a"), State::kNotServing);
  EXPECT_EQ(health.Of(""), State::kNotServing);
  EXPECT_EQ(health.Of(Health::kLiveness), State::kServing);
}

class HealthServerTest : public testing::Test {
 protected:
  HealthServerTest() : server_(*HealthServer::Start("127.0.0.1:0", health_)) {
    health_.SetListening();
    stub_ = ::grpc::health::v1::Health::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials()));
  }

  Health health_;
  std::unique_ptr<HealthServer> server_;
  std::unique_ptr<::grpc::health::v1::Health::Stub> stub_;
};

TEST_F(HealthServerTest, CheckTellsTheState) {
  health_.AddService("a");
  const auto check = [&](const std::string& service, HealthCheckResponse& response) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(service);
    return stub_->Check(&context, request, &response);
  };
  HealthCheckResponse response;
  EXPECT_THAT(check("a", response), IsOk());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  health_.SetReady("a", true);
  EXPECT_THAT(check("", response), IsOk());
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(check("nobody", response).error_code(), grpc::StatusCode::NOT_FOUND);
}

// gRPC's own listener never accepts again after it has once run out of file descriptors.
TEST_F(HealthServerTest, AnswersAfterAFlood) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = 256;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  {
    // Client and server ends are of one process here: it runs out for both.
    std::vector<Fd> idle;
    for (int i = 0; i < 400; ++i) {
      Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (fd.get() < 0) break;
      if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0)
        idle.push_back(std::move(fd));
    }
    EXPECT_GT(idle.size(), 50u);
  }
  setrlimit(RLIMIT_NOFILE, &before);
  // The kernel's queue holds what was not accepted in time; it is gone through, and then somebody is
  // answered.
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  HealthCheckResponse response;
  HealthCheckRequest request;
  request.set_service("liveness");
  const grpc::Status status = stub_->Check(&context, request, &response);
  EXPECT_THAT(status, IsOk());
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
}

TEST_F(HealthServerTest, KeepsOthersOutBeyondItsShareOfConnections) {
  std::vector<Fd> open;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 97; ++i) {
    open.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(open.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  // Accepted in order: the last one is closed at once, the others would be by the time for shaking hands.
  char byte = 0;
  EXPECT_LE(recv(open.back().get(), &byte, 1, 0), 0);
  EXPECT_EQ(recv(open.front().get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0, false);
}

TEST_F(HealthServerTest, WatchTellsChanges) {
  health_.AddService("a");
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("a");
  auto reader = stub_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  health_.SetReady("a", true);
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  server_.reset();
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace linchpin::kit
