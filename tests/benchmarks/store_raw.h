// What the store is measured against: the same rows, or one plain row, written without it.
#ifndef LINCHPIN_TESTS_BENCHMARKS_STORE_RAW_H_
#define LINCHPIN_TESTS_BENCHMARKS_STORE_RAW_H_

#include <string>

namespace linchpin::benchmarks {

// All return rows (writes) per second. `conninfo` is libpq's; the database has a migrated schema `inventory`
// with the targets that WorkTarget names.
inline constexpr int kInFlight = 32;
inline constexpr int kTargets = 1000;
std::string WorkTarget(int i);
std::string WorkBody();

// `kInFlight` libpqxx connections, autocommit, prepared: one row with a primary key each.
double RawPlainInserts(const std::string& conninfo, int writes);
// The same connections: one statement writes resource, two references, change, request and audit row, without
// any order among writers.
double RawSameRows(const std::string& conninfo, int writes);
// COPY of documents into a plain table with a primary key.
double RawCopy(const std::string& conninfo, int rows);
// One session that copies into the real tables: resource, change and three references each.
double RawFillTables(const std::string& conninfo, int rows);
// One SQLite connection, write-ahead log, synchronous=FULL: a transaction for each write of the same rows.
double RawSqlite(const std::string& folder, int writes);

}  // namespace linchpin::benchmarks

#endif  // LINCHPIN_TESTS_BENCHMARKS_STORE_RAW_H_
