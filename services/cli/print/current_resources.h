// The present state of many resources at once.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_CURRENT_RESOURCES_H_
#define LINCHPIN_SERVICES_CLI_PRINT_CURRENT_RESOURCES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// The resources of these names, of any kinds that are stored, by name; absent ones are left out. The
// inventory's are read a thousand at a time.
absl::StatusOr<std::map<std::string, std::unique_ptr<google::protobuf::Message>>> CurrentResources(
    Client& client, const std::vector<std::string>& names);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_CURRENT_RESOURCES_H_
