// A line of a file that is imported.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_FILE_LINE_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_FILE_LINE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/inventory/importers/import.h"

namespace linchpin::importers {

// Where something was read. `file` is the path of an ImportFile, which outlives it.
struct FileLine {
  std::string_view file;
  int line = 0;
};

// Appends a note about a place.
inline void AddNote(ImportNote::Kind kind, const FileLine& at, std::string message,
                    std::vector<ImportNote>& notes) {
  notes.push_back({kind, std::string(at.file), at.line, std::move(message)});
}

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_FILE_LINE_H_
