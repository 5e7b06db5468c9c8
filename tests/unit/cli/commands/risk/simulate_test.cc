#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::Not;

// Answers simulations by keeping the request.
struct FakeRisk {
  FakeServices services;
  risk::SimulateCutoffRequest asked;
  risk::SimulateCutoffResponse answer;

  FakeRisk() {
    answer.mutable_horizon()->set_seconds(86'400);
    answer.set_currency("EUR");
    services.On<risk::SimulateCutoffRequest, risk::SimulateCutoffResponse>(
        "SimulateCutoff", [this](const auto& request, auto& response) {
          asked = request;
          response = answer;
          return absl::OkStatus();
        });
  }
};

TEST(Simulate, TakesEachCutoffWithItsCircumstances) {
  FakeRisk fake;
  const RunResult result =
      RunWith(fake.services,
              {"risk",           "simulate",    "--notice",      "30d",       "--exit",     "openai",
               "--start",        "2h",          "--api-cutoff",  "vendors/x", "--severity", "70%",
               "--duration",     "4h",          "--weights-ban", "CN",        "--reach",    "distilled",
               "--host-failure", "vendors/aws", "--outage",      "d",         "--horizon",  "7d"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto& scenario = fake.asked.scenario();
  ASSERT_EQ(scenario.cutoffs_size(), 5);
  EXPECT_EQ(scenario.horizon().seconds(), 7 * 86'400);
  EXPECT_EQ(scenario.cutoffs(0).type(), risk::Cutoff::TYPE_VENDOR_EXIT);
  EXPECT_EQ(scenario.cutoffs(0).target(), "vendors/openai");
  EXPECT_EQ(scenario.cutoffs(0).start().seconds(), 7200);
  EXPECT_EQ(scenario.cutoffs(0).notice().seconds(), 30 * 86'400);
  EXPECT_FALSE(scenario.cutoffs(0).has_severity_ppm());
  EXPECT_EQ(scenario.cutoffs(1).severity_ppm(), 700'000);
  EXPECT_EQ(scenario.cutoffs(1).duration().seconds(), 14'400);
  EXPECT_FALSE(scenario.cutoffs(1).has_start());
  EXPECT_EQ(scenario.cutoffs(2).country(), "CN");
  EXPECT_EQ(scenario.cutoffs(2).reach(), risk::Cutoff::REACH_DISTILLED);
  EXPECT_EQ(scenario.cutoffs(3).target(), "vendors/aws");
  EXPECT_EQ(scenario.cutoffs(4).target(), "deployments/d");
  EXPECT_THAT(result.out,
              HasSubstr("If vendors/openai exits, from 2h on, announced 30d before; the interface of "
                        "vendors/x is throttled by 70.0%, for 4h, announced 30d before;"));
  EXPECT_THAT(result.out, HasSubstr("Nothing is impaired."));
}

TEST(Simulate, ReadsScenariosFromFiles) {
  FakeRisk fake;
  const RunResult result = RunWith(fake.services, {"risk", "simulate", "-f", "-", "--exit", "b"},
                                   "apiVersion: linchpin/v1\nkind: Scenario\nname: scenarios/s\nhorizon: "
                                   "2d\ncutoffs: [{type: VENDOR_EXIT, target: vendors/a}]\n");
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(fake.asked.scenario().cutoffs_size(), 2);
  EXPECT_EQ(fake.asked.scenario().horizon().seconds(), 2 * 86'400);
}

TEST(Simulate, RefusesWrongUse) {
  FakeRisk fake;
  for (const auto& [words, error] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "say what is cut off"},
           {{"--exit", "models/x"}, "`models/x` is not a name of Vendor"},
           {{"--exit", "x", "--severity", "170%"}, "--severity expects a percentage"},
           {{"--exit", "x", "--severity", "70"}, "write 70%, or a ratio with a point"},
           {{"--exit", "x", "--severity", "1"}, "write 1%, or a ratio with a point"},
           {{"--exit", "x", "--start", "soon"}, "--start expects a duration"},
           {{"--exit", "x", "--reach", "far"}, "`far` is not a value of `--reach`"}}) {
    std::vector<std::string> all = {"risk", "simulate"};
    all.insert(all.end(), words.begin(), words.end());
    const RunResult result = RunWith(fake.services, all);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr(error));
  }
}

// One application that stops for a reason that known facts prove, one that may stop for want of a fact.
TEST(Simulate, TellsProvenFromNotExcluded) {
  FakeRisk fake;
  fake.answer.set_application_count(16);
  fake.answer.set_business_service_count(6);
  fake.answer.set_impaired_count(2);
  fake.answer.set_unknown_fact_count(1);
  for (auto* total : {fake.answer.mutable_proven(), fake.answer.mutable_likely()}) {
    total->set_impacted_applications(1);
    total->set_stopped_applications(1);
  }
  fake.answer.mutable_not_excluded()->set_impacted_applications(2);
  auto& sure = *fake.answer.add_consumers();
  sure.set_consumer("applications/sure");
  for (auto* impact : {sure.mutable_proven(), sure.mutable_likely(), sure.mutable_not_excluded()}) {
    impact->set_base_level_ppm(1'000'000);
    impact->mutable_first_impact()->set_seconds(0);
    impact->mutable_down()->set_seconds(86'400);
    impact->mutable_longest_down()->set_seconds(86'400);
    impact->set_mtd_breach(true);
    impact->set_priced(true);
    impact->set_cost_minor(123'450);
    auto& cause = *impact->add_segments()->add_causes();
    cause.set_cutoff("1");
    for (const char* name : {"deployments/d", "applications/gate", "applications/sure"}) cause.add_path(name);
    cause.set_loss_class(risk::LOSS_CLASS_PROHIBITED);
  }
  auto& perhaps = *fake.answer.add_consumers();
  perhaps.set_consumer("applications/perhaps");
  perhaps.mutable_proven()->set_min_level_ppm(1'000'000);
  *perhaps.mutable_not_excluded() = sure.not_excluded();
  perhaps.mutable_not_excluded()->mutable_segments(0)->mutable_causes(0)->set_path(0, "deployments/u");
  auto& fact = *perhaps.add_unknown_facts();
  fact.set_resource("deployments/u");
  fact.set_field("model");
  *fake.answer.add_unknown_facts() = fact;
  auto& proved = *fake.answer.add_hits();
  proved.set_cutoff("1");
  proved.set_deployment("deployments/d");
  proved.set_proven(true);
  for (const auto& [resource, field, value] : std::vector<std::tuple<const char*, const char*, const char*>>{
           {"deployments/d", "model", "models/tuned"},
           {"models/tuned", "derivations[0].base_model", "models/base"},
           {"models/tuned", "derivations[0].relation", "FINE_TUNE"},
           {"models/base", "developer", "vendors/maker"},
           {"vendors/maker", "country", "CN"}}) {
    auto& known = *proved.add_because();
    known.set_resource(resource);
    known.set_field(field);
    known.set_value(value);
  }
  auto& open = *fake.answer.add_hits();
  open.set_cutoff("1");
  open.set_deployment("deployments/u");
  *open.add_open() = fact;
  const RunResult result = RunWith(fake.services, {"risk", "simulate", "--weights-ban", "CN"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("1 of 16 applications stops; none of 6 business services is impaired.\n"
                        "Not excluded: 1 more application, but nothing points to it; --all lists it.\n"));
  EXPECT_THAT(result.out,
              HasSubstr("applications/sure  stops  0%            1d    at once    not within 1d  MTD       "
                        "1,234.50\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("applications/perhaps")));
  EXPECT_THAT(result.out, HasSubstr("    deployments/d may not be used: weights from CN are banned\n"
                                    "      it serves models/tuned, made from models/base (FINE_TUNE), "
                                    "developed by vendors/maker (of CN)\n"
                                    "      takes with it applications/gate -> applications/sure\n"));
  EXPECT_THAT(result.out, HasSubstr("1 unknown fact keeps the rest from being excluded; --all lists it.\n"));
  const std::string all = RunWith(fake.services, {"risk", "simulate", "--weights-ban", "CN", "--all"}).out;
  EXPECT_THAT(all, HasSubstr("applications/perhaps  cannot be excluded  0%"));
  EXPECT_THAT(all, HasSubstr("    deployments/u perhaps may not be used: weights from CN are banned\n"
                             "      unknown: model of deployments/u\n"));
  EXPECT_THAT(all, HasSubstr("from being excluded (1)\n  model of deployments/u\n"));
}

// The likely reading stops on a hit that is certain, whose fallback may be slow; the last reading on another.
TEST(Simulate, ShowsFirstWhatTheStateRestsOn) {
  FakeRisk fake;
  auto& consumer = *fake.answer.add_consumers();
  consumer.set_consumer("applications/p");
  for (auto& [impact, deployment] : std::vector<std::pair<risk::Impact*, const char*>>{
           {consumer.mutable_likely(), "deployments/first"},
           {consumer.mutable_not_excluded(), "deployments/fallback"}}) {
    impact->mutable_first_impact()->set_seconds(0);
    auto& cause = *impact->add_segments()->add_causes();
    cause.set_cutoff("1");
    for (const char* name : {deployment, "applications/p"}) cause.add_path(name);
    auto& hit = *fake.answer.add_hits();
    hit.set_cutoff("1");
    hit.set_deployment(deployment);
    hit.set_proven(hit.deployment() == "deployments/first");
  }
  auto& fact = *consumer.add_unknown_facts();
  fact.set_resource("applications/p/dependencies/d");
  fact.set_field("alternatives[1].switch_duration");
  const std::string out = RunWith(fake.services, {"risk", "simulate", "--exit", "x"}).out;
  EXPECT_THAT(out, HasSubstr("  applications/p probably stops\n    deployments/first does not answer"));
  EXPECT_THAT(out,
              HasSubstr("whether a fallback takes over is open; unknown: alternatives[1].switch_duration of "
                        "applications/p/dependencies/d\n    ... and in 1 more way\n"));
}

TEST(Simulate, SpeaksOfTheConsumerThatIsAskedFor) {
  FakeRisk fake;
  fake.answer.set_application_count(16);
  fake.answer.set_impaired_count(7);
  auto& well = *fake.answer.add_consumers();
  well.set_consumer("applications/well");
  auto& fact = *well.add_unknown_facts();
  fact.set_resource("deployments/d");
  fact.set_field("host");
  fake.answer.add_unknown_facts()->set_resource("deployments/other");
  const std::string out =
      RunWith(fake.services, {"risk", "simulate", "--exit", "x", "--consumer", "applications/well"}).out;
  EXPECT_THAT(out, HasSubstr("applications/well is not impaired.\n"));
  EXPECT_THAT(out, Not(HasSubstr("\n\n\n")));
  EXPECT_THAT(out, HasSubstr("host of deployments/d\n"));
  EXPECT_THAT(out, Not(HasSubstr("deployments/other")));
  EXPECT_THAT(out, Not(HasSubstr("16 applications")));
}

TEST(Simulate, NamesWhoDependsOnAWithdrawnModel) {
  FakeRisk fake;
  fake.services.On<inventory::TraceRequest, inventory::TraceResponse>(
      "TraceDependents", [](const auto& request, auto& response) {
        response.add_steps()->set_name(request.name());
        response.add_steps()->set_name("applications/a");
        response.mutable_summary()->set_node_count(1);
        return absl::OkStatus();
      });
  EXPECT_THAT(
      RunWith(fake.services, {"risk", "simulate", "--model-withdrawal", "models/m"}).out,
      HasSubstr("1 consumer depends on models/m: applications/a; `linchpin dependents models/m` shows how."));
}

TEST(Simulate, TellsWhatProbablyStops) {
  FakeRisk fake;
  fake.answer.set_application_count(3);
  fake.answer.set_impaired_count(1);
  fake.answer.mutable_likely()->set_impacted_applications(1);
  fake.answer.mutable_not_excluded()->set_impacted_applications(1);
  auto& probable = *fake.answer.add_consumers();
  probable.set_consumer("applications/p");
  probable.mutable_proven()->set_min_level_ppm(1'000'000);
  probable.mutable_likely()->mutable_first_impact()->set_seconds(0);
  *probable.mutable_not_excluded() = probable.likely();
  const std::string out = RunWith(fake.services, {"risk", "simulate", "--exit", "x"}).out;
  EXPECT_THAT(out, HasSubstr("none of 3 applications is impaired.\n"
                             "Probably 1 more application, which rests on likely facts.\n"));
  EXPECT_THAT(out, HasSubstr("applications/p  probably stops  0%"));
}

TEST(Simulate, NamesTheLikelyFactsAndWhereFactsComeFrom) {
  FakeRisk fake;
  auto& consumer = *fake.answer.add_consumers();
  consumer.set_consumer("applications/p");
  auto& impact = *consumer.mutable_likely();
  impact.mutable_first_impact()->set_seconds(0);
  auto& cause = *impact.add_segments()->add_causes();
  cause.set_cutoff("1");
  for (const char* name : {"deployments/d", "applications/p"}) cause.add_path(name);
  *consumer.mutable_not_excluded() = impact;
  auto& hit = *fake.answer.add_hits();
  hit.set_cutoff("1");
  hit.set_deployment("deployments/d");
  hit.set_likely(true);
  auto& stated = *hit.add_likely_because();
  stated.set_resource("deployments/d");
  stated.set_field("host.provider");
  stated.set_value("vendors/x");
  stated.set_likely(true);
  stated.set_confidence(0.8);
  stated.set_reason("it is billed there");
  auto& concluded = *hit.add_likely_because();
  concluded = stated;
  concluded.clear_confidence();
  concluded.set_rule("own-cloud");
  hit.add_likely_because()->set_field("operator");
  auto& contradiction = *fake.answer.add_contradictions();
  contradiction.set_resource("deployments/d");
  contradiction.set_field("host.country");
  contradiction.set_of_likelihood(true);
  std::string out = RunWith(fake.services, {"risk", "simulate", "--exit", "x"}).out;
  EXPECT_THAT(out, HasSubstr("    deployments/d probably does not answer"));
  EXPECT_THAT(
      out, HasSubstr("      likely: host.provider of deployments/d is vendors/x (80.0% sure); it is billed "
                     "there\n      likely: host.provider of deployments/d is vendors/x; it is billed there "
                     "[rule own-cloud]\n      takes with it"));
  EXPECT_THAT(
      out,
      HasSubstr("Contradictions in the inventory (1)\n  host.country of deployments/d: what is likely is "
                "excluded by what is stated; the likelihood is ignored\n"));
  hit.set_proven(true);
  hit.clear_likely_because();
  auto& known = *hit.add_because();
  known.set_resource("deployments/d");
  known.set_field("operator");
  known.set_value("vendors/x");
  known.set_source(linchpin::common::v1::Evidence::SOURCE_CATALOGUE);
  known.set_confidence(0.9);
  known.set_source_uri("https://x.example/terms");
  out = RunWith(fake.services, {"risk", "simulate", "--exit", "x"}).out;
  EXPECT_THAT(
      out,
      HasSubstr("it is operated by vendors/x\n        operator of deployments/d: from the catalogue, 90.0% "
                "sure, https://x.example/terms\n"));
}

TEST(Simulate, WritesCsvThatCanBeComputedWith) {
  FakeRisk fake;
  auto& consumer = *fake.answer.add_consumers();
  consumer.set_consumer("applications/a");
  consumer.mutable_proven()->set_min_level_ppm(1'000'000);
  *consumer.mutable_likely() = consumer.proven();
  consumer.mutable_not_excluded()->mutable_down()->set_seconds(5400);
  consumer.mutable_not_excluded()->mutable_first_impact();
  consumer.mutable_not_excluded()->set_priced(true);
  consumer.mutable_not_excluded()->set_cost_minor(3'600'000);
  const std::string csv = RunWith(fake.services, {"risk", "simulate", "--exit", "x", "-o", "csv"}).out;
  EXPECT_THAT(csv, HasSubstr("consumer,state,service_left_proven_ppm,service_left_likely_ppm,"
                             "service_left_not_excluded_ppm,down_proven_seconds,"));
  EXPECT_THAT(csv, HasSubstr("a,cannot be excluded,1000000,1000000,0,0,0,5400,0,0,0,"));
  EXPECT_THAT(csv, HasSubstr(",no,no,no,no,no,no,,,3600000,EUR\r\n"));
}

}  // namespace
}  // namespace linchpin::cli
