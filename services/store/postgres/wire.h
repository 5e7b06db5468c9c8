// What libpqxx 6.4 has no call for, on the connection beneath it: making it within a time limit, several
// statements in one round trip (pipeline mode), parameters and results in binary form. Only wire.cc includes
// libpq; docs/adr/0010 says why each of them is needed.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_WIRE_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_WIRE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <pqxx/connection_base>
#include <pqxx/connectionpolicy>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/log.h"
#include "services/store/postgres/deadline.h"
#include "services/store/postgres/params.h"
#include "services/store/sql.h"

namespace linchpin::store {

// The rows of one statement of a pipeline, in binary form.
class WireResult {
 public:
  explicit WireResult(pqxx::internal::pq::PGresult* result);

  int rows() const;
  int64_t IntAt(int row, int column) const;            // int8, int4 or bool.
  std::string_view ViewAt(int row, int column) const;  // text or bytea; lives with the result.
  std::string StringAt(int row, int column) const { return std::string(ViewAt(row, column)); }

 private:
  struct Clear {
    void operator()(pqxx::internal::pq::PGresult* result) const;
  };
  std::unique_ptr<pqxx::internal::pq::PGresult, Clear> result_;
};

// One statement of a pipeline.
struct WireStep {
  Sql sql;
  const PostgresParams* params = nullptr;
};

// How libpqxx gets its connection: without blocking, by a deadline, and once. It never reconnects: a session
// has settings and prepared statements, and whoever holds it must learn that they are gone.
class ConnectOnce final : public pqxx::connectionpolicy {
 public:
  // `conninfo` as libpq takes it. The socket is that of the connection from its making to its end.
  ConnectOnce(const std::string& conninfo, absl::Duration timeout, GuardedSocket& socket);

  // Throw pqxx::broken_connection with the text of ConnectFailure (error.h).
  handle do_startconnect(handle connection) override;
  handle do_completeconnect(handle connection) override;
  handle do_dropconnect(handle connection) noexcept override { return do_disconnect(connection); }
  handle do_disconnect(handle connection) noexcept override;
  bool is_ready(handle connection) const noexcept override { return connection != nullptr; }

  handle connection() const { return connection_; }

 private:
  const absl::Duration timeout_;
  GuardedSocket& socket_;
  handle connection_ = nullptr;
  bool begun_ = false;
};

// A connection of libpqxx that also does these things.
//
// Thread safety: one thread at a time. Waits are bounded by whoever guards `socket`.
class Session final : public pqxx::connection_base {
 public:
  // Throws what ConnectOnce throws.
  Session(const std::string& conninfo, absl::Duration timeout, GuardedSocket& socket, LogFunction log);
  ~Session() noexcept { close(); }

  // Sends all statements at once and waits for all results. After a failure the later ones have not run.
  // `sent`, unless null, is called when all has been sent, before the answers are waited for. Never throws.
  // Errors: as StatusOfPostgresError; what the server says goes to the log only.
  absl::StatusOr<std::vector<WireResult>> Pipeline(const std::vector<WireStep>& steps,
                                                   const std::function<void()>& sent);

  // Whether the server has an open transaction, whoever began it.
  bool in_transaction() const;

 private:
  absl::Status Send(const WireStep& step, std::vector<const char*>* awaited);
  absl::StatusOr<std::vector<WireResult>> Collect(const std::vector<const char*>& awaited);
  absl::Status StatusOf(const pqxx::internal::pq::PGresult* result);
  // The connection is of no more use: says so in the log.
  absl::Status Broken();

  ConnectOnce policy_;
  const LogFunction log_;
  // Names of statements that were prepared here, by the address of their literal.
  absl::flat_hash_map<const char*, std::string> prepared_;
};

// Whether libpq can read the connection string, and what in it would be taken for something else:
// `postgresql://u:p@ss@h/db` has the host `ss@h`. INVALID_ARGUMENT, FIELD_INVALID; never quotes the string.
absl::Status CheckConnInfo(const std::string& conninfo);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_WIRE_H_
