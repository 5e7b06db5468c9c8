// Single resources by the names that people give.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RESOURCES_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RESOURCES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// The full names that operands mean: `vendors/openai`, or `vendor openai`. Errors: usage.
absl::StatusOr<std::vector<std::string>> NamesOf(const std::vector<std::string>& operands);

// The resource of that name, or the one that is spelled like it, with a note. Only what reads, or shows
// before it writes, guesses: a removal takes names as they stand.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GetLike(const Context& context, Client& client,
                                                                   const std::string& name);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RESOURCES_H_
