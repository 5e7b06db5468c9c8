#include "services/risk/domain/reports/concentration_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/replica/view_editor.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
namespace common = ::linchpin::common::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

v1::GetConcentrationResponse Reported(const Documents& documents, const std::string& request,
                                      const std::vector<std::string>& home = {}) {
  Analysis analysis(documents.Graph());
  v1::GetConcentrationResponse response;
  const absl::Status status =
      ReportConcentration(analysis, FromText<v1::GetConcentrationRequest>(request), home, nullptr, response);
  EXPECT_THAT(status, IsOk());
  return response;
}

TEST(ConcentrationReport, HasEveryDimensionUnlessSomeAreNamed) {
  const auto all = Reported(TwoVendors(), "");
  ASSERT_EQ(all.concentrations_size(), 12);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(all.concentrations(i).dimension(), i + 1);
  EXPECT_EQ(all.basis(), common::BASIS_APPLICATIONS);
  EXPECT_FALSE(all.has_foreign());
  const auto two = Reported(TwoVendors(), "dimensions: DIMENSION_MODEL dimensions: DIMENSION_OPERATOR");
  ASSERT_EQ(two.concentrations_size(), 2);
  EXPECT_EQ(two.concentrations(0).dimension(), common::DIMENSION_MODEL);
}

TEST(ConcentrationReport, ShowsGroupsAndFigures) {
  const auto report = Reported(TwoVendors(), "dimensions: DIMENSION_OPERATOR");
  const v1::Concentration& operators = report.concentrations(0);
  EXPECT_EQ(operators.population(), 2);
  EXPECT_EQ(operators.total_weight(), 2'000'000);
  EXPECT_EQ(operators.group_count(), 2);
  ASSERT_EQ(operators.groups_size(), 2);
  EXPECT_EQ(operators.groups(0).key(), "vendors/alpha");
  EXPECT_EQ(operators.groups(0).share_ratio(), 0.5);
  EXPECT_EQ(operators.hhi(), 5000.0);
  EXPECT_EQ(operators.hhi_lower(), 5000.0);
  EXPECT_EQ(operators.hhi_upper(), 5000.0);
  EXPECT_EQ(operators.normalised_hhi(), 0.0);
  EXPECT_EQ(operators.effective_number(), 2.0);
  EXPECT_EQ(operators.gini(), 0.0);
  EXPECT_NEAR(operators.shannon_entropy(), 0.693147180559945, 1e-12);
  EXPECT_NEAR(operators.theil(), 0.0, 1e-12);
  EXPECT_NEAR(operators.hill_number_1(), 2.0, 1e-12);
  EXPECT_EQ(operators.hill_number_infinity(), 2.0);
  EXPECT_EQ(operators.top_share_ratio(), 0.5);
  EXPECT_EQ(operators.unknown_share_ratio(), 0.0);
}

TEST(ConcentrationReport, ShowsWhatIsUnknownAndThroughWhat) {
  const auto report = Reported(TwoVendors(), "dimensions: DIMENSION_HOST_COUNTRY top_k: 2");
  const v1::Concentration& countries = report.concentrations(0);
  ASSERT_EQ(countries.groups_size(), 2);
  EXPECT_EQ(countries.groups(0).key(), "DE");
  EXPECT_EQ(countries.groups(0).share_upper_ratio(), 1.0);
  EXPECT_EQ(countries.groups(1).key(), "unknown");
  EXPECT_THAT(countries.groups(1).unknown_through(), ElementsAre("deployments/beta"));
  EXPECT_EQ(countries.unknown_share_ratio(), 0.5);
  EXPECT_EQ(countries.hhi(), 5000.0);
  EXPECT_EQ(countries.hhi_upper(), 10'000.0);
  EXPECT_EQ(countries.top_share_ratio(), 1.0);
}

TEST(ConcentrationReport, SaysWhatItTookForAbsentValues) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Application>("name: 'applications/odd'")
      .Add<inventory::Dependency>(
          "name: 'applications/odd/dependencies/x' alternatives { target: 'deployments/beta' }");
  const auto applications = Reported(documents, "dimensions: DIMENSION_OPERATOR");
  EXPECT_EQ(applications.untiered_consumers(), 0) << "nothing is taken from tiers";
  EXPECT_THAT(applications.assumptions(), Contains("2 models state no country of origin (one is models/one); "
                                                   "it is taken from the developer."));
  EXPECT_THAT(applications.assumptions(), Not(Contains(HasSubstr("weight"))));
  const auto criticality = Reported(documents, "dimensions: DIMENSION_OPERATOR basis: BASIS_CRITICALITY");
  EXPECT_EQ(criticality.untiered_consumers(), 1);
  EXPECT_THAT(criticality.assumptions(), Contains("1 consumer states neither weight nor tier "
                                                  "(applications/odd); the weight of tier 3 is taken."));
}

TEST(ConcentrationReport, CutsTheListOfGroupsButNotTheirCount) {
  const auto report = Reported(TwoVendors(), "dimensions: DIMENSION_OPERATOR max_groups: 1");
  EXPECT_EQ(report.concentrations(0).groups_size(), 1);
  EXPECT_EQ(report.concentrations(0).group_count(), 2);
}

TEST(ConcentrationReport, WeighsForeignModelsAgainstTheHomeThatIsNamed) {
  const auto french = Reported(TwoVendors(), "dimensions: DIMENSION_MODEL home: 'FR'", {"US"});
  EXPECT_THAT(french.foreign().home(), ElementsAre("FR"));
  EXPECT_EQ(french.foreign().foreign_weight(), 2'000'000);
  EXPECT_EQ(french.foreign().foreign_share_lower_ratio(), 1.0);
  ASSERT_EQ(french.foreign().models_size(), 2);
  EXPECT_THAT(french.foreign().models(1).path(), ElementsAre("models/two", "models/one"));
  EXPECT_EQ(french.foreign().models(1).origin_country(), "US");
  const auto american = Reported(TwoVendors(), "dimensions: DIMENSION_MODEL", {"US", "FR"});
  EXPECT_EQ(american.foreign().home_weight(), 2'000'000);
  EXPECT_EQ(american.foreign().foreign_share_upper_ratio(), 0.0);
}

TEST(ConcentrationReport, OfNothingHasNoFigures) {
  const auto report = Reported(Documents(), "basis: BASIS_SPEND", {"FR"});
  EXPECT_EQ(report.basis(), common::BASIS_SPEND);
  EXPECT_EQ(report.concentrations(0).total_weight(), 0);
  EXPECT_EQ(report.concentrations(0).hhi(), 0.0);
  EXPECT_EQ(report.concentrations(0).groups_size(), 0);
}

TEST(ConcentrationReport, ListsCyclesUnattributedWeightAndTheUnmeasured) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Application>("name: 'applications/loop'")
      .Add<inventory::Dependency>(
          "name: 'applications/loop/dependencies/x' alternatives { target: 'applications/loop' }");
  const auto applications = Reported(documents, "dimensions: DIMENSION_MODEL");
  EXPECT_THAT(applications.concentrations(0).cyclic_consumers(), ElementsAre("applications/loop"));
  EXPECT_EQ(applications.concentrations(0).unattributed_weight(), 1'000'000);
  const auto tokens = Reported(documents, "dimensions: DIMENSION_MODEL basis: BASIS_TOKENS");
  EXPECT_EQ(tokens.concentrations(0).unmeasured(), 2);
}

TEST(ConcentrationReport, RefusesADimensionThatIsNotSaid) {
  Analysis analysis(TwoVendors().Graph());
  v1::GetConcentrationResponse response;
  const absl::Status status = ReportConcentration(
      analysis,
      FromText<v1::GetConcentrationRequest>("dimensions: DIMENSION_MODEL dimensions: DIMENSION_UNSPECIFIED"),
      {}, nullptr, response);
  EXPECT_THAT(status, HasReason("FIELD_INVALID"));
  EXPECT_EQ(base::DetailsOf(status)->violations.at(0).field, "dimensions[1]");
}

TEST(ConcentrationReport, SaysWhenAFigureIsTooLarge) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Dependency>(R"pb(
    name: "applications/search/dependencies/big"
    alternatives { target: "deployments/beta" }
    usage {
      requests: 72057594037927936
      window { seconds: 2592000 }
    }
  )pb");
  Analysis analysis(documents.Graph());
  v1::GetConcentrationResponse response;
  const absl::Status status = ReportConcentration(
      analysis, FromText<v1::GetConcentrationRequest>("basis: BASIS_REQUESTS"), {}, nullptr, response);
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "FIGURE_TOO_LARGE"));
}

TEST(AnalysisCache, KeepsTheNewestGraph) {
  AnalysisCache cache;
  const auto view = replica::ViewLoader().Finish(7, absl::UnixEpoch());
  const auto first = cache.Of(*view);
  EXPECT_EQ(cache.Of(*view), first);
  EXPECT_NE(cache.Of(*replica::ViewLoader().Finish(7, absl::UnixEpoch())), first);
}

TEST(AnalysisCache, KeepsNothingHypothetical) {
  AnalysisCache cache;
  const auto view = replica::ViewLoader().Finish(7, absl::UnixEpoch());
  const auto kept = cache.Of(*view);
  replica::ViewEditor editor(*view);
  const replica::DocumentEdit edit{{.name = "vendors/v", .body = "\x0a\x09vendors/v"}, false};
  editor.Suppose({&edit, 1});
  const auto supposed = editor.Finish();
  const auto analysis = cache.Of(*supposed);
  EXPECT_TRUE(analysis->hypothetical());
  EXPECT_NE(cache.Of(*supposed), analysis);
  EXPECT_EQ(cache.Of(*view), kept);
}

}  // namespace
}  // namespace linchpin::risk
