#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using policy::Waiver;
using ::testing::HasSubstr;

const std::vector<std::string> kRequest = {"waiver",
                                           "request",
                                           "w",
                                           "--assignment",
                                           "bank",
                                           "--rule",
                                           "origin",
                                           "--owner",
                                           "risk",
                                           "--reason",
                                           "a second supplier is under contract"};

std::vector<std::string> With(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Keeps what was asked, and answers with it, about `matching` findings.
struct Asked {
  policy::CreateWaiverRequest create;
  FakeServices services;

  explicit Asked(int matching = 1) {
    services.On<policy::CreateWaiverRequest, Waiver>("CreateWaiver",
                                                     [this, matching](const auto& request, auto& response) {
                                                       create = request;
                                                       response = request.waiver();
                                                       response.set_name("waivers/" + request.waiver_id());
                                                       response.set_requester("ann");
                                                       response.set_approvals_required(2);
                                                       response.set_state(Waiver::STATE_REQUESTED);
                                                       response.set_matching_finding_count(matching);
                                                       return absl::OkStatus();
                                                     });
  }
};

TEST(WaiverRequest, AsksForWhatTheFlagsSay) {
  Asked asked;
  const RunResult result = RunWith(
      asked.services,
      With(kRequest, {"--for", "30d", "--worst", "0.6", "--where", "tier=2", "--where", "owner=team-a",
                      "--category", "migration-in-progress", "--control", "watched daily"}));
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "waivers/w waits for 2 approvals of people other than ann\n");
  const Waiver& waiver = asked.create.waiver();
  EXPECT_EQ(waiver.target().assignment(), "assignments/bank");
  EXPECT_EQ(waiver.target().rules(0), "origin");
  EXPECT_EQ(waiver.target().subjects().all(0).values(0).int_value(), 2);
  EXPECT_EQ(waiver.target().subjects().all(1).values(0).string_value(), "team-a");
  EXPECT_EQ(waiver.expire_time().seconds(), 1'700'000'000 + 30 * 86'400);
  EXPECT_EQ(waiver.bound().worst_value(), 0.6);
  EXPECT_EQ(waiver.category(), Waiver::CATEGORY_MIGRATION_IN_PROGRESS);
}

TEST(WaiverRequest, SaysThatItMatchesNothing) {
  Asked asked(0);
  const RunResult result = RunWith(asked.services, With(kRequest, {"--for", "30d"}));
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("matches no finding that holds now"));
}

TEST(WaiverRequest, TakesNoTimeWithoutItsOffset) {
  Asked asked;
  for (const char* time : {"2026-12-24", "2026-12-24T00:00:00", "tomorrow"}) {
    const RunResult result = RunWith(asked.services, With(kRequest, {"--until", time}));
    EXPECT_EQ(result.code, 2) << time;
    EXPECT_THAT(result.err, HasSubstr("--until expects a time with its offset"));
  }
  EXPECT_EQ(RunWith(asked.services, With(kRequest, {"--until", "2026-12-24T00:00:00+01:00"})).code, 0);
  EXPECT_THAT(RunWith(asked.services, kRequest).err, HasSubstr("say when it ends"));
  EXPECT_THAT(RunWith(asked.services, With(kRequest, {"--for", "-3d"})).err, HasSubstr("expects a duration"));
  EXPECT_THAT(RunWith(asked.services, With(kRequest, {"--for", "3d", "--until", "2026-12-24T00:00:00Z"})).err,
              HasSubstr("one of --until and --for"));
}

TEST(WaiverApprove, ApprovesTheVersionThatIsThere) {
  FakeServices services;
  services.On<policy::GetWaiverRequest, Waiver>("GetWaiver", [](const auto& request, auto& response) {
    response.set_name(request.name());
    response.set_etag("\"7\"");
    return absl::OkStatus();
  });
  policy::ApproveWaiverRequest approved;
  services.On<policy::ApproveWaiverRequest, Waiver>(
      "ApproveWaiver", [&](const auto& request, auto& response) {
        approved = request;
        response.set_name(request.name());
        response.set_state(Waiver::STATE_ACTIVE);
        response.set_matching_finding_count(3);
        response.set_waived_finding_count(2);
        response.mutable_expire_time()->set_seconds(1'800'000'000);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"waiver", "approve", "w", "--note", "seen"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(approved.etag(), "\"7\"");
  EXPECT_EQ(approved.note(), "seen");
  EXPECT_EQ(result.out, "waivers/w covers 2 findings until 2027-01-15T08:00:00Z\n");
  EXPECT_EQ(RunWith(services, {"waiver", "revoke", "w"}).code, 2) << "without a reason";
}

TEST(WaiverList, ShowsStateEndAndReason) {
  FakeServices services;
  services.On<policy::ListWaiversRequest, policy::ListWaiversResponse>(
      "ListWaivers", [](const auto& request, auto& response) {
        if (request.state() == Waiver::STATE_REVOKED) return absl::OkStatus();
        Waiver& waiver = *response.add_waivers();
        waiver.set_name("waivers/w");
        waiver.set_state(Waiver::STATE_ACTIVE);
        waiver.set_reason("a second supplier is under contract");
        waiver.set_matching_finding_count(2);
        waiver.mutable_expire_time()->set_seconds(1'800'000'000);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"waiver", "list"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("w       active  2027-01-15T08:00:00Z         2  a second supplier"));
  EXPECT_THAT(RunWith(services, {"waiver", "list", "-o", "csv"}).out,
              HasSubstr("waiver,state,ends,findings"));
  EXPECT_THAT(RunWith(services, {"waiver", "list", "--state", "revoked"}).err, HasSubstr("no waivers"));
  EXPECT_EQ(RunWith(services, {"waiver", "list", "--state", "over"}).code, 2);
}

TEST(FindingShow, TellsWhatBecameOfIt) {
  FakeServices services;
  services.On<policy::GetFindingRequest, policy::Finding>("GetFinding",
                                                          [](const auto& request, auto& response) {
                                                            response.set_name(request.name());
                                                            response.set_owner("team-a");
                                                            response.set_state(policy::Finding::STATE_WAIVED);
                                                            response.set_waiver("waivers/w");
                                                            auto& step = *response.add_transitions();
                                                            step.set_from(policy::Finding::STATE_OPEN);
                                                            step.set_to(policy::Finding::STATE_WAIVED);
                                                            step.set_principal("bob");
                                                            step.set_reason("waivers/w until 2027");
                                                            response.set_earlier_transition_count(1);
                                                            return absl::OkStatus();
                                                          });
  const RunResult result = RunWith(services, {"finding", "show", std::string(64, 'a')});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("owner      team-a"));
  EXPECT_THAT(result.out, HasSubstr("1 earlier change is no longer kept"));
  EXPECT_THAT(result.out, HasSubstr("waived  bob  waivers/w until 2027"));
}

TEST(FindingList, SaysHowManyMoreAreWaived) {
  FakeServices services;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto& request, auto& response) {
        EXPECT_EQ(request.owner(), "team-a");
        response.set_waived_size(3);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"finding", "list", "--owner", "team-a"});
  EXPECT_THAT(result.err, HasSubstr("3 more are waived"));
  EXPECT_EQ(
      RunWith(services, {"finding", "list", "--owner", "team-a", "--state", "acknowledged"}).err.find("more"),
      std::string::npos);
}

TEST(FindingWatch, PrintsWhatHoldsAndWhatChangesAndResumes) {
  FakeServices services;
  int calls = 0;
  services.On<policy::WatchFindingsRequest, policy::WatchFindingsResponse>(
      "WatchFindings", [&](const auto& request, auto& response) -> absl::Status {
        response.Clear();
        ++calls;
        EXPECT_EQ(request.resume_token(), "from-before");
        auto& finding = *response.add_findings();
        finding.set_name("findings/" + std::string(64, 'a'));
        finding.set_state(policy::Finding::STATE_RESOLVED);
        finding.set_message("too much");
        auto& step = *finding.add_transitions();
        step.set_to(policy::Finding::STATE_RESOLVED);
        step.set_reason("the cause has gone");
        response.set_resume_token("next");
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"finding", "watch", "--resume", "from-before"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(result.out, HasSubstr("aaaaaaaaaaaa  resolved  too much  (the cause has gone)"));
}

}  // namespace
}  // namespace linchpin::cli
