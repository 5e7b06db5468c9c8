// Instants on the command line.
#ifndef LINCHPIN_SERVICES_CLI_TIME_FLAGS_H_
#define LINCHPIN_SERVICES_CLI_TIME_FLAGS_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// What flag `at` says (a time with its offset), or flag `in` (a duration from now on); nothing if neither is
// given. Errors of usage: both are given, a time without offset (a bare day is no instant), no duration.
absl::StatusOr<std::optional<google::protobuf::Timestamp>> InstantFlag(const Context& context,
                                                                       std::string_view at,
                                                                       std::string_view in);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_TIME_FLAGS_H_
