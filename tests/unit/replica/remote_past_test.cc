// The past of an inventory that another process serves is the past that it serves itself.
#include "services/replica/remote_past.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/replica/follower.h"
#include "services/replica/past_views.h"
#include "tests/support/inventory_server.h"

namespace linchpin::replica {
namespace {

using testing::InventoryServer;

constexpr absl::Duration kPatience = absl::Seconds(10);
using ViewPointer = std::shared_ptr<const View>;

// Everything in a view, as text.
std::string Contents(const View& view) {
  std::string text = absl::StrCat(view.revision(), " ", absl::ToUnixMicros(view.time()), "\n");
  for (const resource::KindInfo* kind : resource::Kinds()) {
    view.ForEach(*kind, [&](const DocumentRef& document) {
      absl::StrAppend(&text, std::string(document.name), " ", document.revision, " ", document.create_time_us,
                      " ", document.update_time_us, " ", std::string(document.body), "\n");
    });
  }
  return text;
}

absl::StatusOr<ViewPointer> Find(PastViews& past, const std::string& as_of) {
  absl::StatusOr<ViewPointer> found;
  absl::Notification done;
  past.Find(as_of, base::SteadyNow() + kPatience, [&](absl::StatusOr<ViewPointer> view) {
    found = std::move(view);
    done.Notify();
  });
  done.WaitForNotification();
  return found;
}

class RemotePastTest : public ::testing::Test {
 protected:
  void Write(const std::string& batch) { ASSERT_TRUE(server_.Write(batch).ok()); }
  // Puts, deletes and labels; the labels would come in another order if bytes were not stable.
  void Grow(int revisions) {
    std::mt19937 random(3);
    for (int i = 0; i < revisions; ++i) {
      const std::string id = absl::StrCat("v", random() % 6);
      const bool there = server_.source().Current()->Contains("vendors/" + id);
      if (there && random() % 3 == 0) {
        Write(absl::StrCat("operations { delete: 'vendors/", id, "' }"));
      } else {
        Write(absl::StrCat(
            "operations { upsert { vendor { name: 'vendors/", id, "' display_name: '", i,
            "' labels { key: 'a' value: '1' } labels { key: 'b' value: '2' } labels { key: 'c' value: "
            "'3' } } } }"));
      }
    }
  }
  void Follow() {
    follower_ = Follower::Start(server_.channel());
    remote_ = MakeRemotePast(server_.channel(), nullptr);
    past_ = std::make_unique<PastViews>(follower_->source(), *remote_);
    const int64_t newest = server_.source().Current()->revision();
    ASSERT_TRUE(follower_->source().WaitFor(newest, base::SteadyNow() + kPatience).ok());
  }

  InventoryServer server_;
  std::unique_ptr<Follower> follower_;
  std::unique_ptr<PastSource> remote_;
  std::unique_ptr<PastViews> past_;
};

TEST_F(RemotePastTest, EveryRevisionIsThatOfTheServer) {
  Grow(40);
  Follow();
  StorePast local(server_.store());
  PastViews served(server_.source(), local);
  for (const int revision : {40, 12, 0, 39, 1, 13, 25, 12}) {
    const auto here = Find(*past_, absl::StrCat(revision)), there = Find(served, absl::StrCat(revision));
    ASSERT_TRUE(here.ok()) << here.status();
    ASSERT_TRUE(there.ok()) << there.status();
    ASSERT_EQ(Contents(**here), Contents(**there)) << revision;
  }
  EXPECT_EQ(past_->Held("12"), *Find(*past_, "12"));
  EXPECT_EQ(past_->Held("7"), nullptr);
}

TEST_F(RemotePastTest, ErrorsComeWithTheirReasons) {
  Grow(5);
  ASSERT_TRUE(server_.store().Compact(3).ok());
  Follow();
  const absl::Status gone = Find(*past_, "2").status();
  EXPECT_EQ(gone.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(base::ReasonOf(gone), "REVISION_COMPACTED");
  EXPECT_EQ(base::DetailsOf(gone)->metadata.at("oldest"), "3");
  EXPECT_EQ(base::ReasonOf(Find(*past_, "99").status()), "REVISION_NOT_FOUND");
  EXPECT_EQ(base::ReasonOf(Find(*past_, "2001-01-01T00:00:00Z").status()), "REVISION_COMPACTED");
}

TEST_F(RemotePastTest, AStateThatDiffersByTooMuchIsRefused) {
  Grow(20);
  StorePast local(server_.store());
  PastOptions tight;
  tight.bytes_max = 100;
  PastViews past(server_.source(), local, tight);
  EXPECT_EQ(base::ReasonOf(Find(past, "10").status()), "LIMIT_REACHED");
  EXPECT_TRUE(Find(past, "20").ok());
}

TEST_F(RemotePastTest, ViewsAreKeptWithinTheLimitAndTheRestIsMadeAgain) {
  Grow(30);
  StorePast local(server_.store());
  PastOptions few;
  few.views_max = 2;
  PastViews past(server_.source(), local, few);
  for (int revision = 1; revision < 6; ++revision) ASSERT_TRUE(Find(past, absl::StrCat(revision)).ok());
  EXPECT_EQ(past.stats().views, 2);
  EXPECT_EQ(past.stats().made, 5);
  ASSERT_TRUE(Find(past, "5").ok());
  EXPECT_EQ(past.stats().made, 5);
  ASSERT_TRUE(Find(past, "1").ok());
  EXPECT_EQ(past.stats().made, 6);
}

TEST_F(RemotePastTest, NobodyWaitsBeyondTheDeadlineOrTheQueue) {
  Grow(3);
  StorePast local(server_.store());
  PastOptions none;
  none.waiting_max = 0;
  PastViews past(server_.source(), local, none);
  EXPECT_EQ(base::ReasonOf(Find(past, "1").status()), "OVERLOADED");
}

}  // namespace
}  // namespace linchpin::replica
