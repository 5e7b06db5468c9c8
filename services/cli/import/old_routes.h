// Applications that imports made of model groups before there were routes.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_OLD_ROUTES_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_OLD_ROUTES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/cli/client/client.h"
#include "services/inventory/importers/import.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// What becomes of them. An application that says no more than the import wrote gives way to its route, and
// what depended on it depends on the route. One that people have edited stays as an application of theirs: it
// leads to the route, and no import looks at it again.
struct OldRoutes {
  std::vector<resource::Document> writes;    // after the proposals: dependencies that lead to routes now
  std::vector<resource::Document> removals;  // after that: what gives way
  std::vector<resource::Document> gone;      // of groups that the files do not name any more
  std::vector<std::string> replaced;         // names of applications
  std::vector<std::string> kept;
  std::vector<std::string> repointed;  // names of dependencies of others
};

// Finds those of the gateways of the import. Errors: those of the calls. Cost: a list of the applications,
// and, where there are any, one of all dependencies.
absl::StatusOr<OldRoutes> FindOldRoutes(Client& client, const importers::ImportResult& result);

// Removes what gives way, after `written` was written; a dry run rehearses it in one request with that, if it
// fits. Errors: the refusal; those of the call.
absl::Status RemoveOldRoutes(Client& client, const std::vector<resource::Document>& written, bool dry_run,
                             const OldRoutes& old);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_OLD_ROUTES_H_
