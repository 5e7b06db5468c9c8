#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(PolicyCheck, EvaluatesFilesAndFailsOnSeverity) {
  FakeServices services;
  services.On<policy::EvaluatePoliciesRequest, policy::EvaluatePoliciesResponse>(
      "EvaluatePolicies", [](const auto& request, auto& response) {
        EXPECT_EQ(request.policy().name(), "policies/p");
        EXPECT_EQ(request.assignment().policy(), "policies/p");
        EXPECT_THAT(request.assignment().parameters().at("home").list_value().values(),
                    ElementsAre("US", "CA"));
        auto& rule = *response.mutable_result()->add_rules();
        rule.set_policy("policies/p");
        rule.set_rule("r");
        auto& count = *rule.add_counts();
        count.set_outcome(policy::OUTCOME_INDETERMINATE);
        count.set_count(2);
        auto& finding = *response.mutable_result()->add_findings();
        finding.set_severity(policy::SEVERITY_MEDIUM);
        finding.set_message("no tested fallback");
        return absl::OkStatus();
      });
  const std::string file =
      "apiVersion: linchpin/v1\nkind: Policy\nname: policies/p\nrules: [{id: r, fallback: {}}]\n";
  const std::vector<std::string> words = {"policy",      "check",         "-f",       "-",
                                          "--parameter", "home=[US, CA]", "--fail-on"};
  auto with = [&](const char* severity) {
    std::vector<std::string> all = words;
    all.emplace_back(severity);
    return RunWith(services, all, file);
  };
  EXPECT_EQ(with("medium").code, 3);
  const RunResult result = with("high");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("p/r "));
  EXPECT_THAT(result.out, HasSubstr("no tested fallback"));
}

TEST(PolicyCheck, PointsToTheLineThatTheServerRefuses) {
  FakeServices services;
  services.handlers["EvaluatePolicies"] = [](const google::protobuf::Message&, google::protobuf::Message&) {
    return base::FieldError("policy.rules[0].fallback", "asks for nothing");
  };
  const RunResult result =
      RunWith(services, {"policy", "check", "-f", "-"},
              "apiVersion: linchpin/v1\nkind: Policy\nname: policies/p\nrules: [{id: r, fallback: {}}]\n");
  EXPECT_THAT(result.err, HasSubstr("Error: <stdin>:4:17: policies/p: `rules[0].fallback` asks for nothing"));
}

}  // namespace
}  // namespace linchpin::cli
