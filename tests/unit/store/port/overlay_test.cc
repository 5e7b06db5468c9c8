#include "services/store/port/overlay.h"

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

// Bodies are lists of targets of one letter each.
std::vector<std::string> Letters(const StoredResource& resource) {
  std::vector<std::string> letters;
  for (char letter : resource.body) letters.emplace_back(1, letter);
  return letters;
}

StoredResource Make(std::string name, std::string body, int64_t revision) {
  return {std::move(name), "Thing", revision, absl::UnixEpoch(), absl::UnixEpoch(), std::move(body)};
}

class OverlayTest : public testing::Test {
 protected:
  OverlayTest() : head_(Letters) {
    head_.Apply(std::vector<Change>{
        {Make("a", "", 1), false, 0}, {Make("b", "a", 1), false, 0}, {Make("c", "ab", 1), false, 0}});
  }
  MapHead head_;
};

TEST_F(OverlayTest, ShowsTheHeadUntilSomethingIsTouched) {
  Overlay state(head_);
  EXPECT_EQ(state.revision(), 1);
  EXPECT_TRUE(state.Contains("a"));
  EXPECT_FALSE(state.Contains("d"));
  EXPECT_THAT(state.Referrers("a", 10), ElementsAre("b", "c"));
  EXPECT_THAT(state.References("c"), ElementsAre("a", "b"));
  EXPECT_THAT(state.NamesWithPrefix("", 10), ElementsAre("a", "b", "c"));
  EXPECT_EQ(state.CountWithPrefix(""), 3);
  EXPECT_EQ(state.CountWithPrefix("b"), 1);
}

TEST_F(OverlayTest, WhatIsPutReplacesWhatTheHeadHas) {
  Overlay state(head_);
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

TEST_F(OverlayTest, WhatIsRemovedIsGoneAndRefersToNothing) {
  Overlay state(head_);
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
  EXPECT_TRUE(state.touched().at("c").beneath);
}

TEST_F(OverlayTest, ALimitCountsOnlyWhatIsLeft) {
  Overlay state(head_);
  state.Put(Make("b", "", 2), {});
  EXPECT_THAT(state.Referrers("a", 1), ElementsAre("c"));
  state.Remove("a");
  EXPECT_THAT(state.NamesWithPrefix("", 1), ElementsAre("b"));
}

TEST_F(OverlayTest, TheGreatestLimitStillFindsWhatIsUntouched) {
  constexpr int kAll = std::numeric_limits<int>::max();
  Overlay state(head_);
  state.Put(Make("d", "a", 2), {"a"});
  EXPECT_THAT(state.Referrers("a", kAll), ElementsAre("b", "c", "d"));
  EXPECT_THAT(state.NamesWithPrefix("", kAll), ElementsAre("a", "b", "c", "d"));
}

TEST_F(OverlayTest, LiesOverAnother) {
  Overlay accepted(head_);
  accepted.Put(Make("d", "a", 2), {"a"});
  accepted.Remove("b");
  accepted.Advance();
  Overlay after(static_cast<const StateReader&>(accepted));  // Not a copy.
  EXPECT_EQ(after.revision(), 2);
  after.Put(Make("d", "c", 0), {"c"});
  EXPECT_THAT(after.Referrers("a", 10), ElementsAre("c"));
  EXPECT_THAT(after.Referrers("c", 10), ElementsAre("d"));
  EXPECT_THAT(accepted.Referrers("a", 10), ElementsAre("c", "d"));
  EXPECT_TRUE(after.touched().at("d").beneath);
  EXPECT_EQ(after.CountWithPrefix(""), 3);
}

TEST_F(OverlayTest, WhatIsTakenOutStandsAsBeneath) {
  Overlay state(head_);
  state.Put(Make("b", "c", 2), {"c"});
  EXPECT_THAT(state.Referrers("c", 10), ElementsAre("b"));
  const Overlay::Touched taken = state.Take("b");
  EXPECT_EQ(taken.resource->body, "c");
  EXPECT_THAT(taken.references, ElementsAre("c"));
  EXPECT_TRUE(taken.beneath);
  EXPECT_THAT(state.Referrers("c", 10), IsEmpty());
  EXPECT_THAT(state.Referrers("a", 10), ElementsAre("b", "c"));
}

}  // namespace
}  // namespace linchpin::store
