#include "services/cli/flags/aliases.h"

namespace linchpin::cli {
namespace {

struct Alias {
  std::string_view word;
  std::string_view path;
};

constexpr Alias kAliases[] = {{"ls", "list"}};

}  // namespace

std::string_view CommandOfAlias(std::string_view word) {
  for (const Alias& alias : kAliases) {
    if (alias.word == word) return alias.path;
  }
  return word;
}

std::vector<std::string> AliasesOf(std::string_view path) {
  std::vector<std::string> words;
  for (const Alias& alias : kAliases) {
    if (alias.path == path) words.emplace_back(alias.word);
  }
  return words;
}

}  // namespace linchpin::cli
