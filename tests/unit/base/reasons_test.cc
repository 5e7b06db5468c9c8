// The table of reasons, the list of the API and the code that gives them say the same.
#include "services/base/reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "linchpin/common/v1/error_reason.pb.h"

namespace linchpin::base {
namespace {

using ::testing::IsEmpty;

namespace fs = std::filesystem;

const fs::path kSource = LINCHPIN_SOURCE_DIR;

std::string TextOfFile(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

using Keys = std::set<std::string>;
using KeysByReason = std::map<std::string, Keys>;

template <typename... R>
KeysByReason KeysIn(reason::List<R...>) {
  return {{std::string(R::kInfo.name), Keys(R::kInfo.keys.begin(), R::kInfo.keys.end())}...};
}

// The keys that the comment of each value names in backquotes behind "Metadata".
KeysByReason KeysOfTheApi() {
  KeysByReason keys;
  const std::string text = TextOfFile(kSource / "proto/linchpin/common/v1/error_reason.proto");
  const std::regex value(R"(((?:\s*//[^\n]*\n)+)\s*ERROR_REASON_(\w+) = (\d+);)"), key("`([a-z_]+)`");
  for (std::sregex_iterator match(text.begin(), text.end(), value), end; match != end; ++match) {
    if ((*match)[3] == "0") continue;
    Keys& found = keys[(*match)[2]];
    const std::string comment = (*match)[1];
    const size_t at = comment.find("Metadata");
    if (at == std::string::npos) continue;
    for (std::sregex_iterator one(comment.begin() + static_cast<ptrdiff_t>(at), comment.end(), key);
         one != std::sregex_iterator(); ++one) {
      found.insert((*one)[1]);
    }
  }
  return keys;
}

TEST(Reasons, TheTableAndTheApiNameTheSameReasonsAndKeys) {
  const KeysByReason api = KeysOfTheApi();
  ASSERT_EQ(static_cast<int>(api.size()), common::v1::ErrorReason_descriptor()->value_count() - 1);
  EXPECT_EQ(KeysIn(reason::Returned()), api);
}

TEST(Reasons, NoneOfTheInsideIsInTheApi) {
  const KeysByReason api = KeysOfTheApi();
  for (const auto& [name, keys] : KeysIn(reason::Inside())) EXPECT_FALSE(api.contains(name)) << name;
}

// Structs of the table, by their names in C++.
Keys StructsOfTheTable() {
  const std::string text = TextOfFile(kSource / "services/base/reasons.h");
  const std::regex pattern(R"(struct (\w+) \{\s*static constexpr ReasonInfo)");
  Keys names;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    names.insert((*match)[1]);
  return names;
}

TEST(Reasons, EachIsGivenSomewhere) {
  Keys unused = StructsOfTheTable();
  ASSERT_EQ(unused.size(), KeysIn(reason::Returned()).size() + KeysIn(reason::Inside()).size())
      << "a struct is missing in one of the lists of reasons.h";
  const std::regex use(R"(reason::(\w+)(?:\{|::kInfo))");
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "services")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = TextOfFile(entry.path());
    for (std::sregex_iterator match(text.begin(), text.end(), use), end; match != end; ++match)
      unused.erase((*match)[1]);
  }
  EXPECT_THAT(unused, IsEmpty());
}

// An error that is passed on keeps its reason; nothing else may bring one of its own.
TEST(Reasons, NoneIsWrittenAsText) {
  std::vector<std::string> found;
  const std::regex text_reason(
      R"re(reason(?:\(\))? *[=!]?= *"[A-Z_]+"|ReasonOf\([^;]*\) *[=!]= *"|StatusCode::k\w+,\s*"[A-Z_]+")re");
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "services")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = TextOfFile(entry.path());
    if (std::regex_search(text, text_reason)) found.push_back(entry.path().string());
  }
  EXPECT_THAT(found, IsEmpty()) << "use base::Is, or kInfo.name";
}

}  // namespace
}  // namespace linchpin::base
