#include "services/policy/domain/incremental/nearest_instants.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

absl::Time At(int seconds) { return absl::FromUnixSeconds(seconds); }

TEST(NearestInstants, GivesTheNamesWhoseTimeHasCome) {
  NearestInstants instants(10);
  EXPECT_EQ(instants.first(), absl::InfiniteFuture());
  instants.Add(At(3), "c");
  instants.Add(At(1), "a");
  instants.Add(At(2), "b");
  EXPECT_EQ(instants.first(), At(1));
  EXPECT_THAT(instants.TakeUntil(At(2)), Optional(ElementsAre("a", "b")));
  EXPECT_THAT(instants.TakeUntil(At(2)), Optional(IsEmpty()));
  EXPECT_EQ(instants.first(), At(3));
}

TEST(NearestInstants, KnowsNothingOfWhatLiesBeyondThoseKept) {
  NearestInstants instants(2);
  for (int i = 1; i <= 4; ++i) instants.Add(At(i), "n" + std::to_string(i));
  EXPECT_EQ(instants.size(), 2u);
  EXPECT_THAT(instants.TakeUntil(At(2)), Optional(ElementsAre("n1", "n2")));
  EXPECT_EQ(instants.first(), At(3)) << "the third was left out; none lies before it";
  EXPECT_EQ(instants.TakeUntil(At(3)), std::nullopt);
}

TEST(NearestInstants, KeepsAllOfOneInstantOrNone) {
  NearestInstants instants(2);
  instants.Add(At(1), "a");
  instants.Add(At(2), "b");
  instants.Add(At(2), "c");
  EXPECT_EQ(instants.size(), 1u) << "which of the two were left out would be chance";
  instants.Add(At(2), "d");
  EXPECT_EQ(instants.size(), 1u);
  EXPECT_EQ(instants.TakeUntil(At(2)), std::nullopt);
}

TEST(FirstInstant, IsTheFirstOfThoseThatAreThere) {
  FirstInstant instants(2);
  EXPECT_EQ(instants.first(), absl::InfiniteFuture());
  for (const int time : {2, 1, 1}) instants.Add(At(time));
  instants.Remove(At(1));
  EXPECT_EQ(instants.first(), At(1)) << "it was there twice";
  instants.Remove(At(1));
  EXPECT_EQ(instants.first(), At(2));
}

TEST(FirstInstant, SaysWhenItIsNotKnown) {
  FirstInstant instants(2);
  for (const int time : {3, 1, 2}) instants.Add(At(time));
  instants.Remove(At(3));  // It is not kept.
  instants.Remove(At(1));
  EXPECT_TRUE(instants.is_known());
  instants.Remove(At(2));
  EXPECT_FALSE(instants.is_known());
  instants.Add(At(4));
  EXPECT_FALSE(instants.is_known()) << "others may come before it";
}

}  // namespace
}  // namespace linchpin::policy
