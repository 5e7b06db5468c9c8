#include "services/store/postgres/connection.h"

#include <pqxx/nontransaction>

#include "absl/strings/str_cat.h"
#include "services/store/port/store_error.h"
#include "services/store/postgres/error.h"

namespace linchpin::store {
namespace {

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

// Settings of the session. A commit that is acknowledged must be on the disk: where the server's default is
// to wait for that (or for more), it stays, whatever the default becomes later; where it is not, this session
// waits all the same.
constexpr Sql kSetUp = R"sql(
select set_config('search_path', $1, false), set_config('lock_timeout', $2, false),
  set_config('statement_timeout', $3, false), set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('jit', 'off', false), set_config('idle_in_transaction_session_timeout', '15s', false),
  set_config('synchronous_commit',
    case current_setting('synchronous_commit') when 'off' then 'on'
    else current_setting('synchronous_commit') end, false),
  (extract(epoch from clock_timestamp()) * 1000000)::bigint)sql";

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresOptions& options) {
  auto connection = std::unique_ptr<PostgresConnection>(new PostgresConnection(options));
  try {
    connection->session_ = std::make_unique<Session>(options.conninfo, options.connect_timeout,
                                                     *connection->socket_, options.log);
  } catch (...) {
    return StatusOfCurrentException(options.log);
  }
  if (absl::Status status = connection->SetUp(); !status.ok()) return status;
  return connection;
}

absl::Status PostgresConnection::SetUp() {
  return Run(options_.connect_timeout, [this](pqxx::connection_base& connection) {
    pqxx::nontransaction transaction(connection);
    const pqxx::row settings =
        transaction.exec_params1(kSetUp.text(), options_.schema, Milliseconds(options_.lock_timeout),
                                 Milliseconds(options_.statement_timeout));
    options_.clock->Set(absl::FromUnixMicros(settings[7].as<int64_t>()));
    return absl::OkStatus();
  });
}

absl::Status PostgresConnection::Run(absl::Duration timeout,
                                     absl::FunctionRef<absl::Status(pqxx::connection_base&)> work) {
  if (broken()) return StoreUnavailable();
  const DeadlineThread::Guard guard = Bound(timeout);
  try {
    return work(*session_);
  } catch (...) {
    return StatusOfCurrentException(options_.log);
  }
}

absl::StatusOr<std::vector<WireResult>> PostgresConnection::Pipeline(const std::vector<WireStep>& steps,
                                                                     absl::Duration timeout,
                                                                     const std::function<void()>& sent) {
  const DeadlineThread::Guard guard = Bound(timeout);
  return session_->Pipeline(steps, sent);
}

std::string Prepared(pqxx::connection_base& connection, Sql sql) {
  std::string name = absl::StrCat("s", absl::Hex(reinterpret_cast<uintptr_t>(sql.text())));
  connection.prepare(name, sql.text());
  return name;
}

}  // namespace linchpin::store
