// linchpin check: its exit codes, its forms, and names that would break them.
#include <cstdio>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "linchpin/risk/v1/change_assessment.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/cli/check/check_printers.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using policy::CheckChangeRequest;
using policy::CheckChangeResponse;
using testing::HasSubstr;
using testing::Not;

constexpr char kChange[] = R"(apiVersion: linchpin/v1
kind: Application
name: applications/claims
---
apiVersion: linchpin/v1
kind: Dependency
name: applications/claims/dependencies/chat
alternatives: [{target: deployments/one}]
)";

CheckChangeResponse::FindingChange Change(policy::Severity severity, policy::Verdict effect) {
  CheckChangeResponse::FindingChange change;
  policy::Finding& finding = *change.mutable_finding();
  finding.set_name("findings/" + std::string(64, 'a'));
  finding.set_assignment("assignments/bank");
  finding.set_policy("policies/fallback");
  finding.set_rule("second");
  finding.set_severity(severity);
  finding.set_subject("applications/claims/dependencies/chat");
  finding.set_message("no fallback at another operator");
  finding.set_remediation("add one");
  auto& path = *finding.mutable_explanation()->add_paths();
  path.add_names("applications/claims/dependencies/chat");
  path.add_names("vendors/acme");
  change.set_mode(policy::MODE_ENFORCE);
  change.set_effect(effect);
  return change;
}

// Answers with one finding introduced, of this effect.
FakeServices Answering(policy::Verdict verdict, std::vector<CheckChangeRequest>* asked = nullptr) {
  FakeServices services;
  services.On<CheckChangeRequest, CheckChangeResponse>(
      "CheckChange", [verdict, asked](const auto& request, auto& response) {
        if (asked != nullptr) asked->push_back(request);
        response.set_verdict(verdict);
        *response.add_introduced() = Change(policy::SEVERITY_HIGH, verdict);
        response.mutable_totals()->set_introduced(1);
        response.mutable_proposed()->set_created(2);
        response.mutable_inventory()->set_revision(41);
        response.set_policy_revision(7);
        return absl::OkStatus();
      });
  services.On<risk::AssessChangeRequest, risk::AssessChangeResponse>(
      "AssessChange", [](const auto& request, auto& response) {
        EXPECT_EQ(request.proposed().expected_revision(), 41);
        const auto set = [](risk::Score& score, double points) {
          score.mutable_proven()->set_score(points);
          score.mutable_likely()->set_score(points);
          score.mutable_not_excluded()->set_score(points);
        };
        set(*response.mutable_before()->mutable_portfolio(), 20);
        set(*response.mutable_after()->mutable_portfolio(), 30);
        return absl::OkStatus();
      });
  return services;
}

RunResult Check(FakeServices& services, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"check", "-f", "-"};
  words.insert(words.end(), more.begin(), more.end());
  return RunWith(services, words, kChange);
}

TEST(Check, SaysTheVerdictFirstWithWhyAndWhatToDo) {
  FakeServices services = Answering(policy::VERDICT_DENY);
  const RunResult result = Check(services);
  EXPECT_EQ(result.code, 3) << result.err;
  EXPECT_EQ(result.out.rfind("DENY: 1 of 1 new or worse finding must not be introduced\n", 0), 0u)
      << result.out;
  EXPECT_THAT(result.out, HasSubstr("2 resources created, 0 changed, 0 deleted; 0 unchanged"));
  EXPECT_THAT(result.out, HasSubstr("inventory revision 41, policy revision 7"));
  EXPECT_THAT(result.out, HasSubstr("HIGH fallback/second: no fallback at another operator\n"));
  EXPECT_THAT(result.out, HasSubstr("why: applications/claims/dependencies/chat -> vendors/acme\n"));
  EXPECT_THAT(result.out, HasSubstr("what to do: add one\n"));
  EXPECT_THAT(result.out, HasSubstr("where: <stdin>:5\n"));
  EXPECT_THAT(result.out, HasSubstr("under: assignments/bank (ENFORCE)\n"));
  EXPECT_THAT(result.out, testing::ContainsRegex("risk score +20.0 +30.0"));
}

TEST(Check, ExitCodesTellAPassFromAFailureFromAnError) {
  FakeServices pass = Answering(policy::VERDICT_PASS);
  EXPECT_EQ(Check(pass).code, 0);
  FakeServices warn = Answering(policy::VERDICT_WARN);
  EXPECT_EQ(Check(warn).code, 0);
  EXPECT_EQ(Check(warn, {"--fail-on", "warn"}).code, 3);
  EXPECT_EQ(Check(warn, {"--fail-on", "deny"}).code, 0);
  EXPECT_EQ(Check(warn, {"--fail-on", "loud"}).code, 2);
  EXPECT_EQ(RunWith(warn, {"check"}).code, 2);
  EXPECT_EQ(RunWith(warn, {"check", "-f", "/no/such/file.yaml"}).code, 4);
  FakeServices down;
  down.On<CheckChangeRequest, CheckChangeResponse>(
      "CheckChange", [](const auto&, auto&) { return absl::UnavailableError("no server"); });
  EXPECT_EQ(Check(down).code, 7);
}

TEST(Check, ASeverityIsTheServersToJudge) {
  std::vector<CheckChangeRequest> asked;
  FakeServices services = Answering(policy::VERDICT_DENY, &asked);
  EXPECT_EQ(Check(services, {"--fail-on", "medium"}).code, 3);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].deny_at(), policy::SEVERITY_MEDIUM);
  EXPECT_EQ(asked[0].proposed().operations_size(), 2);
}

TEST(Check, BeginsAnewWhenTheInventoryMoves) {
  FakeServices services = Answering(policy::VERDICT_PASS);
  int asked = 0;
  services.On<risk::AssessChangeRequest, risk::AssessChangeResponse>(
      "AssessChange", [&asked](const auto&, auto&) -> absl::Status {
        if (++asked == 3) return absl::OkStatus();
        return base::Error(base::reason::RevisionMismatch{.expected = 1, .revision = 2}, "moved");
      });
  EXPECT_EQ(Check(services).code, 0);
  asked = -7;
  EXPECT_EQ(Check(services).code, 6);
}

TEST(Check, ARefusalNamesTheLine) {
  FakeServices services;
  services.On<CheckChangeRequest, CheckChangeResponse>("CheckChange", [](const auto&, auto&) -> absl::Status {
    return base::Error(base::reason::ReferenceNotFound{.name = "applications/a/dependencies/d",
                                                       .target = "deployments/one"},
                       "no such deployment")
        .Field("proposed.operations[1].upsert.dependency.alternatives[0].target",
               "`deployments/one` is not there");
  });
  const RunResult result = Check(services);
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("<stdin>:8:"));
  EXPECT_THAT(result.err, HasSubstr("applications/claims/dependencies/chat"));
}

TEST(Check, WhatIsNotOfPoliciesOrInventoryIsLeftOutAndSaid) {
  FakeServices services = Answering(policy::VERDICT_PASS);
  const RunResult result = RunWith(services, {"check", "-f", "-"},
                                   "apiVersion: linchpin/v1\nkind: Scenario\nname: scenarios/own\n"
                                   "cutoffs: [{type: VENDOR_EXIT, target: vendors/a}]\n");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("scenarios/own"));
}

// A report of one finding whose texts hold all that a format could trip over.
CheckReport Hostile() {
  const std::string nasty =
      "a|b `c` <script>alert(1)</script> & \"q\" *x* _y_ [l](http://e) @team #12 $z$ \xC3\xA4 \xE2\x80\xAE "
      "\\ ]]> '";
  CheckReport report;
  report.answer.set_verdict(policy::VERDICT_DENY);
  report.answer.mutable_totals()->set_introduced(1);
  CheckedFinding finding{FindingSort::kIntroduced, Change(policy::SEVERITY_MEDIUM, policy::VERDICT_DENY),
                         FilePlace{"in ventory/a#b:c%\xC3\xA4.yaml", 12}};
  finding.change.mutable_finding()->set_message(nasty + "\n| second line\x01");
  finding.change.mutable_finding()->set_remediation(nasty);
  finding.change.mutable_finding()->mutable_explanation()->mutable_paths(0)->set_names(1, nasty);
  report.findings.push_back(finding);
  report.figures.push_back({nasty, nasty, "1"});
  report.fails = true;
  return report;
}

TEST(Check, MarkdownShowsNamesAsTheyAre) {
  EXPECT_EQ(MarkdownText("a|b"), "a&#124;b");
  EXPECT_EQ(MarkdownText("<b> & `c` *d* _e_ [f]"), "&lt;b&gt; &amp; \\`c\\` \\*d\\* \\_e\\_ \\[f\\]");
  EXPECT_EQ(MarkdownText("@team #12 $z$ https://e.org vendor:a"),
            "&#64;team &#35;12 &#36;z&#36; https&#58;//e.org vendor:a");
  EXPECT_THAT(MarkdownText("a\nb\r\nc"), Not(HasSubstr("\n")));
  const std::string text = CheckMarkdown(Hostile());
  EXPECT_THAT(text, HasSubstr("Linchpin: DENY"));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  // Each row of a table keeps its number of cells.
  std::istringstream lines(text);
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| MEDIUM", 0) != 0) continue;
    ++rows;
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 5) << line;
  }
  EXPECT_EQ(rows, 1);
}

TEST(Check, JunitIsWellFormedWhateverTheNames) {
  EXPECT_EQ(XmlText("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
  EXPECT_EQ(XmlText("a\x01"
                    "b\xFF"
                    "c\xEF\xBF\xBF"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD");
  const std::string text = CheckJunit(Hostile());
  EXPECT_THAT(text, HasSubstr("tests=\"1\" failures=\"1\" errors=\"0\""));
  EXPECT_THAT(text, HasSubstr("classname=\"assignments/bank\""));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("\x01")));
  CheckReport none;
  none.answer.set_verdict(policy::VERDICT_PASS);
  EXPECT_THAT(CheckJunit(none), HasSubstr("tests=\"1\" failures=\"0\""));
}

TEST(Check, SarifNamesRuleLevelPlaceAndFingerprint) {
  const std::string text = CheckSarif(Hostile(), {{"fallback/second", "A \"title\"", "why", "what"}});
  EXPECT_THAT(text, HasSubstr(R"("version":"2.1.0")"));
  EXPECT_THAT(text, HasSubstr(R"("ruleId":"fallback/second","ruleIndex":0,"level":"warning")"));
  EXPECT_THAT(text,
              HasSubstr(R"("rules":[{"id":"fallback/second","shortDescription":{"text":"A \"title\""})"));
  EXPECT_THAT(text, HasSubstr(R"("uri":"in%20ventory/a%23b%3Ac%25%C3%A4.yaml"},"region":{"startLine":12}})"));
  EXPECT_THAT(text,
              HasSubstr("\"partialFingerprints\":{\"linchpinFinding/v1\":\"" + std::string(64, 'a') + "\"}"));
  EXPECT_THAT(text, Not(HasSubstr("\n\"")));
  EXPECT_EQ(FileUri("./inventory/a.yaml"), "inventory/a.yaml");
}

TEST(Check, EachFormComesOutOfTheCommand) {
  FakeServices services = Answering(policy::VERDICT_DENY);
  EXPECT_THAT(Check(services, {"-o", "markdown"}).out, HasSubstr("### Introduced"));
  EXPECT_THAT(Check(services, {"-o", "sarif"}).out, HasSubstr("\"results\":[{"));
  EXPECT_THAT(Check(services, {"-o", "junit"}).out, HasSubstr("<failure type=\"HIGH\""));
  const RunResult json = Check(services, {"-o", "json"});
  EXPECT_THAT(json.out, HasSubstr("\"verdict\":\"DENY\",\"fails\":true"));
  EXPECT_THAT(json.out, HasSubstr("\"severity\": \"SEVERITY_HIGH\""));
  EXPECT_EQ(Check(services, {"-o", "table"}).code, 2);
}

TEST(WhatIf, TheDocumentsGoWithEveryQuestionThatTakesThem) {
  FakeServices services;
  int operations = 0;
  services.On<inventory::v1::BatchGetRequest, inventory::v1::BatchGetResponse>(
      "BatchGet", [](const auto& request, auto& response) {
        for (const std::string& name : request.names()) {
          if (name == "deployments/one") response.add_resources()->mutable_deployment()->set_name(name);
        }
        return absl::OkStatus();
      });
  services.On<risk::ListScoresRequest, risk::ListScoresResponse>(
      "ListScores", [&operations](const auto& request, auto&) {
        operations = request.proposed().operations_size();
        return absl::OkStatus();
      });
  EXPECT_EQ(RunWith(services, {"risk", "score", "--what-if", "-", "-o", "json"}, kChange).code, 0);
  EXPECT_EQ(operations, 2);
  EXPECT_EQ(RunWith(services, {"risk", "score", "-o", "json"}).code, 0);
  EXPECT_EQ(operations, 0);
  const RunResult wrong =
      RunWith(services, {"risk", "score", "--what-if", "-"},
              "apiVersion: linchpin/v1\nkind: JurisdictionSet\nname: jurisdictionSets/eu\n");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("jurisdictionSets/eu"));
}

}  // namespace
}  // namespace linchpin::cli
