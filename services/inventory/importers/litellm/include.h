// `include`: the files of one gateway.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_INCLUDE_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_INCLUDE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/inventory/importers/import.h"
#include "services/resource/node.h"

namespace linchpin::importers {

// A file with its tree.
struct ConfigSource {
  const ImportFile* file;
  resource::Node root;
};

// The files that configure one gateway: the main one, then those that it includes, in the order in which the
// gateway reads them. At least one.
using GatewaySources = std::vector<ConfigSource>;

// Brings the files of each gateway together, in the order of the main files. A file that another one of them
// includes is no gateway of its own; an include means the file of that path, seen from the folder of the one
// that includes it, else the only one of that name. One that is not among the files is noted.
//
// Errors: those of FindConfiguration. Ownership: the files outlive the result.
absl::StatusOr<std::vector<GatewaySources>> JoinIncludes(const std::vector<ImportFile>& files,
                                                         std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_INCLUDE_H_
