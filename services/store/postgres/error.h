// What an error of PostgreSQL or of libpqxx means for the store.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_ERROR_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_ERROR_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/store/port/log.h"

namespace linchpin::store {

// See PostgresConnection for the codes. `constraint` is the one violated, if any.
absl::Status StatusOfPostgresError(std::string_view sqlstate, std::string_view constraint);

// Happens in normal operation and is not worth a line in the log: a lock not had in time, a repeated
// request id.
bool IsExpectedPostgresError(std::string_view sqlstate);

// Writes what the server said about a statement that it refused, unless that is expected. `log` may be null.
void LogRefusal(const LogFunction& log, std::string_view sqlstate, std::string_view message);

// The status of the exception that is being handled; to be called in a catch block. Logs what it says.
absl::Status StatusOfCurrentException(const LogFunction& log);

// The text of a pqxx::broken_connection that says why a connection could not be made: libpqxx has no class
// for that which would keep the SQLSTATE. Without a state, the message alone.
std::string ConnectFailure(std::string_view sqlstate, std::string_view message);
// The SQLSTATE in a message of libpq in verbose form, `FATAL:  3D000: ...`; empty if there is none.
std::string_view SqlStateInVerbose(std::string_view message);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_ERROR_H_
