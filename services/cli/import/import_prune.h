// The removal of what the files do not name any more.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_PRUNE_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_PRUNE_H_

#include <vector>

#include "absl/status/status.h"
#include "services/cli/client/client.h"
#include "services/cli/import/import_report.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// Removes `gone`, all or nothing, after `written` was written; in a dry run of the outcome, rehearses it in
// one request with what would have been written, since that is what lets the routes go. Counts what is
// deleted.
//
// A rehearsal names up to 20 resources that are still referred to, by repeating it without those; a removal
// names the one that the server names. More than one batch (batch.h) is not rehearsed.
//
// Errors: the first refusal, FAILED_PRECONDITION (STILL_REFERENCED) among them; those of the call.
absl::Status Prune(Client& client, const std::vector<resource::Document>& written,
                   const std::vector<resource::Document>& gone, ImportOutcome& outcome);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_PRUNE_H_
