// The documents that a command is given as files, as `apply` reads them.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_APPLY_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_APPLY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/context.h"
#include "services/cli/files.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// What --file and the operands name; with --merge, as they will stand once merged.
absl::StatusOr<Loaded> LoadGiven(Context& context);

// Documents of kinds that people write, in reference order; others are reported and left out.
std::vector<const resource::Document*> StoredDocuments(const Context& context, const Loaded& loaded);

// --merge.
Flag MergeFlag();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_APPLY_H_
