// Opening the stores of a process.
#ifndef LINCHPIN_SERVICES_SERVER_STORES_H_
#define LINCHPIN_SERVICES_SERVER_STORES_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/kit/config/settings.h"
#include "services/kit/logging/log.h"
#include "services/store/port/log.h"
#include "services/store/port/resource_store.h"

namespace linchpin::linchpind {

// Hands the setting store-password (or what its file holds) to libpq by the environment, so that it stands in
// no string that could be shown. To be called while there is one thread. Errors: INVALID_ARGUMENT if the file
// cannot be read.
absl::Status ProvidePassword(const kit::Settings& settings);

// Writes what a store reports to the log, which must outlive it.
store::LogFunction StoreLog(kit::Log& log, std::string schema);

// Opens the store of `schema`. While the database is not there, or does not let the process in, says in one
// line each half minute what to mend, and tries again until it is, until SIGTERM or SIGINT arrives
// (CANCELLED) or `deadline` passes (the last error). Any other error ends it at once: an address that cannot
// be read, a parameter that PostgreSQL does not take, a damaged file, a schema of another version.
absl::StatusOr<std::unique_ptr<store::ResourceStore>> OpenStoreWaiting(
    const kit::Settings& settings, std::string_view schema, bool migrate, kit::Log& log,
    absl::Time deadline = absl::InfiniteFuture());

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_STORES_H_
