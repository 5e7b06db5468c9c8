// policy test: suites beside policies, and those of packs, without a server.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/errors.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/packs.h"
#include "services/cli/context.h"
#include "services/cli/files.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/policy/domain/suites/suite_runner.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
using base::Cat;
using policy::PolicySuite;
using policy::SuiteResult;

constexpr size_t kSuiteBytesMax = size_t{4} << 20;
constexpr std::string_view kSuffix = "_test.yaml";

bool IsSuite(const std::string& path) {
  return path.size() > kSuffix.size() &&
         path.compare(path.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

// The suites that paths name: files, or all of `*_test.yaml` below folders, by name.
absl::StatusOr<std::vector<std::string>> SuiteFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> below;
    for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
      if (entry.is_regular_file() && IsSuite(entry.path().string())) below.push_back(entry.path().string());
    }
    if (error) return UsageError(Cat({path, ": ", error.message()}));
    std::sort(below.begin(), below.end());
    files.insert(files.end(), below.begin(), below.end());
  }
  if (files.empty()) return UsageError("there is no suite: tests are in files named *_test.yaml");
  return files;
}

// A suite with what its policies are.
struct Ready {
  PolicySuite suite;
  PackDocuments documents;
};

absl::StatusOr<Ready> ReadSuiteFile(Context& context, const std::string& path) {
  absl::StatusOr<FileText> text = ReadText(path, context.in, kSuiteBytesMax);
  if (!text.ok()) return text.status();
  Ready ready;
  const auto errors = policy::ReadSuite(path, text->text, ready.suite);
  if (!errors.empty()) return FileProblems(errors);
  const fs::path folder = fs::path(path).parent_path();
  for (const std::string& name : ready.suite.fixture_files) {
    absl::StatusOr<FileText> fixtures = ReadText((folder / name).string(), context.in, kSuiteBytesMax);
    if (!fixtures.ok()) return fixtures.status();
    const auto wrong = policy::AddFixtures(fixtures->name, fixtures->text, ready.suite);
    if (!wrong.empty()) return FileProblems(wrong);
  }
  std::vector<std::string> policies;
  for (const std::string& name : ready.suite.policy_files) policies.push_back((folder / name).string());
  absl::StatusOr<Loaded> loaded = LoadFiles(policies, context.in);
  if (!loaded.ok()) return loaded.status();
  TakeDocuments(loaded->documents, ready.documents);
  return ready;
}

absl::StatusOr<Ready> ReadPackSuite(const policy::ShippedPack& pack) {
  Ready ready;
  const auto errors = policy::ReadSuite(Cat({pack.id, kSuffix}), pack.suite, ready.suite);
  if (!errors.empty()) return FileProblems(errors);
  const auto wrong = policy::AddFixtures("three-suppliers.yaml", policy::PackFixtures(), ready.suite);
  if (!wrong.empty()) return FileProblems(wrong);
  absl::StatusOr<PackDocuments> documents = DocumentsOf(pack);
  if (!documents.ok()) return documents.status();
  ready.documents = *std::move(documents);
  return ready;
}

void PrintFailures(Context& context, const PolicySuite& suite, const SuiteResult& result) {
  for (const policy::TestResult& test : result.tests) {
    if (test.faults.empty()) continue;
    context.out << Painted("FAILED", Paint::kRed, context.colour) << " " << suite.file << ":" << test.at.line
                << ": " << Clean(test.test) << (test.row.empty() ? "" : Cat({" (", Clean(test.row), ")"}))
                << "\n";
    for (const std::string& fault : test.faults) context.out << "    " << Clean(fault) << "\n";
  }
}

void PrintCoverage(Context& context, const SuiteResult& result) {
  Table table({{"RULE"}, {"VIOLATED", true}, {"PASSED", true}, {"COVERED"}});
  for (const policy::RuleCoverage& rule : result.coverage) {
    table.Add({rule.rule, Grouped(rule.violations), Grouped(rule.passes),
               rule.complete() ? Table::Cell("yes", Paint::kGreen) : Table::Cell("no", Paint::kYellow)});
  }
  table.Print(context.out, true, context.colour, 0, 2);
}

// Sums of all suites.
struct Totals {
  int64_t tests = 0, failed = 0, rules = 0, covered = 0;
};

void RunOne(Context& context, const Ready& ready, Totals& totals) {
  const SuiteResult result = policy::RunSuite(ready.suite, ready.documents.policies, ready.documents.sets);
  const auto failed = std::count_if(result.tests.begin(), result.tests.end(),
                                    [](const policy::TestResult& test) { return !test.faults.empty(); });
  PrintFailures(context, ready.suite, result);
  const auto tests = static_cast<int64_t>(result.tests.size());
  context.out << ready.suite.name << ": " << Grouped(tests - failed) << " of "
              << Counted(tests, "test", "tests") << " passed in "
              << Counted(static_cast<int64_t>(ready.suite.matrix.size()), "row", "rows") << "; "
              << result.complete() << " of "
              << Counted(static_cast<int64_t>(result.coverage.size()), "rule", "rules")
              << " seen violated and passed\n";
  if (!context.quiet()) PrintCoverage(context, result);
  totals.tests += tests;
  totals.failed += failed;
  totals.rules += static_cast<int64_t>(result.coverage.size());
  totals.covered += result.complete();
}

absl::StatusOr<std::vector<Ready>> ReadAllSuites(Context& context) {
  std::vector<Ready> suites;
  for (const std::string& id : context.arguments.All("pack")) {
    absl::StatusOr<const policy::ShippedPack*> pack = RequirePack(id);
    if (!pack.ok()) return pack.status();
    absl::StatusOr<Ready> ready = ReadPackSuite(**pack);
    if (!ready.ok()) return ready.status();
    suites.push_back(*std::move(ready));
  }
  if (context.arguments.operands.empty()) {
    if (suites.empty()) return UsageError("name files or folders of suites, or a pack by --pack");
    return suites;
  }
  absl::StatusOr<std::vector<std::string>> files = SuiteFiles(context.arguments.operands);
  if (!files.ok()) return files.status();
  for (const std::string& file : *files) {
    absl::StatusOr<Ready> ready = ReadSuiteFile(context, file);
    if (!ready.ok()) return ready.status();
    suites.push_back(*std::move(ready));
  }
  return suites;
}

absl::StatusOr<int> TestCommand(Context& context) {
  absl::StatusOr<int64_t> wanted = int64_t{0};
  if (context.arguments.Has("min-coverage")) wanted = context.arguments.Number("min-coverage");
  if (!wanted.ok()) return wanted.status();
  if (*wanted > 100) return UsageError("--min-coverage is a percentage, 0 to 100");
  absl::StatusOr<std::vector<Ready>> suites = ReadAllSuites(context);
  if (!suites.ok()) return suites.status();
  Totals totals;
  for (const Ready& ready : *suites) RunOne(context, ready, totals);
  if (totals.failed > 0) {
    context.Note(Cat({Counted(totals.failed, "test", "tests"), " of ", Grouped(totals.tests), " failed"}));
    return kFound;
  }
  if (totals.covered * 100 < *wanted * totals.rules) {
    context.Note(Cat({"coverage is below ", std::to_string(*wanted), "%: ", Grouped(totals.covered), " of ",
                      Counted(totals.rules, "rule", "rules"), " are seen violated and passed"}));
    return kFound;
  }
  return kOk;
}

}  // namespace

std::vector<Command> PolicyTestCommands() {
  return {{.path = "policy test",
           .summary = "Run the tests of policies, without a server.",
           .operands = "[PATH...]",
           .operands_max = -1,
           .flags =
               {{"pack", 0, "ID", "Run the tests of a pack that ships with the program. Repeatable.", "", {}},
                {"min-coverage",
                 0,
                 "PERCENT",
                 "Fail unless this many of the rules are seen violated and passed.",
                 "",
                 {}}},
           .outputs = {"table"},
           .examples = {"linchpin policy test policies/ --min-coverage 100",
                        "linchpin policy test --pack sovereignty"},
           .details = "PATH is a suite, or a folder in which all files *_test.yaml are suites "
                      "(docs/concepts/policy-tests.md). Exit code 3: a test failed, or coverage is too low.",
           .run = TestCommand}};
}

}  // namespace linchpin::cli
