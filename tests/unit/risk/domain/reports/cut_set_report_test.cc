#include "services/risk/domain/reports/cut_set_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Keys = std::vector<std::string>;

absl::Status Ask(const std::string& request, v1::ListCutSetsResponse& response,
                 const std::function<bool()>& cancelled = nullptr) {
  Analysis analysis(TwoVendors().Graph());
  return ReportCutSets(analysis, FromText<v1::ListCutSetsRequest>(request), cancelled, response);
}

v1::ListCutSetsResponse Asked(const std::string& request) {
  v1::ListCutSetsResponse response;
  const absl::Status status = Ask(request, response);
  EXPECT_THAT(status, IsOk());
  return response;
}

std::string Refused(const std::string& request) {
  v1::ListCutSetsResponse response;
  const absl::Status status = Ask(request, response);
  EXPECT_THAT(status, Not(IsOk()));
  return base::ReasonOf(status) + " " + std::string(status.message());
}

std::vector<Keys> Sets(const v1::CutSetList& list) {
  std::vector<Keys> sets;
  for (const v1::CutSet& set : list.cut_sets()) sets.emplace_back(set.atoms().begin(), set.atoms().end());
  return sets;
}

constexpr char kClaims[] =
    "question { consumers: 'applications/claims' atom_classes: ATOM_CLASS_VENDOR atom_classes: "
    "ATOM_CLASS_HOST } ";

// Claims depends on alpha (at cloud's host) and on beta, whose host is unknown.
TEST(CutSetReport, AnswersEachReadingByItself) {
  const auto response = Asked(kClaims);
  ASSERT_EQ(response.lists_size(), 3);
  const v1::CutSetList& proven = response.lists(0);
  EXPECT_EQ(proven.reading(), v1::READING_PROVEN);
  EXPECT_THAT(Sets(proven), ElementsAre(Keys{"host:eu", "vendor:beta"}, Keys{"vendor:alpha", "vendor:beta"},
                                        Keys{"vendor:beta", "vendor:cloud"}));
  EXPECT_THAT(proven.count_by_size(), ElementsAre(0, 0, 3, 0));
  EXPECT_EQ(proven.complete_to_size(), 3);
  EXPECT_EQ(proven.omitted_count(), 0);
  EXPECT_EQ(proven.atom_count(), 4);
  EXPECT_EQ(response.lists(1).reading(), v1::READING_LIKELY);
  EXPECT_EQ(response.lists(2).reading(), v1::READING_NOT_EXCLUDED);
  EXPECT_THAT(Sets(response.lists(2)), Contains(Keys{"vendor:cloud"}));
}

TEST(CutSetReport, NamesTheDependenciesThatAreLost) {
  const auto response = Asked(std::string(kClaims) + "readings: READING_PROVEN");
  EXPECT_THAT(response.lists(0).cut_sets(0).dependencies(),
              ElementsAre("applications/claims/dependencies/chat"));
}

TEST(CutSetReport, TakesSeveralConsumersAsAnyOrAsAll) {
  const std::string both =
      "question { consumers: 'applications/claims' consumers: 'applications/search' atom_classes: "
      "ATOM_CLASS_VENDOR } "
      "readings: READING_PROVEN ";
  EXPECT_THAT(Sets(Asked(both).lists(0)), ElementsAre(Keys{"vendor:beta"}));
  EXPECT_THAT(Sets(Asked(both + "together: TOGETHER_ALL").lists(0)),
              ElementsAre(Keys{"vendor:alpha", "vendor:beta"}, Keys{"vendor:beta", "vendor:cloud"}));
}

TEST(CutSetReport, WithoutANameAsksAboutAll) {
  EXPECT_THAT(Sets(Asked("question { atom_classes: ATOM_CLASS_VENDOR } readings: READING_PROVEN").lists(0)),
              ElementsAre(Keys{"vendor:beta"}));
}

TEST(CutSetReport, ListsUpToTheSizeAndCountsAllWhenAsked) {
  const auto first = Asked(std::string(kClaims) + "readings: READING_PROVEN max_size: 1");
  EXPECT_THAT(first.lists(0).cut_sets(), IsEmpty());
  EXPECT_THAT(first.lists(0).count_by_size(), ElementsAre(0, 0));
  const auto all = Asked(std::string(kClaims) + "readings: READING_PROVEN max_size: 1 count_all: true");
  EXPECT_THAT(all.lists(0).count_by_size(), ElementsAre(0, 0, 3));
  EXPECT_TRUE(all.lists(0).counted_all());
}

TEST(CutSetReport, SaysWhatItLeavesOut) {
  const auto response = Asked(std::string(kClaims) + "readings: READING_PROVEN max_sets: 1");
  EXPECT_EQ(response.lists(0).cut_sets_size(), 1);
  EXPECT_EQ(response.lists(0).omitted_count(), 2);
}

TEST(CutSetReport, RefusesWhatItCannotMean) {
  EXPECT_THAT(
      Refused("question { consumers: 'applications/nobody' }"),
      HasSubstr("TARGET_NOT_FOUND question.consumers[0]: applications/nobody is not in the inventory"));
  EXPECT_THAT(Refused("max_size: 11"), HasSubstr("FIELD_INVALID max_size: must be from 1 to 10"));
  EXPECT_THAT(Refused("question { threshold_ppm: 1000000 }"), HasSubstr("question.threshold_ppm"));
  EXPECT_THAT(Refused("question { atom_classes: ATOM_CLASS_UNSPECIFIED }"),
              HasSubstr("question.atom_classes[0]: name a class"));
  EXPECT_THAT(Refused("readings: READING_UNSPECIFIED"), HasSubstr("readings[0]: name a reading"));
}

TEST(CutSetReport, StopsWhenNobodyWaits) {
  v1::ListCutSetsResponse response;
  EXPECT_THAT(Ask(kClaims, response, [] { return true; }), StatusIs(absl::StatusCode::kCancelled));
}

// --- Single points of failure ------------------------------------------------------------------------------

v1::ListSinglePointsOfFailureResponse Points(const std::string& request) {
  v1::ListSinglePointsOfFailureResponse response;
  Analysis analysis(TwoVendors().Graph());
  const absl::Status status = ReportSinglePoints(
      analysis, FromText<v1::ListSinglePointsOfFailureRequest>(request), nullptr, response);
  EXPECT_THAT(status, IsOk());
  return response;
}

TEST(SinglePointReport, RanksWhoStopsTheMost) {
  const auto response = Points("question { atom_classes: ATOM_CLASS_VENDOR }");
  ASSERT_EQ(response.points_size(), 3);
  EXPECT_EQ(response.point_count(), 3);
  EXPECT_EQ(response.consumer_count(), 2);
  // Beta stops search for certain. Alpha or cloud stops both if the host of beta is theirs.
  const v1::SinglePoint& beta = response.points(0);
  EXPECT_EQ(beta.atom(), "vendor:beta");
  EXPECT_EQ(beta.failed().proven(), 1);
  EXPECT_EQ(beta.failed_weight().proven(), 2);
  EXPECT_EQ(beta.consumers(0).consumer(), "applications/search");
  EXPECT_EQ(beta.consumers(0).reading(), v1::READING_PROVEN);
  EXPECT_EQ(response.points(1).atom(), "vendor:alpha");
  EXPECT_EQ(response.points(1).failed().proven(), 0);
  EXPECT_EQ(response.points(1).failed().not_excluded(), 2);
  EXPECT_EQ(response.points(1).consumers(0).consumer(), "applications/claims");
  EXPECT_EQ(response.points(1).consumers(0).reading(), v1::READING_NOT_EXCLUDED);
  EXPECT_EQ(response.exposed().proven(), 1);
  EXPECT_EQ(response.exposed().not_excluded(), 2);
}

TEST(SinglePointReport, KeepsToTheConsumersNamedAndToItsLimits) {
  const auto response =
      Points("question { consumers: 'applications/claims' atom_classes: ATOM_CLASS_VENDOR } max_points: 1");
  EXPECT_EQ(response.points_size(), 1);
  EXPECT_EQ(response.point_count(), 2) << "beta stops nobody else";
  EXPECT_EQ(response.points(0).failed().not_excluded(), 1);
  EXPECT_EQ(response.consumer_count(), 1);
}

}  // namespace
}  // namespace linchpin::risk
