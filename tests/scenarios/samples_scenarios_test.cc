// What the samples must answer: tests/scenarios/samples holds the answers, checked by hand once (README.md
// there). Run with LINCHPIN_UPDATE_EXPECTED=1 to write them anew, and check the difference by hand again.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/simulation/simulate.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/resource/document.h"
#include "services/resource/kinds.h"
#include "tests/support/inventory_text.h"
#include "tests/support/status_matchers.h"

namespace linchpin {
namespace {

namespace fs = std::filesystem;
using engine::Cutoff;
using engine::CutoffKind;

fs::path Samples() { return fs::path(LINCHPIN_SOURCE_DIR) / "deploy/samples"; }

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> SampleFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(Samples())) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Samples, AreReadWithoutAnError) {
  std::set<std::string> names, targets;
  for (const fs::path& path : SampleFiles()) {
    const resource::ReadResult read = resource::ReadAll(path.filename().string(), ReadFile(path));
    for (const resource::FileError& error : read.errors) ADD_FAILURE() << error.Text();
    for (const resource::Document& document : read.documents) {
      EXPECT_TRUE(names.insert(document.name()).second) << document.name() << " stands twice";
      for (const auto& reference : resource::References(*document.resource)) targets.insert(reference.target);
    }
  }
  for (const std::string& target : targets) EXPECT_TRUE(names.contains(target)) << target;
}

std::vector<resource::Document> ReadSamples() {
  std::vector<resource::Document> documents;
  for (const fs::path& path : SampleFiles()) {
    resource::ReadResult read = resource::ReadAll(path.filename().string(), ReadFile(path));
    std::move(read.documents.begin(), read.documents.end(), std::back_inserter(documents));
  }
  return documents;
}

std::shared_ptr<const replica::View> ViewOf(const std::vector<resource::Document>& documents) {
  std::vector<const google::protobuf::Message*> inventory;
  for (const resource::Document& document : documents) {
    if (document.kind->area == resource::Area::kInventory) inventory.push_back(document.resource.get());
  }
  return testing_support::MakeView(inventory, 1);
}

// Compares with a file of answers, or writes it.
void ExpectAnswer(const std::string& name, const std::string& answer) {
  const fs::path path = fs::path(LINCHPIN_SOURCE_DIR) / "tests/scenarios/samples" / (name + ".expected");
  if (std::getenv("LINCHPIN_UPDATE_EXPECTED") != nullptr) std::ofstream(path) << answer;
  EXPECT_EQ(answer, ReadFile(path));
}

// All samples as one graph, read once.
const engine::EvaluationPlan& EvaluationPlan() {
  static const auto* const kPlan = [] {
    const auto view = ViewOf(ReadSamples());
    return new std::shared_ptr<const engine::EvaluationPlan>(
        *engine::EvaluationPlan::Create(view->shared_graph()));
  }();
  return **kPlan;
}

// "0 until 3600 s, 1000000".
std::string Levels(const engine::ConsumerOutcome& outcome) {
  std::string text;
  for (const engine::Segment& segment : outcome.segments) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", segment.level);
    if (&segment != &outcome.segments.back()) absl::StrAppend(&text, " until ", segment.end_seconds, " s");
    if (segment.prohibited && !segment.unavailable) text += " (prohibited)";
  }
  return text;
}

std::string Table(const engine::ReadingOutcome& world) {
  const engine::Graph& graph = EvaluationPlan().graph();
  std::string text =
      absl::StrCat("  impact index ", world.impact_index_ppm, " ppm, cost ", world.cost_minor, "\n");
  for (const engine::ConsumerIndex index : world.impacted) {
    const engine::ConsumerOutcome& outcome = *world.Find(index);
    absl::StrAppend(&text, "  ", std::string(graph.consumers().NameOf(index)), ": ", Levels(outcome),
                    outcome.mtd_breach   ? ", MTD exceeded"
                    : outcome.rto_breach ? ", RTO exceeded"
                                         : "",
                    "\n");
  }
  return text;
}

struct Question {
  std::string name;
  Cutoff cutoff;
};

std::vector<Question> Questions() {
  return {
      {"exit-openai", {.kind = CutoffKind::kVendorExit, .target = "vendors/openai"}},
      {"exit-microsoft", {.kind = CutoffKind::kVendorExit, .target = "vendors/microsoft"}},
      {"weights-ban-cn", {.kind = CutoffKind::kCountryWeightsBan, .country = engine::Country::Parse("CN")}},
      {"host-failure-own-lyon", {.kind = CutoffKind::kCloudFailure, .target = "hosts/own-lyon"}},
      {"host-failure-gcp-europe-west1",
       {.kind = CutoffKind::kCloudFailure, .target = "hosts/gcp-europe-west1"}},
      {"host-failure-azure-swedencentral",
       {.kind = CutoffKind::kCloudFailure, .target = "hosts/azure-swedencentral"}},
      {"api-cutoff-anthropic", {.kind = CutoffKind::kVendorApiCutoff, .target = "vendors/anthropic"}},
  };
}

class SampleAnswer : public testing::TestWithParam<Question> {};

TEST_P(SampleAnswer, IsTheOneThatWasCheckedByHand) {
  engine::Scenario scenario;
  scenario.cutoffs = {GetParam().cutoff};
  scenario.horizon_seconds = 24 * 3600;
  const auto result = engine::Simulate(EvaluationPlan(), scenario);
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->baseline_below_one.empty());
  const std::string table =
      absl::StrCat("BEST\n", Table(result->proven), "WORST\n", Table(result->not_excluded()));
  ExpectAnswer(GetParam().name, table);
}

INSTANTIATE_TEST_SUITE_P(All, SampleAnswer, testing::ValuesIn(Questions()), [](const auto& question) {
  std::string name = question.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

template <typename T>
std::vector<T> All(const std::vector<resource::Document>& documents) {
  std::vector<T> found;
  for (const resource::Document& document : documents) {
    if (const auto* message = dynamic_cast<const T*>(document.resource.get())) found.push_back(*message);
  }
  return found;
}

TEST(SamplePolicies, FindWhatWasCheckedByHand) {
  const std::vector<resource::Document> documents = ReadSamples();
  for (const auto& policy : All<policy::v1::Policy>(documents)) {
    EXPECT_THAT(policy::CheckPolicy(policy), IsOk());
  }
  const policy::PolicySet policies(1, All<policy::v1::Policy>(documents),
                                   All<policy::v1::Assignment>(documents),
                                   All<policy::v1::JurisdictionSet>(documents));
  policy::EvaluationOptions options;
  options.now = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());
  const auto evaluation = policy::Evaluate(*ViewOf(documents), policies.active(), options);
  ASSERT_THAT(evaluation, IsOk());
  std::set<std::string> lines;
  for (const policy::v1::Finding& finding : evaluation->findings) {
    if (finding.type() != policy::v1::Finding::TYPE_VIOLATION) continue;
    std::string line = absl::StrCat(policy::v1::Severity_Name(finding.severity()).substr(9), " ",
                                    finding.rule(), " ", finding.subject());
    const std::map<std::string, std::string> more(finding.discriminators().begin(),
                                                  finding.discriminators().end());
    for (const auto& [key, value] : more) absl::StrAppend(&line, " ", value);
    lines.insert(line + "\n");
  }
  std::string answer;
  for (const std::string& line : lines) answer += line;
  ExpectAnswer("violations", answer);
}

}  // namespace
}  // namespace linchpin
