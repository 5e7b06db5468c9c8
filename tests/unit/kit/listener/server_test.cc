// The listener: unknown methods, reflection, sizes, and running out of file descriptors.
#include "services/kit/listener/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/validate_service_config.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <dirent.h>

#include "absl/time/clock.h"
#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/kit/listener/health.h"
#include "services/kit/listener/liveness.h"
#include "services/kit/listener/socket.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/channel.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/kit/rpc/service.h"
#include "services/kit/rpc/status.h"
#include "tests/support/certificates.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/kit/unbound_methods.h"

namespace linchpin::kit {
namespace {

using risk::v1::GetConcentrationRequest;
using risk::v1::GetConcentrationResponse;
using risk::v1::RiskService;
using risk::v1::SweepCutoffsRequest;
using risk::v1::SweepCutoffsResponse;
using ::testing::HasSubstr;

// Answers at once; streams until it is cancelled.
struct QuickHandlers {
  absl::Status Get(Call&, const GetConcentrationRequest&, GetConcentrationResponse&) {
    return absl::OkStatus();
  }
  absl::Status Simulate(Call&, const risk::v1::SimulateCutoffRequest&, risk::v1::SimulateCutoffResponse&) {
    return absl::OkStatus();
  }
  absl::Status Sweep(Call& call, const SweepCutoffsRequest&, StreamWriter<SweepCutoffsResponse>& writer) {
    while (!call.Cancelled() && writer.Write({})) absl::SleepFor(absl::Milliseconds(5));
    return absl::OkStatus();
  }
};

std::unique_ptr<grpc::Service> MakeQuickService(Pipeline& pipeline, QuickHandlers& handlers) {
  ServiceBuilder builder(pipeline);
  builder.Inline("GetConcentration", {}, Bind(handlers, &QuickHandlers::Get));
  builder.Inline("SimulateCutoff", {}, Bind(handlers, &QuickHandlers::Simulate));
  builder.Stream("SweepCutoffs", {}, BindStream(handlers, &QuickHandlers::Sweep));
  BindTheRest("linchpin.risk.v1.RiskService", {"GetConcentration", "SimulateCutoff", "SweepCutoffs"},
              builder);
  return builder.Build();
}

class ServerTest : public testing::Test {
 protected:
  void Start(const ServerOptions& options = {}) {
    server_ = Server::Start(options, {{service_.get(), &pipeline_}}, log_, metrics_, rpc_metrics_).value();
    ChannelOptions large;
    large.message_bytes_max = 64 << 20;
    channel_ = MakeChannel("127.0.0.1:" + std::to_string(server_->port()), large);
  }

  absl::Status Call(absl::Duration timeout = absl::Seconds(10), const GetConcentrationRequest& request = {}) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    GetConcentrationResponse response;
    return FromGrpcStatus(RiskService::NewStub(channel_)->GetConcentration(&context, request, &response));
  }

  Log log_{LogLevel::kError, [](std::string_view) {}};
  Metrics metrics_{"", ""};
  RpcMetrics rpc_metrics_{metrics_.registry()};
  Pipeline pipeline_{"linchpin.risk.v1.RiskService"};
  QuickHandlers handlers_;
  std::unique_ptr<grpc::Service> service_ = MakeQuickService(pipeline_, handlers_);
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ServerTest, ServesOverTheNetworkAndInProcess) {
  Start();
  EXPECT_EQ(Call(), absl::OkStatus());
  channel_ = server_->InProcessChannel();
  EXPECT_EQ(Call(), absl::OkStatus());
}

// Breaks what listens on a port, from outside: its socket is shut down.
void BreakListener(int port) {
  for (int fd = 3; fd < 1024; ++fd) {
    int listening = 0;
    socklen_t length = sizeof(listening);
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0 || listening == 0) continue;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) continue;
    if (ntohs(address.sin_port) == port) shutdown(fd, SHUT_RDWR);
  }
}

TEST_F(ServerTest, AnswersItselfWhileItsListenerWorks) {
  Start();
  EXPECT_TRUE(server_->AnswersItself(absl::Seconds(20)));
  EXPECT_THAT(metrics_.Scrape(), HasSubstr("linchpin_connections_accepted_total 0\n"));
  BreakListener(server_->port());
  EXPECT_FALSE(server_->AnswersItself(absl::Seconds(20)));
}

// Nobody has a certificate that the server would take, itself included.
TEST_F(ServerTest, AnswersItselfInPlaintextWhereOthersMustShowCertificates) {
  ServerOptions options;
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  testing_support::Authority authority;
  const testing_support::Certificate certificate = authority.Issue("linchpin");
  tls.pem_root_certs = authority.root();
  tls.pem_key_cert_pairs.push_back({certificate.key, certificate.chain});
  options.credentials = grpc::SslServerCredentials(tls);
  Start(options);
  EXPECT_TRUE(server_->AnswersItself(absl::Seconds(20)));
  EXPECT_THAT(Call(absl::Seconds(2)), ::testing::Not(IsOk()));
}

TEST_F(ServerTest, ProbesLearnThatTheListenerIsBroken) {
  Start();
  Health health;
  Liveness liveness(*server_, health, log_, metrics_,
                    {.interval = absl::Milliseconds(10), .timeout = absl::Seconds(5)});
  const auto becomes = [&](Health::State state) {
    for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;
         absl::SleepFor(absl::Milliseconds(1))) {
      if (health.Of(Health::kLiveness) == state) return true;
    }
    return false;
  };
  EXPECT_TRUE(becomes(Health::State::kServing));
  BreakListener(server_->port());
  EXPECT_TRUE(becomes(Health::State::kNotServing));
}

TEST_F(ServerTest, OldConnectionsGiveWayToNewOnesWithoutALostCall) {
  ServerOptions options;
  options.connection_age_max = absl::Milliseconds(20);
  Start(options);
  const std::string once = "linchpin_connections_accepted_total 1\n";
  int calls = 0;
  for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end; ++calls) {
    ASSERT_EQ(Call(), absl::OkStatus());
    if (calls % 50 == 0 && calls > 0 && metrics_.Scrape().find(once) == std::string::npos) break;
  }
  EXPECT_THAT(metrics_.Scrape(), ::testing::Not(HasSubstr(once)));
}

TEST_F(ServerTest, UnknownMethodsAreNamedAndCounted) {
  Start();
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  grpc::ByteBuffer answer;
  grpc::Status status;
  auto call = stub.PrepareUnaryCall(&context, "/no.Such/Method", grpc::ByteBuffer(), &queue);
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(FromGrpcStatus(status), HasReason("METHOD_UNKNOWN"));
  EXPECT_THAT(status.error_message(), HasSubstr("/no.Such/Method"));
  EXPECT_THAT(metrics_.Scrape(),
              HasSubstr("grpc_server_handled_total{grpc_code=\"Unimplemented\",grpc_method=\"unknown\","
                        "grpc_service=\"unknown\",grpc_type=\"unary\"} 1\n"));
}

class ReflectionTest : public ServerTest, public testing::WithParamInterface<bool> {};

TEST_P(ReflectionTest, CanBeSwitched) {
  const auto has_reflection = [&] {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    grpc::CompletionQueue queue;
    auto call =
        stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    void* tag = nullptr;
    bool ok = false;
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    call->WritesDone(nullptr);
    queue.Next(&tag, &ok);
    grpc::Status status;
    call->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    return status.error_code() != grpc::StatusCode::UNIMPLEMENTED;
  };
  ServerOptions options;
  options.reflection = GetParam();
  Start(options);
  EXPECT_EQ(has_reflection(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(OnAndOff, ReflectionTest, testing::Bool());

TEST_F(ServerTest, TooLargeARequestIsRefused) {
  Start();
  GetConcentrationRequest request;
  request.set_min_revision(std::string((16 << 20) + 1, '1'));
  const absl::Status refused = Call(absl::Seconds(10), request);
  EXPECT_THAT(refused, Fails(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE"));
  EXPECT_EQ(base::DetailsOf(refused)->metadata.at("limit_bytes"), "16777216");
  // However large it is.
  request.set_min_revision(std::string((50 << 20), '1'));
  EXPECT_THAT(Call(absl::Seconds(10), request), HasReason("MESSAGE_TOO_LARGE"));
  EXPECT_EQ(Call(), absl::OkStatus());
}

TEST_F(ServerTest, TooMuchMetadataFailsItsCallAlone) {
  Start();
  const auto stub = RiskService::NewStub(channel_);
  grpc::ClientContext context;
  const auto stream = stub->SweepCutoffs(&context, {});
  SweepCutoffsResponse message;
  ASSERT_TRUE(stream->Read(&message));
  for (const size_t bytes : {size_t{16} << 10, size_t{17} << 10, size_t{100} << 10}) {
    grpc::ClientContext large;
    large.AddMetadata("x-large", std::string(bytes, 'x'));
    GetConcentrationResponse response;
    const absl::Status refused = FromGrpcStatus(stub->GetConcentration(&large, {}, &response));
    EXPECT_THAT(refused, Fails(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE")) << bytes;
    // The other streams of the connection go on.
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(stream->Read(&message)) << bytes;
  }
  context.TryCancel();
  while (stream->Read(&message)) continue;
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ServerTest, TakenPortIsAnError) {
  Start();
  ServerOptions options;
  options.listen = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_THAT(Server::Start(options, {}, log_, metrics_, rpc_metrics_),
              StatusIs(absl::StatusCode::kUnavailable));
}

int OpenFds() {
  DIR* folder = opendir("/proc/self/fd");
  int count = 0;
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

// gRPC's own listener never accepts again after it has once run out.
TEST_F(ServerTest, RecoversFromRunningOutOfFileDescriptors) {
  Start();
  ASSERT_EQ(Call(), absl::OkStatus());
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = static_cast<rlim_t>(OpenFds() + 200);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
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
    const auto shed = [&] {
      return metrics_.Scrape().find("linchpin_connections_shed_total 0\n") == std::string::npos;
    };
    for (const absl::Time end = absl::Now() + absl::Seconds(20); !shed() && absl::Now() < end;) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_TRUE(shed());
    EXPECT_FALSE(server_->AnswersItself(absl::Seconds(5))) << "it sheds itself as well";
  }
  setrlimit(RLIMIT_NOFILE, &before);
  channel_ = MakeChannel("127.0.0.1:" + std::to_string(server_->port()), {});
  EXPECT_EQ(Call(), absl::OkStatus());
}

TEST(ServiceConfig, IsOneThatGrpcTakes) {
  EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(std::string(ClientServiceConfig())), "");
}

}  // namespace
}  // namespace linchpin::kit
