// Durable writes through gRPC, by the real server on PostgreSQL with fsync, beside raw libpqxx connections on
// the same database server: single writes by one and by two Inventory processes, and BatchWrite. All in one
// run, in alternating rounds; the median of the rounds counts. Usage: write_benchmark [ROUNDS] [WRITES]
// [BULK]
#include <grpcpp/grpcpp.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "tests/benchmarks/store_raw.h"
#include "tests/support/linchpind_process.h"
#include "tests/support/postgres_server.h"

namespace linchpin::benchmarks {
namespace {

namespace inv = ::linchpin::inventory::v1;
using testing_support::LinchpindProcess;
using testing_support::PostgresServer;
using Clock = std::chrono::steady_clock;
using Stub = inv::InventoryService::Stub;

constexpr int kChannels = 4;
constexpr int kBatch = 10000;

template <typename T>
T OrDie(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  fprintf(stderr, "%s\n", result.status().ToString().c_str());
  exit(1);
}

void OrDie(const grpc::Status& status) {
  if (status.ok()) return;
  fprintf(stderr, "%s\n", status.error_message().c_str());
  exit(1);
}

std::vector<std::unique_ptr<Stub>> Connect(const LinchpindProcess& process) {
  std::vector<std::unique_ptr<Stub>> stubs;
  for (int i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("benchmark.channel", i);  // Different arguments make connections of their own.
    stubs.push_back(inv::InventoryService::NewStub(
        grpc::CreateCustomChannel(process.address(), grpc::InsecureChannelCredentials(), arguments)));
  }
  return stubs;
}

std::unique_ptr<LinchpindProcess> Serve(const std::string& address) {
  return OrDie(LinchpindProcess::Start({"--target=inventory", "--store=" + address}));
}

void Write(Stub& stub, const inv::BatchWriteRequest& request) {
  grpc::ClientContext context;
  inv::BatchWriteResponse response;
  OrDie(stub.BatchWrite(&context, request, &response));
}

// A vendor, a deployment to depend on, and the models and applications that the writes below need.
void Prepare(Stub& stub) {
  inv::BatchWriteRequest request;
  request.add_operations()->mutable_upsert()->mutable_vendor()->set_name("vendors/v");
  for (int i = 0; i < kTargets; ++i) {
    request.add_operations()->mutable_upsert()->mutable_model()->set_name(absl::StrCat("models/m-", i));
    request.add_operations()->mutable_upsert()->mutable_deployment()->set_name(
        absl::StrCat("deployments/d-", i));
    request.add_operations()->mutable_upsert()->mutable_application()->set_name(
        absl::StrCat("applications/a-", i));
  }
  Write(stub, request);
}

std::atomic<int64_t> next_name{0};

// One resource with two references, a request id and a description that makes it as large as the raw rows.
void CreateOne(Stub& stub) {
  const int64_t number = next_name++;
  inv::CreateDeploymentRequest request;
  request.set_deployment_id(absl::StrCat("w-", number));
  request.set_request_id(absl::StrFormat("00000000-0000-4000-9000-%012d", number));
  request.mutable_deployment()->set_model(absl::StrCat("models/m-", number % kTargets));
  request.mutable_deployment()->set_operator_("vendors/v");
  request.mutable_deployment()->set_description(std::string(WorkBody().size(), 'x'));
  grpc::ClientContext context;
  inv::Deployment response;
  OrDie(stub.CreateDeployment(&context, request, &response));
}

// Writes per second with 32 calls in flight, spread over the processes.
double SingleWrites(const std::vector<const LinchpindProcess*>& processes, int writes) {
  std::vector<std::unique_ptr<Stub>> stubs;
  for (const LinchpindProcess* process : processes) {
    for (auto& stub : Connect(*process)) stubs.push_back(std::move(stub));
  }
  std::atomic<int> left{writes};
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (int t = 0; t < kInFlight; ++t) {
    threads.emplace_back([&, t] {
      while (left-- > 0) CreateOne(*stubs[t % stubs.size()]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return writes / std::chrono::duration<double>(Clock::now() - start).count();
}

// Dependencies per second, three references each (consumer and two alternatives), in batches of 10,000.
double Bulk(Stub& stub, int rows, int round) {
  std::vector<inv::BatchWriteRequest> batches((rows + kBatch - 1) / kBatch);
  for (int i = 0; i < rows; ++i) {
    auto& dependency = *batches[i / kBatch].add_operations()->mutable_upsert()->mutable_dependency();
    dependency.set_name(absl::StrCat("applications/a-", i % kTargets, "/dependencies/r", round, "-", i));
    dependency.add_alternatives()->set_target(absl::StrCat("deployments/d-", i % kTargets));
    dependency.add_alternatives()->set_target(absl::StrCat("deployments/d-", (i + 7) % kTargets));
  }
  const auto start = Clock::now();
  for (const auto& batch : batches) Write(stub, batch);
  return rows / std::chrono::duration<double>(Clock::now() - start).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Run(int rounds, int writes, int bulk) {
  auto server = OrDie(PostgresServer::Start());
  std::vector<double> plain, one, two, copy, batches;
  for (int round = 0; round < rounds; ++round) {
    const std::string address = OrDie(server->CreateDatabase());
    auto first = Serve(address);
    auto second = Serve(address);
    auto stub = std::move(Connect(*first)[0]);
    Prepare(*stub);
    const std::string raw_address = OrDie(server->CreateDatabase());
    Serve(raw_address).reset();  // Makes the schema that the raw tables lie in.
    const std::string raw = PostgresServer::ConnInfo(raw_address);
    plain.push_back(RawPlainInserts(raw, writes));
    one.push_back(SingleWrites({first.get()}, writes));
    two.push_back(SingleWrites({first.get(), second.get()}, writes));
    copy.push_back(RawCopy(raw, bulk));
    batches.push_back(Bulk(*stub, bulk, round));
  }
  printf("%-52s %9s %8s\n", "PostgreSQL, 32 in flight", "writes/s", "to plain");
  printf("%-52s %9.0f %8.2f\n", "32 libpqxx connections, one plain row each", Median(plain), 1.0);
  printf("%-52s %9.0f %8.2f\n", "one Inventory process, through gRPC", Median(one),
         Median(one) / Median(plain));
  printf("%-52s %9.0f %8.2f\n", "two Inventory processes, through gRPC", Median(two),
         Median(two) / Median(plain));
  printf("%-52s %9s %8s\n", "PostgreSQL, bulk", "rows/s", "to COPY");
  printf("%-52s %9.0f %8.2f\n", "COPY of documents into a plain table", Median(copy), 1.0);
  printf("%-52s %9.0f %8.3f\n", "BatchWrite of dependencies, through gRPC", Median(batches),
         Median(batches) / Median(copy));
}

}  // namespace
}  // namespace linchpin::benchmarks

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) { return argc > i ? atoi(argv[i]) : otherwise; };
  linchpin::benchmarks::Run(argument(1, 3), argument(2, 10000), argument(3, 50000));
  return 0;
}
