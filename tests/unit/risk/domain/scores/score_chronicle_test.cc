#include "services/risk/domain/scores/score_chronicle.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNoon = absl::FromCivil(absl::CivilHour(2026, 11, 29, 12), absl::UTCTimeZone());

std::shared_ptr<const Scored> ScoredWith(double exit_rate) {
  Analysis analysis(TwoVendors().Graph());
  HazardSet set = MakeHazardSet(nullptr, {}, kNoon);
  set.hazards.SetClass(engine::AtomClass::kVendor, {.rate_per_year = exit_rate});
  Scorer scorer;
  return *scorer.Of(analysis, set, nullptr);
}

TEST(ScoreChronicle, WritesEveryScoreOfTheFirstDay) {
  ScoreChronicle chronicle;
  const auto due = chronicle.Due(*ScoredWith(0.02), {}, 5, kNoon);
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].cause(), v1::ScoreRecord::CAUSE_DAY);
  EXPECT_EQ(due[0].inventory_revision(), 5);
  v1::ScorePoint point;
  EXPECT_TRUE(ReadPoint(due[0], "portfolio", point));
  EXPECT_TRUE(ReadPoint(due[0], "applications/search", point));
  EXPECT_TRUE(ReadPoint(due[0], "vendors/beta", point));
  EXPECT_FALSE(ReadPoint(due[0], "applications/none", point));
}

TEST(ScoreChronicle, WritesWithinADayOnlyWhatMovedByMoreThanAPoint) {
  ScoreChronicle chronicle;
  chronicle.Due(*ScoredWith(0.02), {}, 5, kNoon);
  EXPECT_THAT(chronicle.Due(*ScoredWith(0.02), {}, 6, kNoon + absl::Minutes(1)), IsEmpty());
  EXPECT_THAT(chronicle.Due(*ScoredWith(0.021), {}, 7, kNoon + absl::Minutes(2)), IsEmpty());
  const auto due = chronicle.Due(*ScoredWith(0.2), {}, 8, kNoon + absl::Minutes(3));
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].cause(), v1::ScoreRecord::CAUSE_MOVE);
  v1::ScorePoint point;
  EXPECT_TRUE(ReadPoint(due[0], "applications/search", point));
  EXPECT_THAT(chronicle.Due(*ScoredWith(0.2), {}, 9, kNoon + absl::Minutes(4)), IsEmpty());
}

TEST(ScoreChronicle, WritesARecordEachDayAndAllScoresEachMonth) {
  ScoreChronicle chronicle;
  const auto scored = ScoredWith(0.02);
  const size_t all = static_cast<size_t>(chronicle.Due(*scored, {}, 5, kNoon)[0].entries_size());
  const auto next_day = chronicle.Due(*scored, {}, 5, kNoon + absl::Hours(24));
  ASSERT_THAT(next_day, SizeIs(1));
  EXPECT_THAT(next_day[0].entries(), IsEmpty());
  const auto next_month = chronicle.Due(*scored, {}, 5, kNoon + absl::Hours(48));
  ASSERT_THAT(next_month, SizeIs(1));
  EXPECT_THAT(next_month[0].entries(), SizeIs(all));
}

TEST(ScoreChronicle, GoesOnFromWhatIsStored) {
  ScoreChronicle first, second;
  for (const auto& record : first.Due(*ScoredWith(0.02), {}, 5, kNoon)) second.Read(record);
  EXPECT_THAT(second.Due(*ScoredWith(0.02), {}, 5, kNoon + absl::Hours(1)), IsEmpty());
}

TEST(ScoreChronicle, NamesRecordsInTheOrderOfTheirTimes) {
  EXPECT_LT(ScoreRecordName(kNoon, 0), ScoreRecordName(kNoon, 1));
  EXPECT_LT(ScoreRecordName(kNoon, 9), ScoreRecordName(kNoon + absl::Milliseconds(1), 0));
  EXPECT_EQ(ScoreRecordName(kNoon, 0), "scoreRecords/s-20261129-120000-000-0000");
}

ConcentrationList Figures(double hhi, const std::string& top = "vendors/alpha") {
  ConcentrationList list;
  v1::ConcentrationFigures& figures = *list.Add();
  figures.set_dimension(common::v1::DIMENSION_OPERATOR_GROUP);
  figures.set_hhi(hhi);
  figures.set_top_group(top);
  return list;
}

// What a record says of the index; nothing if it says nothing.
std::optional<double> IndexIn(const std::vector<v1::ScoreRecord>& records) {
  v1::ConcentrationPoint point;
  for (const v1::ScoreRecord& record : records) {
    if (ReadPoint(record, common::v1::DIMENSION_OPERATOR_GROUP, point)) return point.figures().hhi();
  }
  return std::nullopt;
}

TEST(ScoreChronicle, KeepsConcentrationByTheSameRule) {
  ScoreChronicle chronicle;
  const auto scored = ScoredWith(0.02);
  EXPECT_EQ(IndexIn(chronicle.Due(*scored, Figures(3000), 5, kNoon)), 3000);
  // Within a day a hundred of the index, which is one percent.
  EXPECT_THAT(chronicle.Due(*scored, Figures(3100), 6, kNoon + absl::Minutes(1)), IsEmpty());
  EXPECT_EQ(IndexIn(chronicle.Due(*scored, Figures(3101), 7, kNoon + absl::Minutes(2))), 3101);
  // At the turn of a day five of it.
  EXPECT_EQ(IndexIn(chronicle.Due(*scored, Figures(3105), 8, kNoon + absl::Hours(24))), std::nullopt);
  EXPECT_EQ(IndexIn(chronicle.Due(*scored, Figures(3107), 9, kNoon + absl::Hours(25))), std::nullopt);
  EXPECT_EQ(IndexIn(chronicle.Due(*scored, Figures(3107), 9, kNoon + absl::Hours(48))), 3107);
}

TEST(ScoreChronicle, WritesAtTheTurnOfADayThatAnotherGroupIsTheLargest) {
  ScoreChronicle chronicle;
  const auto scored = ScoredWith(0.02);
  chronicle.Due(*scored, Figures(3000), 5, kNoon);
  EXPECT_THAT(chronicle.Due(*scored, Figures(3000, "vendors/beta"), 6, kNoon + absl::Hours(1)), IsEmpty());
  EXPECT_EQ(IndexIn(chronicle.Due(*scored, Figures(3000, "vendors/beta"), 6, kNoon + absl::Hours(24))), 3000);
}

TEST(ScoreChronicle, GoesOnFromTheConcentrationStored) {
  ScoreChronicle first, second;
  const auto scored = ScoredWith(0.02);
  for (const v1::ScoreRecord& record : first.Due(*scored, Figures(3000), 5, kNoon)) second.Read(record);
  EXPECT_THAT(second.Due(*scored, Figures(3000), 6, kNoon + absl::Hours(1)), IsEmpty());
  second.Clear();
  EXPECT_EQ(IndexIn(second.Due(*scored, Figures(3000), 6, kNoon + absl::Hours(1))), 3000);
}

}  // namespace
}  // namespace linchpin::risk
