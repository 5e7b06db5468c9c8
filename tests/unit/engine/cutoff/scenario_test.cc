#include "services/engine/cutoff/scenario.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::HasSubstr;

Scenario Good() {
  return {{{.id = "one", .kind = CutoffKind::kVendorExit, .target = "A"},
           {.id = "two", .kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse("ZZ")}},
          kDay};
}

std::shared_ptr<const Graph> OneApi() {
  GraphMaker world;
  world.Api("dA", "A");
  world.Licence("l", false);
  return world.Build();
}

TEST(ValidateScenario, TakesWhatIsAtTheBounds) {
  const std::function<void(Scenario&)> edges[] = {
      [](Scenario& s) { s.horizon_seconds = 1; },
      [](Scenario& s) { s.horizon_seconds = kSecondsMax; },
      [](Scenario& s) { s.cutoffs[0].severity_ppm = 0; },
      [](Scenario& s) { s.cutoffs[0].severity_ppm = kOne; },
      [](Scenario& s) { s.cutoffs[0].start_seconds = s.horizon_seconds + 1; },
      [](Scenario& s) { s.cutoffs[0].notice_seconds = kSecondsMax; },
      [](Scenario& s) { s.cutoffs[0].duration_seconds = 1; },
      [](Scenario& s) { s.cutoffs.clear(); },
  };
  for (const auto& edge : edges) {
    Scenario scenario = Good();
    edge(scenario);
    EXPECT_THAT(ValidateScenario(*OneApi(), scenario), IsOk());
  }
}

TEST(ValidateScenario, RefusesWithTheNameOfTheCutoffAndTheField) {
  struct Case {
    const char* says;
    std::function<void(Scenario&)> spoil;
  };
  const Case cases[] = {
      {"horizon", [](Scenario& s) { s.horizon_seconds = 0; }},
      {"horizon", [](Scenario& s) { s.horizon_seconds = kSecondsMax + 1; }},
      {"cutoff one: severity_ppm", [](Scenario& s) { s.cutoffs[0].severity_ppm = kOne + 1; }},
      {"cutoff one: severity_ppm", [](Scenario& s) { s.cutoffs[0].severity_ppm = -1; }},
      {"cutoff one: start", [](Scenario& s) { s.cutoffs[0].start_seconds = -1; }},
      {"cutoff two: notice", [](Scenario& s) { s.cutoffs[1].notice_seconds = -1; }},
      {"cutoff one: duration", [](Scenario& s) { s.cutoffs[0].duration_seconds = 0; }},
      {"cutoff one: its id occurs twice", [](Scenario& s) { s.cutoffs[1].id = "one"; }},
      {"cutoff one: target names B", [](Scenario& s) { s.cutoffs[0].target = "B"; }},
      {"cutoff one: target names hA", [](Scenario& s) { s.cutoffs[0].target = "hA"; }},
      {"cutoff one: target names A", [](Scenario& s) { s.cutoffs[0].kind = CutoffKind::kLicenceRevocation; }},
      {"cutoff two: needs a country", [](Scenario& s) { s.cutoffs[1].country.reset(); }},
  };
  for (const Case& item : cases) {
    Scenario scenario = Good();
    item.spoil(scenario);
    const absl::Status status = ValidateScenario(*OneApi(), scenario);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << item.says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(item.says));
  }
}

TEST(ValidateScenario, RefusesOneCutoffTooMany) {
  Scenario scenario{{}, kDay};
  for (size_t i = 0; i < kCutoffsMax; ++i) {
    scenario.cutoffs.push_back({.id = std::to_string(i), .kind = CutoffKind::kVendorExit, .target = "A"});
  }
  const auto graph = OneApi();
  EXPECT_THAT(ValidateScenario(*graph, scenario), IsOk());
  scenario.cutoffs.push_back({.id = "more", .kind = CutoffKind::kVendorExit, .target = "A"});
  EXPECT_THAT(std::string(ValidateScenario(*graph, scenario).message()), HasSubstr("at most 10000 cutoffs"));
}

TEST(Resolve, ReadsACloudFailureAsThatOfAHostOrOfAProvider) {
  const auto graph = OneApi();
  const auto of_host = Resolve(*graph, {.kind = CutoffKind::kCloudFailure, .target = "hA"});
  const auto of_provider = Resolve(*graph, {.kind = CutoffKind::kCloudFailure, .target = "A"});
  ASSERT_THAT(of_host, IsOk());
  ASSERT_THAT(of_provider, IsOk());
  EXPECT_FALSE(of_host->of_provider);
  EXPECT_TRUE(of_provider->of_provider);
}

}  // namespace
}  // namespace linchpin::engine
