#include "services/risk/domain/board/board_report.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/risk/domain/board/blast_radius.h"
#include "services/risk/domain/board/events.h"
#include "services/risk/domain/board/scenario_matrix.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Blast = v1::BlastRadius;

const absl::Time kNoon = absl::FromCivil(absl::CivilHour(2026, 11, 29, 12), absl::UTCTimeZone());

// The two vendors, with `pay` resting on both applications and `help` on `search` by a route of services.
Documents WithServices() {
  Documents documents = TwoVendors();
  documents.Add<inventory::BusinessService>("name: 'businessServices/pay' tier: 1 critical_function: true")
      .Add<inventory::BusinessService>("name: 'businessServices/help' tier: 3 critical_function: false")
      .Add<inventory::BusinessService>("name: 'businessServices/desk' tier: 4")
      .Add<inventory::Dependency>(
          "name: 'businessServices/pay/dependencies/claims' alternatives { target: 'applications/claims' }")
      .Add<inventory::Dependency>(
          "name: 'businessServices/pay/dependencies/search' alternatives { target: 'applications/search' }")
      .Add<inventory::Dependency>(
          "name: 'businessServices/help/dependencies/desk' alternatives { target: 'businessServices/desk' }")
      .Add<inventory::Dependency>(
          "name: 'businessServices/desk/dependencies/search' alternatives { target: 'applications/search' }");
  return documents;
}

class BoardTest : public ::testing::Test {
 protected:
  explicit BoardTest(Documents documents = WithServices()) : view_(ViewOf(documents, 5)) {}

  absl::Status Make(const v1::GetReportRequest& request, std::vector<std::string> home = {}) {
    const auto all = cache_.Of(*view_);
    const auto analysis = cache_.Select(all, *view_, request.selector());
    if (!analysis.ok()) return analysis.status();
    const auto all_scored = scorer_.Of(*all, MakeHazardSet(nullptr, {}, kNoon), nullptr);
    if (!all_scored.ok()) return all_scored.status();
    const Selection* selection = (*analysis)->selection();
    const auto scored = selection == nullptr ? *all_scored : (*all_scored)->Count(*selection);
    report_.Clear();
    BoardHooks hooks;
    hooks.progress = [this](int64_t, int64_t, std::string_view part) { parts_.emplace_back(part); };
    return ReportBoard(
        {view_, *all, **all_scored, **analysis, *scored, records_, std::move(home), "EUR", kNoon}, request,
        hooks, report_);
  }
  void MustMake(const v1::GetReportRequest& request = {}, std::vector<std::string> home = {}) {
    const absl::Status status = Make(request, std::move(home));
    ASSERT_TRUE(status.ok()) << status;
  }

  std::vector<std::string> Events() const {
    std::vector<std::string> keys;
    for (const v1::ReportEvent& event : report_.events()) keys.push_back(event.impact().key());
    return keys;
  }

  std::shared_ptr<const replica::View> view_;
  replica::View records_;
  AnalysisCache cache_;
  Scorer scorer_;
  v1::Report report_;
  std::vector<std::string> parts_;
};

TEST_F(BoardTest, HasEveryPartOfOneRevision) {
  MustMake();
  EXPECT_EQ(report_.application_count(), 2);
  EXPECT_EQ(report_.business_service_count(), 3);
  EXPECT_EQ(report_.report_time().seconds(), absl::ToUnixSeconds(kNoon));
  EXPECT_THAT(report_.concentration().concentrations(), SizeIs(6));
  EXPECT_THAT(report_.scores().scores(), SizeIs(2));
  EXPECT_GT(report_.portfolio().score().likely().score(), 0);
  EXPECT_THAT(report_.events(), SizeIs(3));
  EXPECT_THAT(report_.matrix().rows(), SizeIs(3));
  EXPECT_EQ(report_.losses().priced_consumers(), 1);
  EXPECT_EQ(report_.losses().trials(), 10'000);
  EXPECT_THAT(parts_, ElementsAre("concentration", "scores", "events", "scenarios", "decisions", "losses",
                                  "questions"));
}

TEST_F(BoardTest, LeavesOutWhatOnlyTheHomeCountryCouldDo) {
  MustMake({}, {"US"});
  const int64_t with_us_home = report_.event_count();
  EXPECT_THAT(Events(), Not(Contains("weights:US")));
  MustMake();
  EXPECT_GT(report_.event_count(), with_us_home);
  v1::GetReportRequest request;
  request.add_home("US");
  MustMake(request, {"FR"});  // What the request says comes first.
  EXPECT_EQ(report_.event_count(), with_us_home);
}

TEST_F(BoardTest, SaysOfTheWorstEventWhomItHits) {
  MustMake();
  for (const v1::ReportEvent& event : report_.events()) {
    EXPECT_EQ(event.outcome().horizon().seconds(), 7 * 86'400);
    EXPECT_EQ(event.outcome().application_count(), 2);
    EXPECT_THAT(event.outcome().consumers(), Not(IsEmpty()));
  }
  EXPECT_GE(report_.events(0).impact().sustained().proven().index_ppm(),
            report_.events(1).impact().sustained().proven().index_ppm());
}

// Flow into each node, by name.
std::map<std::string, double> Inflow(const Blast& blast) {
  std::map<std::string, double> inflow;
  for (const Blast::Link& link : blast.links())
    inflow[blast.nodes(link.target()).name()] += link.applications();
  return inflow;
}

TEST_F(BoardTest, LetsEachApplicationFlowOnce) {
  MustMake();
  const Blast& blast = report_.blast_radius();
  double into_applications = 0, into_models = 0;
  std::map<std::string, double> by_layer;
  for (const Blast::Link& link : blast.links()) {
    const auto layer = blast.nodes(link.target()).layer();
    EXPECT_EQ(layer, blast.nodes(link.source()).layer() + 1);
    if (layer == Blast::LAYER_APPLICATION) into_applications += link.applications();
    if (layer == Blast::LAYER_MODEL) into_models += link.applications();
  }
  const int64_t impaired = report_.events(0).outcome().likely().impacted_applications();
  EXPECT_DOUBLE_EQ(into_applications, static_cast<double>(impaired));
  EXPECT_DOUBLE_EQ(into_models, static_cast<double>(impaired));
  EXPECT_EQ(blast.untraced_count(), 0);
}

TEST_F(BoardTest, FollowsServicesThroughServices) {
  // The exit of beta hits `search` alone: it takes along `pay`, `desk`, and `help` behind `desk`.
  MustMake();
  v1::ReportEvent event;
  for (const v1::ReportEvent& one : report_.events()) {
    if (one.impact().key() == "vendor:beta") event = one;
  }
  ASSERT_EQ(event.impact().key(), "vendor:beta") << "vendor:beta is none of the worst events";
  const Blast blast = BlastRadiusOf(*cache_.Of(*view_), event, 12);
  const auto inflow = Inflow(blast);
  EXPECT_DOUBLE_EQ(inflow.at("models/two"), 1);
  EXPECT_DOUBLE_EQ(inflow.at("applications/search"), 1);
  for (const char* service : {"businessServices/pay", "businessServices/desk", "businessServices/help"})
    EXPECT_DOUBLE_EQ(inflow.at(service), 1.0 / 3) << service;
  for (const Blast::Node& node : blast.nodes()) {
    if (node.name() == "applications/search") {
      EXPECT_EQ(node.state(), Blast::STATE_STOPPED);
    }
  }
}

TEST_F(BoardTest, DrawsWhatIsBeyondTheRowsAsOneNode) {
  MustMake();
  v1::ReportEvent event;
  for (const v1::ReportEvent& one : report_.events()) {
    if (one.impact().key() == "vendor:beta") event = one;
  }
  const Blast blast = BlastRadiusOf(*cache_.Of(*view_), event, 1);
  int64_t services = 0;
  std::vector<std::string> names;
  for (const Blast::Node& node : blast.nodes()) {
    if (node.layer() != Blast::LAYER_BUSINESS_SERVICE) continue;
    services += node.count();
    names.push_back(node.name());
  }
  EXPECT_EQ(services, 3);
  EXPECT_THAT(names, ElementsAre("businessServices/desk", ""));
}

TEST_F(BoardTest, TriesEveryScenarioThatAppliesOnce) {
  MustMake();
  const v1::ScenarioMatrix& matrix = report_.matrix();
  EXPECT_EQ(matrix.columns_size(), 8);
  EXPECT_GT(matrix.omitted_column_count(), 0);
  EXPECT_EQ(matrix.columns(0).name(), report_.events(0).impact().key());
  for (const v1::ScenarioMatrix::Row& row : matrix.rows()) {
    ASSERT_EQ(row.cells_size(), matrix.columns_size());
    for (const v1::ScenarioMatrix::Cell& cell : row.cells()) {
      EXPECT_LE(cell.likely_ppm(), cell.not_excluded_ppm());
      EXPECT_LE(cell.not_excluded_ppm(), 1'000'000);
    }
  }
}

TEST_F(BoardTest, GivesTheLossOfAConsumerOverTheHorizon) {
  // All of `search` is lost for good from the first second on.
  Analysis analysis(view_->shared_graph());
  v1::ScenarioMatrix matrix;
  MatrixScenario exit{"scenarios/x", "", {}};
  exit.scenario = FromText<v1::Scenario>(
      "horizon { seconds: 1000 } cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/beta' start { seconds: "
      "400 } }");
  MatrixScenario stale{"scenarios/stale", "", {}};
  stale.scenario = FromText<v1::Scenario>("cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/gone' }");
  ASSERT_TRUE(ReportMatrix(analysis, {stale, exit}, 10, nullptr, matrix).ok());
  EXPECT_EQ(matrix.omitted_column_count(), 1);
  ASSERT_THAT(matrix.columns(), SizeIs(1));
  EXPECT_FALSE(matrix.applications());
  ASSERT_THAT(matrix.rows(), SizeIs(3));
  EXPECT_EQ(matrix.rows(0).cells(0).proven_ppm(), 600'000);
}

TEST_F(BoardTest, CountsOnlyWhoIsSelected) {
  v1::GetReportRequest request;
  request.mutable_selector()->add_tiers(1);
  MustMake(request);
  EXPECT_EQ(report_.selection().description(), "tier 1");
  EXPECT_EQ(report_.application_count(), 1);
  EXPECT_EQ(report_.business_service_count(), 1);
  EXPECT_EQ(report_.concentration().concentrations(0).population(), 1);
  EXPECT_EQ(report_.scores().basis().application_count(), 1);
  ASSERT_THAT(report_.scores().scores(), SizeIs(1));
  EXPECT_EQ(report_.scores().scores(0).name(), "applications/claims");
  EXPECT_EQ(report_.scores().portfolio().likely().score(), report_.scores().scores(0).likely().score());
  EXPECT_THAT(report_.matrix().rows(), SizeIs(1));
  for (const v1::ReportEvent& event : report_.events()) EXPECT_EQ(event.outcome().application_count(), 1);
  EXPECT_EQ(report_.losses().priced_consumers() + report_.losses().unpriced_consumers(), 2);
}

class EmptyBoardTest : public BoardTest {
 protected:
  EmptyBoardTest() : BoardTest(Documents()) {}
};

TEST_F(EmptyBoardTest, IsWholeWithoutAnything) {
  MustMake();
  EXPECT_EQ(report_.application_count(), 0);
  EXPECT_THAT(report_.events(), IsEmpty());
  EXPECT_FALSE(report_.has_blast_radius());
  EXPECT_THAT(report_.matrix().rows(), IsEmpty());
  EXPECT_EQ(report_.losses().priced_consumers(), 0);
}

}  // namespace
}  // namespace linchpin::risk
