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

// The resource of that name, or of the nearest spelling, with a note. Only commands that read, or show before
// they write, may guess; a deletion takes names literally.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GetOrNearest(const Context& context,
                                                                        Client& client,
                                                                        const std::string& name);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RESOURCES_H_
