// Opens a store by its address. The mains and the tests are the only ones who know engines.
#ifndef LINCHPIN_SERVICES_STORE_OPEN_H_
#define LINCHPIN_SERVICES_STORE_OPEN_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/port/log.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {

struct OpenOptions {
  // Bring the schema up to date; otherwise a schema that is behind is refused.
  bool migrate = false;
  // Only read, beside whoever else has the store, a SQLite file included. Every write is then UNAVAILABLE.
  bool read_only = false;
  // PostgreSQL connections for reading, besides the committer's and the one that listens.
  int readers_max = 4;
  LogFunction log;  // May be null.
};

// Opens the store of one service.
//
// `address` is `sqlite:DIR` (the file DIR/{schema}.db, folder made if missing), `sqlite::memory:` (ends with
// the store), or `postgresql:` with a libpq connection URI or string (the schema of that name):
// `postgresql://user@host/db`, `postgresql:host=/run/postgresql dbname=linchpin`. `schema` is `inventory`,
// `policy` or `risk`.
//
// Errors: INVALID_ARGUMENT for an address that is none. UNAVAILABLE, STORE_UNAVAILABLE, if the database is
//   not there: try again. FAILED_PRECONDITION: SCHEMA_TOO_NEW (made by a newer linchpind),
//   SCHEMA_TOO_OLD (run `linchpind migrate`), UNSAFE_SETTINGS (fsync or full_page_writes is off),
//   STORE_IN_USE (another process has the SQLite file).
absl::StatusOr<std::unique_ptr<ResourceStore>> OpenStore(std::string_view address, std::string_view schema,
                                                         const OpenOptions& options);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_OPEN_H_
