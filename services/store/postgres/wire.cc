#include "services/store/postgres/wire.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <pqxx/except>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/store/port/store_error.h"
#include "services/store/postgres/error.h"

namespace linchpin::store {
namespace {

using std::chrono::steady_clock;

// Marks, in the list of awaited results, one whose rows nobody asked for.
constexpr const char* kPrepare = nullptr;

// Waits for `events`; false when the time is over.
bool Poll(int fd, short events, steady_clock::time_point deadline) {
  pollfd waited{fd, events, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    const int ready = poll(&waited, 1, static_cast<int>(std::clamp<int64_t>(left.count(), 0, 3'600'000)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

// What the server said while the connection was made: with its SQLSTATE, thanks to the verbose form, and
// without the place in the server's source that comes with that.
[[noreturn]] void ThrowConnectFailure(const PGconn* connection) {
  std::string_view text = PQerrorMessage(connection);
  text = text.substr(0, text.find("\nLOCATION:"));
  while (text.ends_with('\n')) text.remove_suffix(1);
  throw pqxx::broken_connection(ConnectFailure(SqlStateInVerbose(text), text));
}

// The server ends the session after it.
bool IsFatal(const PGresult* result) {
  if (PQresultStatus(result) != PGRES_FATAL_ERROR) return false;
  const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == nullptr || severity != std::string_view("ERROR");
}

struct FreeConnInfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

}  // namespace

WireResult::WireResult(PGresult* result) : result_(result) {}

void WireResult::Clear::operator()(PGresult* result) const { PQclear(result); }

int WireResult::rows() const { return PQntuples(result_.get()); }

int64_t WireResult::IntAt(int row, int column) const { return BinaryInt(ViewAt(row, column)); }

std::string_view WireResult::ViewAt(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

ConnectOnce::ConnectOnce(const std::string& conninfo, absl::Duration timeout, GuardedSocket& socket)
    : connectionpolicy(conninfo), timeout_(timeout), socket_(socket) {}

ConnectOnce::handle ConnectOnce::do_startconnect(handle connection) {
  if (connection != nullptr) return connection;
  if (begun_) throw pqxx::broken_connection("the session has ended");
  begun_ = true;
  // What follows `dbname` wins over what the address says.
  const char* keywords[] = {"dbname", "client_encoding", "fallback_application_name", nullptr};
  const char* values[] = {options().c_str(), "UTF8", "linchpind", nullptr};
  connection = PQconnectStartParams(keywords, values, 1);
  if (connection == nullptr) throw pqxx::broken_connection("out of memory");
  // Notices are for people at a terminal; the default would print them.
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  connection_ = connection;
  return connection;
}

ConnectOnce::handle ConnectOnce::do_completeconnect(handle connection) {
  const auto deadline = steady_clock::now() + absl::ToChronoNanoseconds(timeout_);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (PQstatus(connection) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
      ThrowConnectFailure(connection);
    }
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!Poll(PQsocket(connection), events, deadline)) {
      throw pqxx::broken_connection("PostgreSQL did not answer in time");
    }
    state = PQconnectPoll(connection);
  }
  // One line an error, and no values of rows in it.
  PQsetErrorVerbosity(connection, PQERRORS_TERSE);
  socket_.Open(PQsocket(connection));
  return connection;
}

ConnectOnce::handle ConnectOnce::do_disconnect(handle connection) noexcept {
  socket_.Close();
  if (connection != nullptr) {
    // Nothing that is still under way may hold up the end.
    if (PQtransactionStatus(connection) == PQTRANS_ACTIVE) PQsetnonblocking(connection, 1);
    PQfinish(connection);
  }
  connection_ = nullptr;
  return nullptr;
}

Session::Session(const std::string& conninfo, absl::Duration timeout, GuardedSocket& socket, LogFunction log)
    : connection_base(policy_), policy_(conninfo, timeout, socket), log_(std::move(log)) {
  try {
    init();
  } catch (...) {
    close();
    throw;
  }
}

bool Session::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(policy_.connection());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

absl::StatusOr<std::vector<WireResult>> Session::Pipeline(const std::vector<WireStep>& steps,
                                                          const std::function<void()>& sent) {
  if (!is_open()) return StoreUnavailable();
  PGconn* connection = policy_.connection();
  if (PQenterPipelineMode(connection) != 1) return Broken();
  std::vector<const char*> awaited;
  for (const WireStep& step : steps) {
    if (absl::Status status = Send(step, &awaited); !status.ok()) return status;
  }
  if (PQpipelineSync(connection) != 1) return Broken();
  if (sent) sent();
  absl::StatusOr<std::vector<WireResult>> results = Collect(awaited);
  if (is_open() && PQexitPipelineMode(policy_.connection()) != 1) return Broken();
  return results;
}

absl::Status Session::Send(const WireStep& step, std::vector<const char*>* awaited) {
  static const PostgresParams kNone;
  const PostgresParams& params = step.params == nullptr ? kNone : *step.params;
  PGconn* connection = policy_.connection();
  auto [entry, is_new] = prepared_.try_emplace(step.sql.text());
  if (is_new) {
    entry->second = absl::StrCat("wire", prepared_.size());
    awaited->push_back(kPrepare);
    if (PQsendPrepare(connection, entry->second.c_str(), step.sql.text(), params.count(), params.types()) !=
        1) {
      return Broken();
    }
  }
  awaited->push_back(step.sql.text());
  const int sent = PQsendQueryPrepared(connection, entry->second.c_str(), params.count(), params.values(),
                                       params.lengths(), params.formats(), 1);
  return sent == 1 ? absl::OkStatus() : Broken();
}

absl::StatusOr<std::vector<WireResult>> Session::Collect(const std::vector<const char*>& awaited) {
  PGconn* connection = policy_.connection();
  std::vector<WireResult> results;
  absl::Status failure;
  for (size_t i = 0; i <= awaited.size();) {
    PGresult* next = PQgetResult(connection);
    if (next == nullptr && PQstatus(connection) == CONNECTION_BAD) {
      absl::Status broken = Broken();
      return failure.ok() ? broken : failure;
    }
    if (next == nullptr) continue;  // Ends the results of one statement.
    WireResult result(next);
    const ExecStatusType status = PQresultStatus(next);
    const bool lost = PQstatus(connection) == CONNECTION_BAD;
    if (status == PGRES_FATAL_ERROR && failure.ok() && !lost) failure = StatusOf(next);
    if (IsFatal(next) || lost) {
      absl::Status broken = Broken();
      return failure.ok() ? broken : failure;
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

absl::Status Session::StatusOf(const PGresult* result) {
  auto field = [result](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string_view(text == nullptr ? "" : text);
  };
  const std::string_view state = field(PG_DIAG_SQLSTATE);
  LogRefusal(log_, state, field(PG_DIAG_MESSAGE_PRIMARY));
  return StatusOfPostgresError(state, field(PG_DIAG_CONSTRAINT_NAME));
}

absl::Status Session::Broken() {
  if (log_) {
    log_(LogLevel::kWarning, "the connection to PostgreSQL broke", PQerrorMessage(policy_.connection()));
  }
  disconnect();
  return StoreUnavailable();
}

absl::Status CheckConnInfo(const std::string& conninfo) {
  // libpq's own message may quote a part of the password, so it is shown nowhere.
  const std::unique_ptr<PQconninfoOption, FreeConnInfo> parsed(PQconninfoParse(conninfo.c_str(), nullptr));
  bool sound = parsed != nullptr;
  for (const PQconninfoOption* option = parsed.get(); sound && option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const std::string_view value = option->val == nullptr ? "" : option->val;
    if (keyword == "host" || keyword == "dbname") sound = value.find('@') == std::string_view::npos;
    if (keyword == "port") sound = value.find_first_not_of("0123456789,") == std::string_view::npos;
  }
  if (sound) return absl::OkStatus();
  return base::FieldError(
      "store",
      "PostgreSQL cannot read this connection string; in a URI, write @ : / ? # and % of a password as "
      "%40 %3A %2F %3F %23 and %25, or give the password by store-password-file");
}

}  // namespace linchpin::store
