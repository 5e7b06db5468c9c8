#include "services/store/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {

SqliteStatement::SqliteStatement(SqliteDatabase& database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

SqliteStatement::~SqliteStatement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

SqliteStatement& SqliteStatement::Text(std::string_view value) {
  // A null pointer would bind NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_text64(statement_, ++bound_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

SqliteStatement& SqliteStatement::Blob(std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_blob64(statement_, ++bound_, data, value.size(), SQLITE_STATIC);
  return *this;
}

SqliteStatement& SqliteStatement::Int(int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

absl::StatusOr<bool> SqliteStatement::Step() {
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_.StatusOf(code);
}

absl::Status SqliteStatement::Run() {
  int code = sqlite3_step(statement_);
  while (code == SQLITE_ROW) code = sqlite3_step(statement_);
  sqlite3_reset(statement_);
  bound_ = 0;
  return code == SQLITE_DONE ? absl::OkStatus() : database_.StatusOf(code);
}

int64_t SqliteStatement::IntAt(int column) const { return sqlite3_column_int64(statement_, column); }

std::string SqliteStatement::StringAt(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& file, bool read_only,
                                                                     LogFunction log) {
  int flags =
      SQLITE_OPEN_NOMUTEX | (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  auto database = std::unique_ptr<SqliteDatabase>(new SqliteDatabase(handle, file, std::move(log)));
  if (code != SQLITE_OK) return database->StatusOf(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 2000);
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

absl::Status SqliteDatabase::Execute(Sql sql) {
  int code = sqlite3_exec(handle_, sql.text(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : StatusOf(code);
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(Sql sql) {
  // Keyed by address: the text is a literal. Equal literals at two addresses only cost a second statement.
  sqlite3_stmt*& statement = statements_[sql.text()];
  if (statement == nullptr) {
    int code = sqlite3_prepare_v3(handle_, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return StatusOf(code);
  }
  return SqliteStatement(*this, statement);
}

absl::StatusOr<std::string> SqliteDatabase::QueryText(Sql sql) {
  absl::StatusOr<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return *row ? statement->StringAt(0) : std::string();
}

bool SqliteDatabase::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool SqliteDatabase::read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }

absl::Status SqliteDatabase::StatusOf(int code) const {
  // A request id that is repeated, in normal operation: not worth a line in the log.
  if (code == SQLITE_CONSTRAINT_PRIMARYKEY) return absl::AlreadyExistsError("a primary key was violated");
  if (log_) {
    const char* text = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
    log_(LogLevel::kError, "SQLite refused a statement", absl::StrCat(file_, ": ", text));
  }
  if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
    return absl::FailedPreconditionError("a foreign key of the database was violated");
  }
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return StoreUnavailable();
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return StoreUnavailable(StoreCause::kReadOnly);
    case SQLITE_FULL:
      return StoreUnavailable(StoreCause::kFull);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreUnavailable(StoreCause::kDamaged);
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      return absl::FailedPreconditionError("a constraint of the database was violated");
    default:
      return absl::InternalError("the database failed");
  }
}

}  // namespace linchpin::store
