#include "services/policy/rpc/finding_board.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin::policy {
namespace {

using ::testing::SizeIs;

// `count` findings of one severity whose content has this many bytes.
FindingSet SetOf(int count, size_t bytes) {
  FindingSet set;
  for (int i = 0; i < count; ++i) {
    auto record = std::make_shared<FindingRecord>();
    record->name = "findings/" + std::to_string(100 + i);
    record->content = std::string(bytes, 'x');
    set.gravest_first.Put(record);
    set.by_name.Put(record);
  }
  return set;
}

FindingPage Page(const FindingSet& set, const std::string& after, const PageLimits& limits) {
  return PageOf(set, {}, v1::SEVERITY_UNSPECIFIED, after, limits);
}

TEST(PageOf, EndsAtTheNumberOfFindings) {
  const FindingSet set = SetOf(5, 10);
  EXPECT_THAT(Page(set, "", {3, 10'000}).findings, SizeIs(3));
  EXPECT_TRUE(Page(set, "", {3, 10'000}).more);
  EXPECT_EQ(Page(set, "", {3, 10'000}).total, 5);
  EXPECT_FALSE(Page(set, "findings/101", {3, 10'000}).more);
}

TEST(PageOf, EndsEarlyWhereFindingsAreLarge) {
  const FindingSet set = SetOf(10, 4000);
  size_t seen = 0;
  std::string after;
  for (int pages = 0; pages < 10; ++pages) {
    const FindingPage page = Page(set, after, {1000, 10'000});
    EXPECT_THAT(page.findings, SizeIs(2));
    EXPECT_EQ(page.total, 10);
    seen += page.findings.size();
    after = page.findings.back()->name;
    if (!page.more) break;
  }
  EXPECT_EQ(seen, 10u);
}

TEST(PageOf, HoldsOneFindingHoweverLarge) {
  const FindingSet set = SetOf(2, 4000);
  EXPECT_THAT(Page(set, "", {1000, 100}).findings, SizeIs(1));
  EXPECT_TRUE(Page(set, "", {1000, 100}).more);
}

TEST(FindingFilter, OfAConsumerTakesItsDependencies) {
  FindingFilter filter;
  filter.subject = "applications/a";
  FindingRecord record;
  record.state = v1::Finding::STATE_OPEN;
  record.subject = "applications/a";
  const FindingSet set;
  EXPECT_TRUE(filter.Takes(record, set));
  record.subject = "applications/a/dependencies/answer";
  EXPECT_TRUE(filter.Takes(record, set));
  record.subject = "applications/ab";
  EXPECT_FALSE(filter.Takes(record, set));
  record.related = {"models/m", "applications/a/dependencies/answer"};
  EXPECT_TRUE(filter.Takes(record, set)) << "it names a dependency of the consumer";
}

TEST(FindingFilter, TakesADataGapForAllWhomItConcernsAndNotOnlyForItsSample) {
  FindingFilter filter;
  FindingRecord record;
  record.name = "findings/gap";
  record.subject = "assignments/a";
  record.state = v1::Finding::STATE_OPEN;
  record.waiting = {"origin"};
  FindingSet set;
  set.gaps["findings/gap"] = {{"models/m"}, {"applications/a-1/dependencies/d", "applications/z"}};
  const auto takes = [&](const char* subject) {
    filter.subject = subject;
    return filter.Takes(record, set);
  };
  EXPECT_TRUE(takes("applications/z"));
  EXPECT_TRUE(takes("applications/a-1")) << "by its dependency";
  EXPECT_TRUE(takes("models/m")) << "it could close the gap";
  EXPECT_FALSE(takes("applications/a"));
  EXPECT_FALSE(takes("models/n"));
  filter.subject.clear();
  filter.rule = "origin";
  EXPECT_TRUE(filter.Takes(record, set)) << "the rule waits for it";
  filter.rule = "other";
  EXPECT_FALSE(filter.Takes(record, set));
}

}  // namespace
}  // namespace linchpin::policy
