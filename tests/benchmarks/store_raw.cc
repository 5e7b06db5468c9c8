#include "tests/benchmarks/store_raw.h"

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <pqxx/pqxx>
#include <thread>
#include <vector>

namespace linchpin::benchmarks {
namespace {

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Numbers go on over the rounds of one run, so that no name is written twice.
std::atomic<int64_t> next_number{1'000'000'000};

double FromManyConnections(const std::string& conninfo, int writes, const std::string& statement,
                           const std::function<void(pqxx::nontransaction&, int64_t)>& write) {
  std::vector<std::unique_ptr<pqxx::connection>> connections;
  for (int i = 0; i < kInFlight; ++i) {
    connections.push_back(std::make_unique<pqxx::connection>(conninfo));
    connections.back()->prepare("write", statement);
    pqxx::nontransaction(*connections.back()).exec("set search_path = inventory");
  }
  std::atomic<int> left{writes};
  auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (auto& connection : connections) {
    threads.emplace_back([&left, &write, &connection] {
      pqxx::nontransaction transaction(*connection);
      while (left-- > 0) write(transaction, next_number++);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return writes / SecondsSince(start);
}

void Execute(const std::string& conninfo, const std::string& sql) {
  pqxx::connection connection(conninfo);
  pqxx::nontransaction(connection).exec(sql);
}

constexpr char kTablesOfSqlite[] = R"sql(
pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
create table resource (name text primary key, kind text, revision int, create_time int, update_time int, body blob) without rowid;
create table reference (target text references resource (name), source text, primary key (target, source)) without rowid;
create table change (revision int, name text, kind text, body blob, primary key (revision, name)) without rowid;
create table request (principal text, method text, id text, digest blob, outcome blob, primary key (principal, method, id)) without rowid;
create table audit (number integer primary key, time int, principal text, method text, target text, code int);
create table store (id integer primary key, revision int);
insert into store values (1, 0);
)sql";

sqlite3_stmt* Prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) {
    fprintf(stderr, "%s\n", sqlite3_errmsg(database));
  }
  return statement;
}

void Run(sqlite3_stmt* statement, const std::vector<std::string>& texts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    sqlite3_bind_text(statement, static_cast<int>(i) + 1, texts[i].data(), static_cast<int>(texts[i].size()),
                      SQLITE_STATIC);
  }
  sqlite3_step(statement);
  sqlite3_reset(statement);
}

}  // namespace

std::string WorkTarget(int i) { return "vendors/target-" + std::to_string(i % kTargets); }
std::string WorkBody() { return std::string(300, 'd'); }

double RawPlainInserts(const std::string& conninfo, int writes) {
  Execute(conninfo,
          "create table if not exists inventory.plain (name text collate \"C\" primary key, body bytea)");
  const pqxx::binarystring body(WorkBody());
  return FromManyConnections(conninfo, writes, "insert into plain (name, body) values ($1, $2)",
                             [&body](pqxx::nontransaction& transaction, int64_t number) {
                               transaction.exec_prepared("write", "models/plain-" + std::to_string(number),
                                                         body);
                             });
}

double RawSameRows(const std::string& conninfo, int writes) {
  const pqxx::binarystring body(WorkBody());
  const pqxx::binarystring digest(std::string(32, 'h'));
  return FromManyConnections(
      conninfo, writes,
      "with a as (insert into resource values ($1, 'Model', $2, 1, 1, $3)), "
      "b as (insert into reference (target, source) values ($4, $1), ($5, $1)), "
      "c as (insert into change values ($2, $1, 'Model', false, 0, 1, 1, $3)), "
      "d as (insert into request values ('someone', 'CreateModel', $6, $7, $3, $2, 1, true)) "
      "insert into audit values ($2, 1, 'someone', 'CreateModel', $6, $1, 0, '', $2, 1)",
      [&](pqxx::nontransaction& transaction, int64_t number) {
        const int i = static_cast<int>(number % kTargets);
        const std::string text = std::to_string(number);
        transaction.exec_prepared("write", "models/raw-" + text, number, body, WorkTarget(i),
                                  WorkTarget(i + 7), "00000000-0000-4000-8000-" + text, digest);
      });
}

double RawCopy(const std::string& conninfo, int rows) {
  Execute(conninfo,
          "drop table if exists inventory.copied; "
          "create table inventory.copied (name text collate \"C\" primary key, body bytea)");
  pqxx::connection connection(conninfo);
  auto start = std::chrono::steady_clock::now();
  pqxx::work transaction(connection);
  pqxx::stream_to stream(transaction, "inventory.copied", std::vector<std::string>{"name", "body"});
  const std::string body = WorkBody();
  for (int i = 0; i < rows; ++i)
    stream << std::make_tuple("applications/a/dependencies/d" + std::to_string(i), body);
  stream.complete();
  transaction.commit();
  return rows / SecondsSince(start);
}

double RawFillTables(const std::string& conninfo, int rows) {
  pqxx::connection connection(conninfo);
  const int64_t first = next_number.fetch_add(rows);
  const std::string body = WorkBody();
  auto start = std::chrono::steady_clock::now();
  pqxx::work transaction(connection);
  auto name = [first](int i) { return "applications/f/dependencies/d" + std::to_string(first + i); };
  {
    pqxx::stream_to stream(
        transaction, "inventory.resource",
        std::vector<std::string>{"name", "kind", "revision", "create_time", "update_time", "body"});
    for (int i = 0; i < rows; ++i) stream << std::make_tuple(name(i), "Dependency", first, 1, 1, body);
    stream.complete();
  }
  {
    pqxx::stream_to stream(transaction, "inventory.change",
                           std::vector<std::string>{"revision", "name", "kind", "deleted", "previous",
                                                    "create_time", "update_time", "body"});
    for (int i = 0; i < rows; ++i)
      stream << std::make_tuple(first, name(i), "Dependency", false, 0, 1, 1, body);
    stream.complete();
  }
  {
    pqxx::stream_to stream(transaction, "inventory.reference", std::vector<std::string>{"target", "source"});
    for (int i = 0; i < rows; ++i) {
      for (int k = 0; k < 3; ++k) stream << std::make_tuple(WorkTarget(i + 7 * k), name(i));
    }
    stream.complete();
  }
  transaction.commit();
  return rows / SecondsSince(start);
}

double RawSqlite(const std::string& folder, int writes) {
  sqlite3* database = nullptr;
  sqlite3_open((folder + "/raw" + std::to_string(next_number++) + ".db").c_str(), &database);
  sqlite3_exec(database, kTablesOfSqlite, nullptr, nullptr, nullptr);
  sqlite3_stmt* resource = Prepare(database, "insert into resource values (?1, 'Model', 1, 1, 1, ?2)");
  sqlite3_stmt* reference = Prepare(database, "insert into reference values (?1, ?2)");
  sqlite3_stmt* change = Prepare(database, "insert into change values (1, ?1, 'Model', ?2)");
  sqlite3_stmt* request =
      Prepare(database, "insert into request values ('someone', 'CreateModel', ?1, ?2, ?3)");
  sqlite3_stmt* audit =
      Prepare(database, "insert into audit values (null, 1, 'someone', 'CreateModel', ?1, 0)");
  sqlite3_stmt* counter = Prepare(database, "update store set revision = revision + 1 where id = 1");
  const std::string body = WorkBody();
  for (int i = 0; i < kTargets; ++i) Run(resource, {WorkTarget(i), body});
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < writes; ++i) {
    const std::string name = "models/raw-" + std::to_string(i);
    sqlite3_exec(database, "begin immediate", nullptr, nullptr, nullptr);
    Run(resource, {name, body});
    Run(reference, {WorkTarget(i), name});
    Run(reference, {WorkTarget(i + 7), name});
    Run(change, {name, body});
    Run(request, {name, std::string(32, 'h'), body});
    Run(audit, {name});
    Run(counter, {});
    sqlite3_exec(database, "commit", nullptr, nullptr, nullptr);
  }
  double rate = writes / SecondsSince(start);
  for (sqlite3_stmt* statement : {resource, reference, change, request, audit, counter})
    sqlite3_finalize(statement);
  sqlite3_close(database);
  return rate;
}

}  // namespace linchpin::benchmarks
