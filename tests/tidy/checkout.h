// The checkout as text. Only for sources that know LINCHPIN_SOURCE_DIR.
#ifndef LINCHPIN_TESTS_TIDY_CHECKOUT_H_
#define LINCHPIN_TESTS_TIDY_CHECKOUT_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace linchpin {

namespace fs = std::filesystem;

inline fs::path Root() { return LINCHPIN_SOURCE_DIR; }

inline std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Files below `folder` with one of the endings, as paths relative to the checkout, sorted.
inline std::vector<std::string> Files(const std::string& folder, const std::set<std::string>& endings) {
  std::vector<std::string> found;
  if (!fs::exists(Root() / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(Root() / folder)) {
    if (!entry.is_regular_file() || !endings.count(entry.path().extension().string())) continue;
    const std::string path = fs::relative(entry.path(), Root()).string();
    if (path.find("node_modules") == std::string::npos) found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found;
}

inline bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0;
}

inline std::vector<std::string> Includes(const std::string& path) {
  static const std::regex line(R"(^\s*#include\s+[<"]([^>"]+)[>"])");
  std::vector<std::string> found;
  std::istringstream text(Read(Root() / path));
  std::smatch match;
  for (std::string one; std::getline(text, one);) {
    if (std::regex_search(one, match, line)) found.push_back(match[1]);
  }
  return found;
}

}  // namespace linchpin

#endif  // LINCHPIN_TESTS_TIDY_CHECKOUT_H_
