// What an SQLSTATE means for the store.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_ERROR_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace linchpin::store {

// See PostgresConnection for the codes. `constraint` is the one violated, if any.
absl::Status StatusOfPostgresError(std::string_view sqlstate, std::string_view constraint);

// Happens in normal operation and is not worth a line in the log: a lock not had in time, a repeated
// request id.
bool IsExpectedPostgresError(std::string_view sqlstate);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_ERROR_H_
