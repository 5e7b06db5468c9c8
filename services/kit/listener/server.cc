#include "services/kit/listener/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <climits>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "prometheus/counter.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/listener/acceptor.h"
#include "services/kit/listener/plugins.h"
#include "services/kit/listener/self_call.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/kit/rpc/status.h"

namespace linchpin::kit {
namespace {

using grpc::experimental::ExternalConnectionAcceptor;

// Of one call. The pipeline refuses far less; a call with more than this ends its connection, since the parts
// of a header that gRPC has given up reading count for the calls after it.
constexpr int kMetadataBytesMax = 1 << 20;
// What the listener holds of messages under way: this many of the largest, and no fewer bytes than this.
constexpr int kBufferedMessages = 16;
constexpr size_t kBufferBytesMin = size_t{64} << 20;
constexpr absl::Duration kStopGrace = absl::Seconds(2);
constexpr absl::Duration kFlush = absl::Milliseconds(100);

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(duration), INT32_MAX));
}

// Answers calls of methods that no service has, and those of this process to itself.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  explicit UnknownMethods(MethodMetrics& metrics) : metrics_(metrics) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    class Refusal final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Refusal(const grpc::Status& status) { Finish(status); }
      void OnDone() override { delete this; }
    };
    if (context->method() == SelfCall::kMethod) return new Refusal(grpc::Status::OK);
    metrics_.started->Increment();
    metrics_.handled[grpc::StatusCode::UNIMPLEMENTED]->Increment();
    const absl::Status status =
        base::Error(base::reason::MethodUnknown{},
                    absl::StrCat("unknown method ", context->method().substr(0, 256), " here"));
    return new Refusal(ToGrpcStatus(status));
  }

 private:
  MethodMetrics& metrics_;
};

class GrpcServer final : public Server {
 public:
  GrpcServer(const ServerOptions& options, const std::vector<Served>& served, Log& log, Metrics& metrics,
             RpcMetrics& rpc_metrics)
      : options_(options),
        served_(served),
        log_(log),
        unknown_(*rpc_metrics.Unknown()),
        accepted_(metrics.Counter("linchpin_connections_accepted_total",
                                  "Connections accepted by the API listener.")),
        shed_(metrics.Counter("linchpin_connections_shed_total",
                              "Connections closed at once because file descriptors ran out.")) {}

  ~GrpcServer() override { Drain(base::SteadyNow()); }

  absl::Status Start() {
    auto listener = Listen(options_.listen);
    if (!listener.ok()) return listener.status();
    grpc::ServerBuilder builder;
    Configure(builder);
    auto credentials = options_.credentials ? options_.credentials : grpc::InsecureServerCredentials();
    connections_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, std::move(credentials));
    own_connections_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    for (const Served& served : served_) builder.RegisterService(served.service);
    builder.RegisterCallbackGenericService(&unknown_);
    server_ = builder.BuildAndStart();
    if (!server_) return absl::InternalError("the gRPC server did not start");
    acceptor_ = std::make_unique<Acceptor>(
        *std::move(listener), AcceptorLimits{.fds_reserved = options_.fds_reserved},
        [this](int listener_fd, int fd) { Take(listener_fd, fd); }, [this] { Shed(); });
    return absl::OkStatus();
  }

  int port() const override { return acceptor_->port(); }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(options_.message_bytes_max);
    return server_->InProcessChannel(arguments);
  }

  bool AnswersItself(absl::Duration timeout) override { return self_.Ask(acceptor_->fd(), timeout); }

  bool Drain(base::SteadyTime deadline) override {
    if (!server_) return true;
    acceptor_->Stop();
    for (const Served& served : served_) served.pipeline->Drain();
    bool idle = true;
    for (const Served& served : served_) idle &= served.pipeline->WaitIdle(deadline);
    for (const Served& served : served_) served.pipeline->StopCalls();
    for (const Served& served : served_) served.pipeline->WaitIdle(base::SteadyNow() + kStopGrace);
    // Not Server::Shutdown with connections open: calls that arrive during it end with CANCELLED, which
    // clients do not try again. Refused above or cut off here, they end with UNAVAILABLE. The pause lets the
    // last answers reach the sockets.
    absl::SleepFor(kFlush);
    const base::SteadyTime ended = base::SteadyNow() + kStopGrace;
    while (EndConnections(acceptor_->port()) > 0 && base::SteadyNow() < ended)
      absl::SleepFor(absl::Milliseconds(10));
    server_->Shutdown(absl::ToChronoTime(absl::Now() + kStopGrace));
    server_->Wait();
    server_ = nullptr;
    return idle;
  }

 private:
  void Configure(grpc::ServerBuilder& builder) const {
    // The pipeline refuses what is larger than the limit, with its reason. gRPC looks at the size of a
    // message only once it has all of it, so a limit of its own would save no memory: what it holds for all
    // calls together is bounded instead, and past that it ends calls with RESOURCE_EXHAUSTED.
    builder.SetMaxReceiveMessageSize(-1);
    grpc::ResourceQuota quota("listener");
    quota.Resize(std::max(kBufferBytesMin, size_t{kBufferedMessages} * options_.message_bytes_max));
    builder.SetResourceQuota(quota);
    builder.SetMaxSendMessageSize(options_.message_bytes_max);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options_.concurrent_streams_max);
    builder.AddChannelArgument("grpc.server_handshake_timeout_ms", Milliseconds(options_.handshake_timeout));
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               Milliseconds(options_.ping_interval_min));
    if (options_.connection_age_max < absl::InfiniteDuration()) {
      builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options_.connection_age_max));
      // As long as they last: a sweep may take ten minutes, and a Watch has no end.
      builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, INT_MAX);
    }
    if (options_.reflection) {
      // Also keeps the library linked; it has the plugin made for every builder of the process.
      grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    } else {
      builder.SetOption(WithoutPlugins());
    }
  }

  void Take(int listener_fd, int fd) {
    const bool own = self_.Owns(fd);
    if (!own) accepted_.Increment();
    ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.listener_fd = listener_fd;
    parameters.fd = fd;
    (own ? own_connections_ : connections_)->HandleNewConnection(&parameters);
  }

  void Shed() {
    shed_.Increment();
    const base::SteadyTime now = base::SteadyNow();
    if (now - shed_logged_ < absl::Seconds(10)) return;
    shed_logged_ = now;
    log_.Warning("connections are closed at once: file descriptors run out");
  }

  const ServerOptions options_;
  const std::vector<Served> served_;
  Log& log_;
  UnknownMethods unknown_;
  prometheus::Counter& accepted_;
  prometheus::Counter& shed_;
  base::SteadyTime shed_logged_ = base::SteadyTime::InfinitePast();
  SelfCall self_;
  std::unique_ptr<ExternalConnectionAcceptor> connections_;
  std::unique_ptr<ExternalConnectionAcceptor> own_connections_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<Served>& served, Log& log,
                                                      Metrics& metrics, RpcMetrics& rpc_metrics) {
  auto server = std::make_unique<GrpcServer>(options, served, log, metrics, rpc_metrics);
  if (absl::Status status = server->Start(); !status.ok()) return status;
  return server;
}

}  // namespace linchpin::kit
