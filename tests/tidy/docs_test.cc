// What the documents say of the checkout: files and functions that they name exist, and links lead somewhere.
// Records of decisions and the changelog tell of their time, and may name what is gone.
#include <cctype>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tidy/checkout.h"

namespace linchpin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Pages() {
  std::vector<std::string> pages = {"CONTRIBUTING.md", "README.md"};
  for (const std::string& path : Files("docs", {".md"})) pages.push_back(path);
  return pages;
}
bool TellsOfItsTime(const std::string& page) { return StartsWith(page, "docs/adr/"); }

std::vector<std::string> FirstGroups(const std::string& text, const std::regex& expression) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
    found.push_back((*it)[1]);
  return found;
}

// Sources, each under all names that a page may call it by: `services/kit/tls/x.cc`, `kit/tls/x.cc`, `x.cc`.
std::map<std::string, std::string> SourcesByName() {
  std::map<std::string, std::string> by_name;
  for (const std::string folder : {"services", "tests", "proto", "cmake", "charts", "deploy"}) {
    for (const std::string& path :
         Files(folder, {".cc", ".h", ".proto", ".py", ".mjs", ".cmake", ".txt", ".json"})) {
      by_name[path] = path;
      for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1))
        by_name[path.substr(at + 1)] = path;
    }
  }
  return by_name;
}

TEST(Pages, NameSourcesThatExist) {
  // A part in capitals, such as KIND.proto, stands for a name.
  static const std::regex source(R"(`([a-z0-9_./-]+\.(?:cc|h|proto|py|mjs|cmake))`)");
  const std::map<std::string, std::string> sources = SourcesByName();
  std::vector<std::string> wrong;
  for (const std::string& page : Pages()) {
    if (TellsOfItsTime(page)) continue;
    for (const std::string& name : FirstGroups(Read(Root() / page), source)) {
      if (!sources.contains(name)) wrong.push_back(absl::StrCat(page, ": ", name));
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// Rows `| file | functions | ...` of a page whose functions are not in the file.
std::vector<std::string> WrongWalk(const std::string& text,
                                   const std::map<std::string, std::string>& sources) {
  static const std::regex row(R"(\n\| `([\w./-]+\.(?:cc|h))` \| ((?:`\w+`(?:, )?)+) \|)");
  static const std::regex function("`(\\w+)`");
  std::vector<std::string> wrong;
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    const auto source = sources.find((*it)[1]);
    const std::string code = source == sources.end() ? "" : Read(Root() / source->second);
    for (const std::string& name : FirstGroups((*it)[2], function)) {
      if (!std::regex_search(code, std::regex("\\b" + name + "\\(")))
        wrong.push_back(absl::StrCat((*it)[1].str(), ": ", name));
    }
  }
  return wrong;
}

TEST(Walks, NameFunctionsOfTheirFiles) {
  const std::map<std::string, std::string> sources = SourcesByName();
  const std::string walks = Read(Root() / "docs/life-of-a-request.md");
  EXPECT_THAT(WrongWalk(walks, sources), IsEmpty());
  EXPECT_THAT(WrongWalk("\n| `replica/view.cc` | `Find`, `Fnid` | x |", sources),
              ElementsAre("replica/view.cc: Fnid"));
  EXPECT_GT(FirstGroups(walks, std::regex(R"(\n\| (`[\w./-]+\.(?:cc|h)`) \| `\w+`)")).size(), 20u);
}

// As people's renderers make them: lower case, blanks to dashes, letters, digits, dashes and underscores
// kept.
std::string AnchorOf(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || byte >= 0x80)
      anchor += static_cast<char>(std::tolower(byte));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

std::set<std::string> AnchorsOf(const std::string& text) {
  static const std::regex mark(R"re(<a id="([^"]+)">)re");
  std::set<std::string> anchors;
  std::istringstream lines(text);
  bool fenced = false;
  for (std::string line; std::getline(lines, line);) {
    if (StartsWith(line, "```")) fenced = !fenced;
    const size_t level = line.find_first_not_of('#');
    if (!fenced && level != std::string::npos && level > 0 && line[level] == ' ')
      anchors.insert(AnchorOf(line.substr(level + 1)));
    for (const std::string& one : FirstGroups(line, mark)) anchors.insert(one);
  }
  return anchors;
}

// What is wrong with a link of `page`; empty: nothing.
std::string WrongLink(const std::string& page, const std::string& link) {
  if (link.find("://") != std::string::npos || StartsWith(link, "mailto:")) return "";
  const size_t mark = link.find('#');
  const std::string file = link.substr(0, mark);
  const fs::path target = file.empty() ? Root() / page : Root() / fs::path(page).parent_path() / file;
  if (!fs::exists(target)) return "no such file";
  if (mark == std::string::npos || target.extension() != ".md") return "";
  return AnchorsOf(Read(target)).contains(link.substr(mark + 1)) ? "" : "no such heading";
}

TEST(Links, LeadSomewhere) {
  static const std::regex link(R"(\]\(([^)\s]+)\))"), code("`[^`\n]*`");
  std::vector<std::string> wrong;
  for (const std::string& page : Pages()) {
    for (const std::string& one : FirstGroups(std::regex_replace(Read(Root() / page), code, ""), link)) {
      const std::string what = WrongLink(page, one);
      if (!what.empty()) wrong.push_back(absl::StrCat(page, ": ", one, ": ", what));
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Links, AreSeenWhenTheyAreWrong) {
  EXPECT_EQ(WrongLink("README.md", "docs/gone.md"), "no such file");
  EXPECT_EQ(WrongLink("README.md", "docs/architecture.md#words"), "");
  EXPECT_EQ(WrongLink("README.md", "docs/architecture.md#swords"), "no such heading");
}

}  // namespace
}  // namespace linchpin
