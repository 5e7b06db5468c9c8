#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/cli/print/remedy_text.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
namespace inventory = linchpin::inventory::v1;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

void SetPoints(double likely, risk::ScorePoints& points) {
  points.set_proven(likely);
  points.set_likely(likely);
  points.set_not_excluded(likely);
}

// Two remedies of one dependency: the second builds on the first.
risk::RemedyResult Found() {
  risk::RemedyResult result;
  result.mutable_basis()->set_application_count(16);
  SetPoints(20, *result.mutable_score_before());
  SetPoints(5, *result.mutable_score_after());
  result.mutable_loss_before()->set_likely_minor(100'000);
  result.mutable_loss_after()->set_likely_minor(25'000);
  result.set_currency("EUR");
  result.set_trials(1000);
  result.set_priced_consumers(1);
  result.set_candidate_count(12);
  result.set_dependency_count(4);
  for (int i = 0; i < 2; ++i) {
    risk::Remedy& remedy = *result.add_remedies();
    remedy.set_kind(risk::REMEDY_KIND_ADD_FALLBACK);
    remedy.set_title(i == 0 ? "Add deployments/b" : "Add deployments/c");
    remedy.set_cost_days(1);
    SetPoints(i == 0 ? 20 : 10, *remedy.mutable_score_before());
    SetPoints(i == 0 ? 10 : 5, *remedy.mutable_score_after());
    remedy.add_assumptions("deployments/b has room for it");
    risk::RemedyDocument& document = *remedy.add_documents();
    document.mutable_changed()->add_paths("alternatives");
    inventory::Dependency& dependency = *document.mutable_resource()->mutable_dependency();
    dependency.set_name("applications/a/dependencies/chat");
    dependency.set_purpose(inventory::Dependency::PURPOSE_CHAT);
    dependency.add_alternatives()->set_target("deployments/a");
    dependency.add_alternatives()->set_target("deployments/b");
    if (i == 1) dependency.add_alternatives()->set_target("deployments/c");
  }
  risk::RemedyDocument made;
  made.mutable_resource()->mutable_deployment()->set_name("deployments/c");
  made.mutable_resource()->mutable_deployment()->set_model("models/c");
  *result.mutable_remedies(1)->add_documents() = made;
  return result;
}

struct FakeRemedies {
  FakeServices services;
  risk::SuggestRemediesRequest asked;
  risk::RemedyResult answer = Found();
  std::vector<std::string> models;  // Of the inventory.
  bool is_deaf = false;             // Offers again what it was asked to leave out.
  std::string forbidden;            // A resource that policies do not want changed.
  std::vector<linchpin::policy::v1::CheckChangeRequest> checked;
  linchpin::policy::v1::Finding::Type type = linchpin::policy::v1::Finding::TYPE_VIOLATION;
  FakeRemedies() {
    services.On<risk::SuggestRemediesRequest, risk::SuggestRemediesResponse>(
        "SuggestRemedies", [this](const auto& request, auto& response) {
          asked = request;
          risk::RemedyResult& result = *response.mutable_result();
          result = answer;
          result.clear_remedies();
          for (const risk::Remedy& remedy : answer.remedies()) {
            const auto& without = request.without();
            if (is_deaf || std::find(without.begin(), without.end(), remedy.title()) == without.end())
              *result.add_remedies() = remedy;
          }
          return absl::OkStatus();
        });
    services.On<inventory::ListModelsRequest, inventory::ListModelsResponse>(
        "ListModels", [this](const auto&, auto& response) {
          for (const std::string& name : models) response.add_models()->set_name(name);
          return absl::OkStatus();
        });
    services.On<linchpin::policy::v1::CheckChangeRequest, linchpin::policy::v1::CheckChangeResponse>(
        "CheckChange", [this](const auto& request, auto& response) {
          checked.push_back(request);
          for (const auto& operation : request.proposed().operations()) {
            if (operation.upsert().deployment().name() != forbidden || forbidden.empty()) continue;
            auto& finding = *response.add_introduced()->mutable_finding();
            finding.set_name("findings/1");
            finding.set_type(type);
            finding.set_message("weights from abroad");
          }
          return absl::OkStatus();
        });
  }
};

// Each is checked on top of those before it, and the search is made again without what a rule forbids.
TEST(Remedies, LeaveOutWhatWouldOpenAFinding) {
  FakeRemedies fake;
  fake.forbidden = "deployments/c";
  const RunResult result = RunWith(fake.services, {"risk", "remedies"});
  ASSERT_EQ(result.code, 0) << result.err;
  ASSERT_EQ(fake.asked.without_size(), 1);
  EXPECT_EQ(fake.asked.without(0), "Add deployments/c");
  EXPECT_THAT(result.out, Not(HasSubstr("Add deployments/c")));
  EXPECT_THAT(result.err, HasSubstr("would open a finding: Add deployments/c (weights from abroad)"));
  ASSERT_EQ(fake.checked.size(), 3u);
  EXPECT_EQ(fake.checked[1].proposed().operations_size(), 2) << "the dependency once, and the deployment";
}

// What is offered again and again ends the search: those before it remain, with the score that they give.
TEST(Remedies, EndBeforeWhatCannotBeLeftOut) {
  FakeRemedies fake;
  fake.forbidden = "deployments/c";
  fake.is_deaf = true;
  const RunResult result = RunWith(fake.services, {"risk", "remedies"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1. Add deployments/b"));
  EXPECT_THAT(result.out, Not(HasSubstr("Add deployments/c")));
  EXPECT_THAT(result.out, HasSubstr("20.0 -> 10.0"));
  EXPECT_THAT(result.err, HasSubstr("the search ended early"));
}

// That something is unknown then is no reason against it.
TEST(Remedies, KeepWhatOnlyLeavesMoreUnknown) {
  FakeRemedies fake;
  fake.forbidden = "deployments/c";
  fake.type = linchpin::policy::v1::Finding::TYPE_DATA_GAP;
  const RunResult result = RunWith(fake.services, {"risk", "remedies"});
  EXPECT_THAT(result.out, HasSubstr("Add deployments/c"));
  EXPECT_EQ(fake.asked.without_size(), 0);
}

TEST(Remedies, ShowWhatIsForbiddenWhenAsked) {
  FakeRemedies fake;
  fake.forbidden = "deployments/c";
  const RunResult result = RunWith(fake.services, {"risk", "remedies", "--any-policy"});
  EXPECT_THAT(result.out, HasSubstr("Add deployments/c"));
  EXPECT_TRUE(fake.checked.empty());
}

TEST(Remedies, OfferWhoElseServesAnOpenModel) {
  FakeRemedies fake;
  fake.models = {"models/llama-3-3-70b-instruct", "models/gpt-4o", "models/of-our-own"};
  ASSERT_EQ(RunWith(fake.services, {"risk", "remedies"}).code, 0);
  std::vector<std::string> deployments, vendors;
  for (const inventory::Resource& resource : fake.asked.offered()) {
    if (resource.has_vendor()) vendors.push_back(resource.vendor().name());
    if (!resource.has_deployment()) continue;
    const inventory::Deployment& deployment = resource.deployment();
    EXPECT_EQ(deployment.model(), "models/llama-3-3-70b-instruct");
    EXPECT_THAT(vendors, testing::Contains(deployment.operator_())) << "what is named stands before it";
    deployments.push_back(deployment.name());
  }
  EXPECT_THAT(deployments, testing::Contains("deployments/llama-3-3-70b-instruct-at-groq"));
  ASSERT_EQ(RunWith(fake.services, {"risk", "remedies", "--no-catalogue"}).code, 0);
  EXPECT_EQ(fake.asked.offered_size(), 0);
}

TEST(Remedies, OfferOpenModelsOfHome) {
  FakeRemedies fake;
  ASSERT_EQ(RunWith(fake.services, {"risk", "remedies", "--home", "FR"}).code, 0);
  std::set<std::string> developers;
  for (const inventory::Resource& resource : fake.asked.offered()) {
    if (!resource.has_model()) continue;
    EXPECT_FALSE(resource.model().has_retirement_time()) << resource.model().name();
    developers.insert(resource.model().developer());
  }
  EXPECT_TRUE(developers.contains("vendors/mistral"));
}

TEST(Remedies, BeginWithWhatAllOfThemBuyAndCost) {
  FakeRemedies fake;
  const RunResult result = RunWith(fake.services, {"risk", "remedies"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(
      result.out,
      StartsWith("Risk score 20.0 of 100, over 16 applications by criticality: 20.0 -> 5.0 with these 2 "
                 "changes, 2 days of work\n"
                 "Expected loss of a year EUR 1,000.00 -> EUR 250.00"));
  EXPECT_THAT(result.out, HasSubstr("1. Add deployments/b\n   Score 20.0 -> 10.0, 1 day of work\n"));
  EXPECT_THAT(result.out, HasSubstr("   If deployments/b has room for it\n"));
  EXPECT_THAT(result.out, HasSubstr("12 changes tried on 4 dependencies"));
  EXPECT_THAT(result.err, HasSubstr("apply --merge"));
}

// What `apply --merge` reads: each resource once, as the last remedy leaves it; only what changes of those
// that exist.
TEST(Remedies, AreDocumentsReadyToMerge) {
  FakeRemedies fake;
  const RunResult result = RunWith(fake.services, {"risk", "remedies", "-o", "yaml"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("# 1. Add deployments/b\n#    Score 20.0 -> 10.0"));
  EXPECT_THAT(result.out, HasSubstr("---\napiVersion: linchpin/v1\nkind: Deployment\nname: deployments/c\n"));
  EXPECT_THAT(result.out, HasSubstr("name: applications/a/dependencies/chat\nalternatives:\n"));
  EXPECT_THAT(result.out, HasSubstr("target: deployments/c"));
  EXPECT_THAT(result.out, Not(HasSubstr("purpose")));
  EXPECT_EQ(result.out.find("kind: Dependency"), result.out.rfind("kind: Dependency"));
  EXPECT_LT(result.out.find("kind: Deployment"), result.out.find("kind: Dependency"));
}

TEST(Remedies, PassOnWhatIsAsked) {
  FakeRemedies fake;
  const RunResult result =
      RunWith(fake.services, {"risk", "remedies", "--consumer", "applications/a", "--budget", "10", "--cost",
                              "new-deployment=40", "--kind", "add-fallback", "--limit", "3", "--candidates"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(fake.asked.consumers(0), "applications/a");
  EXPECT_EQ(fake.asked.budget_days(), 10);
  EXPECT_EQ(fake.asked.costs(0).kind(), risk::REMEDY_KIND_NEW_DEPLOYMENT);
  EXPECT_EQ(fake.asked.costs(0).days(), 40);
  EXPECT_EQ(fake.asked.kinds(0), risk::REMEDY_KIND_ADD_FALLBACK);
  EXPECT_EQ(fake.asked.max_remedies(), 3);
  EXPECT_TRUE(fake.asked.list_candidates());
}

TEST(Remedies, RefuseWhatTheyCannotRead) {
  FakeRemedies fake;
  for (const char* cost :
       {"new-deployment", "new-deployment=0", "new-deployment=10001", "new-deployment=x", "magic=3"}) {
    EXPECT_EQ(RunWith(fake.services, {"risk", "remedies", "--cost", cost}).code, 2) << cost;
  }
  EXPECT_EQ(RunWith(fake.services, {"risk", "remedies", "--trials", "0"}).code, 2);
  EXPECT_EQ(RunWith(fake.services, {"risk", "remedies", "--kind", "magic"}).code, 2);
}

TEST(Remedies, SayWhyThereAreNone) {
  FakeRemedies fake;
  fake.answer.clear_remedies();
  fake.answer.set_end(risk::REMEDY_END_BUDGET);
  EXPECT_THAT(RunWith(fake.services, {"risk", "remedies"}).out, HasSubstr("costs more than the budget"));
  fake.answer.set_end(risk::REMEDY_END_NOTHING_LEFT);
  auto& none = *fake.answer.add_unremedied();
  none.set_dependency("applications/a/dependencies/vectors");
  none.set_reason("no other deployment of the inventory can meet it");
  const std::string out = RunWith(fake.services, {"risk", "remedies"}).out;
  EXPECT_THAT(out, HasSubstr("nothing that the inventory holds would lower it"));
  EXPECT_THAT(out, HasSubstr("  applications/a/dependencies/vectors: no other deployment"));
  fake.answer.mutable_basis()->set_application_count(0);
  EXPECT_THAT(RunWith(fake.services, {"risk", "remedies"}).out, StartsWith("No application is declared yet"));
}

TEST(Remedies, SayThatNothingIsPriced) {
  FakeRemedies fake;
  fake.answer.clear_loss_before();
  fake.answer.clear_loss_after();
  EXPECT_THAT(RunWith(fake.services, {"risk", "remedies"}).out, HasSubstr("No loss has a price: set "));
}

}  // namespace
}  // namespace linchpin::cli
