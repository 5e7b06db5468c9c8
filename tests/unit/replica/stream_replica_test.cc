#include "services/replica/stream_replica.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "tests/support/status_matchers.h"

namespace linchpin::replica {
namespace {

using inventory::v1::WatchResponse;

std::string Token(int64_t revision, const std::string& history = "h") {
  return MakeRevisionToken({revision, history});
}

// A serialized WatchResponse from a text proto, `$` standing for the token of its revision.
std::string Message(std::string text) {
  WatchResponse message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  if (message.resume_token() == "$") message.set_resume_token(Token(message.revision()));
  return message.SerializeAsString();
}

constexpr char kVendors[] =
    "revision: 5 snapshot: true changes { upsert { vendor { name: 'vendors/a' revision: 3 etag: 'x' country: "
    "'US' "
    "create_time { seconds: 7 nanos: 9000 } } } }";
constexpr char kSnapshotEnd[] =
    "revision: 5 snapshot: true end_of_revision: true resume_token: '$' time { seconds: 50 }";

class StreamReplicaTest : public ::testing::Test {
 protected:
  void TakeAll(const std::vector<std::string>& messages) {
    for (const std::string& message : messages) {
      const absl::Status status = replica_.Take(Message(message));
      EXPECT_THAT(status, IsOk()) << message;
    }
  }

  base::SteadyTime steady_ = base::SteadyTime::AfterStart(absl::Seconds(7000));
  absl::Time wall_ = absl::FromUnixSeconds(100);
  Publisher publisher_{[this] { return steady_; }};
  StreamReplica replica_{publisher_, {[this] { return wall_; }, [this] { return steady_; }}};
};

TEST_F(StreamReplicaTest, ASnapshotIsPublishedWhenItIsWhole) {
  TakeAll({kVendors});
  EXPECT_EQ(publisher_.Current(), nullptr);
  TakeAll({kSnapshotEnd});
  const auto view = publisher_.Current();
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(view->revision(), 5);
  const std::optional<DocumentRef> vendor = view->Find("vendors/a");
  ASSERT_TRUE(vendor.has_value());
  EXPECT_EQ(vendor->revision, 3);
  EXPECT_EQ(vendor->create_time_us, 7'000'009);
  inventory::v1::Vendor stored;
  ASSERT_TRUE(stored.ParseFromString(std::string(vendor->body)));
  EXPECT_EQ(stored.ShortDebugString(), "name: \"vendors/a\" country: \"US\"");
  EXPECT_EQ(replica_.resume_token(), Token(5));
  EXPECT_EQ(publisher_.history_id(), "h");
  EXPECT_EQ(publisher_.Age(), absl::Seconds(50));
}

TEST_F(StreamReplicaTest, ARevisionIsAppliedWhole) {
  TakeAll({kVendors, kSnapshotEnd,
           "revision: 6 changes { upsert { vendor { name: 'vendors/b' revision: 6 } } }"});
  EXPECT_EQ(publisher_.Current()->revision(), 5);
  EXPECT_EQ(replica_.resume_token(), Token(5));
  std::vector<std::string> names;
  auto subscription = publisher_.Subscribe([&](const ViewChange& change) { names = change.names; });
  TakeAll(
      {"revision: 6 changes { delete: 'vendors/a' } end_of_revision: true resume_token: '$' time { seconds: "
       "60 }"});
  EXPECT_EQ(publisher_.Current()->revision(), 6);
  EXPECT_FALSE(publisher_.Current()->Contains("vendors/a"));
  EXPECT_TRUE(publisher_.Current()->Contains("vendors/b"));
  EXPECT_THAT(names, ::testing::ElementsAre("vendors/a", "vendors/b"));
  EXPECT_EQ(replica_.resume_token(), Token(6));
  EXPECT_EQ(publisher_.Age(), absl::Seconds(40));
}

TEST_F(StreamReplicaTest, AHalfRevisionOfABrokenStreamIsDropped) {
  TakeAll({kVendors, kSnapshotEnd, "revision: 6 changes { upsert { vendor { name: 'vendors/b' } } }"});
  replica_.Begin();
  TakeAll(
      {"revision: 6 changes { upsert { vendor { name: 'vendors/c' } } } end_of_revision: true resume_token: "
       "'$'"});
  EXPECT_FALSE(publisher_.Current()->Contains("vendors/b"));
  EXPECT_TRUE(publisher_.Current()->Contains("vendors/c"));
}

TEST_F(StreamReplicaTest, AProgressMarkTellsTheAge) {
  TakeAll({kVendors, kSnapshotEnd, "revision: 5 resume_token: '$' time { seconds: 99 }"});
  EXPECT_EQ(publisher_.Age(), absl::Seconds(1));
  // One for a revision that is not here says nothing about what is.
  TakeAll({"revision: 4 resume_token: '$' time { seconds: 100 }"});
  EXPECT_EQ(publisher_.Age(), absl::Seconds(1));
}

TEST_F(StreamReplicaTest, AStepOfTheWallClockMakesNothingYounger) {
  TakeAll({kVendors, kSnapshotEnd, "revision: 5 resume_token: '$' time { seconds: 99 }"});
  wall_ -= absl::Hours(1);
  steady_ += absl::Seconds(10);
  EXPECT_EQ(publisher_.Age(), absl::Seconds(11));
  // Nor what comes late: ten seconds after the mark that came at once.
  TakeAll(
      {"revision: 6 changes { upsert { vendor { name: 'vendors/b' } } } end_of_revision: true time { "
       "seconds: 100 } resume_token: '$'"});
  EXPECT_EQ(publisher_.Age(), absl::Seconds(9));
}

TEST_F(StreamReplicaTest, ASecondSnapshotReplacesTheFirstOnlyWhenWhole) {
  TakeAll({kVendors, kSnapshotEnd});
  replica_.Begin();
  replica_.StartOver();
  TakeAll({"revision: 2 snapshot: true changes { upsert { vendor { name: 'vendors/z' } } }"});
  EXPECT_TRUE(publisher_.Current()->Contains("vendors/a"));
  bool everything = false;
  auto subscription = publisher_.Subscribe([&](const ViewChange& change) { everything = change.everything; });
  const std::string token = Token(2, "other");
  TakeAll({"revision: 2 snapshot: true end_of_revision: true time { seconds: 10 } resume_token: '" + token +
           "'"});
  EXPECT_TRUE(everything);
  EXPECT_EQ(publisher_.Current()->revision(), 2);
  EXPECT_FALSE(publisher_.Current()->Contains("vendors/a"));
  EXPECT_EQ(publisher_.history_id(), "other");
  EXPECT_EQ(publisher_.Age(), absl::Seconds(90));
}

TEST_F(StreamReplicaTest, ASnapshotOfTheSameHistoryNeverGoesBack) {
  TakeAll({kVendors, kSnapshotEnd});
  replica_.Begin();
  replica_.StartOver();
  const std::string lower =
      Message("revision: 4 snapshot: true end_of_revision: true time { seconds: 90 } resume_token: '$'");
  EXPECT_THAT(replica_.Take(lower), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(publisher_.Current()->revision(), 5);
  EXPECT_EQ(publisher_.Age(), absl::Seconds(50));
  EXPECT_EQ(replica_.resume_token(), "");
  replica_.Begin();
  TakeAll({kVendors, kSnapshotEnd});
  EXPECT_EQ(replica_.resume_token(), Token(5));
}

TEST_F(StreamReplicaTest, WhatDoesNotFollowEndsTheStreamAndStartsOver) {
  TakeAll({kVendors, kSnapshotEnd});
  struct Case {
    std::string what;
    std::string message;
  };
  for (const Case& one : std::vector<Case>{
           {"not a message", "\x0f"},
           {"an old revision",
            Message("revision: 5 changes { delete: 'vendors/a' } end_of_revision: true resume_token: '$'")},
           {"a snapshot with a delete",
            Message("revision: 5 snapshot: true changes { delete: 'vendors/a' }")}}) {
    replica_.Begin();
    EXPECT_THAT(replica_.Take(one.message), StatusIs(absl::StatusCode::kInternal)) << one.what;
    EXPECT_EQ(replica_.resume_token(), "") << one.what;
    EXPECT_EQ(publisher_.Current()->revision(), 5) << one.what;
  }
}

}  // namespace
}  // namespace linchpin::replica
