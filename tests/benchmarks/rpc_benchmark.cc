// Calls per second and server CPU per call: GetModel beside an empty RPC of the same server, TLS beside
// plaintext, tokens beside none; and the time of /metrics. All in one run, in alternating rounds; the median
// of the rounds counts. Usage: rpc_benchmark [ROUNDS] [SECONDS]
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "services/inventory/rpc/inventory_backend.h"
#include "services/kit/auth/tokens.h"
#include "services/kit/listener/server.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/http_exposer.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/kit/tls/certificates.h"
#include "services/store/open.h"
#include "tests/benchmarks/contest.h"
#include "tests/support/certificates.h"
#include "tests/support/linchpind_process.h"

namespace linchpin::benchmarks {
namespace {

namespace inv = ::linchpin::inventory::v1;
namespace health = ::grpc::health::v1;
using Clock = std::chrono::steady_clock;

constexpr int kChannels = 4;
constexpr int kInFlight = 16;
constexpr int kModels = 1000;
constexpr char kToken[] = "benchmark";

// The empty RPC: no pipeline, an empty answer.
class EmptyService final : public health::Health::CallbackService {
 public:
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const health::HealthCheckRequest*,
                                  health::HealthCheckResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// One listener with the inventory and the empty service behind it.
class Stack {
 public:
  Stack(kit::Log& log, kit::Metrics& metrics, kit::RpcMetrics& rpc_metrics,
        const kit::Authenticator* authenticator, std::shared_ptr<grpc::ServerCredentials> credentials)
      : store_(OrDie(store::OpenStore("sqlite::memory:", "inventory", Migrate()))),
        pipeline_("linchpin.inventory.v1.InventoryService", Options(log, rpc_metrics, authenticator)),
        unused_("linchpin.risk.v1.RiskService"),
        inventory_(OrDie(inventory::InventoryBackend::Create(*store_, pipeline_, {}))) {
    kit::ServerOptions options;
    options.credentials = std::move(credentials);
    server_ = OrDie(kit::Server::Start(options, {{inventory_->service(), &pipeline_}, {&empty_, &unused_}},
                                       log, metrics, rpc_metrics));
  }
  int port() const { return server_->port(); }

 private:
  static store::OpenOptions Migrate() {
    store::OpenOptions options;
    options.migrate = true;
    return options;
  }
  static kit::PipelineOptions Options(kit::Log& log, kit::RpcMetrics& rpc_metrics,
                                      const kit::Authenticator* authenticator) {
    kit::PipelineOptions options;
    options.log = &log;
    options.metrics = &rpc_metrics;
    options.authenticator = authenticator;
    return options;
  }

  std::unique_ptr<store::ResourceStore> store_;
  kit::Pipeline pipeline_;
  kit::Pipeline unused_;
  EmptyService empty_;
  std::unique_ptr<inventory::InventoryBackend> inventory_;
  std::unique_ptr<kit::Server> server_;
};

struct Ports {
  int plain = 0;
  int tls = 0;
  int token = 0;
};

// The server's process: writes its ports, then serves until it is killed.
[[noreturn]] void Serve(int out, const testing_support::TempFolder& folder,
                        const testing_support::Certificate& certificate) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  kit::Log log(kit::LogLevel::kWarning);
  kit::Metrics metrics("", "");
  kit::RpcMetrics rpc_metrics(metrics.registry());
  auto certificates = OrDie(kit::CertificateStore::Create(
      {folder.Write("c", certificate.chain), folder.Write("k", certificate.key), ""}, "server", log,
      metrics));
  kit::FileAuthenticator::Options options;
  options.path = folder.Write(
      "t", absl::StrCat("tokens: [{name: b, role: admin, sha256: ", kit::HashToken(kToken), "}]\n"));
  auto authenticator = OrDie(kit::FileAuthenticator::Create(options, log, metrics));
  Stack plain(log, metrics, rpc_metrics, nullptr, nullptr);
  Stack tls(log, metrics, rpc_metrics, nullptr, certificates->ForServer());
  Stack token(log, metrics, rpc_metrics, authenticator.get(), nullptr);
  const Ports ports{plain.port(), tls.port(), token.port()};
  if (write(out, &ports, sizeof(ports)) != sizeof(ports)) exit(1);
  while (true) pause();
}

// Keeps calls in flight over several channels and counts those that end well.
class Load {
 public:
  // Starts one call; `done` is to be called with whether it went well.
  using Start = std::function<void(int channel, std::function<void(bool)> done)>;

  explicit Load(Start start) : start_(std::move(start)) {}

  // Calls per second.
  double Run(double seconds) {
    const auto begin = Clock::now();
    end_ = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    for (int i = 0; i < kInFlight; ++i) Next(i % kChannels);
    std::unique_lock<std::mutex> lock(mutex_);
    all_done_.wait(lock, [this] { return running_.load() == 0; });
    if (failed_.load() > 0) {
      fprintf(stderr, "%ld calls failed\n", failed_.load());
      exit(1);
    }
    return static_cast<double>(count_.load()) / std::chrono::duration<double>(Clock::now() - begin).count();
  }

  int64_t count() const { return count_.load(); }

 private:
  void Next(int channel) {
    running_.fetch_add(1);
    start_(channel, [this, channel](bool ok) {
      ok ? ++count_ : ++failed_;
      if (Clock::now() < end_) Next(channel);
      if (running_.fetch_sub(1) == 1) {
        std::lock_guard<std::mutex> lock(mutex_);
        all_done_.notify_all();
      }
    });
  }

  const Start start_;
  Clock::time_point end_;
  std::atomic<int> running_{0};
  std::atomic<int64_t> count_{0};
  std::atomic<int64_t> failed_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
};

// One asynchronous call with all that it needs.
template <typename Request, typename Response>
struct CallState {
  grpc::ClientContext context;
  Request request;
  Response response;
};

class Client {
 public:
  Client(int port, std::shared_ptr<grpc::ChannelCredentials> credentials, std::string token)
      : token_(std::move(token)) {
    for (int i = 0; i < kChannels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      auto channel = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), credentials, arguments);
      inventory_.push_back(inv::InventoryService::NewStub(channel));
      empty_.push_back(health::Health::NewStub(channel));
    }
  }

  void Fill() {
    inv::BatchWriteRequest request;
    inv::BatchWriteResponse response;
    auto* vendor = request.add_operations()->mutable_upsert()->mutable_vendor();
    vendor->set_name("vendors/v");
    vendor->set_display_name("V");
    for (int i = 0; i < kModels; ++i) {
      auto* model = request.add_operations()->mutable_upsert()->mutable_model();
      model->set_name(absl::StrCat("models/m", i));
      model->set_display_name(absl::StrCat("Model number ", i));
      model->set_description(
          "A model as they stand in the catalogue, with a sentence that describes it to people.");
      model->set_developer("vendors/v");
      model->set_origin_country("FR");
      (*model->mutable_labels())["family"] = "benchmark";
    }
    grpc::ClientContext context;
    Authorize(context);
    const grpc::Status status = inventory_[0]->BatchWrite(&context, request, &response);
    if (!status.ok()) {
      fprintf(stderr, "%s\n", status.error_message().c_str());
      exit(1);
    }
  }

  void Empty(int channel, std::function<void(bool)> done) {
    auto* call = new CallState<health::HealthCheckRequest, health::HealthCheckResponse>;
    Authorize(call->context);
    empty_[channel]->async()->Check(&call->context, &call->request, &call->response,
                                    [call, done = std::move(done)](const grpc::Status& status) {
                                      const bool ok = status.ok();
                                      delete call;
                                      done(ok);
                                    });
  }

  void GetModel(int channel, std::function<void(bool)> done) {
    auto* call = new CallState<inv::GetModelRequest, inv::Model>;
    call->request.set_name(absl::StrCat("models/m", next_.fetch_add(1) % kModels));
    Authorize(call->context);
    inventory_[channel]->async()->GetModel(&call->context, &call->request, &call->response,
                                           [call, done = std::move(done)](const grpc::Status& status) {
                                             const bool ok = status.ok();
                                             delete call;
                                             done(ok);
                                           });
  }

 private:
  void Authorize(grpc::ClientContext& context) const {
    if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
  }

  const std::string token_;
  std::vector<std::unique_ptr<inv::InventoryService::Stub>> inventory_;
  std::vector<std::unique_ptr<health::Health::Stub>> empty_;
  std::atomic<int64_t> next_{0};
};

struct Series {
  const char* name;
  Load::Start start;
  std::vector<double> rates;
  std::vector<double> cpu_us;
};

void ScrapeBenchmark() {
  kit::Metrics metrics("", "");
  kit::RpcMetrics rpc_metrics(metrics.registry());
  auto handle = metrics.AddCollector([](kit::GaugeSink& sink) {
    for (int family = 0; family < 10; ++family) {
      for (int i = 0; i < 1000; ++i) {
        sink.Gauge(absl::StrCat("linchpin_benchmark_", std::string(1, static_cast<char>('a' + family))),
                   "A gauge.", {{"dimension", "OPERATOR_GROUP"}, {"number", std::to_string(i)}}, i * 0.1);
      }
    }
  });
  auto exposer = OrDie(kit::HttpExposer::Start("127.0.0.1:0", [&] { return metrics.Scrape(); }));
  std::vector<double> times;
  size_t bytes = 0;
  for (int i = 0; i < 21; ++i) {
    const auto begin = Clock::now();
    bytes = testing_support::Scrape(exposer->port()).size();
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  printf("/metrics with 10000 series: %.1f ms (%zu bytes)\n", Median(times), bytes);
}

int Main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 5;
  const double seconds = argc > 2 ? atof(argv[2]) : 2;
  testing_support::TempFolder folder;
  testing_support::Authority authority;
  const auto certificate = authority.Issue("localhost");
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const pid_t server = fork();
  if (server == 0) Serve(ends[1], folder, certificate);
  Ports ports;
  if (read(ends[0], &ports, sizeof(ports)) != sizeof(ports)) return 1;

  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = authority.root();
  Client plain(ports.plain, grpc::InsecureChannelCredentials(), "");
  Client tls(ports.tls, grpc::SslCredentials(ssl), "");
  Client token(ports.token, grpc::InsecureChannelCredentials(), kToken);
  for (Client* client : {&plain, &tls, &token}) client->Fill();
  const auto empty = [](Client& client) {
    return [&client](int c, auto done) { client.Empty(c, std::move(done)); };
  };
  const auto get = [](Client& client) {
    return [&client](int c, auto done) { client.GetModel(c, std::move(done)); };
  };
  std::vector<Series> series = {{"empty", empty(plain), {}, {}},
                                {"GetModel", get(plain), {}, {}},
                                {"GetModel, TLS", get(tls), {}, {}},
                                {"GetModel, token", get(token), {}, {}}};
  for (int round = 0; round <= rounds; ++round) {
    for (Series& one : series) {
      Load load(one.start);
      const double cpu = CpuSeconds(server);
      const double rate = load.Run(round == 0 ? 0.3 : seconds);
      if (round == 0) continue;  // Warm-up.
      one.rates.push_back(rate);
      one.cpu_us.push_back((CpuSeconds(server) - cpu) * 1e6 / static_cast<double>(load.count()));
    }
  }
  for (const Series& one : series) {
    printf("%-16s %8.0f calls/s  %5.1f us server CPU per call\n", one.name, Median(one.rates),
           Median(one.cpu_us));
  }
  const auto ratio = [&](size_t a, size_t b) {
    std::vector<double> ratios;
    for (int i = 0; i < rounds; ++i) ratios.push_back(series[a].rates[i] / series[b].rates[i]);
    return Median(ratios);
  };
  printf("GetModel / empty: %.2f\n", ratio(1, 0));
  printf("TLS / plaintext: %.2f\n", ratio(2, 1));
  printf("server CPU with token / without: %.2f\n", Median(series[3].cpu_us) / Median(series[1].cpu_us));
  ScrapeBenchmark();
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  return 0;
}

}  // namespace
}  // namespace linchpin::benchmarks

int main(int argc, char** argv) { return linchpin::benchmarks::Main(argc, argv); }
