#include "services/store/postgres/error.h"

#include <exception>
#include <new>
#include <pqxx/except>

#include "absl/strings/str_cat.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kReadOnly = "25006";
constexpr std::string_view kDiskFull = "53100";
constexpr std::string_view kNoConnectionLeft = "53300";
constexpr std::string_view kNoPermission = "42501";
constexpr size_t kStateSize = 5;

// Classes that mean: try again, perhaps on another connection. Transaction rollback, connection exception,
// insufficient resources, operator intervention, system error. None of them leaves anything written.
bool IsTransient(std::string_view error_class) {
  return error_class == "40" || error_class == "08" || error_class == "53" || error_class == "57" ||
         error_class == "58";
}

StoreCause CauseOf(std::string_view sqlstate) {
  const std::string_view error_class = sqlstate.substr(0, 2);
  if (sqlstate == kDiskFull) return StoreCause::kFull;
  if (sqlstate == kReadOnly) return StoreCause::kReadOnly;
  if (sqlstate == kNoPermission) return StoreCause::kNoPermission;
  if (sqlstate == kNoConnectionLeft) return StoreCause::kNoConnectionLeft;
  if (error_class == "28") return StoreCause::kNotLetIn;
  if (error_class == "3D") return StoreCause::kNoDatabase;
  return StoreCause::kAway;
}

bool IsState(std::string_view text) {
  return text.size() == kStateSize &&
         text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

// Why a connection could not be made, or that it was lost.
absl::Status StatusOfBrokenConnection(const LogFunction& log, std::string_view text) {
  std::string_view state;
  if (text.starts_with('[') && IsState(text.substr(1, kStateSize))) state = text.substr(1, kStateSize);
  if (log) log(LogLevel::kWarning, "no connection to PostgreSQL", text);
  const StoreCause cause = CauseOf(state);
  // A parameter of the server that does not exist, or not with this value (classes 42 and 22).
  const bool option = cause == StoreCause::kAway && (state.starts_with("42") || state.starts_with("22"));
  return StoreUnavailable(option ? StoreCause::kWrongOption : cause);
}

absl::Status StatusOfSqlError(const LogFunction& log, const pqxx::sql_error& error, std::string_view state) {
  LogRefusal(log, state, error.what());
  return StatusOfPostgresError(state, "");
}

}  // namespace

absl::Status StatusOfPostgresError(std::string_view sqlstate, std::string_view constraint) {
  const std::string_view error_class = sqlstate.substr(0, 2);
  if (sqlstate == kUniqueViolation && constraint == "request_pkey") {
    return absl::AlreadyExistsError("a request id is taken");
  }
  if (sqlstate == kLockNotAvailable)
    return absl::DeadlineExceededError("a lock of the database was not granted in time");
  // Integrity, data, and limits of the server such as the size of a row: one write of a group is to blame.
  if (error_class == "23" || error_class == "22" || error_class == "54") {
    return absl::FailedPreconditionError("a constraint of the database was violated");
  }
  const StoreCause cause = CauseOf(sqlstate);
  // No state: libpq itself gave up on the connection.
  if (sqlstate.empty() || cause != StoreCause::kAway || IsTransient(error_class))
    return StoreUnavailable(cause);
  return absl::InternalError("the database failed");
}

bool IsExpectedPostgresError(std::string_view sqlstate) {
  return sqlstate == kLockNotAvailable || sqlstate == kUniqueViolation;
}

void LogRefusal(const LogFunction& log, std::string_view sqlstate, std::string_view message) {
  if (!log || IsExpectedPostgresError(sqlstate)) return;
  log(LogLevel::kError, "PostgreSQL refused a statement",
      absl::StrCat(std::string(sqlstate), " ", std::string(message)));
}

absl::Status StatusOfCurrentException(const LogFunction& log) {
  try {
    throw;
  } catch (const pqxx::in_doubt_error& error) {
    if (log) log(LogLevel::kWarning, "a transaction was not confirmed", error.what());
    return absl::UnknownError("the commit was not confirmed");
  } catch (const pqxx::too_many_connections& error) {
    return StatusOfBrokenConnection(log, ConnectFailure(kNoConnectionLeft, error.what()));
  } catch (const pqxx::broken_connection& error) {
    return StatusOfBrokenConnection(log, error.what());
  } catch (const pqxx::insufficient_privilege& error) {
    // libpqxx drops the state of this class.
    return StatusOfSqlError(log, error, kNoPermission);
  } catch (const pqxx::sql_error& error) {
    return StatusOfSqlError(log, error, error.sqlstate());
  } catch (const pqxx::transaction_rollback& error) {
    if (log) log(LogLevel::kWarning, "PostgreSQL rolled a transaction back", error.what());
    return StoreUnavailable();
  } catch (const std::bad_alloc&) {
    return StoreUnavailable();
  } catch (const std::exception& error) {
    if (log) log(LogLevel::kError, "the answer of PostgreSQL was not understood", error.what());
    return absl::InternalError("the database failed");
  }
}

std::string ConnectFailure(std::string_view sqlstate, std::string_view message) {
  if (sqlstate.empty()) return std::string(message);
  return absl::StrCat("[", std::string(sqlstate), "] ", std::string(message));
}

std::string_view SqlStateInVerbose(std::string_view message) {
  constexpr std::string_view kBefore = ":  ";
  for (size_t at = message.find(kBefore); at != std::string_view::npos; at = message.find(kBefore, at + 1)) {
    const std::string_view state = message.substr(at + kBefore.size(), kStateSize);
    if (IsState(state) && message.substr(at + kBefore.size() + kStateSize).starts_with(": ")) return state;
  }
  return {};
}

}  // namespace linchpin::store
