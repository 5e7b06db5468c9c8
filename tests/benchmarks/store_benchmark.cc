// Rates of the store beside those of the same database without it, all in one run, in alternating rounds; the
// median of the rounds counts. Usage: store_benchmark [ROUNDS] [WRITES] [BULK]
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/store/commit/committer.h"
#include "services/store/commit/map_head.h"
#include "services/store/open.h"
#include "tests/benchmarks/contest.h"
#include "tests/benchmarks/store_raw.h"
#include "tests/support/postgres_server.h"

namespace linchpin::benchmarks {
namespace {

using store::Committer;
using store::Decision;
using store::MapHead;
using store::ResourceStore;
using store::StateReader;
using store::StoredResource;
using store::Upsert;
using store::Write;
using store::WriteResult;
using testing_support::PostgresServer;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// References are not in the body here; the head learns none, which costs the same.
std::vector<std::string> NoReferences(const StoredResource&) { return {}; }

// A store with its committer.
struct Engine {
  explicit Engine(const std::string& address) {
    store::OpenOptions options;
    options.migrate = true;
    store = OrDie(store::OpenStore(address, "inventory", options));
    head = std::make_unique<MapHead>(NoReferences);
    store::CommitterOptions committer_options;
    committer_options.log = [](store::LogLevel, std::string_view message, std::string_view detail) {
      fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(message.size()), message.data(),
              static_cast<int>(detail.size()), detail.data());
    };
    committer = OrDie(Committer::Create(*store, *head, committer_options));
  }
  std::unique_ptr<ResourceStore> store;
  std::unique_ptr<MapHead> head;
  std::unique_ptr<Committer> committer;
};

std::atomic<int64_t> next_name{0};

Write SingleWrite() {
  const int64_t number = next_name++;
  Write write;
  write.principal = "someone";
  write.method = "CreateModel";
  write.request_id = absl::StrCat("00000000-0000-4000-9000-", number);
  write.request_digest = std::string(32, 'h');
  write.bytes = 400;
  write.target = absl::StrCat("models/group-", number);
  write.decide = [number](const StateReader& state) -> absl::StatusOr<Decision> {
    Upsert upsert;
    upsert.name = absl::StrCat("models/group-", number);
    if (state.Contains(upsert.name)) return absl::AlreadyExistsError(upsert.name);
    upsert.kind = "Model";
    upsert.body = WorkBody();
    upsert.references = {WorkTarget(static_cast<int>(number)), WorkTarget(static_cast<int>(number) + 7)};
    Decision decision;
    decision.reply = [body = upsert.body](const store::Applied&) { return body; };
    decision.upserts.push_back(std::move(upsert));
    return decision;
  };
  return write;
}

// Writes per second with kInFlight under way, spread over the engines.
double SingleWrites(const std::vector<Engine*>& engines, int writes, std::vector<double>* latencies_ms) {
  const auto start = [&engines](int slot, std::function<void()> done) {
    engines[slot % engines.size()]->committer->Submit(
        SingleWrite(), [done = std::move(done)](absl::StatusOr<WriteResult> result) {
          if (!result.ok()) OrDie(std::move(result));
          done();
        });
  };
  return ClosedLoop(kInFlight, writes, start, latencies_ms);
}

void AddTargets(Engine& engine) {
  Write write;
  write.decide = [](const StateReader&) {
    Decision decision;
    for (int i = 0; i < kTargets; ++i)
      decision.upserts.push_back({WorkTarget(i), "Vendor", WorkBody(), {}, ""});
    return decision;
  };
  OrDie(engine.committer->Commit(write));
}

// Batches of 10,000 with three references each.
double Bulk(Engine& engine, int rows) {
  constexpr int kBatch = 10'000;
  auto start = Clock::now();
  for (int done = 0; done < rows; done += kBatch) {
    const int64_t first = next_name.fetch_add(kBatch);
    Write write;
    write.decide = [first](const StateReader&) {
      Decision decision;
      decision.upserts.resize(kBatch);
      for (int i = 0; i < kBatch; ++i) {
        Upsert& upsert = decision.upserts[i];
        upsert.name = absl::StrCat("applications/a/dependencies/d", first + i);
        upsert.kind = "Dependency";
        upsert.body = WorkBody();
        upsert.references = {WorkTarget(i), WorkTarget(i + 7), WorkTarget(i + 14)};
      }
      return decision;
    };
    OrDie(engine.committer->Commit(write));
  }
  return rows / SecondsSince(start);
}

double ScanRate(Engine& engine) {
  int64_t rows = 0;
  auto start = Clock::now();
  OrDie(engine.store->Scan({}, [&rows](StoredResource) {
    ++rows;
    return absl::OkStatus();
  }));
  return static_cast<double>(rows) / SecondsSince(start);
}

void MeasurePostgres(int rounds, int writes, int bulk) {
  auto server = OrDie(PostgresServer::Start());
  const std::string address = OrDie(server->CreateDatabase());
  Engine engine(address);
  AddTargets(engine);
  // The raw contenders know nothing of the counter, so they have tables of their own.
  const std::string raw_address = OrDie(server->CreateDatabase());
  const std::string conninfo = PostgresServer::ConnInfo(raw_address);
  {
    Engine raw(raw_address);
    AddTargets(raw);
  }
  const std::vector<Meter> meters{{"database", [&server] { return server->CpuSeconds(); }}, Client()};
  std::vector<double> latencies;
  std::vector<Contender> single = {
      {"32 libpqxx connections, one plain row each", [&] { return RawPlainInserts(conninfo, writes); }},
      {"32 libpqxx connections, the same rows, unordered", [&] { return RawSameRows(conninfo, writes); }},
      {"committer, 32 in flight", [&] { return SingleWrites({&engine}, writes, &latencies); }},
  };
  RunRounds(single, rounds, meters);
  Print("PostgreSQL, fsync on, durable single writes (ratios to each row in turn)", single);
  PrintCpu(single, meters, writes);
  printf("  committer latency ms: p50 %.1f  p99 %.1f;  writes in a group: %.1f\n", Percentile(latencies, 0.5),
         Percentile(latencies, 0.99),
         static_cast<double>(engine.committer->Stats().committed) /
             static_cast<double>(engine.committer->Stats().groups));
  {
    Engine second(address);
    std::vector<double> shared;
    std::vector<Contender> two = {
        {"32 libpqxx connections, one plain row each", [&] { return RawPlainInserts(conninfo, writes); }},
        {"two committers on one database, 16 in flight each",
         [&] {
           return SingleWrites({&engine, &second}, writes, &shared);
         }},
    };
    RunRounds(two, rounds, meters);
    Print("PostgreSQL, two writers", two);
    printf("  latency ms: p50 %.1f  p99 %.1f  longest %.1f\n", Percentile(shared, 0.5),
           Percentile(shared, 0.99), Percentile(shared, 1));
  }
  std::vector<Contender> batches = {
      {"COPY of documents into a plain table with a primary key", [&] { return RawCopy(conninfo, bulk); }},
      {"one session, COPY into the real tables", [&] { return RawFillTables(conninfo, bulk); }},
      {"committer, batches of 10,000, three references each", [&] { return Bulk(engine, bulk); }},
  };
  RunRounds(batches, std::max(1, rounds / 2), meters);
  Print("PostgreSQL, bulk", batches);
  PrintCpu(batches, meters, bulk);
  printf("  scan of everything: %.0f/s\n", ScanRate(engine));
}

void MeasureSqlite(int rounds, int writes, int bulk) {
  std::string folder = std::filesystem::temp_directory_path() / "linchpin_bench_XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) exit(1);
  {
    Engine engine("sqlite:" + folder);
    AddTargets(engine);
    std::vector<Contender> single = {
        {"raw SQLite, a transaction for each write", [&] { return RawSqlite(folder, writes / 2); }},
        {"committer, 32 in flight", [&] { return SingleWrites({&engine}, writes, nullptr); }},
    };
    RunRounds(single, rounds, {});
    Print("SQLite, synchronous=FULL, durable single writes", single);
    std::vector<Contender> batches = {
        {"committer, batches of 10,000, three references each", [&] { return Bulk(engine, bulk); }}};
    RunRounds(batches, 1, {});
    Print("SQLite, bulk", batches);
    printf("  scan of everything: %.0f/s\n", ScanRate(engine));
  }
  std::filesystem::remove_all(folder);
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
