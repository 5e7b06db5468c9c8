#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "linchpin/risk/v1/question.pb.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
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
  for (auto* total : {fake.answer.mutable_best(), fake.answer.mutable_likely()}) {
    total->set_impacted_applications(1);
    total->set_stopped_applications(1);
  }
  fake.answer.mutable_worst()->set_impacted_applications(2);
  auto& sure = *fake.answer.add_consumers();
  sure.set_consumer("applications/sure");
  for (auto* impact : {sure.mutable_best(), sure.mutable_likely(), sure.mutable_worst()}) {
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
  perhaps.mutable_best()->set_min_level_ppm(1'000'000);
  *perhaps.mutable_worst() = sure.worst();
  perhaps.mutable_worst()->mutable_segments(0)->mutable_causes(0)->set_path(0, "deployments/u");
  auto& fact = *perhaps.add_unknown_facts();
  fact.set_resource("deployments/u");
  fact.set_field("model");
  *fake.answer.add_unknown_facts() = fact;
  auto& proved = *fake.answer.add_hits();
  proved.set_cutoff("1");
  proved.set_deployment("deployments/d");
  proved.set_certain(true);
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
  fake.answer.mutable_worst()->set_impacted_applications(1);
  auto& probable = *fake.answer.add_consumers();
  probable.set_consumer("applications/p");
  probable.mutable_best()->set_min_level_ppm(1'000'000);
  probable.mutable_likely()->mutable_first_impact()->set_seconds(0);
  *probable.mutable_worst() = probable.likely();
  const std::string out = RunWith(fake.services, {"risk", "simulate", "--exit", "x"}).out;
  EXPECT_THAT(out, HasSubstr("none of 3 applications is impaired; none of 0 business services is impaired.\n"
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
  *consumer.mutable_worst() = impact;
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
  hit.set_certain(true);
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

risk::GetConcentrationResponse Figures() {
  risk::GetConcentrationResponse response;
  response.set_basis(linchpin::common::v1::BASIS_APPLICATIONS);
  response.mutable_inventory()->set_revision(12);
  auto& figure = *response.add_concentrations();
  figure.set_dimension(linchpin::common::v1::DIMENSION_OPERATOR_GROUP);
  figure.set_population(4);
  figure.set_hhi(4200.4);
  figure.set_hhi_lower(4100);
  figure.set_hhi_upper(6400);
  figure.set_effective_number(2.38);
  figure.set_unknown_share_ratio(0.05);
  figure.set_group_count(2);
  auto& group = *figure.add_groups();
  group.set_key("vendors/big");
  group.set_weight(3'800'000);
  group.set_share_ratio(0.95);
  group.set_share_lower_ratio(0.95);
  group.set_share_upper_ratio(1);
  auto& unknown = *figure.add_groups();
  unknown.set_key("unknown");
  unknown.set_weight(200'000);
  unknown.set_share_ratio(0.05);
  unknown.add_unknown_through("deployments/u");
  response.mutable_foreign()->add_home("NO");
  response.mutable_foreign()->set_foreign_share_lower_ratio(0.25);
  response.mutable_foreign()->set_foreign_share_likely_ratio(0.3);
  response.mutable_foreign()->set_foreign_share_upper_ratio(0.5);
  auto& model = *response.mutable_foreign()->add_models();
  model.set_model("models/tuned");
  model.set_weight(1'000'000);
  model.add_path("models/tuned");
  model.add_path("models/base");
  model.set_origin_country("CN");
  response.add_assumptions(
      "2 models state no country of origin (one is models/base); it is taken from the developer.");
  response.set_untiered_consumers(3);
  return response;
}

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

TEST(Sweep, RanksLosses) {
  FakeServices services;
  services.On<risk::SweepCutoffsRequest, risk::SweepCutoffsResponse>("SweepCutoffs", [](const auto& request,
                                                                                        auto& response) {
    EXPECT_THAT(request.atom_classes(), ElementsAre(risk::ATOM_CLASS_HOST, risk::ATOM_CLASS_WEIGHTS));
    EXPECT_EQ(request.readiness(), risk::READINESS_SUSTAINED);
    auto& atom = *response.mutable_result()->add_atoms();
    atom.set_key("weights:CN");
    for (auto* loss : {atom.mutable_immediate()->mutable_best(), atom.mutable_sustained()->mutable_best()}) {
      loss->set_index_ppm(100'000);
      loss->set_impacted(1);
      loss->set_down(1);
    }
    *atom.mutable_immediate()->mutable_likely() = atom.immediate().best();
    *atom.mutable_sustained()->mutable_likely() = atom.sustained().best();
    atom.mutable_immediate()->mutable_likely()->set_index_ppm(250'000);
    atom.add_consumers("applications/a");
    atom.add_likely_consumers("applications/b");
    auto& open = *response.mutable_result()->add_atoms();
    open.set_key("weights:US");
    open.mutable_sustained()->mutable_worst()->set_impacted(3);
    open.add_not_excluded_consumers("applications/c");
    response.mutable_result()->set_atom_count(2);
    return absl::OkStatus();
  });
  const RunResult result = RunWith(services, {"risk", "sweep", "--class", "host", "--class", "weights"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("weights:CN  10.0%, probably 25.0%  10.0%          1                 applications/a, "
                        "probably applications/b\n"));
  EXPECT_THAT(result.out, HasSubstr("Of 1 more loss nothing points to harm, though it cannot be excluded"));
  EXPECT_THAT(RunWith(services, {"risk", "sweep", "--class", "host", "--class", "weights", "--all"}).out,
              HasSubstr("not excluded: applications/c"));
}

TEST(Concentration, TakesJurisdictionSetsAsHome) {
  FakeServices services;
  std::vector<std::string> home;
  services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [&](const auto& request, auto& response) {
        home.assign(request.home().begin(), request.home().end());
        response = Figures();
        *response.mutable_foreign()->mutable_home() = request.home();
        return absl::OkStatus();
      });
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

TEST(Simulate, WritesCsvThatCanBeComputedWith) {
  FakeRisk fake;
  auto& consumer = *fake.answer.add_consumers();
  consumer.set_consumer("applications/a");
  consumer.mutable_best()->set_min_level_ppm(1'000'000);
  *consumer.mutable_likely() = consumer.best();
  consumer.mutable_worst()->mutable_down()->set_seconds(5400);
  consumer.mutable_worst()->mutable_first_impact();
  consumer.mutable_worst()->set_priced(true);
  consumer.mutable_worst()->set_cost_minor(3'600'000);
  const std::string csv = RunWith(fake.services, {"risk", "simulate", "--exit", "x", "-o", "csv"}).out;
  EXPECT_THAT(csv, HasSubstr("consumer,state,service_left_proven_ppm,service_left_likely_ppm,"
                             "service_left_not_excluded_ppm,down_proven_seconds,"));
  EXPECT_THAT(csv, HasSubstr("a,cannot be excluded,1000000,1000000,0,0,0,5400,0,0,0,"));
  EXPECT_THAT(csv, HasSubstr(",no,no,no,no,no,no,,,3600000,EUR\r\n"));
}

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

TEST(Overview, TellsRoutesThatNobodyUses) {
  FakeServices used = WithRoutes(true);
  EXPECT_THAT(RunWith(used, {"overview"}).out,
              HasSubstr("1 of 2 routes is used by no application; nothing counts them.\n"));
  FakeServices alone = WithRoutes(false);
  EXPECT_THAT(RunWith(alone, {"overview"}).out,
              HasSubstr("No application is declared; 2 routes stand in, one application each.\n"));
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
