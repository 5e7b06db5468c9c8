#include "services/base/enum_words.h"

#include "absl/strings/ascii.h"

namespace linchpin::base {

std::string EnumWords(std::string_view name) {
  std::string words;
  for (const char c : name) words += c == '_' ? ' ' : absl::ascii_tolower(static_cast<unsigned char>(c));
  return words;
}

}  // namespace linchpin::base
