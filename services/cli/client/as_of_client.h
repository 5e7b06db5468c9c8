// Asks the services as of a past state.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_AS_OF_CLIENT_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_AS_OF_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// What --as-of and its like mean to the services: a revision as it stands, a time in RFC 3339, midnight UTC
// of a date (2026-11-23), the time so long before `now` (7d, 12h). An error of usage, on `flag`, for the
// rest.
absl::StatusOr<std::string> AsOfText(std::string_view flag, std::string_view given, absl::Time now);

// A client whose every request has `as_of`, where its type has that field; others, of what is kept without a
// past, such as policies and tables of hazards, are asked as they are. Where `as_of` is a revision, findings
// are asked for as they stood before the next one.
std::unique_ptr<Client> MakeAsOfClient(std::unique_ptr<Client> client, std::string as_of);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_AS_OF_CLIENT_H_
