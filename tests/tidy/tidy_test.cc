// Checks of the checkout as text: sizes, locks, words that must not be committed, and names that must agree
// between alerts, runbooks and metrics.
#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tidy/checkout.h"

namespace linchpin {
namespace {

using ::testing::IsEmpty;
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

// Longer than that nobody reads a file in one go.
constexpr int kLinesMax = 450;
// Flat in one folder.
constexpr int kSourcesMax = 25;

// Tests that are longer, to be split when they are touched next; none may join them.
const std::set<std::string> kLongTests = {
    "tests/contract/store_postgres_fault_test.cc", "tests/integration/split_test.cc",
    "tests/unit/writing/writes_test.cc", "tests/unit/inventory/rpc/inventory_service_test.cc",
    "tests/unit/policy/rpc/policy_service_test.cc"};

TEST(Sources, AreSmallEnoughToRead) {
  std::vector<std::string> wrong;
  for (const std::string folder : {"services", "tests"}) {
    for (const std::string& path : Files(folder, {".h", ".cc"})) {
      const std::string text = Read(Root() / path);
      const auto lines = std::count(text.begin(), text.end(), '\n');
      if (lines > kLinesMax && !kLongTests.contains(path))
        wrong.push_back(absl::StrCat(path, " has ", lines, " lines"));
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Folders, HoldNoMoreThanASurvey) {
  std::map<std::string, int> sources;
  for (const std::string& path : Files("services", {".cc"})) ++sources[path.substr(0, path.rfind('/'))];
  std::vector<std::string> wrong;
  for (const auto& [folder, count] : sources) {
    if (count > kSourcesMax) wrong.push_back(absl::StrCat(folder, " has ", count, " sources"));
  }
  EXPECT_THAT(wrong, IsEmpty()) << "make rooms";
}

// A test lies in the folder of what it tests. Its file has the name of a source there, or begins with a
// comment that says what else it holds.
TEST(UnitTests, MirrorTheSources) {
  const std::regex name("tests/unit/(.*)_test[.]cc");
  std::vector<std::string> wrong;
  for (const std::string& path : Files("tests/unit", {".cc"})) {
    std::smatch match;
    if (!std::regex_match(path, match, name)) continue;
    const fs::path source = Root() / "services" / match[1].str();
    const bool has_source = fs::exists(source.string() + ".h") || fs::exists(source.string() + ".cc");
    if (!fs::is_directory(source.parent_path())) {
      wrong.push_back(absl::StrCat(path, ": services/ has no such folder"));
    } else if (!has_source && !StartsWith(Read(Root() / path), "// ")) {
      wrong.push_back(absl::StrCat(path, ": no source there has its name; say at its top what it holds"));
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// absl::Mutex, since clang checks what it guards; SteadyCondition, since its own timed waits go by the wall
// clock.
TEST(Locks, AreOfOneKind) {
  const std::regex wrong_kind(
      R"(std::(recursive_|shared_|timed_)?mutex\b|std::lock_guard|std::unique_lock|std::condition_variable\b|)"
      R"(AwaitWith(Timeout|Deadline)|WaitWith(Timeout|Deadline)|absl::CondVar\b *\w+_?;)");
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".h", ".cc"})) {
    if (std::regex_search(Read(Root() / path), wrong_kind)) wrong.push_back(path);
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
  if (text.rfind("# " + alert + "\n\n", 0) != 0 || text.find("\n## ") < alert.size() + 7)
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
  for (const std::string& path : Files("services", {".cc", ".h"})) {
    // Labels of metrics are no fields of the log.
    if (path.find("metrics") == std::string::npos) sources += Read(Root() / path);
  }
  for (const std::string& alert : Alerts()) {
    const std::string symptom = SectionOf(Read(Root() / "docs/runbooks" / (alert + ".md")), "Symptom");
    const size_t log = symptom.find("\nLog: ");
    if (log == std::string::npos) continue;
    static const std::regex quoted("`([a-z][^`]* [^`]*)`"), word("`([a-z_]+)`");
    const std::string line = symptom.substr(log);
    // One word is a field of the line, or all of its message.
    for (std::sregex_iterator it(line.begin(), line.end(), word), end; it != end; ++it) {
      const std::string name = "\"" + (*it)[1].str() + "\"";
      const auto is_there = [&](const char* before) {
        return sources.find(before + name) != std::string::npos;
      };
      EXPECT_TRUE(is_there("{") || is_there(", ") || is_there("(")) << alert << ": " << name;
    }
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

// Of every test that a promise names, and of no other; docs_test follows the links.
TEST(Promises, SayInWhichFilesTheirTestsAre) {
  const std::string page = Read(Root() / "docs/operating/promises.md");
  const size_t table = page.find("\n## Where the tests are");
  ASSERT_NE(table, std::string::npos);
  const auto names = [](const std::string& text, const char* pattern) {
    const std::regex name(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it)
      found.insert((*it)[1]);
    return found;
  };
  EXPECT_EQ(names(page.substr(table), R"(\n\| `(\w+)` \| [^|]*\]\(../../)"),
            names(page.substr(0, table), "`([a-z_]+_test)`"));
}

TEST(Promises, AreAllThere) {
  std::set<std::string> ids;
  for (int i = 1; i <= 31; ++i) ids.insert(absl::StrCat("R", i));
  for (int i = 1; i <= 28; ++i) ids.insert(absl::StrCat("SEC", i));
  EXPECT_EQ(Matches({"docs/operating/promises.md"}, R"(\n\| (R\d+|SEC\d+) \|)"), ids);
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
