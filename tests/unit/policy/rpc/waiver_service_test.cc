// Accepting a risk: waivers and acknowledgements through the service, with people and a clock.
#include <atomic>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/inventory_server.h"
#include "tests/support/inventory_text.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/rpc/policy_server.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using v1::Finding;
using v1::Waiver;

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;

// Believes whoever calls: the metadata `authorization` is the name.
class Named : public kit::Authenticator {
 public:
  absl::StatusOr<kit::Principal> Authenticate(const kit::Credentials& credentials) const override {
    if (credentials.authorization.empty()) return kit::Principal{kit::kAnonymous, kit::Role::kAdmin};
    return kit::Principal{std::string(credentials.authorization), kit::Role::kAdmin};
  }
};

class WaiverServiceTest : public ::testing::Test {
 protected:
  WaiverServiceTest() {
    server_ = std::make_unique<PolicyServer>(
        *store_, inventory_.source(), [this] { return absl::FromUnixMicros(now_us_); }, &people_);
    const auto written = inventory_.Write(R"(
      operations { upsert { model { name: "models/m" origin_country: "US" known_none: "derivations" } } }
      operations { upsert { deployment { name: "deployments/d" model: "models/m" } } }
      operations { upsert { application { name: "applications/claims" owner: "team-claims" } } }
      operations { upsert { dependency { name: "applications/claims/dependencies/d"
                                         alternatives { target: "deployments/d" } } } })");
    EXPECT_THAT(written, IsOk()) << written.status();
    Assign("HIGH");
    List();  // Waits for the first evaluation, before which nobody can say what a waiver is for.
  }

  void Assign(const std::string& severity) {
    const auto text = testing_support::ReadInventory(
        "kind: Policy\nname: policies/p\nrules: [{id: origin, severity: " + severity +
        ", lineage: {allowed: [FR]}}]\n---\n"
        "kind: Assignment\nname: assignments/a\npolicy: policies/p\n");
    v1::UpdatePolicyRequest policy;
    policy.set_allow_missing(true);
    *policy.mutable_policy() = text.All<v1::Policy>().at(0);
    v1::Policy policy_response;
    EXPECT_THAT(Call(&Stub::UpdatePolicy, policy, &policy_response), IsOk());
    v1::UpdateAssignmentRequest assignment;
    assignment.set_allow_missing(true);
    *assignment.mutable_assignment() = text.All<v1::Assignment>().at(0);
    v1::Assignment response;
    EXPECT_THAT(Call(&Stub::UpdateAssignment, assignment, &response), IsOk());
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, const std::string& who = "root") {
    return server_->Call(method, request, response, who);
  }

  v1::ListFindingsResponse List(Finding::State state = Finding::STATE_UNSPECIFIED) {
    v1::ListFindingsRequest request;
    request.set_state(state);
    v1::ListFindingsResponse response;
    const absl::Status status = Call(&Stub::ListFindings, request, &response);
    EXPECT_THAT(status, IsOk()) << status;
    return response;
  }

  // The state of the finding of the rule, once the service has it in that state; else what it is.
  Finding Await(Finding::State state) {
    for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;
         absl::SleepFor(absl::Milliseconds(5))) {
      const auto list = List(state);
      for (const Finding& finding : list.findings()) {
        if (finding.rule() == "origin") return finding;
      }
    }
    ADD_FAILURE() << "never " << Finding::State_Name(state);
    return Finding();
  }

  void MoveClock(int64_t microseconds) {
    now_us_ += microseconds;
    // What is due by a clock that is set is looked for at the next renewal of the lease: every 50 ms here.
  }

  static v1::CreateWaiverRequest Request(int64_t expire_us) {
    v1::CreateWaiverRequest request;
    request.set_waiver_id("w");
    Waiver& waiver = *request.mutable_waiver();
    waiver.set_reason("a second supplier is under contract from May on");
    waiver.set_owner("risk");
    waiver.mutable_target()->set_assignment("assignments/a");
    waiver.mutable_target()->add_rules("origin");
    waiver.mutable_expire_time()->set_seconds(expire_us / 1'000'000);
    return request;
  }

  absl::Status Ask(const std::string& who, Waiver* waiver, int64_t days = 30) {
    return Call(&Stub::CreateWaiver, Request(now_us_ + days * kDay), waiver, who);
  }

  absl::Status Approve(const std::string& who, Waiver* waiver, const std::string& etag = "") {
    v1::ApproveWaiverRequest request;
    request.set_name("waivers/w");
    request.set_note("seen");
    request.set_etag(etag);
    return Call(&Stub::ApproveWaiver, request, waiver, who);
  }

  Waiver Get() {
    v1::GetWaiverRequest request;
    request.set_name("waivers/w");
    Waiver waiver;
    const absl::Status status = Call(&Stub::GetWaiver, request, &waiver);
    EXPECT_THAT(status, IsOk()) << status;
    return waiver;
  }

  // The value of a metric, which the line begins with.
  std::string Metric(const std::string& line) const {
    const std::string scraped = server_->Scrape();
    const size_t at = scraped.find(line);
    if (at == std::string::npos) return "absent";
    const size_t begin = at + line.size() + 1;
    return scraped.substr(begin, scraped.find('\n', begin) - begin);
  }

  const Named people_;
  std::atomic<int64_t> now_us_ = 1'770'000'000'000'000;
  testing::InventoryServer inventory_;
  std::unique_ptr<store::ResourceStore> store_ = OpenPolicyStore();
  std::unique_ptr<PolicyServer> server_;
};

const char kOpen[] =
    "linchpin_policy_findings{certainty=\"PROVEN\",policy=\"p\",rule=\"origin\",severity=\"HIGH\","
    "state=\"OPEN\"}";
const char kWaived[] =
    "linchpin_policy_findings{certainty=\"PROVEN\",policy=\"p\",rule=\"origin\",severity=\"HIGH\","
    "state=\"WAIVED\"}";

// docs/concepts/waivers.md tells this story.
TEST_F(WaiverServiceTest, ASecondPersonAcceptsARiskUntilTheClockEndsIt) {
  EXPECT_EQ(Await(Finding::STATE_OPEN).owner(), "team-claims");
  EXPECT_EQ(Metric(kOpen), "1");
  Waiver waiver;
  absl::Status status = Ask("ann", &waiver);
  ASSERT_THAT(status, IsOk()) << status;
  EXPECT_EQ(waiver.requester(), "ann");
  EXPECT_EQ(waiver.state(), Waiver::STATE_REQUESTED);
  EXPECT_EQ(waiver.matching_finding_count(), 1);
  EXPECT_EQ(waiver.waived_finding_count(), 0);
  EXPECT_THAT(List().findings(), SizeIs(1)) << "a request accepts nothing";

  status = Approve("ann", &waiver);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(base::ReasonOf(status), "SECOND_PERSON_REQUIRED");
  status = Approve("bob", &waiver);
  ASSERT_THAT(status, IsOk()) << status;
  EXPECT_EQ(waiver.state(), Waiver::STATE_ACTIVE);
  EXPECT_EQ(waiver.waived_finding_count(), 1);
  EXPECT_EQ(Await(Finding::STATE_WAIVED).waiver(), "waivers/w");
  EXPECT_THAT(List().findings(), SizeIs(0));
  EXPECT_EQ(List().waived_size(), 1) << "not hidden: counted";
  EXPECT_EQ(Metric(kOpen), "0") << "nothing to page anybody for";
  EXPECT_EQ(Metric(kWaived), "1");
  EXPECT_EQ(Metric("linchpin_policy_waivers{state=\"ACTIVE\"}"), "1");

  MoveClock(30 * kDay - 1);
  EXPECT_EQ(Get().state(), Waiver::STATE_ACTIVE);
  EXPECT_EQ(Await(Finding::STATE_WAIVED).waiver(), "waivers/w");
  MoveClock(1);
  EXPECT_EQ(Get().state(), Waiver::STATE_EXPIRED);
  const Finding open = Await(Finding::STATE_OPEN);
  EXPECT_EQ(open.episode(), 1);
  EXPECT_EQ(Metric(kOpen), "1") << "the alert is back";
  v1::GetFindingRequest request;
  request.set_name(open.name());
  Finding told;
  ASSERT_THAT(Call(&Stub::GetFinding, request, &told), IsOk());
  ASSERT_THAT(told.transitions(), SizeIs(3));
  EXPECT_EQ(told.transitions(1).principal(), "bob");
  EXPECT_THAT(told.transitions(1).reason(), HasSubstr("waivers/w until"));
  EXPECT_EQ(told.transitions(2).reason(), "waivers/w has expired");
}

TEST_F(WaiverServiceTest, WhatIsCriticalNeedsTwoOthers) {
  Assign("CRITICAL");
  while (List().findings_size() != 1 || List().findings(0).severity() != v1::SEVERITY_CRITICAL)
    absl::SleepFor(absl::Milliseconds(5));
  Waiver waiver;
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  EXPECT_EQ(waiver.approvals_required(), 2);
  ASSERT_THAT(Approve("bob", &waiver), IsOk());
  ASSERT_THAT(Approve("bob", &waiver), IsOk()) << "says the same again";
  EXPECT_EQ(waiver.state(), Waiver::STATE_REQUESTED);
  EXPECT_THAT(waiver.approvals(), SizeIs(1));
  ASSERT_THAT(Approve("cid", &waiver), IsOk());
  EXPECT_EQ(waiver.state(), Waiver::STATE_ACTIVE);
  Await(Finding::STATE_WAIVED);
}

TEST_F(WaiverServiceTest, BelievesNobodyWhoSaysWhoTheyAre) {
  v1::CreateWaiverRequest request = Request(now_us_ + kDay);
  request.mutable_waiver()->set_requester("somebody else");
  request.mutable_waiver()->add_approvals()->set_principal("bob");
  request.mutable_waiver()->set_approvals_required(0);
  request.mutable_waiver()->set_state(Waiver::STATE_ACTIVE);
  Waiver waiver;
  ASSERT_THAT(Call(&Stub::CreateWaiver, request, &waiver, "ann"), IsOk());
  EXPECT_EQ(waiver.requester(), "ann");
  EXPECT_THAT(waiver.approvals(), SizeIs(0));
  EXPECT_EQ(waiver.state(), Waiver::STATE_REQUESTED);

  v1::UpdateWaiverRequest update;
  *update.mutable_waiver() = waiver;
  update.mutable_waiver()->clear_etag();
  update.mutable_waiver()->add_approvals()->set_principal("bob");
  update.mutable_update_mask()->add_paths("*");
  ASSERT_THAT(Call(&Stub::UpdateWaiver, update, &waiver, "ann"), IsOk());
  EXPECT_THAT(waiver.approvals(), SizeIs(0));
  EXPECT_EQ(Get().state(), Waiver::STATE_REQUESTED);
}

TEST_F(WaiverServiceTest, NeedsToKnowWhoCalls) {
  Waiver waiver;
  absl::Status status = Ask("", &waiver);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(status), "IDENTITY_UNKNOWN");
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  EXPECT_EQ(base::ReasonOf(Approve("", &waiver)), "IDENTITY_UNKNOWN");
}

TEST_F(WaiverServiceTest, AChangeOfWhatIsApprovedVoidsTheApprovals) {
  Waiver waiver;
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  ASSERT_THAT(Approve("bob", &waiver), IsOk());
  v1::UpdateWaiverRequest update;
  update.mutable_waiver()->set_name("waivers/w");
  update.mutable_waiver()->set_ticket("RISK-7");
  ASSERT_THAT(Call(&Stub::UpdateWaiver, update, &waiver, "cid"), IsOk());
  EXPECT_EQ(waiver.state(), Waiver::STATE_ACTIVE) << "nobody approves the ticket";
  EXPECT_EQ(waiver.requester(), "ann");
  v1::UpdateWaiverRequest whole;
  *whole.mutable_waiver() = waiver;
  whole.mutable_waiver()->clear_etag();
  whole.mutable_waiver()->set_owner("somebody else");
  whole.mutable_update_mask()->add_paths("*");
  ASSERT_THAT(Call(&Stub::UpdateWaiver, whole, &waiver, "cid"), IsOk());
  EXPECT_EQ(waiver.state(), Waiver::STATE_ACTIVE);
  EXPECT_EQ(waiver.owner(), "somebody else");
  update.mutable_waiver()->mutable_expire_time()->set_seconds(now_us_ / 1'000'000 + 60 * 86'400);
  ASSERT_THAT(Call(&Stub::UpdateWaiver, update, &waiver, "cid"), IsOk());
  EXPECT_EQ(waiver.state(), Waiver::STATE_REQUESTED);
  EXPECT_THAT(waiver.approvals(), SizeIs(0));
  EXPECT_EQ(waiver.requester(), "cid");
  EXPECT_EQ(base::ReasonOf(Approve("cid", &waiver)), "SECOND_PERSON_REQUIRED")
      << "who changed it asks for it";
  EXPECT_EQ(Await(Finding::STATE_OPEN).waiver(), "");
}

TEST_F(WaiverServiceTest, ApprovesOnlyWhatWasRead) {
  Waiver waiver;
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  const std::string read = waiver.etag();
  v1::UpdateWaiverRequest update;
  update.mutable_waiver()->set_name("waivers/w");
  update.mutable_waiver()->set_reason("something quite different from before");
  ASSERT_THAT(Call(&Stub::UpdateWaiver, update, &waiver, "ann"), IsOk());
  const absl::Status status = Approve("bob", &waiver, read);
  EXPECT_EQ(base::ReasonOf(status), "ETAG_MISMATCH");
  EXPECT_THAT(Approve("bob", &waiver, waiver.etag()), IsOk());
}

TEST_F(WaiverServiceTest, IsOverOnceRevoked) {
  Waiver waiver;
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  ASSERT_THAT(Approve("bob", &waiver), IsOk());
  Await(Finding::STATE_WAIVED);
  v1::RevokeWaiverRequest revoke;
  revoke.set_name("waivers/w");
  EXPECT_EQ(base::ReasonOf(Call(&Stub::RevokeWaiver, revoke, &waiver, "cid")), "FIELD_INVALID") << "why?";
  revoke.set_note("the contract fell through");
  ASSERT_THAT(Call(&Stub::RevokeWaiver, revoke, &waiver, "cid"), IsOk());
  EXPECT_EQ(waiver.state(), Waiver::STATE_REVOKED);
  EXPECT_EQ(waiver.revocation().principal(), "cid");
  Await(Finding::STATE_OPEN);
  EXPECT_EQ(base::ReasonOf(Approve("bob", &waiver)), "WAIVER_OVER");
  v1::UpdateWaiverRequest update;
  update.mutable_waiver()->set_name("waivers/w");
  update.mutable_waiver()->set_ticket("RISK-7");
  EXPECT_EQ(base::ReasonOf(Call(&Stub::UpdateWaiver, update, &waiver, "ann")), "WAIVER_OVER");
}

TEST_F(WaiverServiceTest, SaysThatItMatchesNothing) {
  v1::CreateWaiverRequest request = Request(now_us_ + kDay);
  auto& test = *request.mutable_waiver()->mutable_target()->mutable_subjects()->add_all();
  test.set_path("owner");
  test.set_op(v1::Test::OP_EQ);
  test.add_values()->set_string_value("nobody");
  Waiver waiver;
  ASSERT_THAT(Call(&Stub::CreateWaiver, request, &waiver, "ann"), IsOk());
  EXPECT_EQ(waiver.matching_finding_count(), 0);
}

TEST_F(WaiverServiceTest, ListsByState) {
  Waiver waiver;
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  v1::ListWaiversRequest request;
  v1::ListWaiversResponse response;
  request.set_state(Waiver::STATE_ACTIVE);
  ASSERT_THAT(Call(&Stub::ListWaivers, request, &response), IsOk());
  EXPECT_EQ(response.total_size(), 0);
  request.set_state(Waiver::STATE_REQUESTED);
  ASSERT_THAT(Call(&Stub::ListWaivers, request, &response), IsOk());
  EXPECT_THAT(response.waivers(), SizeIs(1));
  v1::CreateWaiverRequest second = Request(now_us_ + kDay);
  second.set_waiver_id("x");
  ASSERT_THAT(Call(&Stub::CreateWaiver, second, &waiver, "ann"), IsOk());
  request.set_page_size(1);
  ASSERT_THAT(Call(&Stub::ListWaivers, request, &response), IsOk());
  EXPECT_EQ(response.total_size(), 2);
  request.set_page_token(response.next_page_token());
  ASSERT_THAT(Call(&Stub::ListWaivers, request, &response), IsOk());
  EXPECT_EQ(response.waivers(0).name(), "waivers/x");
  EXPECT_EQ(response.next_page_token(), "");
}

TEST_F(WaiverServiceTest, MarksWhatAnEvaluationFindsAndSomebodyHasAccepted) {
  Waiver waiver;
  ASSERT_THAT(Ask("ann", &waiver), IsOk());
  ASSERT_THAT(Approve("bob", &waiver), IsOk());
  Await(Finding::STATE_WAIVED);
  v1::EvaluationResult result;
  ASSERT_THAT(server_->Evaluate({}, &result), IsOk());
  ASSERT_THAT(result.findings(), SizeIs(1));
  EXPECT_EQ(result.findings(0).state(), Finding::STATE_WAIVED);
  EXPECT_EQ(result.findings(0).waiver(), "waivers/w");
}

TEST_F(WaiverServiceTest, AcknowledgesAndGoesOnCounting) {
  v1::AcknowledgeFindingRequest request;
  request.set_name(Await(Finding::STATE_OPEN).name());
  request.set_note("asking the vendor");
  Finding finding;
  const absl::Status status = Call(&Stub::AcknowledgeFinding, request, &finding, "cid");
  ASSERT_THAT(status, IsOk()) << status;
  EXPECT_EQ(finding.state(), Finding::STATE_ACKNOWLEDGED);
  EXPECT_EQ(finding.acknowledgement().principal(), "cid");
  EXPECT_EQ(Await(Finding::STATE_ACKNOWLEDGED).acknowledgement().note(), "asking the vendor");
  EXPECT_THAT(List().findings(), SizeIs(1)) << "it holds, and nobody has accepted it";
  EXPECT_EQ(Metric("linchpin_policy_findings{certainty=\"PROVEN\",policy=\"p\",rule=\"origin\",severity="
                   "\"HIGH\",state=\"ACKNOWLEDGED\"}"),
            "1");
  request.mutable_until_time()->set_seconds(now_us_ / 1'000'000);
  EXPECT_EQ(base::ReasonOf(Call(&Stub::AcknowledgeFinding, request, &finding, "cid")), "FIELD_INVALID");
  request.set_name("findings/" + std::string(64, '0'));
  EXPECT_EQ(base::ReasonOf(Call(&Stub::AcknowledgeFinding, request, &finding, "cid")), "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace linchpin::policy
