#include "services/risk/domain/reports/simulation_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::Status Simulate(const Documents& documents, const std::string& request,
                      v1::SimulateCutoffResponse& response, std::function<bool()> cancelled = nullptr) {
  Analysis analysis(documents.Graph());
  return ReportSimulation(analysis, FromText<v1::SimulateCutoffRequest>(request), std::move(cancelled),
                          response);
}

v1::SimulateCutoffResponse Simulated(const Documents& documents, const std::string& request) {
  v1::SimulateCutoffResponse response;
  const absl::Status status = Simulate(documents, request, response);
  EXPECT_THAT(status, IsOk());
  return response;
}

constexpr char kExitOfAlpha[] =
    "scenario { cutoffs { id: 'exit' type: TYPE_VENDOR_EXIT target: 'vendors/alpha' } } ";

TEST(SimulationReport, ShowsWhatAnExitDoesInTheBestWorld) {
  const auto report = Simulated(TwoVendors(), kExitOfAlpha);
  EXPECT_EQ(report.horizon().seconds(), 86'400);
  EXPECT_EQ(report.proven().impacted_count(), 1);
  EXPECT_EQ(report.proven().impacted_applications(), 1);
  EXPECT_EQ(report.proven().impacted_business_services(), 0);
  EXPECT_EQ(report.proven().deployments_hit(), 1);
  EXPECT_EQ(report.proven().cost_minor(), 1000);
  // 8 * 3600 s of (8 + 2) * 86,400 s.
  EXPECT_EQ(report.proven().impact_index_ppm(), 33'333);
  EXPECT_EQ(report.proven().peak_index_ppm(), 800'000);
  const v1::ConsumerImpact& claims = report.consumers(0);
  EXPECT_EQ(claims.consumer(), "applications/claims");
  EXPECT_EQ(claims.proven().base_level_ppm(), 1'000'000);
  EXPECT_EQ(claims.proven().min_level_ppm(), 0);
  EXPECT_EQ(claims.proven().lost_ppm_seconds(), 3'600'000'000);
  EXPECT_EQ(claims.proven().down().seconds(), 3600);
  EXPECT_EQ(claims.proven().first_impact().seconds(), 0);
  EXPECT_EQ(claims.proven().recovered().seconds(), 3600);
  EXPECT_FALSE(claims.proven().rto_breach());
  EXPECT_TRUE(claims.proven().priced());
  ASSERT_EQ(claims.proven().segments_size(), 2);
  const v1::Segment& down = claims.proven().segments(0);
  EXPECT_EQ(down.end().seconds(), 3600);
  ASSERT_EQ(down.causes_size(), 1);
  EXPECT_EQ(down.causes(0).cutoff(), "exit");
  EXPECT_THAT(down.causes(0).path(), ElementsAre("deployments/alpha", "applications/claims"));
  EXPECT_EQ(down.causes(0).loss_class(), v1::LOSS_CLASS_UNAVAILABLE);
  EXPECT_TRUE(claims.proven().segments(1).causes().empty());
}

// `search` draws on Beta, which has room for one; when Alpha exits, `claims` of smaller priority comes too.
TEST(SimulationReport, SaysWhoIsDivertedAndWhoLosesByIt) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Deployment>(R"pb(name: "deployments/beta"
                                            model: "models/two"
                                            hosting_mode: HOSTING_MODE_VENDOR_API
                                            operator: "vendors/beta"
                                            host: "hosts/eu"
                                            capacity_units: 1)pb");
  const auto report = Simulated(documents, kExitOfAlpha);
  ASSERT_EQ(report.saturations_size(), 1);
  EXPECT_EQ(report.saturation_count(), 1);
  const v1::Saturation& saturation = report.saturations(0);
  EXPECT_EQ(saturation.deployment(), "deployments/beta");
  EXPECT_EQ(saturation.reading(), v1::READING_PROVEN);
  EXPECT_EQ(saturation.capacity_units(), 1);
  EXPECT_EQ(saturation.asked_micro_units(), 2'000'000);
  EXPECT_EQ(saturation.usual_micro_units(), 1'000'000);
  EXPECT_EQ(saturation.start().seconds(), 3600);  // The fallback takes an hour to switch to.
  EXPECT_FALSE(saturation.has_end());
  ASSERT_EQ(saturation.draws_size(), 2);
  EXPECT_EQ(saturation.draws(0).dependency(), "applications/claims/dependencies/chat");
  EXPECT_TRUE(saturation.draws(0).diverted());
  EXPECT_EQ(saturation.draws(0).got_micro_units(), 1'000'000);
  EXPECT_EQ(saturation.draws(1).dependency(), "applications/search/dependencies/chat");
  EXPECT_EQ(saturation.draws(1).got_micro_units(), 0);
  EXPECT_EQ(saturation.draws(1).rule(), v1::LOSS_RULE_PRIORITY);
  EXPECT_EQ(saturation.diverted_count(), 1);
  EXPECT_EQ(saturation.loser_count(), 1);
}

TEST(SimulationReport, ProvesEachHitOrNamesWhatLeavesItOpen) {
  const auto report = Simulated(TwoVendors(), kExitOfAlpha);
  ASSERT_EQ(report.hits_size(), 2);
  const v1::DeploymentHit& certain = report.hits(0);
  EXPECT_EQ(certain.cutoff(), "exit");
  EXPECT_EQ(certain.deployment(), "deployments/alpha");
  EXPECT_TRUE(certain.proven());
  EXPECT_TRUE(certain.open().empty());
  std::vector<std::string> proof;
  for (const v1::KnownFact& fact : certain.because()) {
    proof.push_back(fact.resource() + " " + fact.field() + "=" + fact.value());
  }
  EXPECT_THAT(proof, Contains("deployments/alpha operator=vendors/alpha"));
  const v1::DeploymentHit& open = report.hits(1);
  EXPECT_EQ(open.deployment(), "deployments/beta");
  EXPECT_FALSE(open.proven());
  EXPECT_TRUE(open.because().empty());
  ASSERT_EQ(open.open_size(), 1);
  EXPECT_EQ(open.open(0).resource() + " " + open.open(0).field(), "deployments/beta host");
}

// A cutoff of severity 0 does nothing, and hits that impair nobody are told after those that do.
// One deployment of a vendor whose host is unknown, and two clouds.
Documents OnAnUnknownHost(const std::string& said) {
  Documents documents;
  documents
      .Add<inventory::Vendor>("name: 'vendors/p' country: 'US' known_none: 'parent' roles: ROLE_OPERATOR")
      .Add<inventory::Vendor>(
          "name: 'vendors/cloud' country: 'US' known_none: 'parent' roles: ROLE_HOST_PROVIDER")
      .Add<inventory::Vendor>(
          "name: 'vendors/other' country: 'US' known_none: 'parent' roles: ROLE_HOST_PROVIDER")
      .Add<inventory::Deployment>(
          "name: 'deployments/d' operator: 'vendors/p' hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED " + said)
      .Add<inventory::Application>("name: 'applications/x' tier: 1")
      .Add<inventory::Dependency>(
          "name: 'applications/x/dependencies/d' alternatives { target: 'deployments/d' }");
  return documents;
}

TEST(SimulationReport, NamesTheLikelyFactsOfALikelyHit) {
  const auto report = Simulated(
      OnAnUnknownHost(
          "likely { field: 'host.provider' one_of: 'vendors/cloud' confidence: 0.9 reason: 'headers' }"),
      "scenario { cutoffs { id: 'exit' type: TYPE_VENDOR_EXIT target: 'vendors/cloud' } }");
  EXPECT_EQ(report.proven().impacted_count(), 0);
  EXPECT_EQ(report.likely().impacted_count(), 1);
  EXPECT_EQ(report.not_excluded().impacted_count(), 1);
  ASSERT_EQ(report.hits_size(), 1);
  const v1::DeploymentHit& hit = report.hits(0);
  EXPECT_FALSE(hit.proven());
  EXPECT_TRUE(hit.likely());
  ASSERT_EQ(hit.open_size(), 1);
  EXPECT_EQ(hit.open(0).field(), "host");
  ASSERT_EQ(hit.likely_because_size(), 1);
  const v1::KnownFact& fact = hit.likely_because(0);
  EXPECT_EQ(fact.field() + " " + fact.value(), "host.provider vendors/cloud");
  EXPECT_TRUE(fact.likely());
  EXPECT_EQ(fact.confidence(), 0.9);
  EXPECT_EQ(fact.reason(), "headers");
  EXPECT_EQ(report.contradictions_size(), 0);
}

TEST(SimulationReport, TellsWhatContradicts) {
  const auto report =
      Simulated(OnAnUnknownHost("bounds { field: 'host.provider' one_of: 'vendors/other' } "
                                "likely { field: 'host.provider' one_of: 'vendors/cloud' }"),
                "scenario { cutoffs { id: 'exit' type: TYPE_VENDOR_EXIT target: 'vendors/other' } }");
  EXPECT_EQ(report.proven().impacted_count(), 1) << "a bound decides";
  ASSERT_EQ(report.contradictions_size(), 1);
  EXPECT_EQ(report.contradictions(0).resource(), "deployments/d");
  EXPECT_EQ(report.contradictions(0).field(), "host.provider");
  EXPECT_TRUE(report.contradictions(0).of_likelihood());
}

TEST(SimulationReport, TellsHitsThatImpairNobodyLast) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Deployment>(
      "name: 'deployments/aaa-idle' operator: 'vendors/alpha' hosting_mode: HOSTING_MODE_VENDOR_API");
  const auto report = Simulated(documents, kExitOfAlpha);
  ASSERT_EQ(report.hits_size(), 3);
  EXPECT_EQ(report.hits(0).deployment(), "deployments/alpha");
  EXPECT_EQ(report.hits(2).deployment(), "deployments/aaa-idle");
  const auto nothing =
      Simulated(documents,
                "scenario { cutoffs { id: 'exit' type: TYPE_VENDOR_EXIT target: 'vendors/alpha' "
                "severity_ppm: 0 } } ");
  EXPECT_EQ(nothing.hits_size(), 0);
}

TEST(SimulationReport, RestsTheWorstWorldOnTheUnknownHost) {
  // The host of beta is unknown: in WORST it counts as a host of alpha.
  const auto report = Simulated(TwoVendors(), kExitOfAlpha);
  EXPECT_EQ(report.not_excluded().impacted_count(), 2);
  EXPECT_EQ(report.not_excluded().deployments_hit(), 2);
  ASSERT_EQ(report.consumers_size(), 2);
  EXPECT_EQ(report.consumers(1).consumer(), "applications/search");
  EXPECT_EQ(report.consumers(1).proven().min_level_ppm(), 1'000'000);
  ASSERT_EQ(report.consumers(1).proven().segments_size(), 1);
  EXPECT_EQ(report.consumers(1).proven().segments(0).end().seconds(), 86'400);
  EXPECT_EQ(report.consumers(1).not_excluded().min_level_ppm(), 0);
  ASSERT_EQ(report.unknown_facts_size(), 1);
  EXPECT_EQ(report.unknown_facts(0).resource(), "deployments/beta");
  EXPECT_EQ(report.unknown_facts(0).field(), "host");
  EXPECT_EQ(report.consumers(1).unknown_facts_size(), 1);
}

TEST(SimulationReport, ReturnsOnlyTheConsumersNamedButTotalsOfAll) {
  const auto report = Simulated(TwoVendors(), std::string(kExitOfAlpha) + "consumers: 'applications/search'");
  ASSERT_EQ(report.consumers_size(), 1);
  EXPECT_EQ(report.consumers(0).consumer(), "applications/search");
  EXPECT_EQ(report.not_excluded().impacted_count(), 2);
  EXPECT_EQ(Simulated(TwoVendors(), std::string(kExitOfAlpha) + "max_consumers: 1").consumers_size(), 1);
}

TEST(SimulationReport, SaysOfHowManyTheTotalsSpeak) {
  const auto report = Simulated(TwoVendors(), kExitOfAlpha);
  EXPECT_EQ(report.application_count(), 2);
  EXPECT_EQ(report.business_service_count(), 0);
  EXPECT_EQ(report.proven().stopped_applications(), 1);
  EXPECT_EQ(report.likely().stopped_applications(), 1);
  EXPECT_EQ(report.not_excluded().stopped_applications(), 2);
  EXPECT_EQ(report.impaired_count(), 2);
  EXPECT_EQ(report.unknown_fact_count(), 1);
}

TEST(SimulationReport, TellsOfANamedConsumerThatNothingHappensTo) {
  const auto report =
      Simulated(TwoVendors(),
                "scenario { cutoffs { type: TYPE_DEPLOYMENT_OUTAGE target: 'deployments/beta' } } "
                "consumers: 'applications/claims'");
  ASSERT_EQ(report.consumers_size(), 1);
  EXPECT_EQ(report.consumers(0).proven().base_level_ppm(), 1'000'000);
  EXPECT_FALSE(report.consumers(0).not_excluded().has_first_impact());
}

TEST(SimulationReport, TellsProhibitedFromUnavailable) {
  const auto report =
      Simulated(TwoVendors(), "scenario { cutoffs { type: TYPE_COUNTRY_WEIGHTS_BAN country: 'US' } }");
  ASSERT_EQ(report.proven().impacted_count(), 2);
  for (const auto& consumer : report.consumers()) {
    EXPECT_EQ(consumer.proven().segments(0).causes(0).loss_class(), v1::LOSS_CLASS_PROHIBITED);
    EXPECT_EQ(consumer.proven().segments(0).causes(0).cutoff(), "1");
    EXPECT_FALSE(consumer.proven().has_recovered());
  }
  EXPECT_TRUE(report.unknown_facts().empty());
}

TEST(SimulationReport, ShowsAssumptionsOfTheScenarioAndOfTheInventory) {
  const auto report = Simulated(TwoVendors(), kExitOfAlpha);
  EXPECT_THAT(report.assumptions(), Contains(HasSubstr("Cutoff exit: no severity is given")));
  EXPECT_THAT(report.assumptions(), Contains(StartsWith("3 alternatives state no quality")));
  EXPECT_THAT(report.assumptions(),
              Contains(StartsWith("1 consumer states no loss rate (applications/search)")));
  EXPECT_THAT(report.assumptions(), Contains(StartsWith("1 alternative states no switch time")));
}

TEST(SimulationReport, ShowsAssumptionsThatKeepAConsumerUp) {
  Documents documents = TwoVendors();
  documents
      .Add<inventory::Deployment>(
          "name: 'deployments/gamma' model: 'models/two' hosting_mode: HOSTING_MODE_VENDOR_API operator: "
          "'vendors/beta' host: 'hosts/eu'")
      .Add<inventory::Application>("name: 'applications/calm' tier: 4")
      .Add<inventory::Dependency>(
          "name: 'applications/calm/dependencies/x' alternatives { target: 'deployments/alpha' } "
          "alternatives { "
          "target: 'deployments/gamma' activation: ACTIVATION_AUTOMATIC }")
      .Add<inventory::Application>("name: 'applications/apart' tier: 4")
      .Add<inventory::Dependency>(
          "name: 'applications/apart/dependencies/x' alternatives { target: 'deployments/gamma' }");
  const auto report = Simulated(documents, kExitOfAlpha);
  for (const auto& consumer : report.consumers()) EXPECT_NE(consumer.consumer(), "applications/calm");
  EXPECT_THAT(report.assumptions(),
              Contains(StartsWith("2 consumers state no loss rate (one is applications/calm)")));
}

TEST(SimulationReport, TellsOfNamedConsumersOnlyWhatTheyRestOn) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Application>("name: 'applications/other' tier: 4")
      .Add<inventory::Dependency>(
          "name: 'applications/other/dependencies/x' alternatives { target: 'deployments/alpha' }")
      .Add<inventory::Application>("name: 'applications/upper' tier: 4")
      .Add<inventory::Dependency>(
          "name: 'applications/upper/dependencies/x' alternatives { target: 'applications/other' }");
  const auto of = [&](const std::string& name) {
    return Simulated(documents, std::string(kExitOfAlpha) + "consumers: 'applications/" + name + "'")
        .assumptions();
  };
  EXPECT_THAT(of("other"), Contains(StartsWith("1 consumer states no loss rate (applications/other)")));
  EXPECT_THAT(of("upper"),
              Contains(StartsWith("2 consumers state no loss rate (one is applications/other)")));
}

TEST(SimulationReport, NamesNoUnknownFactOfWhomNothingCanHit) {
  Documents documents = TwoVendors();
  documents
      .Add<inventory::Deployment>(
          "name: 'deployments/gamma' model: 'models/two' hosting_mode: HOSTING_MODE_VENDOR_API operator: "
          "'vendors/beta' host: 'hosts/eu'")
      .Add<inventory::Application>("name: 'applications/apart'")
      .Add<inventory::Dependency>(
          "name: 'applications/apart/dependencies/x' alternatives { target: 'deployments/gamma' }");
  const auto report = Simulated(documents, std::string(kExitOfAlpha) + "consumers: 'applications/apart'");
  ASSERT_EQ(report.consumers_size(), 1);
  EXPECT_EQ(report.consumers(0).not_excluded().min_level_ppm(), 1'000'000);
  EXPECT_TRUE(report.consumers(0).unknown_facts().empty());
}

TEST(SimulationReport, WarnsOfConsumersBelowFullServiceWithNothingCut) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Application>("name: 'applications/half' tier: 4")
      .Add<inventory::Dependency>(
          "name: 'applications/half/dependencies/x' alternatives { target: 'deployments/beta' share_ppm: "
          "500000 }");
  EXPECT_THAT(Simulated(documents, kExitOfAlpha).baseline_warnings(), ElementsAre("applications/half"));
}

TEST(SimulationReport, RefusesConsumersThatAreNone) {
  v1::SimulateCutoffResponse response;
  const absl::Status shape =
      Simulate(TwoVendors(), std::string(kExitOfAlpha) + "consumers: 'vendors/alpha'", response);
  EXPECT_THAT(shape, HasReason("FIELD_INVALID"));
  EXPECT_EQ(base::DetailsOf(shape)->violations.at(0).field, "consumers[0]");
  const absl::Status missing =
      Simulate(TwoVendors(), std::string(kExitOfAlpha) + "consumers: 'applications/nobody'", response);
  EXPECT_THAT(missing, HasReason("TARGET_NOT_FOUND"));
}

TEST(SimulationReport, SaysWhenACostDoesNotFit) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Application>(
      "name: 'applications/dear' tier: 1 continuity { loss_per_hour_minor: 9223372036854775807 }");
  documents.Add<inventory::Dependency>(
      "name: 'applications/dear/dependencies/x' alternatives { target: 'deployments/alpha' }");
  v1::SimulateCutoffResponse response;
  EXPECT_THAT(Simulate(documents, kExitOfAlpha, response), HasReason("FIGURE_TOO_LARGE"));
}

}  // namespace
}  // namespace linchpin::risk
