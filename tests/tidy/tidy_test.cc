// Checks of the checkout as text: the walls between folders (docs/architecture.md), words that must not be
// committed, and names that must agree between alerts, runbooks and metrics.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

fs::path Root() { return LINCHPIN_SOURCE_DIR; }

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Files below `folder` with one of the endings, as paths relative to the checkout, sorted.
std::vector<std::string> Files(const std::string& folder, const std::set<std::string>& endings) {
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

bool StartsWith(const std::string& text, const std::string& prefix) { return text.rfind(prefix, 0) == 0; }

std::vector<std::string> Includes(const std::string& path) {
  static const std::regex line(R"(^\s*#include\s+[<"]([^>"]+)[>"])");
  std::vector<std::string> found;
  std::istringstream text(Read(Root() / path));
  std::smatch match;
  for (std::string one; std::getline(text, one);) {
    if (std::regex_search(one, match, line)) found.push_back(match[1]);
  }
  return found;
}

// A folder of services/ and the folders of services/ that it may include, itself aside. The first prefix that
// fits a file decides, so narrower ones come first.
struct Room {
  std::string prefix;
  std::set<std::string> may_include;
};

const std::vector<Room>& Rooms() {
  static const auto* const rooms = new std::vector<Room>{
      {"services/base/", {}},
      {"services/resource/", {"services/base/"}},
      // Six storeys: graph <- knowledge <- levels <- cutoff, concentration <- simulation <- structure, score,
      // loss.
      {"services/engine/graph/graph_builder", {"services/resource/", "services/engine/graph/"}},
      {"services/engine/graph/", {}},
      {"services/engine/knowledge/", {"services/engine/graph/"}},
      {"services/engine/levels/", {"services/base/", "services/engine/graph/", "services/engine/knowledge/"}},
      {"services/engine/cutoff/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/"}},
      {"services/engine/concentration/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/"}},
      {"services/engine/trace/", {"services/engine/graph/"}},
      {"services/engine/simulation/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/"}},
      {"services/engine/structure/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      {"services/engine/questions/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      {"services/engine/score/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      {"services/engine/loss/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      // The port and the commit of writes know no engine; the two engines know neither each other nor who
      // opens them.
      {"services/store/port/", {"services/base/", "services/resource/"}},
      {"services/store/commit/", {"services/base/", "services/resource/", "services/store/port/"}},
      {"services/store/postgres/",
       {"services/base/", "services/resource/", "services/store/port/", "services/store/commit/",
        "services/store/open.h", "services/store/pool.h", "services/store/sql.h"}},
      {"services/store/sqlite/",
       {"services/base/", "services/resource/", "services/store/port/", "services/store/commit/",
        "services/store/open.h", "services/store/pool.h", "services/store/sql.h"}},
      {"services/store/", {"services/base/", "services/resource/"}},
      {"services/kit/", {"services/base/", "services/resource/"}},
      {"services/replica/",
       {"services/base/", "services/resource/", "services/engine/", "services/store/", "services/kit/"}},
      {"services/writing/", {"services/base/", "services/resource/", "services/replica/", "services/store/"}},
      {"services/serving/",
       {"services/base/", "services/resource/", "services/replica/", "services/store/", "services/kit/",
        "services/writing/"}},
      {"services/inventory/domain/",
       {"services/base/", "services/resource/", "services/writing/", "services/engine/", "services/replica/",
        "services/store/"}},
      {"services/inventory/catalogue/", {"services/base/", "services/resource/"}},
      {"services/inventory/importers/",
       {"services/base/", "services/resource/", "services/inventory/catalogue/"}},
      {"services/inventory/rpc/",
       {"services/base/", "services/resource/", "services/writing/", "services/serving/", "services/engine/",
        "services/replica/", "services/store/", "services/kit/", "services/inventory/domain/"}},
      {"services/policy/domain/",
       {"services/base/", "services/resource/", "services/writing/", "services/engine/", "services/replica/",
        "services/store/"}},
      {"services/policy/packs/", {}},
      {"services/policy/rpc/",
       {"services/base/", "services/resource/", "services/writing/", "services/serving/", "services/engine/",
        "services/replica/", "services/store/", "services/kit/", "services/policy/domain/"}},
      {"services/risk/domain/",
       {"services/base/", "services/resource/", "services/writing/", "services/engine/", "services/replica/",
        "services/store/"}},
      {"services/risk/rpc/",
       {"services/base/", "services/resource/", "services/writing/", "services/serving/", "services/engine/",
        "services/replica/", "services/store/", "services/kit/", "services/risk/domain/"}},
      {"services/cli/",
       {"services/base/", "services/resource/", "services/inventory/importers/",
        "services/inventory/catalogue/", "services/kit/", "services/policy/domain/",
        "services/policy/packs/"}},
      {"services/server/", {"services/"}},
  };
  return *rooms;
}

const Room* RoomOf(const std::string& path) {
  for (const Room& room : Rooms()) {
    if (StartsWith(path, room.prefix)) return &room;
  }
  return nullptr;
}

bool MayInclude(const Room& room, const std::string& path, const std::string& include) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  if (StartsWith(include, folder) || StartsWith(include, room.prefix)) return true;
  return std::any_of(room.may_include.begin(), room.may_include.end(),
                     [&](const std::string& prefix) { return StartsWith(include, prefix); });
}

TEST(Walls, EveryFolderIncludesOnlyWhatItMay) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".h", ".cc"})) {
    const Room* const room = RoomOf(path);
    if (room == nullptr) {
      wrong.push_back(absl::StrCat(path, " lies in no room of tests/tidy/tidy_test.cc"));
      continue;
    }
    for (const std::string& include : Includes(path)) {
      if (StartsWith(include, "services/") && !MayInclude(*room, path, include)) {
        wrong.push_back(absl::StrCat(path, " includes ", include));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// Names every include of `folder` files that `forbidden` finds, but for files under the `allowed` prefixes.
std::vector<std::string> WrongIncludes(const std::function<bool(const std::string&)>& forbidden,
                                       const std::vector<std::string>& allowed) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".h", ".cc"})) {
    const bool exempt = std::any_of(allowed.begin(), allowed.end(),
                                    [&](const std::string& prefix) { return StartsWith(path, prefix); });
    for (const std::string& include : Includes(path)) {
      if (!exempt && forbidden(include)) wrong.push_back(absl::StrCat(path, " includes ", include));
    }
  }
  return wrong;
}

TEST(Walls, SqlStaysInTheStore) {
  const auto sql = [](const std::string& include) {
    return StartsWith(include, "pqxx") || include == "sqlite3.h" || StartsWith(include, "libpq");
  };
  EXPECT_THAT(WrongIncludes(sql, {"services/store/"}), IsEmpty());
  const auto pqxx = [](const std::string& include) { return StartsWith(include, "pqxx"); };
  EXPECT_THAT(WrongIncludes(pqxx, {"services/store/postgres/"}), IsEmpty());
  // Everything that libpqxx can do is done by libpqxx; see docs/adr/0010-libpqxx.md.
  const auto libpq = [](const std::string& include) { return StartsWith(include, "libpq"); };
  EXPECT_THAT(WrongIncludes(libpq, {"services/store/postgres/wire.cc"}), IsEmpty());
}

TEST(Walls, GrpcStaysOutOfPureCode) {
  const auto grpc = [](const std::string& include) {
    return StartsWith(include, "grpcpp/") || StartsWith(include, "grpc/") ||
           include.find(".grpc.pb.h") != std::string::npos;
  };
  EXPECT_THAT(WrongIncludes(
                  grpc, {"services/kit/", "services/replica/", "services/serving/", "services/inventory/rpc/",
                         "services/policy/rpc/", "services/risk/rpc/", "services/cli/", "services/server/"}),
              IsEmpty());
}

TEST(Walls, TheEngineSeesMessagesInTheGraphBuilderOnly) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services/engine", {".h", ".cc"})) {
    if (StartsWith(path, "services/engine/graph/graph_builder")) continue;
    for (const std::string& include : Includes(path)) {
      if (include.find(".pb.h") != std::string::npos || StartsWith(include, "google/protobuf")) {
        wrong.push_back(absl::StrCat(path, " includes ", include));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Headers, HaveTheGuardOfTheirPath) {
  std::vector<std::string> wrong;
  for (const std::string folder : {"services", "tests"}) {
    for (const std::string& path : Files(folder, {".h"})) {
      std::string guard = "LINCHPIN_";
      for (const char c : path)
        guard += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
      if (Read(Root() / path).find(absl::StrCat("#ifndef ", guard, "_")) == std::string::npos)
        wrong.push_back(path);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Sources, AreSmallEnoughToRead) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".h", ".cc"})) {
    const std::string text = Read(Root() / path);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    if (lines > 700) wrong.push_back(absl::StrCat(path, " has ", lines, " lines"));
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Sources, HoldNoUnfinishedWork) {
  // Built from parts, so that this file does not find itself.
  const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                          std::string("XX") + "X:", std::string("HA") + "CK"};
  std::vector<std::string> wrong;
  for (const std::string folder : {"services", "tests", "proto/linchpin", "deploy", "charts", "docs"}) {
    for (const std::string& path :
         Files(folder, {".h", ".cc", ".proto", ".md", ".yaml", ".sh", ".py", ".js", ".json"})) {
      const std::string text = Read(Root() / path);
      for (const std::string& mark : marks) {
        if (text.find(mark) != std::string::npos) wrong.push_back(absl::StrCat(path, " holds ", mark));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// All matches of `pattern`'s first group in the files.
std::set<std::string> Matches(const std::vector<std::string>& paths, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (const std::string& path : paths) {
    const std::string text = Read(Root() / path);
    for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
      found.insert((*it)[1]);
  }
  return found;
}

std::set<std::string> Alerts() { return Matches(Files("deploy/prometheus", {".yaml"}), R"(- alert: (\w+))"); }

TEST(Alerts, HaveEachARunbookAndNoRunbookIsWithoutAlert) {
  std::set<std::string> runbooks;
  for (const std::string& path : Files("docs/runbooks", {".md"})) {
    const std::string stem = fs::path(path).stem().string();
    if (stem != "README") runbooks.insert(stem);
  }
  EXPECT_EQ(Alerts(), runbooks);
}

// The text of a section, without its heading; empty if there is none.
std::string SectionOf(const std::string& text, const std::string& heading) {
  const size_t begin = text.find("\n## " + heading + "\n");
  if (begin == std::string::npos) return "";
  const size_t from = begin + heading.size() + 5;
  return text.substr(from, std::min(text.find("\n## ", from), text.size()) - from);
}

std::vector<std::string> HeadingsOf(const std::string& text) {
  std::vector<std::string> headings;
  static const std::regex line("\n## ([^\n]+)");
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it)
    headings.push_back((*it)[1]);
  return headings;
}

// What is wrong with the form of a runbook; empty: nothing.
std::vector<std::string> WrongFormOf(const std::string& alert, const std::string& text) {
  std::vector<std::string> wrong;
  if (text.rfind("# " + alert + "\n\n", 0) != 0 || text.find("\n## ") <= alert.size() + 4)
    wrong.push_back("begins with its name and what it means");
  if (HeadingsOf(text) != std::vector<std::string>{"Symptom", "Query", "Emergency step", "Fix"})
    wrong.push_back("has the sections Symptom, Query, Emergency step, Fix and no other");
  const std::string query = SectionOf(text, "Query");
  if (SectionOf(text, "Symptom").find("\nLog: ") == std::string::npos)
    wrong.push_back("tells the line of the log under Symptom: `Log: ...`");
  if (query.find("\n```promql\n") == std::string::npos && query.find("\n```sh\n") == std::string::npos)
    wrong.push_back("has a query to run, fenced as promql or sh");
  if (query.find("\nExpected: ") == std::string::npos)
    wrong.push_back("tells the answer to expect under Query: `Expected: ...`");
  for (const char* section : {"Emergency step", "Fix"}) {
    if (SectionOf(text, section).size() < 5) wrong.push_back(absl::StrCat("says something under ", section));
  }
  return wrong;
}

TEST(Runbooks, HaveOneForm) {
  for (const std::string& alert : Alerts())
    EXPECT_THAT(WrongFormOf(alert, Read(Root() / "docs/runbooks" / (alert + ".md"))), IsEmpty()) << alert;
}

TEST(Runbooks, TheirFormIsSeenWhenItIsWrong) {
  const std::string right =
      "# A\n\nMeans this.\n\n## Symptom\n\nSeen.\n\nLog: none.\n\n## Query\n\n```sh\nls\n```\n\nExpected: "
      "nothing.\n\n## Emergency step\n\nNone.\n\n## Fix\n\nMend it.\n";
  EXPECT_THAT(WrongFormOf("A", right), IsEmpty());
  for (const char* part : {"Means this.", "## Symptom", "Log: ", "```sh", "Expected: ", "None.", "## Fix"}) {
    std::string wrong = right;
    wrong.erase(wrong.find(part), std::string(part).size());
    EXPECT_THAT(WrongFormOf("A", wrong), ::testing::Not(IsEmpty())) << part;
  }
}

// A line of the log that a runbook quotes is one that the code writes.
TEST(Runbooks, QuoteTheLogAsItIs) {
  std::string sources;
  for (const std::string& path : Files("services", {".cc"})) sources += Read(Root() / path);
  for (const std::string& alert : Alerts()) {
    const std::string symptom = SectionOf(Read(Root() / "docs/runbooks" / (alert + ".md")), "Symptom");
    const size_t log = symptom.find("\nLog: ");
    if (log == std::string::npos) continue;
    static const std::regex quoted("`([a-z][^`]* [^`]*)`");
    const std::string line = symptom.substr(log);
    for (std::sregex_iterator it(line.begin(), line.end(), quoted), end; it != end; ++it)
      EXPECT_NE(sources.find("\"" + (*it)[1].str()), std::string::npos) << alert << ": " << (*it)[1];
  }
}

TEST(Alerts, NameOnlyMetricsThatTheServerExports) {
  std::set<std::string> exported = Matches(Files("services", {".cc", ".h"}), R"re("(linchpin_[a-z_]+)")re");
  std::vector<std::string> wrong;
  for (const std::string& metric :
       Matches(Files("deploy/prometheus", {".yaml"}),
               R"(\b(linchpin_(?:inventory|policy|risk|replica|db|store|tls|build)_[a-z_]+)\b)")) {
    std::string base = metric;
    for (const char* suffix : {"_bucket", "_sum", "_count"}) {
      const size_t at = base.rfind(suffix);
      if (at != std::string::npos && at + std::string(suffix).size() == base.size()) base.resize(at);
    }
    if (!exported.count(metric) && !exported.count(base)) wrong.push_back(metric);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// Names of the tests that ctest runs, as CMake wrote them.
std::set<std::string> Tests() {
  std::set<std::string> names;
  static const std::regex line(R"(add_test\((?:\[=\[)?(\w+))");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(LINCHPIN_BINARY_DIR) / "tests")) {
    if (entry.path().filename() != "CTestTestfile.cmake") continue;
    const std::string text = Read(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it)
      names.insert((*it)[1]);
  }
  return names;
}

TEST(Promises, NameTestsThatExist) {
  const std::set<std::string> tests = Tests();
  std::vector<std::string> wrong;
  for (const std::string& name : Matches({"docs/operating/promises.md"}, R"(`([a-z_]+_test)`)")) {
    if (!tests.count(name)) wrong.push_back(name);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Promises, AreAllThere) {
  std::set<std::string> ids;
  for (int i = 1; i <= 29; ++i) ids.insert(absl::StrCat("R", i));
  for (int i = 1; i <= 27; ++i) ids.insert(absl::StrCat("S", i));
  EXPECT_EQ(Matches({"docs/operating/promises.md"}, R"(\n\| ([RS]\d+) \|)"), ids);
}

TEST(Changelog, SaysNothingTwice) {
  std::istringstream text(Read(Root() / "CHANGELOG.md"));
  std::set<std::string> seen;
  std::vector<std::string> twice;
  for (std::string line; std::getline(text, line);) {
    if (StartsWith(line, "- ") && !seen.insert(line).second) twice.push_back(line);
  }
  EXPECT_THAT(twice, IsEmpty());
}

// A merge that keeps both sides of a list leaves sources twice, which CMake does not mind.
TEST(BuildFiles, ListSourcesSortedAndOnce) {
  static const std::regex source(R"(^    ([\w/.]+\.cc)$)");
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".txt"})) {
    std::istringstream text(Read(Root() / path));
    std::string last;
    std::smatch match;
    for (std::string line; std::getline(text, line);) {
      const bool listed = std::regex_match(line, match, source);
      if (listed && match[1].str() <= last) wrong.push_back(absl::StrCat(path, ": ", match[1].str()));
      last = listed ? match[1].str() : "";
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// The index has one line for each record, in the order of numbers: `- [0001: Title](0001-title.md)`.
TEST(Decisions, AreListedUnderTheirTitles) {
  std::string lines;
  for (const std::string& path : Files("docs/adr", {".md"})) {
    const std::string file = fs::path(path).filename().string();
    if (file == "README.md") continue;
    const std::string text = Read(Root() / path);
    lines += absl::StrCat("- [", text.substr(2, text.find('\n') - 2), "](", file, ")\n");
  }
  const std::string index = Read(Root() / "docs/adr/README.md");
  EXPECT_EQ(index.substr(index.find("- [")), lines);
}

// A lock file written beside an installed tree lacks the packages of other platforms, and npm refuses it on a
// machine where nothing is installed yet.
TEST(NodePackages, EveryOptionalDependencyIsLocked) {
  const std::string lock = Read(Root() / "tests/package-lock.json");
  static const std::regex block(R"re("optionalDependencies": \{([^}]*)\})re");
  static const std::regex name(R"re("([^"]+)": "[^"]*")re");
  std::vector<std::string> missing;
  for (std::sregex_iterator it(lock.begin(), lock.end(), block), end; it != end; ++it) {
    const std::string listed = (*it)[1];
    for (std::sregex_iterator one(listed.begin(), listed.end(), name); one != end; ++one) {
      const std::string entry = absl::StrCat("\"node_modules/", (*one)[1].str(), "\": {");
      if (lock.find(entry) == std::string::npos) missing.push_back((*one)[1]);
    }
  }
  EXPECT_THAT(missing, IsEmpty())
      << "Remove tests/node_modules and the lock file, then: npm install --package-lock-only";
}

}  // namespace
}  // namespace linchpin
