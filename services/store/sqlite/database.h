// A connection to SQLite and its prepared statements, with absl::Status in place of result codes.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_DATABASE_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/port/log.h"
#include "services/store/sql.h"

struct sqlite3;
struct sqlite3_stmt;

namespace linchpin::store {

class SqliteDatabase;

// A use of a prepared statement: bind, step, read; made ready for the next use when destroyed. At most one
// use of one statement at a time. Parameters count from 1 and are copied only where a function says so;
// columns count from 0 and live until the next step.
class SqliteStatement {
 public:
  SqliteStatement(SqliteDatabase& database, sqlite3_stmt* statement);
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement();

  // The text must live until the use ends.
  SqliteStatement& Text(std::string_view value);
  SqliteStatement& Blob(std::string_view value);
  SqliteStatement& Int(int64_t value);

  // True: there is a row. False: done.
  absl::StatusOr<bool> Step();
  // Steps to the end and forgets the parameters, for the next row to be written.
  absl::Status Run();

  int64_t IntAt(int column) const;
  std::string StringAt(int column) const;

 private:
  SqliteDatabase& database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

// Thread safety: one thread at a time.
// Errors: UNAVAILABLE (locked, input/output, and the causes of store_error.h), FAILED_PRECONDITION (foreign
//   key), ALREADY_EXISTS (primary key), INTERNAL (the rest). SQLite's own text goes to the log only.
class SqliteDatabase {
 public:
  // `file` may be `:memory:`.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& file, bool read_only,
                                                              LogFunction log);
  ~SqliteDatabase();

  // Several statements without parameters or results.
  absl::Status Execute(Sql sql);
  // One statement, compiled once per connection.
  absl::StatusOr<SqliteStatement> Prepare(Sql sql);
  // The first column of the first row, as text; empty if there is none.
  absl::StatusOr<std::string> QueryText(Sql sql);

  bool in_transaction() const;
  // Whether the file can only be read, whatever was asked for.
  bool read_only() const;
  absl::Status StatusOf(int code) const;
  sqlite3* handle() { return handle_; }

 private:
  SqliteDatabase(sqlite3* handle, const std::string& file, LogFunction log)
      : handle_(handle), file_(file), log_(std::move(log)) {}

  sqlite3* handle_;
  const std::string file_;
  LogFunction log_;
  absl::flat_hash_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_DATABASE_H_
