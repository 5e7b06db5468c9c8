// A connection to PostgreSQL whose every wait is bounded, with absl::Status in place of libpq's results.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_CONNECTION_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/log.h"
#include "services/store/postgres/params.h"
#include "services/store/sql.h"

struct pg_conn;
struct pg_result;

namespace linchpin::store {

// The rows of one statement, in binary form.
class PostgresResult {
 public:
  explicit PostgresResult(pg_result* result);

  int rows() const;
  int64_t IntAt(int row, int column) const;            // int8, int4 or bool.
  std::string_view ViewAt(int row, int column) const;  // text or bytea; lives with the result.
  std::string StringAt(int row, int column) const { return std::string(ViewAt(row, column)); }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

struct PostgresOptions {
  std::string conninfo;  // As libpq takes it: a URI or keywords.
  std::string schema;    // Becomes the search path.
  absl::Duration connect_timeout = absl::Seconds(1);
  // The server gives up a lock it waits for, and a statement, after these.
  absl::Duration lock_timeout = absl::Milliseconds(500);
  absl::Duration statement_timeout = absl::Seconds(60);
  LogFunction log;
};

// Thread safety: one thread at a time.
// Errors: UNAVAILABLE (no connection, no answer in time, shutdown, deadlock, read-only),
//   DEADLINE_EXCEEDED (lock_timeout), RESOURCE_EXHAUSTED (disk full), ALREADY_EXISTS (a request id),
//   FAILED_PRECONDITION (constraints and values that the server refuses), INTERNAL (the rest). The server's
//   own text goes to the log only. After broken() nothing works any more: connect anew.
class PostgresConnection {
 public:
  // One statement of a round trip.
  struct Step {
    Sql sql;
    const PostgresParams* params = nullptr;
  };

  // FAILED_PRECONDITION, UNSAFE_SETTINGS, if the server would lose acknowledged commits.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(const PostgresOptions& options);
  ~PostgresConnection();

  // Sends all statements at once and waits for all results. After a failure the later ones have not run.
  // `sent`, unless null, is called when all has been sent, before the answers are waited for.
  absl::StatusOr<std::vector<PostgresResult>> Run(const std::vector<Step>& steps, absl::Duration timeout,
                                                  const std::function<void()>& sent = nullptr);
  absl::StatusOr<PostgresResult> Run(Sql sql, const PostgresParams& params, absl::Duration timeout);

  // Several statements without parameters, as one message. For migrations.
  absl::Status RunScript(Sql sql, absl::Duration timeout);

  // Waits for a notification, at most `timeout`; its payload, or nothing. Ends early when `stop_fd` is
  // readable. UNAVAILABLE if the connection breaks.
  absl::StatusOr<std::optional<std::string>> WaitNotification(int stop_fd, absl::Duration timeout);

  bool broken() const { return connection_ == nullptr; }
  bool in_transaction() const;

 private:
  PostgresConnection(pg_conn* connection, LogFunction log) : connection_(connection), log_(std::move(log)) {}

  absl::Status AwaitConnected(absl::Time deadline);
  absl::Status SetUp(const PostgresOptions& options);
  absl::Status Send(const Step& step, std::vector<const char*>* awaited);
  // Sends what libpq still holds.
  absl::Status Flush(absl::Time deadline);
  // Waits until there is something to read (or to write, while there is something to be written).
  absl::Status Await(absl::Time deadline);
  absl::StatusOr<pg_result*> NextResult(absl::Time deadline);
  absl::StatusOr<std::vector<PostgresResult>> Collect(const std::vector<const char*>& awaited,
                                                      absl::Time deadline);
  absl::Status StatusOf(const pg_result* result);
  absl::Status Break(std::string_view message);

  pg_conn* connection_;
  LogFunction log_;
  // Names of prepared statements, by the address of their literal.
  absl::flat_hash_map<const char*, std::string> prepared_;
  int statements_ = 0;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_CONNECTION_H_
