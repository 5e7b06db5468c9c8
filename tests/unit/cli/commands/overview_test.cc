#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "linchpin/risk/v1/question.pb.h"
#include "tests/unit/cli/fake_client.h"
#include "tests/unit/cli/fake_concentration.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using testing::HasSubstr;

// An inventory of one application and two routes, of which it uses one.
FakeServices WithRoutes(bool application) {
  FakeServices services;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>("GetConcentration",
                                                                             [](const auto&, auto& response) {
                                                                               response = Figures();
                                                                               return absl::OkStatus();
                                                                             });
  for (const char* method : {"ListBusinessServices", "ListDeployments", "ListModels", "ListVendors"}) {
    services.handlers[method] = [](const google::protobuf::Message&, google::protobuf::Message&) {
      return absl::OkStatus();
    };
  }
  services.On<inventory::ListApplicationsRequest, inventory::ListApplicationsResponse>(
      "ListApplications", [application](const auto&, auto& response) {
        if (application) response.add_applications()->set_name("applications/claims");
        response.set_total_size(application ? 1 : 0);
        return absl::OkStatus();
      });
  services.On<inventory::ListRoutesRequest, inventory::ListRoutesResponse>(
      "ListRoutes", [](const auto&, auto& response) {
        for (const char* name : {"routes/used", "routes/idle"}) response.add_routes()->set_name(name);
        response.set_total_size(2);
        return absl::OkStatus();
      });
  services.On<inventory::ListDependenciesRequest, inventory::ListDependenciesResponse>(
      "ListDependencies", [application](const auto&, auto& response) {
        if (application) {
          response.add_dependencies()->set_name("applications/claims/dependencies/chat");
          response.mutable_dependencies(0)->add_alternatives()->set_target("routes/used");
        }
        response.set_total_size(application ? 1 : 0);
        return absl::OkStatus();
      });
  return services;
}

TEST(Overview, AnswersAtOneLook) {
  FakeServices services;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>("GetConcentration",
                                                                             [](const auto&, auto& response) {
                                                                               response = Figures();
                                                                               return absl::OkStatus();
                                                                             });
  for (const char* method : {"ListApplications", "ListBusinessServices", "ListDependencies",
                             "ListDeployments", "ListModels", "ListRoutes", "ListVendors"}) {
    services.handlers[method] = [](const google::protobuf::Message&, google::protobuf::Message& response) {
      response.GetReflection()->SetInt32(&response, response.GetDescriptor()->FindFieldByName("total_size"),
                                         1234);
      return absl::OkStatus();
    };
  }
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto&, auto& response) {
        auto& finding = *response.add_findings();
        finding.set_name("findings/" + std::string(64, 'a'));
        finding.set_severity(policy::SEVERITY_CRITICAL);
        finding.set_policy("policies/sovereignty");
        finding.set_rule("origin");
        finding.set_subject("applications/pay");
        finding.set_message("depends on CN");
        response.set_total_size(1);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"overview"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1,234 applications, 1,234 business services"));
  EXPECT_THAT(result.out, HasSubstr(", 1,234 routes, "));
  EXPECT_THAT(result.out, HasSubstr("1 open finding\n"));
  EXPECT_THAT(
      result.out,
      HasSubstr("CRITICAL  -          aaaaaaaaaaaa  sovereignty/origin  applications/pay: depends on CN\n"));
  EXPECT_THAT(result.err, HasSubstr("linchpin risk simulate --exit vendors/big"));
  EXPECT_THAT(result.err, HasSubstr("linchpin finding show aaaaaaaaaaaa\n"));
  services.handlers["ListFindings"] = [](const auto&, auto&) { return absl::OkStatus(); };
  EXPECT_THAT(RunWith(services, {"overview"}).err, testing::Not(HasSubstr("finding show")));
  services.handlers.erase("ListFindings");
  const RunResult without_policies = RunWith(services, {"overview"});
  EXPECT_EQ(without_policies.code, 0);
  EXPECT_THAT(without_policies.err, testing::Not(HasSubstr("finding show")));
}

TEST(Overview, TellsRoutesThatNobodyUses) {
  FakeServices used = WithRoutes(true);
  EXPECT_THAT(RunWith(used, {"overview"}).out,
              HasSubstr("1 of 2 routes is used by no application; nothing counts them.\n"));
  FakeServices alone = WithRoutes(false);
  EXPECT_THAT(RunWith(alone, {"overview"}).out,
              HasSubstr("No application is declared; 2 routes stand in, one application each.\n"));
}

TEST(Overview, SuggestsNoBanByTheCountryAtHome) {
  const auto answer = [](bool home) {
    FakeServices services = WithRoutes(true);
    services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
        "GetConcentration", [home](const auto&, auto& response) {
          response = Figures();
          auto& origins = *response.add_concentrations();
          origins.set_dimension(common::v1::DIMENSION_ROOT_ORIGIN_COUNTRY);
          origins.add_groups()->set_key("US");
          response.clear_foreign();
          if (home) response.mutable_foreign()->add_home("US");
          return absl::OkStatus();
        });
    return RunWith(services, {"overview"}).err;
  };
  EXPECT_THAT(answer(false), HasSubstr("--weights-ban US"));
  EXPECT_THAT(answer(true), testing::Not(HasSubstr("--weights-ban")));
}

TEST(Overview, SaysOnceThatRoutesStandIn) {
  FakeServices services = WithRoutes(false);
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [](const auto&, auto& response) {
        response = Figures();
        response.set_stand_in_route_count(2);
        return absl::OkStatus();
      });
  const std::string out = RunWith(services, {"overview"}).out;
  EXPECT_EQ(out.find("No application is declared;"), out.rfind("No application is declared;")) << out;
}

TEST(Overview, ShowsWhatToAskFirst) {
  FakeServices services = WithRoutes(true);
  services.On<risk::ListOpenQuestionsRequest, risk::ListOpenQuestionsResponse>(
      "ListOpenQuestions", [](const auto& request, auto& response) {
        EXPECT_EQ(request.max_questions(), 5);
        response.set_question_count(9);
        response.set_consumer_count(16);
        response.set_undecided_consumer_count(3);
        auto& question = *response.add_questions();
        question.set_resource("deployments/d");
        question.set_field("host");
        question.set_gap_share_ratio(0.5);
        question.set_consumer_count(3);
        return absl::OkStatus();
      });
  const std::string out = RunWith(services, {"overview"}).out;
  EXPECT_THAT(out,
              HasSubstr("9 open questions: for 3 of 16 consumers some loss is neither proven nor excluded."));
  EXPECT_THAT(out, HasSubstr("50.0%        3  host of deployments/d"));
  EXPECT_THAT(out, HasSubstr("`linchpin question list` shows all"));
}

}  // namespace
}  // namespace linchpin::cli
