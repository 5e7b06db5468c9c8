#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
using testing::HasSubstr;

TEST(FindingShow, FindsByTheFirstDigitsAndExplains) {
  FakeServices services;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto& request, auto& response) {
        // A list without a state is of what holds and nobody has accepted.
        const auto state = request.state();
        if (state != policy::Finding::STATE_OPEN && state != policy::Finding::STATE_UNSPECIFIED)
          return absl::OkStatus();
        for (const char* begin : {"abc", "abd"}) {
          auto& finding = *response.add_findings();
          finding.set_name("findings/" + std::string(begin) + std::string(61, '0'));
          finding.set_message("too much on one vendor");
          finding.set_severity(policy::SEVERITY_HIGH);
          finding.set_remediation("add a second vendor");
          auto& path = *finding.mutable_explanation()->add_paths();
          path.add_names("applications/a");
          path.add_names("models/m");
        }
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"finding", "show", "abc"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("HIGH too much on one vendor\n"));
  EXPECT_THAT(result.out, HasSubstr("  applications/a -> models/m\n"));
  EXPECT_THAT(result.out, HasSubstr("What to do: add a second vendor\n"));
  EXPECT_EQ(RunWith(services, {"finding", "show", "ab"}).code, 2);
  EXPECT_EQ(RunWith(services, {"finding", "show", "zz"}).code, 4);
  EXPECT_THAT(RunWith(services, {"finding", "list"}).out, HasSubstr("HIGH      -          abc000000000"));
}

// Findings of one policy about one application, and what exists.
FakeServices SomeFindings() {
  FakeServices services;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto& request, auto& response) {
        const auto fits = [](const std::string& asked, const char* is) {
          return asked.empty() || asked == is;
        };
        if (fits(request.policy(), "policies/fallback") && fits(request.assignment(), "assignments/bank") &&
            fits(request.subject(), "applications/claims") && fits(request.rule(), "operator"))
          response.add_findings()->set_name("findings/" + std::string(64, 'a'));
        return absl::OkStatus();
      });
  services.On<policy::GetPolicyRequest, policy::Policy>(
      "GetPolicy", [](const auto& request, auto& response) -> absl::Status {
        if (request.name() != "policies/fallback") return base::NotFound(request.name());
        response.set_name(request.name());
        response.add_rules()->set_id("operator");
        return absl::OkStatus();
      });
  services.On<policy::ListPoliciesRequest, policy::ListPoliciesResponse>(
      "ListPolicies", [](const auto&, auto& response) {
        auto& one = *response.add_policies();
        one.set_name("policies/fallback");
        one.add_rules()->set_id("operator");
        return absl::OkStatus();
      });
  services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
      "BatchGet", [](const auto& request, auto& response) {
        for (const std::string& name : request.names()) {
          if (name == "applications/claims") response.add_resources()->mutable_application()->set_name(name);
        }
        return absl::OkStatus();
      });
  services.On<policy::GetAssignmentRequest, policy::Assignment>(
      "GetAssignment",
      [](const auto& request, auto&) -> absl::Status { return base::NotFound(request.name()); });
  services.On<inventory::ListApplicationsRequest, inventory::ListApplicationsResponse>(
      "ListApplications", [](const auto&, auto& response) {
        response.add_applications()->set_name("applications/claims");
        return absl::OkStatus();
      });
  return services;
}

TEST(FindingList, CompletesNames) {
  FakeServices services = SomeFindings();
  const std::string all = RunWith(services, {"finding", "list", "-o", "name"}).out;
  ASSERT_NE(all, "");
  for (const auto& [flag, value] : std::vector<std::pair<const char*, const char*>>{{"--policy", "fallback"},
                                                                                    {"--assignment", "bank"},
                                                                                    {"--subject", "claims"},
                                                                                    {"--rule", "operator"}}) {
    const RunResult result = RunWith(services, {"finding", "list", flag, value, "-o", "name"});
    EXPECT_EQ(result.out, all) << flag << result.err;
  }
}

TEST(FindingList, RefusesWhatDoesNotExist) {
  FakeServices services = SomeFindings();
  for (const auto& [flag, value, nearest] : std::vector<std::tuple<const char*, const char*, const char*>>{
           {"--policy", "falback", "policies/fallback"},
           {"--policy", "policies/falback", "policies/fallback"},
           {"--subject", "clams", "applications/claims"},
           {"--rule", "operatr", "operator"}}) {
    const RunResult result = RunWith(services, {"finding", "list", flag, value});
    EXPECT_EQ(result.code, 4) << flag;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(std::string("did you mean `") + nearest + "`?"));
  }
  EXPECT_EQ(RunWith(services, {"finding", "list", "--assignment", "policies/x"}).code, 2);
  EXPECT_EQ(RunWith(services, {"finding", "list", "--subject", "NO NAME"}).code, 2);
}

TEST(FindingList, DoesNotRepeatTheSubjectInItsPath) {
  FakeServices services;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto&, auto& response) {
        auto& finding = *response.add_findings();
        finding.set_name("findings/" + std::string(64, 'a'));
        finding.set_subject("applications/x");
        finding.set_message(
            "applications/x depends on models/y, through applications/x -> applications/x/dependencies/d -> "
            "models/y");
        return absl::OkStatus();
      });
  EXPECT_THAT(RunWith(services, {"finding", "list"}).out,
              HasSubstr("applications/x depends on models/y, through dependencies/d -> models/y\n"));
  EXPECT_THAT(RunWith(services, {"finding", "list", "-o", "csv"}).out,
              HasSubstr("through applications/x -> "));
}

TEST(FindingShow, ShowsSharesInPercent) {
  FakeServices services;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto& request, auto& response) {
        if (request.state() != policy::Finding::STATE_OPEN) return absl::OkStatus();
        auto& finding = *response.add_findings();
        finding.set_name("findings/" + std::string(64, 'a'));
        auto& measure = *finding.mutable_explanation()->mutable_measure();
        measure.set_metric("share");
        measure.set_value(0.8983050847457628);
        measure.set_lower(0.8983050847457628);
        measure.set_upper(0.95);
        measure.set_comparator("GT");
        measure.set_limit(0.5);
        return absl::OkStatus();
      });
  EXPECT_THAT(RunWith(services, {"finding", "show", "aaa"}).out,
              HasSubstr("share is 89.8%; a violation when above 50.0%; between 89.8% and 95.0%, as"));
}

}  // namespace
}  // namespace linchpin::cli
