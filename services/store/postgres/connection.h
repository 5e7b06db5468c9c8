// A session with PostgreSQL by libpqxx whose every wait is bounded. Exceptions of libpqxx end here.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_CONNECTION_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <pqxx/connection_base>
#include <pqxx/result>
#include <pqxx/transaction_base>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/log.h"
#include "services/store/postgres/deadline.h"
#include "services/store/postgres/server_clock.h"
#include "services/store/postgres/wire.h"
#include "services/store/sql.h"

namespace linchpin::store {

struct PostgresOptions {
  std::string conninfo;  // As libpq takes it: a URI or keywords.
  std::string schema;    // Becomes the search path.
  absl::Duration connect_timeout = absl::Seconds(1);
  // The server gives up a lock it waits for, and a statement, after these.
  absl::Duration lock_timeout = absl::Milliseconds(500);
  absl::Duration statement_timeout = absl::Seconds(60);
  DeadlineThread* deadlines = nullptr;  // Outlives the connection, as does the clock, which it sets.
  ServerClock* clock = nullptr;
  LogFunction log;
};

// Thread safety: one thread at a time, but for Abandon.
// Errors: UNAVAILABLE (no connection, no answer in time, shutdown, deadlock, and the causes of
//   store_error.h), DEADLINE_EXCEEDED (lock_timeout), ALREADY_EXISTS (a request id), FAILED_PRECONDITION
//   (constraints and values that the server refuses), UNKNOWN (a commit without an answer), INTERNAL (the
//   rest). The server's own text goes to the log only. After broken() nothing works any more: connect anew.
class PostgresConnection {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(const PostgresOptions& options);

  // Runs `work`, which may use everything that libpqxx offers and may throw what libpqxx throws. What it
  // returns is returned. If it takes longer than `timeout`, its waits end and the connection is broken.
  absl::Status Run(absl::Duration timeout, absl::FunctionRef<absl::Status(pqxx::connection_base&)> work);

  // For a part of such work: it is bounded as well, by less.
  DeadlineThread::Guard Bound(absl::Duration timeout) { return {*options_.deadlines, *socket_, timeout}; }

  // As Session::Pipeline, within `timeout`.
  absl::StatusOr<std::vector<WireResult>> Pipeline(const std::vector<WireStep>& steps, absl::Duration timeout,
                                                   const std::function<void()>& sent = nullptr);

  // From any thread: ends what the connection waits for, which is then broken.
  void Abandon() { socket_->Shut(); }
  // The same for who does not know how long the connection lives.
  std::shared_ptr<GuardedSocket> socket() const { return socket_; }

  bool broken() const { return !session_->is_open(); }
  // Of the server, whoever began it.
  bool in_transaction() const { return !broken() && session_->in_transaction(); }
  const LogFunction& log() const { return options_.log; }

 private:
  explicit PostgresConnection(const PostgresOptions& options) : options_(options) {}
  absl::Status SetUp();

  const PostgresOptions options_;
  // Before the session, which refers to it.
  const std::shared_ptr<GuardedSocket> socket_ = std::make_shared<GuardedSocket>();
  std::unique_ptr<Session> session_;
};

// A prepared statement of libpqxx under a name made from the address of its literal: prepared once for each
// session, at its first use.
std::string Prepared(pqxx::connection_base& connection, Sql sql);

// Runs a prepared statement in `transaction`. Throws what libpqxx throws.
template <typename... Args>
pqxx::result Execute(pqxx::transaction_base& transaction, Sql sql, Args&&... args) {
  return transaction.exec_prepared(Prepared(transaction.conn(), sql), std::forward<Args>(args)...);
}

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_CONNECTION_H_
