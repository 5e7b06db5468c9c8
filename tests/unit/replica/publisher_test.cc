#include "services/replica/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/replica/view_editor.h"
#include "services/replica/view_holder.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::replica {
namespace {

using base::SteadyNow;
using base::SteadyTime;
using ::testing::ElementsAre;

constexpr auto kAwait = ViewSource::Unknown::kAwait;
constexpr auto kRefuse = ViewSource::Unknown::kRefuse;

SteadyTime At(int64_t seconds) { return SteadyTime::AfterStart(absl::Seconds(seconds)); }

ViewChange ChangeTo(int64_t revision, std::vector<std::string> names = {}) {
  ViewChange change;
  change.view = ViewLoader().Finish(revision, absl::UnixEpoch());
  change.names = std::move(names);
  return change;
}

TEST(Publisher, HasNoViewAndNoAgeBeforeTheFirst) {
  Publisher publisher;
  EXPECT_EQ(publisher.Current(), nullptr);
  EXPECT_EQ(publisher.Age(), absl::InfiniteDuration());
  absl::Status status = publisher.WaitFor(0, SteadyNow()).status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable, "NOT_READY"));
}

TEST(Publisher, WaitersGetTheFirstViewThatIsNewEnough) {
  Publisher publisher;
  publisher.Publish(ChangeTo(1));
  absl::Notification reached;
  int64_t revision = 0;
  publisher.WhenReached(3, SteadyTime::InfiniteFuture(), kAwait,
                        [&](absl::StatusOr<std::shared_ptr<const View>> view) {
                          revision = (*view)->revision();
                          reached.Notify();
                        });
  publisher.Publish(ChangeTo(2));
  EXPECT_FALSE(reached.HasBeenNotified());
  publisher.Publish(ChangeTo(4));
  reached.WaitForNotification();
  EXPECT_EQ(revision, 4);
  EXPECT_EQ((*publisher.WaitFor(4, SteadyTime::InfinitePast()))->revision(), 4);
}

TEST(Publisher, AWaiterWhoseDeadlinePassesIsToldBothRevisions) {
  Publisher publisher;
  publisher.Publish(ChangeTo(1));
  const absl::Status status = publisher.WaitFor(9, SteadyNow() + absl::Milliseconds(20)).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  const auto details = base::DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "REPLICA_BEHIND");
  EXPECT_EQ(details->metadata.at("revision"), "1");
  EXPECT_EQ(details->metadata.at("min_revision"), "9");
  EXPECT_TRUE(details->retry_after_ms.has_value());
}

TEST(Publisher, AWaiterWhoGivesUpIsAnsweredAtOnce) {
  Publisher publisher;
  publisher.Publish(ChangeTo(1));
  std::thread canceller;
  const absl::Status status =
      publisher
          .WaitFor(9, SteadyTime::InfiniteFuture(),
                   [&](std::function<void()> give_up) { canceller = std::thread(std::move(give_up)); })
          .status();
  canceller.join();
  EXPECT_THAT(status, HasReason("REPLICA_BEHIND"));
}

TEST(Publisher, NoWaitIsLongerThanAMinute) {
  std::atomic<int64_t> now{0};
  Publisher publisher([&] { return At(now.load()); });
  publisher.Publish(ChangeTo(1));
  absl::Notification answered;
  publisher.WhenReached(9, SteadyTime::InfiniteFuture(), kAwait, [&](auto) { answered.Notify(); });
  now.store(61);
  publisher.WhenReached(9, SteadyTime::InfiniteFuture(), kAwait, [](auto) {});  // Has it look at the clock.
  answered.WaitForNotification();
}

TEST(Publisher, AnswersWaitersWhenItEnds) {
  absl::Notification answered;
  {
    Publisher publisher;
    publisher.WhenReached(1, SteadyTime::InfiniteFuture(), kAwait, [&](auto view) {
      EXPECT_THAT(view, ::testing::Not(IsOk()));
      answered.Notify();
    });
  }
  EXPECT_TRUE(answered.HasBeenNotified());
}

TEST(Publisher, SubscribersSeeEveryViewUntilTheyGo) {
  Publisher publisher;
  std::vector<int64_t> seen;
  std::vector<std::string> names;
  auto subscription = publisher.Subscribe([&](const ViewChange& change) {
    seen.push_back(change.view->revision());
    names.insert(names.end(), change.names.begin(), change.names.end());
  });
  publisher.Publish(ChangeTo(1, {"vendors/a"}));
  publisher.Publish(ChangeTo(2, {"vendors/b"}));
  subscription.reset();
  publisher.Publish(ChangeTo(3, {"vendors/c"}));
  EXPECT_THAT(seen, ElementsAre(1, 2));
  EXPECT_THAT(names, ElementsAre("vendors/a", "vendors/b"));
}

TEST(Publisher, AgeIsTheTimeSinceItWasLastKnownToBeNewest) {
  std::atomic<int64_t> now{100};
  Publisher publisher([&] { return At(now.load()); });
  publisher.Publish(ChangeTo(1));
  publisher.ConfirmNewest(At(95));
  EXPECT_EQ(publisher.Age(), absl::Seconds(5));
  publisher.ConfirmNewest(At(90));
  EXPECT_EQ(publisher.Age(), absl::Seconds(5));
  // Nothing is known of the future.
  publisher.ConfirmNewest(At(500));
  now = 130;
  EXPECT_EQ(publisher.Age(), absl::Seconds(30));
}

TEST(ViewHolder, WhatCannotBeReadIsInQuarantineUntilItCan) {
  ViewHolder holder;
  std::vector<std::string> named;
  std::vector<store::Change> told;
  ViewHolder::Listener listener;
  listener.quarantined = [&](std::string_view name) { named.emplace_back(name); };
  listener.applied = [&](absl::Span<const store::Change> changes) {
    told.assign(changes.begin(), changes.end());
  };
  holder.SetListener(listener);
  store::Change change;
  change.resource.name = "vendors/a";
  change.resource.revision = 1;
  change.resource.body = "\xff\xff";
  holder.Apply({change});
  EXPECT_FALSE(holder.Contains("vendors/a"));
  EXPECT_EQ(holder.quarantined(), 1);
  EXPECT_THAT(named, ElementsAre("vendors/a"));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].deleted);
  change.resource.revision = 2;
  change.resource.body = "\x0a\x09vendors/a";
  holder.Apply({change});
  EXPECT_TRUE(holder.Contains("vendors/a"));
  EXPECT_EQ(holder.quarantined(), 0);
}

store::Change VendorAt(int64_t revision, const std::string& name) {
  store::Change change;
  change.resource.name = name;
  change.resource.revision = revision;
  change.resource.body = absl::StrCat("\x0a\x09", name);
  return change;
}

TEST(ViewHolder, NobodySeesWhatIsPreparedBeforeItIsApplied) {
  ViewHolder holder;
  int quarantined = 0;
  ViewHolder::Listener listener;
  listener.quarantined = [&](std::string_view) { ++quarantined; };
  holder.SetListener(listener);
  std::vector<store::Change> changes = {VendorAt(1, "vendors/a"), VendorAt(1, "vendors/b")};
  changes[1].resource.body = "\xff\xff";
  holder.Prepare(changes);
  EXPECT_FALSE(holder.Contains("vendors/a"));
  EXPECT_EQ(holder.revision(), -1);
  EXPECT_EQ(quarantined, 0);
  holder.ApplyPrepared(changes);
  EXPECT_TRUE(holder.Contains("vendors/a"));
  EXPECT_FALSE(holder.Contains("vendors/b"));
  EXPECT_EQ(holder.revision(), 1);
  EXPECT_EQ(quarantined, 1);
}

TEST(ViewHolder, WhatWasPreparedInVainLeavesNoTrace) {
  ViewHolder holder;
  const std::vector<store::Change> lost = {VendorAt(1, "vendors/a")};
  const std::vector<store::Change> written = {VendorAt(1, "vendors/b")};
  holder.Prepare(lost);
  holder.Apply(written);
  EXPECT_FALSE(holder.Contains("vendors/a"));
  EXPECT_TRUE(holder.Contains("vendors/b"));
  // Of another revision's base: prepared anew.
  const std::vector<store::Change> next = {VendorAt(2, "vendors/c")};
  holder.ApplyPrepared(next);
  EXPECT_TRUE(holder.Contains("vendors/b"));
  EXPECT_TRUE(holder.Contains("vendors/c"));
}

TEST(Publisher, ARevisionThatDoesNotExistIsRefusedOnceThatIsKnown) {
  Publisher publisher([] { return At(100); });
  publisher.Publish(ChangeTo(7));
  publisher.NoteNewest(7, At(99));
  absl::Notification answered;
  absl::Status status;
  publisher.WhenReached(9, SteadyTime::InfiniteFuture(), kRefuse, [&](const auto& view) {
    status = view.status();
    answered.Notify();
  });
  // Asked before the wait began: revision 9 may have come since.
  publisher.NoteNewest(7, At(99));
  EXPECT_FALSE(answered.HasBeenNotified());
  publisher.NoteNewest(7, At(101));
  answered.WaitForNotification();
  EXPECT_THAT(status, Fails(absl::StatusCode::kOutOfRange, "REVISION_NOT_FOUND"));
  EXPECT_EQ(base::DetailsOf(status)->metadata.at("revision"), "7");
}

TEST(Publisher, ARevisionThatExistsElsewhereIsAwaited) {
  Publisher publisher([] { return At(100); });
  publisher.Publish(ChangeTo(7));
  absl::Notification answered;
  publisher.WhenReached(9, SteadyTime::InfiniteFuture(), kRefuse, [&](const auto& view) {
    EXPECT_THAT(view, IsOk());
    answered.Notify();
  });
  publisher.NoteNewest(9, At(101));
  publisher.Publish(ChangeTo(9));
  answered.WaitForNotification();
}

TEST(ViewHolder, WhatItHasPreparedWasTheNewestAtThatTime) {
  std::atomic<int64_t> now{100};
  ViewHolder holder([&] { return At(now.load()); });
  const std::vector<store::Change> changes = {VendorAt(1, "vendors/a")};
  holder.Prepare(changes);
  now = 130;
  holder.ApplyPrepared(changes);
  EXPECT_EQ(holder.Age(), absl::Seconds(30));
}

TEST(ViewHolder, OfWhatOthersHaveCommittedItDoesNotKnowHowOldItIs) {
  ViewHolder holder;
  holder.Apply({VendorAt(1, "vendors/a")});
  EXPECT_EQ(holder.Age(), absl::InfiniteDuration());
}

TEST(Publisher, TokensBelongToTheirHistory) {
  Publisher publisher;
  publisher.SetHistory("h1");
  const std::string token = publisher.RevisionToken(7);
  EXPECT_EQ(*publisher.ParseRevisionToken(token), 7);
  EXPECT_EQ(*publisher.ParseRevisionToken("12"), 12);
  EXPECT_EQ(*publisher.ParseRevisionToken(""), 0);
  publisher.SetHistory("h2");
  EXPECT_THAT(publisher.ParseRevisionToken(token), HasReason("HISTORY_CHANGED"));
  EXPECT_THAT(publisher.ParseRevisionToken(token), StatusIs(absl::StatusCode::kOutOfRange));
  for (const char* wrong : {"-1", "x", "AAAA", "!", "1.5"}) {
    EXPECT_THAT(publisher.ParseRevisionToken(wrong), HasReason("FIELD_INVALID")) << wrong;
  }
}

TEST(Publisher, ReadersNeverSeeARevisionGoBack) {
  Publisher publisher;
  publisher.Publish(ChangeTo(0));
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    int64_t last = 0;
    while (!stop.load()) {
      const int64_t revision = publisher.Current()->revision();
      EXPECT_GE(revision, last);
      last = revision;
    }
  });
  for (int64_t revision = 1; revision <= 2000; ++revision) publisher.Publish(ChangeTo(revision));
  stop = true;
  reader.join();
}

}  // namespace
}  // namespace linchpin::replica
