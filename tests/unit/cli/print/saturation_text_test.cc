#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::Not;

FakeServices Short(risk::Reading reading) {
  FakeServices services;
  services.On<risk::SimulateCutoffRequest, risk::SimulateCutoffResponse>(
      "SimulateCutoff", [reading](const auto&, auto& response) {
        auto& saturation = *response.add_saturations();
        saturation.set_deployment("deployments/own");
        saturation.set_reading(reading);
        saturation.set_asked_micro_units(120'000'000);
        saturation.set_usual_micro_units(60'000'000);
        saturation.set_carried_micro_units(100'000'000);
        saturation.set_diverted_count(1);
        saturation.set_loser_count(1);
        saturation.set_draw_count(2);
        auto& first = *saturation.add_draws();
        first.set_dependency("applications/first/dependencies/chat");
        first.set_asked_micro_units(60'000'000);
        first.set_got_micro_units(60'000'000);
        first.set_diverted(true);
        auto& second = *saturation.add_draws();
        second.set_dependency("applications/second/dependencies/chat");
        second.set_asked_micro_units(60'000'000);
        second.set_usual_micro_units(60'000'000);
        second.set_got_micro_units(40'000'000);
        second.set_rule(risk::LOSS_RULE_PRIORITY);
        return absl::OkStatus();
      });
  return services;
}

TEST(Saturation, SaysWhoComesWhoLosesAndWhy) {
  FakeServices services = Short(risk::READING_PROVEN);
  const std::string out = RunWith(services, {"risk", "simulate", "--exit", "x"}).out;
  EXPECT_THAT(
      out,
      HasSubstr("deployments/own runs short at once and from then on: 120 units are asked of it, 60 with "
                "nothing cut; it carries 100. 1 dependency is diverted to it, 1 gets less than asked for."));
  EXPECT_THAT(out, HasSubstr("60 diverted"));
  EXPECT_THAT(out, HasSubstr("a smaller priority is served first"));
}

TEST(Saturation, WhatIsOnlyNotExcludedWaitsForAll) {
  FakeServices services = Short(risk::READING_NOT_EXCLUDED);
  EXPECT_THAT(RunWith(services, {"risk", "simulate", "--exit", "x"}).out, Not(HasSubstr("deployments/own")));
  EXPECT_THAT(RunWith(services, {"risk", "simulate", "--exit", "x", "--all"}).out,
              HasSubstr("deployments/own may run short, which is not excluded"));
}

}  // namespace
}  // namespace linchpin::cli
