#include "services/kit/health.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "grpc/health/v1/health.grpc.pb.h"

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
  EXPECT_TRUE(check("a", response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  health_.SetReady("a", true);
  EXPECT_TRUE(check("", response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(check("nobody", response).error_code(), grpc::StatusCode::NOT_FOUND);
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
