// What a read of the past costs against the same read of the present.
// Usage: history_benchmark [APPLICATIONS [DEPENDENCIES_EACH [REVISIONS_BACK]]]
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/inventory_server.h"

namespace linchpin::benchmarks {
namespace {

using testing::InventoryServer;
using testing::InventoryStub;
namespace v1 = inventory::v1;

constexpr int kDeployments = 1000;
constexpr int kBatch = 10'000;
constexpr int kRounds = 7;

void Require(const absl::Status& status) {
  if (status.ok()) return;
  fprintf(stderr, "%s\n", status.ToString().c_str());
  exit(1);
}

// Of all threads: client, server and the maker of views are this process.
double ProcessorMs() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double MedianMs(int calls, const std::function<void()>& call) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = ProcessorMs();
    for (int i = 0; i < calls; ++i) call();
    rounds.push_back((ProcessorMs() - begin) / calls);
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[kRounds / 2];
}

std::string DependencyName(int application, int dependency) {
  return absl::StrCat("applications/app-", application, "/dependencies/need-", dependency);
}

class Filler {
 public:
  explicit Filler(InventoryServer& server) : server_(server) {}
  v1::Resource& Next() {
    if (request_.operations_size() == kBatch) Send();
    return *request_.add_operations()->mutable_upsert();
  }
  void Send() {
    v1::BatchWriteResponse response;
    Require(server_.Call(&InventoryStub::BatchWrite, request_, &response));
    request_.Clear();
  }

 private:
  InventoryServer& server_;
  v1::BatchWriteRequest request_;
};

void SetAlternatives(int seed, v1::Dependency& dependency) {
  dependency.clear_alternatives();
  dependency.add_alternatives()->set_target(absl::StrCat("deployments/d", seed * 7919 % kDeployments));
  dependency.add_alternatives()->set_target(absl::StrCat("deployments/d", (seed * 7919 + 1) % kDeployments));
}

void Fill(InventoryServer& server, int applications, int dependencies) {
  Filler filler(server);
  for (int i = 0; i < kDeployments; ++i)
    filler.Next().mutable_deployment()->set_name(absl::StrCat("deployments/d", i));
  filler.Send();
  for (int i = 0; i < applications; ++i)
    filler.Next().mutable_application()->set_name(absl::StrCat("applications/app-", i));
  filler.Send();
  for (int i = 0; i < applications * dependencies; ++i) {
    v1::Dependency& dependency = *filler.Next().mutable_dependency();
    dependency.set_name(DependencyName(i / dependencies, i % dependencies));
    SetAlternatives(i, dependency);
  }
  filler.Send();
}

// One dependency each, spread over all.
void Change(InventoryServer& server, int applications, int revisions) {
  for (int i = 0; i < revisions; ++i) {
    Filler filler(server);
    v1::Dependency& dependency = *filler.Next().mutable_dependency();
    dependency.set_name(DependencyName(static_cast<int>(int64_t{i} * 7919 % applications), 0));
    SetAlternatives(i + 13, dependency);
    filler.Send();
  }
}

struct Reads {
  InventoryServer& server;
  std::string as_of;

  void Get() const {
    v1::GetDependencyRequest request;
    v1::Dependency response;
    request.set_name(DependencyName(0, 0));
    request.set_as_of(as_of);
    Require(server.Call(&InventoryStub::GetDependency, request, &response));
  }
  void List() const {
    v1::ListDependenciesRequest request;
    v1::ListDependenciesResponse response;
    request.set_parent("applications/-");
    request.set_page_size(1000);
    request.set_as_of(as_of);
    Require(server.Call(&InventoryStub::ListDependencies, request, &response));
  }
  void Users() const {
    grpc::ClientContext context;
    v1::TraceRequest request;
    v1::TraceResponse part;
    request.set_name("deployments/d0");
    request.set_as_of(as_of);
    auto reader = server.stub().TraceDependents(&context, request);
    while (reader->Read(&part)) {
    }
    Require(kit::FromGrpcStatus(reader->Finish()));
  }
};

void Print(const char* what, double now, double kept, double made) {
  printf("%-34s %10.3f ms %10.3f ms (%5.2f) %10.3f ms (%5.2f)\n", what, now, kept, kept / now, made,
         made / now);
}

void Compare(InventoryServer& keeping, InventoryServer& forgetting, const std::string& as_of) {
  const Reads now{keeping, ""}, kept{keeping, as_of}, made{forgetting, as_of};
  printf("%-34s %13s %21s %21s\n", "call", "present", "past, view kept", "past, view made");
  Print("GetDependency", MedianMs(200, [&] { now.Get(); }), MedianMs(200, [&] { kept.Get(); }),
        MedianMs(3, [&] { made.Get(); }));
  Print("ListDependencies, 1,000", MedianMs(20, [&] { now.List(); }), MedianMs(20, [&] { kept.List(); }),
        MedianMs(3, [&] { made.List(); }));
  Print("TraceDependents of a deployment", MedianMs(3, [&] { now.Users(); }),
        MedianMs(3, [&] { kept.Users(); }), MedianMs(3, [&] { made.Users(); }));
}

int Main(int argc, char** argv) {
  const int applications = argc > 1 ? atoi(argv[1]) : 10'000;
  const int dependencies = argc > 2 ? atoi(argv[2]) : 10;
  const int back = argc > 3 ? atoi(argv[3]) : 1000;
  const std::string folder =
      std::filesystem::temp_directory_path() / absl::StrCat("history-benchmark-", getpid());
  store::OpenOptions options;
  options.migrate = true;
  auto store = store::OpenStore(absl::StrCat("sqlite:", folder), "inventory", options);
  Require(store.status());
  {
    inventory::InventoryOptions none;
    none.past.views_max = 0;
    InventoryServer keeping({}, store->get());
    Fill(keeping, applications, dependencies);
    const int64_t revision = keeping.source().Current()->revision();
    Change(keeping, applications, back);
    InventoryServer forgetting(none, store->get());
    printf("%d applications, %d dependencies, %d revisions back, SQLite\n", applications,
           applications * dependencies, back);
    Compare(keeping, forgetting, absl::StrCat(revision));
  }
  store->reset();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace linchpin::benchmarks

int main(int argc, char** argv) { return linchpin::benchmarks::Main(argc, argv); }
