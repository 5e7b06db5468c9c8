// YAML text to trees. What YAML allows beyond data is refused: tags, keys that are not text, and, unless
// ReadLimits::aliases allows them, anchors and aliases. With it an alias is a copy of what it stands for, and
// the keys of maps under `<<` are those of the map, unless it has them itself; of several the first counts.
// With ReadLimits::last_key_counts and core_tags it reads what the common readers of other tools read.
#ifndef LINCHPIN_SERVICES_RESOURCE_YAML_YAML_READER_H_
#define LINCHPIN_SERVICES_RESOURCE_YAML_YAML_READER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "services/resource/document.h"
#include "services/resource/node.h"

namespace linchpin::resource {

// A part of a file: the bytes between two `---` lines.
struct YamlPart {
  size_t offset = 0;
  size_t size = 0;
  int line_offset = 0;  // lines before it
};

// Cuts `text` at its `---` lines; parts that hold only comments and blank lines are left out.
std::vector<YamlPart> SplitYaml(std::string_view text);

// Something wrong in a text.
struct TextError {
  Position at;
  std::string message;
};

// Reads the documents of one part (more than one only after `...`). `line_offset` is added to all lines.
// On an error reading of the part stops; documents before it are kept.
struct TreeResult {
  std::vector<Node> documents;
  std::vector<TextError> errors;
  std::vector<TextError> repeated;  // keys that stand twice in a map, where ReadLimits::last_key_counts
};
TreeResult ReadYaml(std::string_view part, int line_offset, const ReadLimits& limits);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_YAML_YAML_READER_H_
