// The policy service over an inventory, both in this process.
#include <atomic>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/policy_service.grpc.pb.h"
#include "services/base/error.h"
#include "tests/support/inventory_server.h"
#include "tests/support/inventory_text.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/rpc/policy_server.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using v1::Finding;

const char kSovereignty[] = R"(
kind: Policy
name: policies/sovereignty
parameters: [{id: home, type: JURISDICTION_SET, required: true}]
rules:
- {id: origin, severity: CRITICAL, lineage: {allowed: "${home}"}}
)";

class PolicyServiceTest : public ::testing::Test {
 protected:
  PolicyServiceTest() { Restart(); }

  void Restart() {
    server_.reset();
    server_ = std::make_unique<PolicyServer>(*store_, inventory_.source(),
                                             [this] { return absl::FromUnixMicros(now_us_); });
  }

  // Until this server, and no later one, writes findings.
  void AwaitLease() {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (server_->Scrape().find("linchpin_policy_lease_held 1\n") == std::string::npos) {
      ASSERT_LT(absl::Now(), deadline) << "nobody takes the lease";
    }
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    return server_->Call(method, request, response);
  }

  absl::Status Evaluate(const v1::EvaluatePoliciesRequest& request, v1::EvaluationResult* result) {
    return server_->Evaluate(request, result);
  }

  // Writes the inventory's part of a YAML text; returns the revision.
  int64_t Write(const std::string& batch) {
    const auto response = inventory_.Write(batch);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->revision() : 0;
  }

  // One application on a model of this origin.
  int64_t WriteModel(const std::string& origin) {
    return Write(R"(
      operations { upsert { model { name: "models/m" origin_country: ")" +
                 origin + R"(" known_none: "derivations" } } }
      operations { upsert { deployment { name: "deployments/d" model: "models/m" } } }
      operations { upsert { application { name: "applications/a" } } }
      operations { upsert { dependency { name: "applications/a/dependencies/d"
                                         alternatives { target: "deployments/d" } } } })");
  }

  absl::Status Create(const std::string& yaml) {
    const auto text = testing_support::ReadInventory(yaml);
    for (const auto& policy : text.All<v1::Policy>()) {
      v1::CreatePolicyRequest request;
      *request.mutable_policy() = policy;
      request.set_policy_id(policy.name().substr(9));
      v1::Policy response;
      if (absl::Status status = Call(&Stub::CreatePolicy, request, &response); !status.ok()) return status;
    }
    for (const auto& set : text.All<v1::JurisdictionSet>()) {
      v1::CreateJurisdictionSetRequest request;
      *request.mutable_jurisdiction_set() = set;
      request.set_jurisdiction_set_id(set.name().substr(17));
      v1::JurisdictionSet response;
      if (absl::Status status = Call(&Stub::CreateJurisdictionSet, request, &response); !status.ok())
        return status;
    }
    for (const auto& assignment : text.All<v1::Assignment>()) {
      v1::CreateAssignmentRequest request;
      *request.mutable_assignment() = assignment;
      request.set_assignment_id(assignment.name().substr(12));
      v1::Assignment response;
      if (absl::Status status = Call(&Stub::CreateAssignment, request, &response); !status.ok())
        return status;
    }
    return absl::OkStatus();
  }

  void Assign(const std::string& home) {
    ASSERT_THAT(Create(kSovereignty), IsOk());
    const absl::Status status = Create(
        "kind: Assignment\nname: assignments/bank\npolicy: policies/sovereignty\nparameters: {home: [" +
        home + "]}\n");
    ASSERT_THAT(status, IsOk());
  }

  v1::ListFindingsResponse List(int64_t min_revision, Finding::State state = Finding::STATE_OPEN) {
    v1::ListFindingsRequest request;
    if (min_revision > 0) request.set_min_revision(std::to_string(min_revision));
    request.set_state(state);
    v1::ListFindingsResponse response;
    const absl::Status status = Call(&Stub::ListFindings, request, &response);
    EXPECT_THAT(status, IsOk());
    return response;
  }

  std::atomic<int64_t> now_us_ = 1'770'000'000'000'000;
  testing::InventoryServer inventory_;
  std::unique_ptr<store::ResourceStore> store_ = OpenPolicyStore();
  std::unique_ptr<PolicyServer> server_;
};

TEST_F(PolicyServiceTest, FindsWithoutBeingAskedAndResolvesWhenTheCauseGoes) {
  Assign("FR");
  const auto open = List(WriteModel("US"));
  ASSERT_THAT(open.findings(), SizeIs(1));
  EXPECT_EQ(open.findings(0).subject(), "applications/a");
  EXPECT_EQ(open.findings(0).severity(), v1::SEVERITY_CRITICAL);
  EXPECT_EQ(open.findings(0).discriminators().at("model"), "models/m");
  EXPECT_THAT(open.findings(0).explanation().paths(0).names(),
              ElementsAre("applications/a", "applications/a/dependencies/d", "deployments/d", "models/m"));
  const int64_t revision = WriteModel("FR");
  EXPECT_THAT(List(revision).findings(), SizeIs(0));
  const auto resolved = List(revision, Finding::STATE_RESOLVED);
  ASSERT_THAT(resolved.findings(), SizeIs(1));
  EXPECT_EQ(resolved.findings(0).resolved_reason(), Finding::RESOLVED_REASON_FIXED);
  EXPECT_GE(resolved.inventory().revision(), revision);
}

TEST_F(PolicyServiceTest, EvaluatesAPolicyEditAtOnce) {
  WriteModel("US");
  Assign("FR");
  EXPECT_THAT(List(0).findings(), SizeIs(1));
  v1::UpdateAssignmentRequest request;
  request.mutable_assignment()->set_name("assignments/bank");
  auto& home = (*request.mutable_assignment()->mutable_parameters())["home"];
  home.mutable_list_value()->add_values("US");
  v1::Assignment response;
  ASSERT_THAT(Call(&Stub::UpdateAssignment, request, &response), IsOk());
  EXPECT_THAT(List(0).findings(), SizeIs(0));
  const auto resolved = List(0, Finding::STATE_RESOLVED);
  ASSERT_THAT(resolved.findings(), SizeIs(1));
  EXPECT_EQ(resolved.findings(0).resolved_reason(), Finding::RESOLVED_REASON_RULE_CHANGED);
}

// Waits until the store holds what was found: writing follows publishing.
void AwaitStored(store::ResourceStore& store, Finding::State state) {
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (absl::Now() < deadline) {
    bool found = false;
    store::ScanOptions options;
    options.kind = "Finding";
    const auto scanned = store.Scan(options, [&](store::StoredResource stored) {
      Finding finding;
      found = found || (finding.ParseFromString(stored.body) && finding.state() == state);
      return absl::OkStatus();
    });
    if (scanned.ok() && found) return;
    absl::SleepFor(absl::Milliseconds(5));
  }
  FAIL() << "nothing was stored";
}

TEST_F(PolicyServiceTest, RemembersFindingsOverARestart) {
  Assign("FR");
  const auto before = List(WriteModel("US"));
  ASSERT_THAT(before.findings(), SizeIs(1));
  AwaitStored(*store_, Finding::STATE_OPEN);
  now_us_ += 3'600'000'000;
  Restart();
  const auto after = List(0);
  ASSERT_THAT(after.findings(), SizeIs(1));
  EXPECT_EQ(after.findings(0).name(), before.findings(0).name());
  EXPECT_EQ(after.findings(0).first_seen_time().seconds(), before.findings(0).first_seen_time().seconds());
  EXPECT_EQ(after.findings(0).state_time().seconds(), before.findings(0).state_time().seconds());
  EXPECT_EQ(after.findings(0).related_size(), before.findings(0).related_size());
  EXPECT_EQ(after.findings(0).episode(), 1);
  EXPECT_GT(after.findings(0).last_seen_time().seconds(), before.findings(0).last_seen_time().seconds());
}

TEST_F(PolicyServiceTest, HandsTheWritingOfFindingsOn) {
  AwaitLease();
  auto second = std::make_unique<PolicyServer>(*store_, inventory_.source(),
                                               [this] { return absl::FromUnixMicros(now_us_); });
  Assign("FR");
  const int64_t revision = WriteModel("US");
  ASSERT_THAT(List(revision).findings(), SizeIs(1));
  v1::ListFindingsRequest request;
  request.set_min_revision(std::to_string(revision));
  v1::ListFindingsResponse response;
  const auto listed = [&] {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    // The other one learns of policies from the store.
    do {
      EXPECT_THAT(second->Call(&Stub::ListFindings, request, &response), IsOk());
    } while (response.findings().empty() && absl::Now() < deadline);
    return response.findings_size();
  };
  EXPECT_EQ(listed(), 1) << "each evaluates for itself";
  AwaitStored(*store_, Finding::STATE_OPEN);
  EXPECT_THAT(server_->Scrape(), HasSubstr("linchpin_policy_lease_held 1\n"));
  EXPECT_THAT(second->Scrape(), HasSubstr("linchpin_policy_lease_held 0\n"));
  server_ = std::move(second);  // Ends the first, which gives the lease back.
  const int64_t fixed = WriteModel("FR");
  EXPECT_THAT(List(fixed).findings(), SizeIs(0));
  AwaitStored(*store_, Finding::STATE_RESOLVED);
  EXPECT_THAT(server_->Scrape(), HasSubstr("linchpin_policy_lease_held 1\n"));
  const auto resolved = List(fixed, Finding::STATE_RESOLVED);
  ASSERT_THAT(resolved.findings(), SizeIs(1));
  EXPECT_EQ(resolved.findings(0).episode(), 1);
}

TEST_F(PolicyServiceTest, ReevaluatesWhenATestExpires) {
  ASSERT_THAT(Create("kind: Policy\nname: policies/resilience\nrules: [{id: tested, fallback: {testedWithin: "
                     "90d}}]\n---\n"
                     "kind: Assignment\nname: assignments/bank\npolicy: policies/resilience\n"),
              IsOk());
  const int64_t revision = Write(R"(
      operations { upsert { vendor { name: "vendors/a" known_none: "parent" } } }
      operations { upsert { vendor { name: "vendors/b" known_none: "parent" } } }
      operations { upsert { deployment { name: "deployments/a" operator: "vendors/a" } } }
      operations { upsert { deployment { name: "deployments/b" operator: "vendors/b" } } }
      operations { upsert { application { name: "applications/a" } } }
      operations { upsert { dependency { name: "applications/a/dependencies/d"
        alternatives { target: "deployments/a" }
        alternatives { target: "deployments/b" last_test { time { seconds: 1769990000 } result: RESULT_PASS } } } } })");
  EXPECT_THAT(List(revision).findings(), SizeIs(0));
  now_us_ += int64_t{90} * 86'400 * 1'000'000;
  server_->policy().Poke();
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (List(0).total_size() == 0 && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_THAT(List(0).findings(), SizeIs(1));
}

// Whoever watches for evaluations that have stopped must not be told so by a quiet inventory.
TEST_F(PolicyServiceTest, SaysThatFindingsAreRightWhileNothingHappens) {
  Assign("FR");
  List(WriteModel("US"));
  now_us_ += 3600LL * 1'000'000;
  const std::string later = "linchpin_policy_last_evaluation_timestamp_seconds 1770003600\n";
  for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;
       absl::SleepFor(absl::Milliseconds(5))) {
    if (server_->Scrape().find(later) != std::string::npos) break;
  }
  EXPECT_THAT(server_->Scrape(), HasSubstr(later));
}

TEST_F(PolicyServiceTest, RefusesAPolicyThatDoesNotCompile) {
  const absl::Status status = Create(
      "kind: Policy\nname: policies/p\nrules: [{id: r, select: {where: {teir: {le: 1}}}, lineage: {allowed: "
      "\"${home}\"}}]\n");
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "POLICY_INVALID"));
  const auto details = base::DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  ASSERT_THAT(details->violations, SizeIs(2));
  EXPECT_EQ(details->violations[0].field, "policy.rules[0].select.all[0].path");
  EXPECT_EQ(details->violations[1].field, "policy.rules[0].lineage.allowed");
}

TEST_F(PolicyServiceTest, RefusesAnAssignmentThatDoesNotBind) {
  ASSERT_THAT(Create(kSovereignty), IsOk());
  const std::string head = "kind: Assignment\nname: assignments/bank\npolicy: policies/sovereignty\n";
  const absl::Status missing = Create(head);
  EXPECT_THAT(missing, HasReason("POLICY_INVALID"));
  EXPECT_EQ(base::DetailsOf(missing)->violations.at(0).field, "assignment.parameters.home");
  EXPECT_THAT(Create(head + "parameters: {home: jurisdictionSets/gone}\n"), HasReason("POLICY_INVALID"));
  const absl::Status mode = Create(head + "parameters: {home: [FR]}\nmode: DRY_RUN\n");
  EXPECT_THAT(mode, HasReason("FIELD_INVALID"));
  EXPECT_THAT(std::string(mode.message()), HasSubstr("not supported yet"));
}

TEST_F(PolicyServiceTest, RefusesAPolicyEditThatBreaksAnAssignment) {
  const std::string assignment = "kind: Assignment\nname: assignments/a\npolicy: policies/sovereignty\n";
  ASSERT_THAT(Create(kSovereignty), IsOk());
  ASSERT_THAT(Create(assignment + "parameters: {home: [FR]}\n"), IsOk());
  v1::GetPolicyRequest get;
  get.set_name("policies/sovereignty");
  v1::UpdatePolicyRequest update;
  ASSERT_THAT(Call(&Stub::GetPolicy, get, update.mutable_policy()), IsOk());
  auto* parameter = update.mutable_policy()->add_parameters();
  parameter->set_id("limit");
  parameter->set_type(v1::Parameter::TYPE_RATIO);
  parameter->set_required(true);
  v1::Policy policy;
  const absl::Status refused = Call(&Stub::UpdatePolicy, update, &policy);
  EXPECT_THAT(refused, Fails(absl::StatusCode::kFailedPrecondition, "ASSIGNMENTS_BROKEN"));
  const auto details = base::DetailsOf(refused);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->metadata.at("assignments"), "assignments/a");
  ASSERT_THAT(details->violations, SizeIs(1));
  EXPECT_EQ(details->violations[0].field, "assignments/a.parameters.limit");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("assignments/a"));

  // Nor may a parameter change its type under a value; with a default it may come.
  v1::UpdatePolicyRequest retype = update;
  retype.mutable_policy()->mutable_parameters()->RemoveLast();
  retype.mutable_policy()->mutable_parameters(0)->set_type(v1::Parameter::TYPE_STRING);
  EXPECT_THAT(Call(&Stub::UpdatePolicy, retype, &policy), ::testing::Not(IsOk()));
  parameter->set_required(false);
  parameter->mutable_default_value()->set_number_value(0.5);
  EXPECT_THAT(Call(&Stub::UpdatePolicy, update, &policy), IsOk());

  // Disabled assignments do not stand in the way, and are checked when they are enabled.
  v1::UpdateAssignmentRequest disable;
  ASSERT_THAT(Call(
                  &Stub::GetAssignment,
                  [] {
                    v1::GetAssignmentRequest request;
                    request.set_name("assignments/a");
                    return request;
                  }(),
                  disable.mutable_assignment()),
              IsOk());
  disable.mutable_assignment()->set_mode(v1::MODE_DISABLED);
  v1::Assignment disabled;
  ASSERT_THAT(Call(&Stub::UpdateAssignment, disable, &disabled), IsOk());
  update.mutable_policy()->clear_etag();
  parameter->set_required(true);
  parameter->clear_default_value();
  ASSERT_THAT(Call(&Stub::UpdatePolicy, update, &policy), IsOk());
  disable.mutable_assignment()->clear_etag();
  disable.mutable_assignment()->set_mode(v1::MODE_AUDIT);
  EXPECT_THAT(Call(&Stub::UpdateAssignment, disable, &disabled), HasReason("POLICY_INVALID"));
}

TEST_F(PolicyServiceTest, KeepsSetsThatAreNamedAndWithoutCycles) {
  ASSERT_THAT(Create(std::string("kind: JurisdictionSet\nname: jurisdictionSets/a\ncountries: [FR]\n---\n") +
                     "kind: JurisdictionSet\nname: jurisdictionSets/b\nincludes: [jurisdictionSets/a]\n---" +
                     kSovereignty +
                     "---\nkind: Assignment\nname: assignments/bank\npolicy: policies/sovereignty\n"
                     "parameters: {home: jurisdictionSets/b}\n"),
              IsOk());
  v1::UpdateJurisdictionSetRequest update;
  update.mutable_jurisdiction_set()->set_name("jurisdictionSets/a");
  update.mutable_jurisdiction_set()->add_includes("jurisdictionSets/b");
  v1::JurisdictionSet set;
  EXPECT_THAT(Call(&Stub::UpdateJurisdictionSet, update, &set), HasReason("CYCLE"));
  google::protobuf::Empty empty;
  v1::DeleteJurisdictionSetRequest remove;
  remove.set_name("jurisdictionSets/b");
  const absl::Status named = Call(&Stub::DeleteJurisdictionSet, remove, &empty);
  EXPECT_THAT(named, HasReason("STILL_REFERENCED"));
  EXPECT_THAT(std::string(named.message()), HasSubstr("assignments/bank"));
  remove.set_name("jurisdictionSets/a");
  EXPECT_THAT(Call(&Stub::DeleteJurisdictionSet, remove, &empty), HasReason("STILL_REFERENCED"));
}

TEST_F(PolicyServiceTest, EvaluatesAnUnsavedPolicyWithoutStoringAnything) {
  const int64_t revision = WriteModel("US");
  v1::EvaluatePoliciesRequest request;
  const auto text = testing_support::ReadInventory(kSovereignty);
  *request.mutable_policy() = text.All<v1::Policy>()[0];
  request.mutable_assignment()->set_policy("policies/sovereignty");
  (*request.mutable_assignment()->mutable_parameters())["home"].set_string_value("FR");
  request.set_min_revision(std::to_string(revision));
  request.set_include_outcomes(true);
  v1::EvaluationResult response;
  const absl::Status status = Evaluate(request, &response);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(response.inventory().revision(), revision);
  EXPECT_EQ(response.finding_count(), 1);
  ASSERT_THAT(response.findings(), SizeIs(1));
  ASSERT_THAT(response.outcomes(), SizeIs(1));
  EXPECT_EQ(response.outcomes(0).outcome(), v1::OUTCOME_VIOLATION);
  EXPECT_THAT(List(0).findings(), SizeIs(0));
  request.mutable_policy()->mutable_rules(0)->clear_lineage();
  EXPECT_THAT(Evaluate(request, &response), HasReason("POLICY_INVALID"));
}

TEST_F(PolicyServiceTest, TreatsAnUnsavedAssignmentLikeAStoredOne) {
  WriteModel("US");
  v1::EvaluatePoliciesRequest request;
  *request.mutable_policy() = testing_support::ReadInventory(kSovereignty).All<v1::Policy>()[0];
  request.mutable_assignment()->set_policy("policies/sovereignty");
  (*request.mutable_assignment()->mutable_parameters())["home"].set_string_value("FR");
  const auto field_of = [&](v1::Mode mode) {
    request.mutable_assignment()->set_mode(mode);
    v1::EvaluationResult response;
    const absl::Status status = Evaluate(request, &response);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    const auto details = base::DetailsOf(status);
    return details && !details->violations.empty() ? details->violations[0].field : "";
  };
  EXPECT_EQ(field_of(v1::MODE_DRY_RUN), "assignment.mode");
  EXPECT_EQ(field_of(v1::MODE_DISABLED), "assignment.mode");
}

TEST_F(PolicyServiceTest, PagesGravestFirst) {
  std::string batch;
  for (int i = 0; i < 7; ++i) {
    const std::string n = std::to_string(i);
    batch += "operations { upsert { application { name: \"applications/a" + n +
             "\" tier: " + (i < 3 ? "1" : "2") +
             " } } } operations { upsert { dependency { name: \"applications/a" + n +
             "/dependencies/d\" alternatives { target: \"deployments/d\" } } } }";
  }
  WriteModel("US");
  const int64_t revision = Write(batch);
  ASSERT_THAT(
      Create("kind: Policy\nname: policies/p\nrules:\n"
             "- {id: low, severity: LOW, select: {where: {tier: {ge: 2}}}, lineage: {denied: [US]}}\n"
             "- {id: high, severity: HIGH, select: {where: {tier: {le: 1}}}, lineage: {denied: [US]}}\n---\n"
             "kind: Assignment\nname: assignments/bank\npolicy: policies/p\n"),
      IsOk());
  v1::ListFindingsRequest request;
  request.set_page_size(3);
  request.set_min_revision(std::to_string(revision));
  request.set_type(Finding::TYPE_VIOLATION);
  std::vector<std::string> rules;
  v1::ListFindingsResponse response;
  do {
    request.set_page_token(response.next_page_token());
    response.Clear();
    const absl::Status status = Call(&Stub::ListFindings, request, &response);
    ASSERT_THAT(status, IsOk());
    EXPECT_EQ(response.total_size(), 7);
    for (const Finding& finding : response.findings()) rules.push_back(finding.rule());
  } while (!response.next_page_token().empty());
  EXPECT_THAT(rules, ElementsAre("high", "high", "high", "low", "low", "low", "low"));
  request.set_rule("high");
  request.set_page_token("nonsense");
  EXPECT_THAT(Call(&Stub::ListFindings, request, &response), HasReason("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  ASSERT_THAT(Call(&Stub::ListFindings, request, &response), IsOk());
  EXPECT_EQ(response.total_size(), 3);
}

TEST_F(PolicyServiceTest, GetsAFindingByName) {
  Assign("FR");
  const auto open = List(WriteModel("US"));
  ASSERT_THAT(open.findings(), SizeIs(1));
  v1::GetFindingRequest request;
  request.set_name(open.findings(0).name());
  Finding finding;
  ASSERT_THAT(Call(&Stub::GetFinding, request, &finding), IsOk());
  EXPECT_EQ(finding.message(), open.findings(0).message());
  request.set_name("findings/" + std::string(64, '0'));
  EXPECT_THAT(Call(&Stub::GetFinding, request, &finding), HasReason("RESOURCE_NOT_FOUND"));
}

TEST_F(PolicyServiceTest, ComparesWhatItHasFollowedWithAnEvaluationOfEverything) {
  Assign("FR");
  List(WriteModel("US"));
  List(WriteModel("FR"));
  List(WriteModel("CN"));
  const auto scraped = [this](const char* what) { return server_->Scrape().find(what) != std::string::npos; };
  EXPECT_TRUE(scraped("evaluation_duration_seconds_count{mode=\"incremental\"} "));
  EXPECT_FALSE(scraped("evaluation_duration_seconds_count{mode=\"incremental\"} 0"));
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (scraped("linchpin_policy_comparisons_total{result=\"same\"} 0") && absl::Now() < deadline)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_FALSE(scraped("linchpin_policy_comparisons_total{result=\"same\"} 0"));
  EXPECT_TRUE(scraped("linchpin_policy_comparisons_total{result=\"drift\"} 0"));
}

TEST_F(PolicyServiceTest, ExportsFindingsBySeverityRuleAndState) {
  Assign("FR");
  List(WriteModel("US"));
  const std::string scrape = server_->Scrape();
  EXPECT_THAT(
      scrape,
      HasSubstr("linchpin_policy_findings{certainty=\"PROVEN\",policy=\"sovereignty\",rule=\"origin\","
                "severity=\"CRITICAL\",state=\"OPEN\"} 1"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_policy_outcomes{assignment=\"assignments/"
                                "bank\",certainty=\"PROVEN\",outcome=\"VIOLATION\","
                                "rule=\"origin\"} 1"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_policy_evaluated_revision_lag 0"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_policy_last_evaluation_timestamp_seconds 1770000000"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_policy_evaluations_total{result=\"error\"} 0"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_policy_evaluation_duration_seconds_count{mode=\"full\"}"));
  EXPECT_EQ(scrape.find("applications/a"), std::string::npos) << "no subject is a label";
}

}  // namespace
}  // namespace linchpin::policy
