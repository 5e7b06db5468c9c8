#include <grpcpp/grpcpp.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "services/kit/listener/acceptor.h"
#include "services/kit/listener/health.h"
#include "services/kit/listener/plugins.h"

namespace linchpin::kit {
namespace {

using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

using grpc::experimental::ExternalConnectionAcceptor;

constexpr int kWatchersMax = 64;
// Probes come one by one, and clients that watch have a connection each. Half of what the API's listener
// keeps free are for this one, so that it answers while that one sheds.
constexpr AcceptorLimits kLimits = {.fds_reserved = 32, .connections_max = 96};
constexpr auto kWatchInterval = std::chrono::milliseconds(250);

HealthCheckResponse::ServingStatus ToProto(Health::State state) {
  switch (state) {
    case Health::State::kServing:
      return HealthCheckResponse::SERVING;
    case Health::State::kNotServing:
      return HealthCheckResponse::NOT_SERVING;
    case Health::State::kUnknown:
      break;
  }
  return HealthCheckResponse::SERVICE_UNKNOWN;
}

class Watcher;

// The watchers that are open, looked after by one thread.
struct Watchers {
  absl::Mutex mutex;
  std::set<Watcher*> open ABSL_GUARDED_BY(mutex);
};

// One Watch: sends the state whenever it differs from what was sent last.
class Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  Watcher(const Health& health, std::string service, Watchers& watchers)
      : health_(health), service_(std::move(service)), watchers_(watchers) {
    absl::MutexLock lock(&watchers_.mutex);
    if (watchers_.open.size() >= kWatchersMax) {
      Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many watchers"));
      finished_ = true;
      return;
    }
    watchers_.open.insert(this);
    Look();
  }

  // Those who look after all of them hold the mutex that they share.
  void AssertHeld() const ABSL_ASSERT_EXCLUSIVE_LOCK(watchers_.mutex) { watchers_.mutex.AssertHeld(); }

  void Look() ABSL_EXCLUSIVE_LOCKS_REQUIRED(watchers_.mutex) {
    if (writing_ || finished_) return;
    const auto status = ToProto(health_.Of(service_));
    if (sent_ == status) return;
    sent_ = status;
    response_.set_status(status);
    writing_ = true;
    StartWrite(&response_);
  }
  void End(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(watchers_.mutex) {
    if (!finished_) Finish(status);
    finished_ = true;
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&watchers_.mutex);
    writing_ = false;
    if (!ok) End(grpc::Status::CANCELLED);
  }
  void OnCancel() override {
    absl::MutexLock lock(&watchers_.mutex);
    End(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    {
      absl::MutexLock lock(&watchers_.mutex);
      watchers_.open.erase(this);
    }
    delete this;
  }

 private:
  const Health& health_;
  const std::string service_;
  Watchers& watchers_;
  HealthCheckResponse response_;
  int sent_ ABSL_GUARDED_BY(watchers_.mutex) = -1;
  bool writing_ ABSL_GUARDED_BY(watchers_.mutex) = false;
  bool finished_ ABSL_GUARDED_BY(watchers_.mutex) = false;
};

class Service final : public ::grpc::health::v1::Health::CallbackService {
 public:
  explicit Service(const Health& health) : health_(health), thread_([this] { Run(); }) {}
  ~Service() override {
    stopping_.store(true);
    thread_.join();
  }

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                  HealthCheckResponse* response) override {
    const Health::State state = health_.Of(request->service());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (state == Health::State::kUnknown) {
      reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service"));
      return reactor;
    }
    response->set_status(ToProto(state));
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<HealthCheckResponse>* Watch(grpc::CallbackServerContext* /*context*/,
                                                       const HealthCheckRequest* request) override {
    return new Watcher(health_, request->service(), watchers_);
  }

  // Ends all watches, so that the server can shut down.
  void EndAll() {
    absl::MutexLock lock(&watchers_.mutex);
    for (Watcher* watcher : watchers_.open) {
      watcher->AssertHeld();
      watcher->End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "shutting down"));
    }
  }

 private:
  void Run() {
    while (!stopping_.load()) {
      std::this_thread::sleep_for(kWatchInterval);
      absl::MutexLock lock(&watchers_.mutex);
      for (Watcher* watcher : watchers_.open) {
        watcher->AssertHeld();
        watcher->Look();
      }
    }
  }

  const Health& health_;
  Watchers watchers_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class Server final : public HealthServer {
 public:
  explicit Server(Health& health) : service_(health) {}
  ~Server() override {
    if (acceptor_) acceptor_->Stop();
    service_.EndAll();
    if (server_) server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  }

  absl::Status Start(const std::string& address) {
    auto listener = Listen(address);
    if (!listener.ok()) return listener.status();
    grpc::ServerBuilder builder;
    connections_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    builder.SetMaxReceiveMessageSize(4096);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 60'000);
    builder.AddChannelArgument("grpc.server_handshake_timeout_ms", 5000);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
    builder.SetOption(WithoutPlugins());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (!server_) return absl::InternalError("the gRPC server for health did not start");
    acceptor_ = std::make_unique<Acceptor>(
        *std::move(listener), kLimits, [this](int listener_fd, int fd) { Take(listener_fd, fd); }, [] {});
    return absl::OkStatus();
  }
  int port() const override { return acceptor_->port(); }

 private:
  void Take(int listener_fd, int fd) {
    ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.listener_fd = listener_fd;
    parameters.fd = fd;
    connections_->HandleNewConnection(&parameters);
  }

  Service service_;
  std::unique_ptr<ExternalConnectionAcceptor> connections_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HealthServer>> HealthServer::Start(std::string_view address, Health& health) {
  auto server = std::make_unique<Server>(health);
  if (absl::Status status = server->Start(std::string(address)); !status.ok()) return status;
  return server;
}

}  // namespace linchpin::kit
