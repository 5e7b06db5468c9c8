// Where the configuration stands in a file: at its top, in a ConfigMap, among Helm values, in a template.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_DOCUMENT_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_DOCUMENT_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/inventory/importers/import.h"
#include "services/resource/node.h"

namespace linchpin::importers {

// An error of a file: INVALID_ARGUMENT (FIELD_INVALID) that begins with `file:line:column`.
absl::Status FileFault(const ImportFile& file, const resource::Position& at, std::string_view what);

// The configuration of a file as a tree: a map with `model_list` or `include`. It stands at the top of a
// document, or anywhere below, as a map (Helm values) or as a text (a ConfigMap); lines are always those of
// the file. Template actions (`{{ ... }}` of Helm) are not evaluated: a line that holds nothing else is left
// out, so that all branches count, and a value is read as `$(...)`, a reference. A file that another one
// includes (ImportFile::included) may be any map.
//
// A key that stands twice, and that the file is a template, are noted; the last value of a key counts.
// Errors: INVALID_ARGUMENT with file:line:column where the file has more than kMaxLiteLlmBytes, is not UTF-8,
// not YAML, or holds no configuration or several.
absl::StatusOr<resource::Node> FindConfiguration(const ImportFile& file, std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_DOCUMENT_H_
