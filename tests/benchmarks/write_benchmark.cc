// Durable writes through gRPC by the real server, beside raw connections to the same database: single writes
// by one and by two Inventory processes on PostgreSQL with fsync, BatchWrite, and single writes on SQLite.
// All in one run, in alternating rounds; the median of the rounds counts. Usage: write_benchmark [ROUNDS]
// [WRITES] [BULK]
#include <grpcpp/grpcpp.h>
#include <stdio.h>
#include <stdlib.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "tests/benchmarks/contest.h"
#include "tests/benchmarks/store_raw.h"
#include "tests/support/linchpind_process.h"
#include "tests/support/postgres_server.h"

namespace linchpin::benchmarks {
namespace {

namespace inv = ::linchpin::inventory::v1;
using testing_support::LinchpindProcess;
using testing_support::PostgresServer;
using testing_support::TempFolder;

constexpr int kChannels = 4;
constexpr int kBatch = 10'000;

void DieUnlessOk(const grpc::Status& status) {
  if (status.ok()) return;
  fprintf(stderr, "%s\n", status.error_message().c_str());
  exit(1);
}

std::string Consumer(int i) { return absl::StrCat("applications/a-", i % kTargets); }

// Numbers go on over the rounds, so that no name is written twice.
std::atomic<int64_t> next_number{0};

// One Inventory process with the client's connections to it.
class Inventory {
 public:
  explicit Inventory(const std::string& store)
      : process_(OrDie(LinchpindProcess::Start({"--target=inventory", "--store=" + store}))) {
    for (int i = 0; i < kChannels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(inv::InventoryService::NewStub(
          grpc::CreateCustomChannel(process_->address(), grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  void BatchWrite(const inv::BatchWriteRequest& request) {
    grpc::ClientContext context;
    inv::BatchWriteResponse response;
    DieUnlessOk(stubs_[0]->BatchWrite(&context, request, &response));
  }

  // The vendors that the raw rows refer to, and what the dependencies below need.
  void Prepare() {
    inv::BatchWriteRequest request;
    for (int i = 0; i < kTargets; ++i) {
      request.add_operations()->mutable_upsert()->mutable_application()->set_name(Consumer(i));
      request.add_operations()->mutable_upsert()->mutable_vendor()->set_name(WorkTarget(i));
      request.add_operations()->mutable_upsert()->mutable_deployment()->set_name(
          absl::StrCat("deployments/d-", i));
    }
    BatchWrite(request);
  }

  // Creates a deployment with two references, a request id and a description that makes it as large as a raw
  // row.
  void Create(int slot, std::function<void()> done) {
    const int64_t number = next_number++;
    auto* call = new Call;
    call->request.set_deployment_id(absl::StrCat("w-", number));
    call->request.set_request_id(absl::StrFormat("00000000-0000-4000-9000-%012d", number));
    inv::Deployment& deployment = *call->request.mutable_deployment();
    deployment.set_operator_(WorkTarget(static_cast<int>(number)));
    deployment.add_intermediaries(WorkTarget(static_cast<int>(number) + 7));
    deployment.set_description(std::string(WorkBody().size() - 80, 'x'));
    stubs_[slot % kChannels]->async()->CreateDeployment(&call->context, &call->request, &call->response,
                                                        [call, done = std::move(done)](grpc::Status status) {
                                                          DieUnlessOk(status);
                                                          delete call;
                                                          done();
                                                        });
  }

  double CpuSeconds() const { return benchmarks::CpuSeconds(process_->pid()); }

 private:
  struct Call {
    grpc::ClientContext context;
    inv::CreateDeploymentRequest request;
    inv::Deployment response;
  };

  std::unique_ptr<LinchpindProcess> process_;
  std::vector<std::unique_ptr<inv::InventoryService::Stub>> stubs_;
};

double SingleWrites(const std::vector<Inventory*>& processes, int writes, std::vector<double>* latencies_ms) {
  const auto start = [&processes](int slot, std::function<void()> done) {
    const size_t count = processes.size();
    processes[slot % count]->Create(static_cast<int>(slot / count), std::move(done));
  };
  return ClosedLoop(kInFlight, writes, start, latencies_ms);
}

// Dependencies per second, three references each (the consumer and two alternatives), in batches of 10,000.
// The requests are made before the clock starts.
double Bulk(Inventory& inventory, int rows) {
  const int64_t first = next_number.fetch_add(rows);
  std::vector<inv::BatchWriteRequest> batches((rows + kBatch - 1) / kBatch);
  for (int i = 0; i < rows; ++i) {
    auto& dependency = *batches[i / kBatch].add_operations()->mutable_upsert()->mutable_dependency();
    dependency.set_name(absl::StrCat(Consumer(i), "/dependencies/d", first + i));
    dependency.add_alternatives()->set_target(absl::StrCat("deployments/d-", i % kTargets));
    dependency.add_alternatives()->set_target(absl::StrCat("deployments/d-", (i + 7) % kTargets));
    dependency.set_description(std::string(WorkBody().size() - 140, 'x'));
  }
  size_t next = 0;
  const auto start = [&](int, std::function<void()> done) {
    inventory.BatchWrite(batches[next++]);
    done();
  };
  return kBatch * ClosedLoop(1, static_cast<int>(batches.size()), start, nullptr);
}

void PrintLatencies(const char* who, const std::vector<double>& latencies_ms) {
  printf("  latency ms of %s: p50 %.1f  p99 %.1f\n", who, Percentile(latencies_ms, 0.5),
         Percentile(latencies_ms, 0.99));
}

// One process alone, then two: a second one follows what the first writes, which costs it and the database.
void MeasurePostgres(int rounds, int writes, int bulk) {
  auto server = OrDie(PostgresServer::Start());
  const std::string address = OrDie(server->CreateDatabase());
  const std::string raw_address = OrDie(server->CreateDatabase());
  const std::string raw = PostgresServer::ConnInfo(raw_address);
  Inventory(raw_address).Prepare();  // The raw contenders know nothing of the counter: tables of their own.
  Inventory first(address);
  first.Prepare();
  const Meter database{"database", [&] { return server->CpuSeconds(); }};
  const std::vector<Meter> meters{database, {"process", [&] { return first.CpuSeconds(); }}, Client()};
  const Contender plain{"32 libpqxx connections, one plain row each",
                        [&] { return RawPlainInserts(raw, writes); }};
  std::vector<double> alone;
  std::vector<Contender> single = {
      plain,
      {"32 libpqxx connections, the same rows, unordered", [&] { return RawSameRows(raw, writes); }},
      {"one Inventory process", [&] { return SingleWrites({&first}, writes, &alone); }},
  };
  RunRounds(single, rounds, meters);
  Print("PostgreSQL, fsync on, durable single writes, 32 in flight (ratios to each row in turn)", single);
  PrintCpu(single, meters, writes);
  PrintLatencies("the process", alone);
  std::vector<Contender> batches = {
      {"COPY of documents into a plain table with a primary key", [&] { return RawCopy(raw, bulk); }},
      {"one session, COPY into the real tables", [&] { return RawFillTables(raw, bulk); }},
      {"BatchWrite of 10,000 dependencies, three references each", [&] { return Bulk(first, bulk); }},
  };
  RunRounds(batches, rounds, meters);
  Print("PostgreSQL, bulk", batches);
  PrintCpu(batches, meters, bulk);
  Inventory second(address);
  std::vector<double> shared;
  std::vector<Contender> two = {
      plain,
      {"two Inventory processes, 16 in flight each",
       [&] {
         return SingleWrites({&first, &second}, writes, &shared);
       }},
  };
  const std::vector<Meter> both{
      database, {"processes", [&] { return first.CpuSeconds() + second.CpuSeconds(); }}, Client()};
  RunRounds(two, rounds, both);
  Print("PostgreSQL, two processes", two);
  PrintCpu(two, both, writes);
  PrintLatencies("the processes", shared);
}

void MeasureSqlite(int rounds, int writes, int bulk) {
  const TempFolder folder;
  Inventory inventory("sqlite:" + folder.path());
  inventory.Prepare();
  std::vector<double> latencies;
  std::vector<Contender> single = {
      {"raw SQLite, a transaction for each write", [&] { return RawSqlite(folder.path(), writes / 2); }},
      {"one Inventory process", [&] { return SingleWrites({&inventory}, writes, &latencies); }},
  };
  const std::vector<Meter> meters{{"process", [&] { return inventory.CpuSeconds(); }}, Client()};
  RunRounds(single, rounds, meters);
  Print("SQLite, synchronous=FULL, durable single writes, 32 in flight", single);
  PrintLatencies("the process", latencies);
  std::vector<Contender> batches = {
      {"BatchWrite of 10,000 dependencies, three references each", [&] { return Bulk(inventory, bulk); }}};
  RunRounds(batches, 1, {});
  Print("SQLite, bulk", batches);
}

}  // namespace
}  // namespace linchpin::benchmarks

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 5;
  const int writes = argc > 2 ? atoi(argv[2]) : 20'000;
  const int bulk = argc > 3 ? atoi(argv[3]) : 100'000;
  linchpin::benchmarks::MeasurePostgres(rounds, writes, bulk);
  linchpin::benchmarks::MeasureSqlite(rounds, writes, bulk);
  return 0;
}
