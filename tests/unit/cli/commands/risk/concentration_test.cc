#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"
#include "tests/unit/cli/fake_concentration.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Concentration, ShowsBoundsGroupsAndWhatIsForeign) {
  FakeServices services;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [](const auto& request, auto& response) {
        EXPECT_THAT(request.home(), ElementsAre("NO", "SE", "DK"));
        EXPECT_EQ(request.basis(), linchpin::common::v1::BASIS_CRITICALITY);
        response = Figures();
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"risk", "concentration", "--home", "NO,SE", "--home", "DK",
                                              "--basis", "criticality", "--dimension", "operator-group"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("operator-group  4200  [4100, 6400]                 2.4  vendors/big  "
                                    "95.0%  [95.0%, 100%]           5.0%\n"));
  EXPECT_THAT(result.out, HasSubstr("   5.0%                       0.20  unknown      deployments/u\n"));
  EXPECT_THAT(result.out,
              HasSubstr("Foreign to NO: 25.0% for certain, 30.0% probably, at most 50.0%, of the weight"));
  EXPECT_THAT(result.out, HasSubstr("1.00  CN      models/tuned <- models/base\n"));
  EXPECT_THAT(result.out, HasSubstr("the inventory does not say\n  2 models state no country of origin"));
  EXPECT_THAT(RunWith(services,
                      {"risk", "concentration", "--basis", "criticality", "--home", "NO,SE,DK", "-o", "csv"})
                  .out,
              HasSubstr("operator-group,4100.0,4200.4,6400.0,vendors/big,3800000,3800000,0.95,0.95,1.0\r\n"));
  EXPECT_THAT(RunWith(services, {"risk", "concentration", "--basis", "critical"}).err,
              HasSubstr("did you mean `criticality`?"));
}

// Keeps the home that is asked with.
FakeServices WithHome(std::vector<std::string>& home) {
  FakeServices services;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [&home](const auto& request, auto& response) {
        home.assign(request.home().begin(), request.home().end());
        response = Figures();
        *response.mutable_foreign()->mutable_home() = request.home();
        return absl::OkStatus();
      });
  return services;
}

TEST(Concentration, TakesJurisdictionSetsAsHome) {
  std::vector<std::string> home;
  FakeServices services = WithHome(home);
  services.On<policy::GetJurisdictionSetRequest, policy::JurisdictionSet>(
      "GetJurisdictionSet", [](const auto& request, auto& response) -> absl::Status {
        if (request.name() != "jurisdictionSets/eea" && request.name() != "jurisdictionSets/eu")
          return base::NotFound(request.name());
        response.set_name(request.name());
        response.add_countries(request.name() == "jurisdictionSets/eea" ? "NO" : "SE");
        response.add_includes(request.name() == "jurisdictionSets/eea" ? "jurisdictionSets/eu"
                                                                       : "jurisdictionSets/eea");
        return absl::OkStatus();
      });
  services.On<policy::ListJurisdictionSetsRequest, policy::ListJurisdictionSetsResponse>(
      "ListJurisdictionSets", [](const auto&, auto& response) {
        response.add_jurisdiction_sets()->set_name("jurisdictionSets/eea");
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"risk", "concentration", "--home", "eea,US"});
  EXPECT_THAT(home, ElementsAre("NO", "SE", "US")) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Foreign to eea, US (3 countries): "));
  RunWith(services, {"overview", "--home", "jurisdictionSets/eu"});
  EXPECT_THAT(home, ElementsAre("SE", "NO"));
  EXPECT_THAT(RunWith(services, {"risk", "concentration", "--home", "eeaa"}).err,
              HasSubstr("did you mean the set `eea`?"));
  EXPECT_THAT(RunWith(services, {"risk", "concentration", "--home", "EE"}).err, Not(HasSubstr("Error")));
  EXPECT_THAT(RunWith(services, {"risk", "concentration", "--home", "EEX"}).err,
              HasSubstr("did you mean the set `eea`?"));
  EXPECT_EQ(RunWith(services, {"risk", "concentration", "--home", "de"}).code, 0);
  EXPECT_THAT(home, ElementsAre("DE"));
}

TEST(Concentration, KnowsTheEuropeanUnionWithoutASet) {
  std::vector<std::string> home;
  FakeServices services = WithHome(home);
  services.On<policy::GetJurisdictionSetRequest, policy::JurisdictionSet>(
      "GetJurisdictionSet", [](const auto& request, auto&) { return base::NotFound(request.name()); });
  services.On<policy::ListJurisdictionSetsRequest, policy::ListJurisdictionSetsResponse>(
      "ListJurisdictionSets", [](const auto&, auto&) { return absl::OkStatus(); });
  const RunResult result = RunWith(services, {"risk", "concentration", "--home", "EU"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(home.size(), 27U);
  EXPECT_THAT(result.err, HasSubstr("`EU` is taken for the 27 members of the European Union"));
}

TEST(Concentration, ShowsNoFigureOfWhatIsMostlyUnknown) {
  FakeServices services;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [](const auto&, auto& response) {
        response = Figures();
        response.mutable_concentrations(0)->set_unknown_share_ratio(0.95);
        response.mutable_concentrations(0)->set_untold(true);
        return absl::OkStatus();
      });
  EXPECT_THAT(RunWith(services, {"risk", "concentration"}).out,
              testing::ContainsRegex("operator-group  \\[4100, 6400\\] +mostly unknown +95.0%\n"));
}

TEST(Concentration, SaysWhatANoneIs) {
  FakeServices services;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [](const auto&, auto& response) {
        response = Figures();
        response.mutable_concentrations(0)->mutable_groups(0)->set_key("none");
        return absl::OkStatus();
      });
  EXPECT_THAT(RunWith(services, {"risk", "concentration"}).out, HasSubstr("none (self-hosted)"));
  EXPECT_THAT(RunWith(services, {"risk", "concentration", "-o", "csv"}).out, HasSubstr(",6400.0,none,"));
}

}  // namespace
}  // namespace linchpin::cli
