// --offline: a command against an export alone, without a server.
#ifndef LINCHPIN_SERVICES_CLI_OFFLINE_H_
#define LINCHPIN_SERVICES_CLI_OFFLINE_H_

#include <functional>
#include <istream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/cli/client/client.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

using ClientMaker = std::function<absl::StatusOr<std::unique_ptr<Client>>(const Arguments&)>;

// A client of a server that is started for it, in memory, and ends with it (client/local_server.h), once what
// `path`, a file or folder that `linchpin export` wrote, holds has been written there. Of the flags given
// only --timeout counts.
// Errors: those of LocalServer, of LoadFiles, and of what the export holds.
absl::StatusOr<std::unique_ptr<Client>> MakeOfflineClient(const Arguments& given, const std::string& path,
                                                          std::istream& in, const ClientMaker& make_client);

// --offline.
Flag OfflineFlag();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_OFFLINE_H_
