#include "services/store/postgres/connection.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/store/port/store_error.h"
#include "services/store/postgres/error.h"

namespace linchpin::store {
namespace {

// Marks, in the list of awaited results, one whose rows nobody asked for.
constexpr const char* kPrepare = nullptr;

// The steady clock in the shape of an instant: a jump of the wall clock ends no wait.
absl::Time Monotonic() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

int MillisecondsUntil(absl::Time deadline) {
  int64_t left = absl::ToInt64Milliseconds(deadline - Monotonic()) + 1;
  return static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000));
}

// Waits for `events`; false when the time is over.
bool Poll(int fd, short events, absl::Time deadline) {
  pollfd waited{fd, events, 0};
  while (true) {
    int ready = poll(&waited, 1, MillisecondsUntil(deadline));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

// The server ends the session after it.
bool IsFatal(const PGresult* result) {
  if (PQresultStatus(result) != PGRES_FATAL_ERROR) return false;
  const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == nullptr || severity != std::string_view("ERROR");
}

// Settings of the session, and a look at those of the server that decide whether a commit is durable.
constexpr Sql kSetUp = R"sql(
select set_config('search_path', $1, false), set_config('lock_timeout', $2, false),
  set_config('statement_timeout', $3, false), set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('jit', 'off', false), set_config('idle_in_transaction_session_timeout', '15s', false),
  current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'))sql";

absl::Status CheckDurable(const PostgresResult& settings) {
  constexpr std::string_view kNames[] = {"fsync", "full_page_writes", "synchronous_commit"};
  for (int i = 0; i < 3; ++i) {
    if (settings.ViewAt(0, 6 + i) != "off") continue;
    return base::Error(absl::StatusCode::kFailedPrecondition, "UNSAFE_SETTINGS",
                       absl::StrCat("PostgreSQL runs with ", std::string(kNames[i]),
                                    "=off and would lose acknowledged writes in a crash; set it to on"))
        .With("setting", kNames[i]);
  }
  return absl::OkStatus();
}

}  // namespace

PostgresResult::PostgresResult(pg_result* result) : result_(result) {}

void PostgresResult::Clear::operator()(pg_result* result) const { PQclear(result); }

int PostgresResult::rows() const { return PQntuples(result_.get()); }

int64_t PostgresResult::IntAt(int row, int column) const {
  std::string_view bytes = ViewAt(row, column);
  uint64_t value = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~uint64_t{0};
  for (char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(value);
}

std::string_view PostgresResult::ViewAt(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresOptions& options) {
  // What follows `dbname` wins over what the address says.
  const char* keywords[] = {"dbname", "client_encoding", "fallback_application_name", nullptr};
  const char* values[] = {options.conninfo.c_str(), "UTF8", "linchpind", nullptr};
  pg_conn* raw = PQconnectStartParams(keywords, values, 1);
  if (raw == nullptr) return StoreUnavailable();
  auto connection = std::unique_ptr<PostgresConnection>(new PostgresConnection(raw, options.log));
  // Notices are for people at a terminal; the default would print them.
  PQsetNoticeReceiver(
      raw, [](void*, const pg_result*) {}, nullptr);
  absl::Status status = connection->AwaitConnected(Monotonic() + options.connect_timeout);
  if (!status.ok()) return status;
  PQsetnonblocking(raw, 1);
  PQenterPipelineMode(raw);
  if (status = connection->SetUp(options); !status.ok()) return status;
  return connection;
}

PostgresConnection::~PostgresConnection() {
  if (connection_ != nullptr) PQfinish(connection_);
}

absl::Status PostgresConnection::AwaitConnected(absl::Time deadline) {
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (PQstatus(connection_) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
      return Break("cannot connect to PostgreSQL");
    }
    short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!Poll(PQsocket(connection_), events, deadline)) return Break("PostgreSQL does not answer");
    state = PQconnectPoll(connection_);
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::SetUp(const PostgresOptions& options) {
  const std::string lock_timeout = Milliseconds(options.lock_timeout);
  const std::string statement_timeout = Milliseconds(options.statement_timeout);
  PostgresParams params;
  params.Text(options.schema).Text(lock_timeout).Text(statement_timeout);
  absl::StatusOr<PostgresResult> settings = Run(kSetUp, params, options.connect_timeout);
  if (!settings.ok()) return settings.status();
  return CheckDurable(*settings);
}

bool PostgresConnection::in_transaction() const {
  if (connection_ == nullptr) return false;
  PGTransactionStatusType status = PQtransactionStatus(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

absl::StatusOr<PostgresResult> PostgresConnection::Run(Sql sql, const PostgresParams& params,
                                                       absl::Duration timeout) {
  absl::StatusOr<std::vector<PostgresResult>> results = Run({Step{sql, &params}}, timeout);
  if (!results.ok()) return results.status();
  return std::move(results->front());
}

absl::StatusOr<std::vector<PostgresResult>> PostgresConnection::Run(const std::vector<Step>& steps,
                                                                    absl::Duration timeout,
                                                                    const std::function<void()>& sent) {
  if (broken()) return StoreUnavailable();
  const absl::Time deadline = Monotonic() + timeout;
  std::vector<const char*> awaited;
  for (const Step& step : steps) {
    if (absl::Status status = Send(step, &awaited); !status.ok()) return status;
  }
  if (PQpipelineSync(connection_) != 1) return Break("a statement could not be sent");
  if (sent) {
    if (absl::Status status = Flush(deadline); !status.ok()) return status;
    sent();
  }
  return Collect(awaited, deadline);
}

absl::Status PostgresConnection::Send(const Step& step, std::vector<const char*>* awaited) {
  static const PostgresParams kNone;
  const PostgresParams& params = step.params == nullptr ? kNone : *step.params;
  auto [entry, is_new] = prepared_.try_emplace(step.sql.text());
  if (is_new) {
    entry->second = absl::StrCat("s", ++statements_);
    awaited->push_back(kPrepare);
    if (PQsendPrepare(connection_, entry->second.c_str(), step.sql.text(), params.count(), params.types()) !=
        1) {
      return Break("a statement could not be sent");
    }
  }
  awaited->push_back(step.sql.text());
  int sent = PQsendQueryPrepared(connection_, entry->second.c_str(), params.count(), params.values(),
                                 params.lengths(), params.formats(), 1);
  return sent == 1 ? absl::OkStatus() : Break("a statement could not be sent");
}

absl::Status PostgresConnection::Flush(absl::Time deadline) {
  while (true) {
    const int unsent = PQflush(connection_);
    if (unsent == 0) return absl::OkStatus();
    // The server may have to be listened to before it goes on reading.
    if (unsent < 0 || !Poll(PQsocket(connection_), POLLIN | POLLOUT, deadline) ||
        PQconsumeInput(connection_) != 1) {
      return Break("a statement could not be sent");
    }
  }
}

absl::Status PostgresConnection::Await(absl::Time deadline) {
  int unsent = PQflush(connection_);
  if (unsent < 0) return Break("the connection to PostgreSQL broke");
  short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
  if (!Poll(PQsocket(connection_), events, deadline)) return Break("PostgreSQL does not answer");
  if (PQconsumeInput(connection_) != 1) return Break("the connection to PostgreSQL broke");
  return absl::OkStatus();
}

absl::StatusOr<pg_result*> PostgresConnection::NextResult(absl::Time deadline) {
  // Once before looking: libpq may not have sent everything yet.
  if (PQflush(connection_) < 0) return Break("the connection to PostgreSQL broke");
  while (PQisBusy(connection_) != 0) {
    if (absl::Status status = Await(deadline); !status.ok()) return status;
  }
  return PQgetResult(connection_);
}

absl::StatusOr<std::vector<PostgresResult>> PostgresConnection::Collect(
    const std::vector<const char*>& awaited, absl::Time deadline) {
  std::vector<PostgresResult> results;
  absl::Status failure;
  for (size_t i = 0; i <= awaited.size();) {
    absl::StatusOr<pg_result*> next = NextResult(deadline);
    if (!next.ok()) return failure.ok() ? next.status() : failure;
    if (*next == nullptr) continue;  // Ends the results of one statement.
    PostgresResult result(*next);
    ExecStatusType status = PQresultStatus(*next);
    if (status == PGRES_FATAL_ERROR && failure.ok()) failure = StatusOf(*next);
    if (IsFatal(*next) || PQstatus(connection_) == CONNECTION_BAD) {
      Break("the connection to PostgreSQL broke").IgnoreError();
      return failure.ok() ? StoreUnavailable() : failure;
    }
    // What was to be prepared may not have been; it is known by the statement that follows.
    if (i + 1 < awaited.size() && awaited[i] == kPrepare && status != PGRES_COMMAND_OK) {
      prepared_.erase(awaited[i + 1]);
    }
    // An error at the end, of what is checked only at the commit, comes before the end itself.
    if (i == awaited.size() && status != PGRES_PIPELINE_SYNC) continue;
    if (i < awaited.size() && awaited[i] != kPrepare) results.push_back(std::move(result));
    ++i;
  }
  if (!failure.ok()) return failure;
  return results;
}

absl::Status PostgresConnection::RunScript(Sql sql, absl::Duration timeout) {
  if (broken()) return StoreUnavailable();
  const absl::Time deadline = Monotonic() + timeout;
  PQexitPipelineMode(connection_);
  if (PQsendQuery(connection_, sql.text()) != 1) return Break("a script could not be sent");
  absl::Status failure;
  while (true) {
    absl::StatusOr<pg_result*> next = NextResult(deadline);
    if (!next.ok()) return next.status();
    if (*next == nullptr) break;
    PostgresResult result(*next);
    if (PQresultStatus(*next) == PGRES_FATAL_ERROR && failure.ok()) failure = StatusOf(*next);
    if (PQstatus(connection_) == CONNECTION_BAD) return Break("the connection to PostgreSQL broke");
  }
  PQenterPipelineMode(connection_);
  return failure;
}

absl::StatusOr<std::optional<std::string>> PostgresConnection::WaitNotification(int stop_fd,
                                                                                absl::Duration timeout) {
  if (broken()) return StoreUnavailable();
  PGnotify* notify = PQnotifies(connection_);
  if (notify == nullptr) {
    pollfd waited[] = {{PQsocket(connection_), POLLIN, 0}, {stop_fd, POLLIN, 0}};
    poll(waited, 2, MillisecondsUntil(Monotonic() + timeout));
    if (PQconsumeInput(connection_) != 1) return Break("the connection to PostgreSQL broke");
    notify = PQnotifies(connection_);
  }
  if (notify == nullptr) return std::optional<std::string>();
  std::string payload = notify->extra;
  PQfreemem(notify);
  return std::optional<std::string>(std::move(payload));
}

absl::Status PostgresConnection::StatusOf(const pg_result* result) {
  auto field = [result](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string_view(text == nullptr ? "" : text);
  };
  std::string_view state = field(PG_DIAG_SQLSTATE);
  if (log_ && !IsExpectedPostgresError(state)) {
    log_(LogLevel::kError, "PostgreSQL refused a statement",
         absl::StrCat(std::string(state), " ", std::string(field(PG_DIAG_MESSAGE_PRIMARY))));
  }
  return StatusOfPostgresError(state, field(PG_DIAG_CONSTRAINT_NAME));
}

absl::Status PostgresConnection::Break(std::string_view message) {
  if (connection_ == nullptr) return StoreUnavailable();
  if (log_) log_(LogLevel::kWarning, message, PQerrorMessage(connection_));
  PQfinish(connection_);
  connection_ = nullptr;
  return StoreUnavailable();
}

}  // namespace linchpin::store
