#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "services/cli/commands/policy/packs.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
namespace proto = linchpin::policy::v1;
using ::testing::HasSubstr;

// A folder of files, gone at the end.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/policy-tests-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { fs::remove_all(path_); }

  void Write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

const char kPolicy[] = R"(apiVersion: linchpin/v1
kind: Policy
name: policies/p
parameters: [{id: home, type: JURISDICTION_SET, required: true}]
rules:
- {id: origin, lineage: {allowed: "${home}"}}
- {id: out, fallback: {}}
)";

std::string Suite(const std::string& tests) {
  return R"(suite: s
policies: [p.yaml]
now: 2026-03-01T00:00:00Z
matrix: [{home: [CN], outside: US}, {home: [US, CA], outside: CN}]
fixtures:
- {kind: Model, name: models/m, originCountry: "${home[0]}", knownNone: [derivations]}
- {kind: Deployment, name: deployments/d, model: models/m, operator: vendors/v}
- {kind: Vendor, name: vendors/v, knownNone: [parent]}
- {kind: Application, name: applications/a}
- {kind: Dependency, name: applications/a/dependencies/d, alternatives: [{target: deployments/d}]}
tests:
)" + tests;
}

RunResult RunSuite(const std::string& tests, const std::vector<std::string>& more = {}) {
  const Folder folder;
  folder.Write("p.yaml", kPolicy);
  folder.Write("p_test.yaml", Suite(tests));
  FakeServices services;
  std::vector<std::string> words = {"policy", "test", folder.path()};
  words.insert(words.end(), more.begin(), more.end());
  return RunWith(services, words);
}

const char kOut[] = "{rule: out, subject: applications/a}";

TEST(PolicyTest, PassesInEveryRow) {
  const RunResult result = RunSuite(std::string("- {name: home, expect: {findings: [") + kOut + "]}}\n");
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("s: 2 of 2 tests passed in 2 rows; 0 of 2 rules seen violated and passed"));
}

TEST(PolicyTest, NamesWhatIsMissingAndWhatIsTooMuch) {
  const RunResult result =
      RunSuite("- name: wrong\n  expect: {findings: [{rule: origin, subject: applications/a}]}\n");
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.out, HasSubstr("p_test.yaml:12: wrong (home=[CN], outside=US)"));
  EXPECT_THAT(result.out, HasSubstr("not found: {rule: origin, subject: applications/a}"));
  EXPECT_THAT(result.out,
              HasSubstr("found, not expected: {rule: out, type: VIOLATION, subject: applications/a"));
}

TEST(PolicyTest, ChangesFixturesAndFailsBelowTheCoverage) {
  const std::string tests = std::string(R"(- name: outside
  change:
  - {kind: Model, name: models/m, originCountry: "${outside}", knownNone: [derivations]}
  expect: {findings: [{rule: origin, discriminators: {model: models/m}}, )") +
                            kOut + "]}\n- {name: home, expect: {findings: [" + kOut + "]}}\n";
  EXPECT_EQ(RunSuite(tests, {"--min-coverage", "50"}).code, 0);
  const RunResult result = RunSuite(tests, {"--min-coverage", "51"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("coverage is below 51%: 1 of 2 rules"));
}

TEST(PolicyTest, RefusesWhatWouldNotRun) {
  for (const auto& [tests, fault] : std::vector<std::pair<const char*, const char*>>{
           {"[]\n", "has no `tests`"},
           {"- {name: n}\n", "expects nothing"},
           {"- {name: n, expect: {findings: [], at_least: true}}\n", "any outcome would pass"},
           {"- {name: n, expects: {findings: []}}\n", "did you mean `expect`?"},
           {"- {name: n, expect: {findings: [{rul: x}]}}\n", "did you mean `rule`?"}}) {
    const RunResult result = RunSuite(tests);
    EXPECT_EQ(result.code, 1) << tests << result.err;
    EXPECT_THAT(result.err, HasSubstr(fault));
  }
  const RunResult result = RunSuite("- {name: n, change: [{delete: models/x}], expect: {findings: []}}\n");
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.out, HasSubstr("`models/x` is not there to be deleted"));
}

TEST(PolicyTest, NeedsSomethingToRun) {
  FakeServices services;
  EXPECT_EQ(RunWith(services, {"policy", "test"}).code, 2);
  const Folder folder;
  EXPECT_THAT(RunWith(services, {"policy", "test", folder.path()}).err, HasSubstr("there is no suite"));
}

TEST(Packs, PassTheirTestsInEveryHomeWithEveryRuleCovered) {
  ASSERT_GE(linchpin::policy::ShippedPacks().size(), 6u);
  for (const auto& pack : linchpin::policy::ShippedPacks()) {
    FakeServices services;
    const RunResult result =
        RunWith(services, {"policy", "test", "--pack", std::string(pack.id), "--min-coverage", "100"});
    EXPECT_EQ(result.code, 0) << pack.id << "\n" << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr("in 3 rows")) << "a Chinese, a European and a US home";
  }
}

TEST(Packs, SayThatTheyAreNoLegalAdviceAndWhichClausesTheyServe) {
  for (const auto& pack : linchpin::policy::ShippedPacks()) {
    const auto documents = DocumentsOf(pack);
    ASSERT_TRUE(documents.ok()) << documents.status();
    ASSERT_EQ(documents->policies.size(), 1u);
    const proto::Policy& policy = documents->policies[0];
    EXPECT_EQ(policy.name(), "policies/" + std::string(pack.id));
    EXPECT_THAT(policy.description(), HasSubstr("not legal advice"));
    const bool of_framework = !policy.references().empty();
    for (const proto::Rule& rule : policy.rules())
      EXPECT_EQ(!rule.references().empty(), of_framework) << policy.name() << " " << rule.id();
  }
}

TEST(Packs, ShowClausesAndAskForAHome) {
  FakeServices services;
  EXPECT_THAT(RunWith(services, {"policy", "pack", "show", "eu-dora"}).out, HasSubstr("Article 29(1)(a)"));
  EXPECT_THAT(RunWith(services, {"policy", "pack", "list"}).out, HasSubstr("sovereignty"));
  EXPECT_THAT(RunWith(services, {"policy", "pack", "install", "sovereignty"}).err, HasSubstr("--home FR"));
  EXPECT_EQ(RunWith(services, {"policy", "pack", "show", "soverignty"}).code, 4);
}

TEST(Packs, PreviewWhatIsGainedAndLost) {
  FakeServices services;
  services.On<proto::EvaluatePoliciesRequest, proto::EvaluatePoliciesResponse>(
      "EvaluatePolicies", [](const auto& request, auto& response) {
        EXPECT_EQ(request.assignment().parameters().at("home").list_value().values(0), "FR");
        for (const char digit : {'a', 'b'})
          response.mutable_result()->add_findings()->set_name("findings/" + std::string(64, digit));
        return absl::OkStatus();
      });
  services.On<proto::ListFindingsRequest, proto::ListFindingsResponse>(
      "ListFindings", [](const auto& request, auto& response) {
        if (request.state() == proto::Finding::STATE_WAIVED) return absl::OkStatus();
        for (const char digit : {'b', 'c'})
          response.add_findings()->set_name("findings/" + std::string(64, digit));
        return absl::OkStatus();
      });
  services.On<proto::GetJurisdictionSetRequest, proto::JurisdictionSet>(
      "GetJurisdictionSet", [](const auto& request, auto&) { return base::NotFound(request.name()); });
  const RunResult result =
      RunWith(services, {"policy", "pack", "install", "sovereignty", "--home", "fr", "--dry-run"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 finding gained, 1 lost, 1 unchanged"));
  EXPECT_THAT(result.err, HasSubstr("nothing was installed"));
}

}  // namespace
}  // namespace linchpin::cli
