#include "services/base/shared_set.h"

#include <functional>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin::base {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

using Set = SharedSet<int, std::less<>, 8, 4>;

TEST(SharedSet, IsInOrderAndHoldsEachOnce) {
  Set set;
  for (const int value : {3, 1, 2, 3}) set.Put(value);
  EXPECT_THAT(set, ElementsAre(1, 2, 3));
  EXPECT_EQ(set.size(), 3u);
  EXPECT_EQ(*set.LowerBound(2), 2);
  EXPECT_EQ(set.LowerBound(4), set.end());
  EXPECT_EQ(set.Find(0), set.end());
}

TEST(SharedSet, PutReplacesWhatIsEqual) {
  struct Entry {
    int key, value;
  };
  struct ByKey {
    bool operator()(const Entry& a, const Entry& b) const { return a.key < b.key; }
  };
  SharedSet<Entry, ByKey, 8, 4> set;
  set.Put({1, 10});
  set.Put({1, 11});
  EXPECT_EQ(set.size(), 1u);
  EXPECT_EQ(set.begin()->value, 11);
}

TEST(SharedSet, ACopyStaysAsItIsWhateverComesOfTheOriginal) {
  Set set = Set::FromSorted({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const Set before = set;
  set.Erase(5);
  set.Put(0);
  Set other = before;
  other.Erase(1);
  EXPECT_THAT(before, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(set, ElementsAre(0, 1, 2, 3, 4, 6, 7, 8, 9, 10));
  EXPECT_THAT(other, ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST(SharedSet, DoesWhatASetDoes) {
  std::mt19937 random(1);
  Set set;
  std::set<int> expected;
  std::vector<std::pair<Set, std::set<int>>> copies;
  for (int i = 0; i < 20'000; ++i) {
    const int value = static_cast<int>(random() % 300);
    if (random() % 2 == 0) {
      set.Put(value);
      expected.insert(value);
    } else {
      EXPECT_EQ(set.Erase(value), expected.erase(value) == 1);
    }
    if (i % 1000 == 0) copies.emplace_back(set, expected);
    if (i % 500 == 0) {
      ASSERT_THAT(set, ElementsAreArray(expected));
      ASSERT_EQ(set.size(), expected.size());
    }
  }
  for (const auto& [copy, was] : copies) EXPECT_THAT(copy, ElementsAreArray(was));
}

}  // namespace
}  // namespace linchpin::base
