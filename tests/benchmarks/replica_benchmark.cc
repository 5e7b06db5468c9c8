// The replica at its full size: loading, memory, and how soon one change is seen, also while everything is
// read. Usage: replica_benchmark [APPLICATIONS [DEPENDENCIES_EACH]]
#include <grpcpp/grpcpp.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "services/engine/graph/graph.h"
#include "services/inventory/rpc/inventory_backend.h"
#include "services/kit/rpc/pipeline.h"
#include "services/replica/follower.h"
#include "services/store/open.h"
#include "tests/benchmarks/contest.h"

namespace linchpin::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;
using inventory::v1::InventoryService;
namespace v1 = inventory::v1;

constexpr int kVendors = 200, kModels = 1000, kDeployments = 1000;
constexpr int kBatch = 10'000;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of all threads. On a machine that others use, too, it tells more than the clock.
double ProcessorSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

int64_t ResidentMb() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE) / (1 << 20);
}

void DieUnlessOk(const grpc::Status& status) {
  if (status.ok()) return;
  fprintf(stderr, "%s\n", status.error_message().c_str());
  exit(1);
}

// An inventory on a loopback port, over a store that outlives it.
class Server {
 public:
  explicit Server(store::ResourceStore& store)
      : pipeline_("linchpin.inventory.v1.InventoryService"),
        inventory_(OrDie(inventory::InventoryBackend::Create(store, pipeline_, {}))) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(16 << 20);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(inventory_->service());
    server_ = builder.BuildAndStart();
  }
  ~Server() {
    pipeline_.Drain();
    server_->Shutdown();
  }
  replica::ViewSource& source() { return inventory_->source(); }
  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials(),
                                     arguments);
  }

 private:
  kit::Pipeline pipeline_;
  std::unique_ptr<inventory::InventoryBackend> inventory_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

// Fills batches and sends each when it is full.
class Filler {
 public:
  explicit Filler(InventoryService::Stub& stub) : stub_(stub) {}
  v1::Resource& Next() {
    if (request_.operations_size() == kBatch) Send();
    return *request_.add_operations()->mutable_upsert();
  }
  void Send() {
    grpc::ClientContext context;
    v1::BatchWriteResponse response;
    DieUnlessOk(stub_.BatchWrite(&context, request_, &response));
    request_.Clear();
  }

 private:
  InventoryService::Stub& stub_;
  v1::BatchWriteRequest request_;
};

std::string DependencyName(int application, int dependency) {
  return absl::StrCat("applications/app-", application, "/dependencies/need-", dependency);
}

void SetAlternatives(int seed, v1::Dependency& dependency) {
  dependency.clear_alternatives();
  dependency.add_alternatives()->set_target(absl::StrCat("deployments/d", seed * 7919 % kDeployments));
  auto* fallback = dependency.add_alternatives();
  fallback->set_target(absl::StrCat("deployments/d", (seed * 104729 + 1) % kDeployments));
  fallback->set_activation(v1::Dependency::ACTIVATION_CONFIGURATION);
}

void Fill(InventoryService::Stub& stub, int applications, int each) {
  Filler filler(stub);
  for (int i = 0; i < kVendors; ++i) filler.Next().mutable_vendor()->set_name(absl::StrCat("vendors/v", i));
  for (int i = 0; i < kModels; ++i) {
    v1::Model& model = *filler.Next().mutable_model();
    model.set_name(absl::StrCat("models/m", i));
    model.set_developer(absl::StrCat("vendors/v", i % kVendors));
  }
  for (int i = 0; i < kDeployments; ++i) {
    v1::Deployment& deployment = *filler.Next().mutable_deployment();
    deployment.set_name(absl::StrCat("deployments/d", i));
    deployment.set_model(absl::StrCat("models/m", i % kModels));
    deployment.set_operator_(absl::StrCat("vendors/v", i * 31 % kVendors));
  }
  filler.Send();
  for (int i = 0; i < applications; ++i) {
    v1::Application& application = *filler.Next().mutable_application();
    application.set_name(absl::StrCat("applications/app-", i));
    application.set_tier(1 + i % 4);
  }
  filler.Send();
  const Clock::time_point start = Clock::now();
  const double cpu = ProcessorSeconds();
  for (int i = 0; i < applications; ++i) {
    for (int k = 0; k < each; ++k) {
      v1::Dependency& dependency = *filler.Next().mutable_dependency();
      dependency.set_name(DependencyName(i, k));
      dependency.set_purpose(v1::Dependency::PURPOSE_CHAT);
      SetAlternatives(i * each + k, dependency);
    }
  }
  filler.Send();
  const double count = static_cast<double>(applications) * each;
  printf("BatchWrite of dependencies with three references: %.0f a second, %.1f us of processor for each\n",
         count / SecondsSince(start), (ProcessorSeconds() - cpu) / count * 1e6);
}

// Milliseconds from sending a change until `source` has it.
std::vector<double> Visibility(InventoryService::Stub& stub, replica::ViewSource& source, int applications,
                               int count) {
  std::vector<double> millis;
  for (int i = 0; i < count; ++i) {
    v1::UpdateDependencyRequest request;
    request.mutable_dependency()->set_name(DependencyName(i * 7919 % applications, 0));
    SetAlternatives(1'000'000 + i, *request.mutable_dependency());
    v1::Dependency response;
    grpc::ClientContext context;
    const Clock::time_point start = Clock::now();
    DieUnlessOk(stub.UpdateDependency(&context, request, &response));
    OrDie(source.WaitFor(response.revision(), base::SteadyTime::InfiniteFuture()));
    millis.push_back(SecondsSince(start) * 1e3);
  }
  std::sort(millis.begin(), millis.end());
  return millis;
}

void Report(const char* what, const std::vector<double>& sorted) {
  printf("%s: p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", what, sorted[sorted.size() / 2],
         sorted[sorted.size() * 99 / 100], sorted.back());
}

// Walks over all documents and all alternatives of the graph, over and over.
class Scanner {
 public:
  explicit Scanner(replica::ViewSource& source) : thread_([this, &source] { Run(source); }) {}
  ~Scanner() {
    stop_ = true;
    thread_.join();
    printf("meanwhile %d scans of everything\n", scans_);
  }

 private:
  void Run(replica::ViewSource& source) {
    while (!stop_) {
      const auto view = source.Current();
      int64_t bytes = 0, edges = 0;
      for (const resource::KindInfo* kind : resource::Kinds()) {
        view->ForEach(*kind, [&](const replica::DocumentRef& document) { bytes += document.body.size(); });
      }
      for (const auto consumer : view->graph().consumers()) {
        const auto of = view->graph().consumers()[consumer];
        for (uint32_t group = 0; group < of.group_count(); ++group) edges += of.group(group).size();
      }
      if (bytes > 0 && edges > 0) ++scans_;
    }
  }

  std::atomic<bool> stop_{false};
  int scans_ = 0;
  std::thread thread_;
};

int Main(int argc, char** argv) {
  const int applications = argc > 1 ? atoi(argv[1]) : 100'000;
  const int each = argc > 2 ? atoi(argv[2]) : 10;
  std::string folder = std::filesystem::temp_directory_path() / "linchpin-replica-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  store::OpenOptions options;
  options.migrate = true;
  auto store = OrDie(store::OpenStore("sqlite:" + folder, "inventory", options));
  {
    Server server(*store);
    InventoryService::Stub stub(server.Channel());
    Fill(stub, applications, each);
    printf("resident after writing: %ld MB\n", static_cast<long>(ResidentMb()));
  }
  malloc_trim(0);  // What the writing freed shall not hide what the replica takes.
  const int64_t before = ResidentMb();
  Clock::time_point start = Clock::now();
  double cpu = ProcessorSeconds();
  Server server(*store);
  printf("loaded %ld documents from the store in %.2f s, %.2f s of processor; resident %ld MB, %ld before\n",
         static_cast<long>(server.source().Current()->Count()), SecondsSince(start), ProcessorSeconds() - cpu,
         static_cast<long>(ResidentMb()), static_cast<long>(before));
  InventoryService::Stub stub(server.Channel());
  Report("one change, own replica", Visibility(stub, server.source(), applications, 1000));
  {
    Scanner scanner(server.source());
    Report("one change, own replica, under scans", Visibility(stub, server.source(), applications, 1000));
  }
  start = Clock::now();
  cpu = ProcessorSeconds();
  auto follower = replica::Follower::Start(server.Channel());
  OrDie(
      follower->source().WaitFor(server.source().Current()->revision(), base::SteadyTime::InfiniteFuture()));
  printf(
      "follower loaded through gRPC in %.2f s, %.2f s of processor for both sides; resident %ld MB for "
      "both\n",
      SecondsSince(start), ProcessorSeconds() - cpu, static_cast<long>(ResidentMb()));
  Report("one change, follower", Visibility(stub, follower->source(), applications, 1000));
  {
    Scanner scanner(follower->source());
    Report("one change, follower, under scans", Visibility(stub, follower->source(), applications, 1000));
  }
  follower.reset();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace linchpin::benchmarks

int main(int argc, char** argv) { return linchpin::benchmarks::Main(argc, argv); }
