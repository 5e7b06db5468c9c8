#include "services/store/commit/group_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "services/store/commit/map_head.h"

namespace linchpin::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Bodies are lists of targets of one letter each.
std::vector<std::string> Letters(const StoredResource& resource) {
  std::vector<std::string> letters;
  for (char letter : resource.body) letters.emplace_back(1, letter);
  return letters;
}

StoredResource Make(std::string name, std::string body, int64_t revision) {
  return {std::move(name), "Thing", revision, absl::UnixEpoch(), absl::UnixEpoch(), std::move(body)};
}

std::vector<std::pair<std::string, std::string>> Pairs(const std::vector<ReferenceRow>& rows) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const ReferenceRow& row : rows) pairs.emplace_back(row.source, row.target);
  return pairs;
}

class GroupStateTest : public testing::Test {
 protected:
  GroupStateTest() : head_(Letters) {
    head_.Apply(std::vector<Change>{
        {Make("a", "", 1), false, 0}, {Make("b", "a", 1), false, 0}, {Make("c", "ab", 1), false, 0}});
  }
  MapHead head_;
};

TEST_F(GroupStateTest, ShowsTheHeadUntilSomethingIsTouched) {
  GroupState state(head_);
  EXPECT_EQ(state.revision(), 1);
  EXPECT_TRUE(state.Contains("a"));
  EXPECT_FALSE(state.Contains("d"));
  EXPECT_THAT(state.Referrers("a", 10), ElementsAre("b", "c"));
  EXPECT_THAT(state.References("c"), ElementsAre("a", "b"));
  EXPECT_THAT(state.NamesWithPrefix("", 10), ElementsAre("a", "b", "c"));
  EXPECT_EQ(state.CountWithPrefix(""), 3);
  EXPECT_EQ(state.CountWithPrefix("b"), 1);
}

TEST_F(GroupStateTest, WhatIsPutReplacesWhatTheHeadHas) {
  GroupState state(head_);
  state.Put(Make("b", "", 2), {});
  state.Put(Make("d", "a", 3), {"a"});
  EXPECT_THAT(state.Referrers("a", 10), ElementsAre("c", "d"));
  EXPECT_EQ(state.Find("b")->revision, 2);
  EXPECT_THAT(state.NamesWithPrefix("", 10), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(state.CountWithPrefix(""), 4);
  state.Put(Make("d", "b", 4), {"b"});
  EXPECT_THAT(state.Referrers("a", 10), ElementsAre("c"));
  EXPECT_THAT(state.Referrers("b", 10), ElementsAre("c", "d"));
}

TEST_F(GroupStateTest, WhatIsRemovedIsGoneAndRefersToNothing) {
  GroupState state(head_);
  state.Remove("c");
  EXPECT_FALSE(state.Contains("c"));
  EXPECT_EQ(state.Find("c"), std::nullopt);
  EXPECT_THAT(state.Referrers("b", 10), IsEmpty());
  EXPECT_THAT(state.References("c"), IsEmpty());
  EXPECT_THAT(state.NamesWithPrefix("", 10), ElementsAre("a", "b"));
  EXPECT_EQ(state.CountWithPrefix(""), 2);
  // Come back, it counts once.
  state.Put(Make("c", "", 2), {});
  EXPECT_EQ(state.CountWithPrefix(""), 3);
  EXPECT_TRUE(state.InHead("c"));
}

TEST_F(GroupStateTest, ALimitCountsOnlyWhatIsLeft) {
  GroupState state(head_);
  state.Put(Make("b", "", 2), {});
  EXPECT_THAT(state.Referrers("a", 1), ElementsAre("c"));
  state.Remove("a");
  EXPECT_THAT(state.NamesWithPrefix("", 1), ElementsAre("b"));
}

TEST_F(GroupStateTest, TheGreatestLimitStillFindsWhatIsUntouched) {
  constexpr int kAll = std::numeric_limits<int>::max();
  GroupState state(head_);
  state.Put(Make("d", "a", 2), {"a"});
  EXPECT_THAT(state.Referrers("a", kAll), ElementsAre("b", "c", "d"));
  EXPECT_THAT(state.NamesWithPrefix("", kAll), ElementsAre("a", "b", "c", "d"));
}

TEST_F(GroupStateTest, DiffsReferencesAgainstTheHead) {
  GroupState state(head_);
  state.Put(Make("c", "b", 2), {"b"});
  state.Put(Make("d", "a", 3), {"a"});
  state.Remove("b");
  GroupRows rows;
  state.DiffReferences(&rows);
  EXPECT_THAT(Pairs(rows.removed), ElementsAre(Pair("b", "a"), Pair("c", "a")));
  EXPECT_THAT(Pairs(rows.added), ElementsAre(Pair("d", "a")));
  EXPECT_THAT(Pairs(rows.ensured), ElementsAre(Pair("c", "b")));
}

TEST_F(GroupStateTest, ANameMadeAndRemovedInTheGroupLeavesNoReferences) {
  GroupState state(head_);
  state.Put(Make("d", "a", 2), {"a"});
  state.Remove("d");
  GroupRows rows;
  state.DiffReferences(&rows);
  EXPECT_THAT(rows.removed, IsEmpty());
  EXPECT_THAT(rows.added, IsEmpty());
  EXPECT_THAT(rows.ensured, IsEmpty());
}

}  // namespace
}  // namespace linchpin::store
