// Commands that write, against an inventory that takes changes only with a check.
#include "gmock/gmock.h"
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
namespace reason = base::reason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kVendor[] = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/a\ncountry: US\n";

// A server that enforces: token `t7` admits what is checked at revision 7.
class CheckedWritesTest : public testing::Test {
 protected:
  CheckedWritesTest() {
    services_.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
        "BatchWrite", [this](const auto& request, auto& response) { return Write(request, response); });
    services_.On<inventory::DeleteVendorRequest, google::protobuf::Empty>(
        "DeleteVendor", [this](const auto&, auto&) { return enforces_ ? Required() : absl::OkStatus(); });
    services_.On<inventory::DeleteApplicationRequest, google::protobuf::Empty>(
        "DeleteApplication", [](const auto&, auto&) { return Required(); });
    services_.On<inventory::ListDependenciesRequest, inventory::ListDependenciesResponse>(
        "ListDependencies", [](const auto& request, auto& response) {
          EXPECT_EQ(request.parent(), "applications/claims");
          response.add_dependencies()->set_name("applications/claims/dependencies/chat");
          return absl::OkStatus();
        });
    services_.On<policy::CheckChangeRequest, policy::CheckChangeResponse>(
        "CheckChange", [this](const auto& request, auto& response) { return Check(request, response); });
  }

  static absl::Status Required() {
    return base::Error(reason::CheckRequired{.revision = 7},
                       "this inventory takes a change only once it has been checked");
  }

  absl::Status Write(const inventory::BatchWriteRequest& request, inventory::BatchWriteResponse& response) {
    tokens_.push_back(services_.sent["linchpin-check-token"] + services_.sent["linchpin-admission-override"]);
    if (request.has_expected_revision() && request.expected_revision() != revision_) {
      return base::Error(
          reason::RevisionMismatch{.expected = request.expected_revision(), .revision = revision_},
          "the inventory has moved");
    }
    const bool right = services_.sent["linchpin-check-token"] == "t" + std::to_string(revision_) ||
                       !services_.sent["linchpin-admission-override"].empty();
    if (enforces_ && !right && !request.validate_only()) return Required();
    if (!admission_.empty()) services_.answered["linchpin-admission"] = admission_;
    for (const auto& operation : request.operations()) {
      auto& result = *response.add_results();
      result.set_name(operation.has_upsert() ? operation.upsert().vendor().name() : operation.delete_());
      result.set_action(operation.has_upsert() ? inventory::BatchWriteResponse::ACTION_CREATED
                                               : inventory::BatchWriteResponse::ACTION_DELETED);
      written_.push_back(result.name());
    }
    response.set_revision(++revision_);
    return absl::OkStatus();
  }

  absl::Status Check(const policy::CheckChangeRequest& request, policy::CheckChangeResponse& response) {
    checked_at_.push_back(request.min_revision());
    if (!check_.ok()) return check_;
    response.set_verdict(verdict_);
    response.mutable_inventory()->set_revision(revision_);
    if (signs_) response.set_check_token("t" + std::to_string(revision_));
    response.set_policy_set_digest("abcd");
    if (verdict_ == policy::VERDICT_DENY) {
      auto& introduced = *response.add_introduced();
      introduced.set_effect(policy::VERDICT_DENY);
      introduced.set_mode(policy::MODE_ENFORCE);
      introduced.mutable_finding()->set_message("nothing stands in for vendors/a");
      introduced.mutable_finding()->set_severity(policy::SEVERITY_HIGH);
      response.mutable_totals()->set_introduced(1);
    }
    revision_ += moves_ > 0 ? 1 : 0;  // Somebody writes between the check and the write.
    moves_ -= moves_ > 0 ? 1 : 0;
    return absl::OkStatus();
  }

  RunResult Apply(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"apply", "-f", "-"};
    words.insert(words.end(), more.begin(), more.end());
    return RunWith(services_, words, kVendor);
  }

  FakeServices services_;
  bool enforces_ = true;
  bool signs_ = true;
  std::string admission_;
  absl::Status check_;
  policy::Verdict verdict_ = policy::VERDICT_PASS;
  int64_t revision_ = 7;
  int moves_ = 0;
  std::vector<std::string> tokens_, written_, checked_at_;
};

TEST_F(CheckedWritesTest, ApplyChecksAndWritesWhereTheServerAsksForIt) {
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "vendors/a created\n");
  EXPECT_THAT(services_.calls, ElementsAre("BatchWrite", "CheckChange", "BatchWrite"));
  EXPECT_THAT(tokens_, ElementsAre("", "t7"));
  EXPECT_THAT(checked_at_, ElementsAre("7")) << "at the revision that the refusal named, or later";
}

TEST_F(CheckedWritesTest, WhatPoliciesForbidIsNotWrittenAndTheFindingsAreShown) {
  verdict_ = policy::VERDICT_DENY;
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("nothing stands in for vendors/a"));
  EXPECT_THAT(result.err, HasSubstr("policies forbid this change; nothing was written (CHECK_DENIED)"));
  EXPECT_THAT(written_, IsEmpty());
}

TEST_F(CheckedWritesTest, AWarningIsShownAndTheChangeWritten) {
  verdict_ = policy::VERDICT_WARN;
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("WARN: "));
  EXPECT_THAT(written_, ElementsAre("vendors/a"));
}

TEST_F(CheckedWritesTest, IsCheckedAgainWhereSomebodyElseWrote) {
  moves_ = 2;
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("somebody else wrote meanwhile; checking again"));
  EXPECT_THAT(checked_at_, ElementsAre("7", "8", "9"));
  EXPECT_EQ(tokens_.back(), "t9");
}

TEST_F(CheckedWritesTest, GivesUpAfterFiveChecks) {
  moves_ = 100;
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("REVISION_MISMATCH"));
  EXPECT_EQ(checked_at_.size(), 5u);
  EXPECT_THAT(written_, IsEmpty());
}

// The revision is then not ours to choose.
TEST_F(CheckedWritesTest, ARevisionThatWasAskedForIsNotGoneBeyond) {
  moves_ = 1;
  const RunResult result = Apply({"--expected-revision", "7"});
  EXPECT_EQ(result.code, 6);
  EXPECT_EQ(checked_at_.size(), 1u);
  EXPECT_THAT(written_, IsEmpty());
}

TEST_F(CheckedWritesTest, WithoutThePolicyServiceNothingIsWrittenAndThatIsSaid) {
  check_ = absl::UnavailableError("cannot reach policy:50051: Connection refused");
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 7);
  EXPECT_THAT(result.err,
              HasSubstr("the policy service, which checks, does not answer (cannot reach policy:50051: "
                        "Connection refused); nothing was written"));
  EXPECT_THAT(written_, IsEmpty());
}

TEST_F(CheckedWritesTest, WithoutAKeyOfThePolicyServiceTheErrorSaysWhatToDo) {
  signs_ = false;
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("signs no check tokens; start it with the --admission-keys-file"));
}

TEST_F(CheckedWritesTest, TheFlagChecksWhereTheServerDoesNotAskForIt) {
  enforces_ = false;
  EXPECT_EQ(Apply().code, 0);
  EXPECT_THAT(services_.calls, ElementsAre("BatchWrite"));
  services_.calls.clear();
  verdict_ = policy::VERDICT_DENY;
  EXPECT_EQ(Apply({"--check"}).code, 3);
  EXPECT_THAT(services_.calls, ElementsAre("CheckChange"));
  // Without tokens the revision holds check and write together.
  verdict_ = policy::VERDICT_PASS;
  signs_ = false;
  moves_ = 1;
  const RunResult result = Apply({"--check"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("checking again"));
}

TEST_F(CheckedWritesTest, ATokenOfAnEarlierCheckIsSentAsItIs) {
  EXPECT_EQ(Apply({"--check-token", "t7"}).code, 0);
  EXPECT_THAT(tokens_, ElementsAre("t7"));
  EXPECT_THAT(checked_at_, IsEmpty());
  EXPECT_EQ(Apply({"--check-token", "t7"}).code, 6) << "it is of another revision now";
}

TEST_F(CheckedWritesTest, AnOverrideSaysWhy) {
  admission_ = "overridden";
  const RunResult result = Apply({"--override-check", "incident 4711"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(tokens_, ElementsAre("incident 4711"));
  EXPECT_THAT(result.err, HasSubstr("the audit names you and the reason"));
  EXPECT_EQ(Apply({"--override-check", "über"}).code, 2);
  EXPECT_EQ(Apply({"--override-check", ""}).code, 2);
  EXPECT_EQ(Apply({"--override-check", "x", "--check"}).code, 2);
}

TEST_F(CheckedWritesTest, AServerThatOnlyWarnsIsHeard) {
  enforces_ = false;
  admission_ = "missing";
  const RunResult result = Apply();
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("written without a valid check (missing)"));
  admission_ = "admitted";
  EXPECT_THAT(Apply().err, Not(HasSubstr("without")));
}

TEST_F(CheckedWritesTest, ARehearsalIsNotChecked) {
  EXPECT_EQ(Apply({"--dry-run"}).code, 0);
  EXPECT_THAT(services_.calls, ElementsAre("BatchWrite"));
}

TEST_F(CheckedWritesTest, ADeletionIsCheckedWithTheChildrenThatItTakes) {
  RunResult result = RunWith(services_, {"delete", "vendors/a"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "vendors/a deleted\n");
  EXPECT_THAT(services_.calls, ElementsAre("DeleteVendor", "CheckChange", "BatchWrite"));
  result = RunWith(services_, {"delete", "applications/claims", "--force"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(written_,
              ElementsAre("vendors/a", "applications/claims/dependencies/chat", "applications/claims"));
}

}  // namespace
}  // namespace linchpin::cli
