// Watch: ordered, unique, gap-free, revisions unsplit, resumable at every point.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "tests/support/inventory_server.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using testing::InventoryServer;
using v1::WatchResponse;

InventoryOptions Options() {
  InventoryOptions options;
  options.watch.progress_interval = absl::Milliseconds(20);
  options.watch.future_start = absl::Milliseconds(20);
  options.freshness_interval = absl::Milliseconds(10);
  return options;
}

std::string VendorBatch(const std::string& id, const std::string& text = "") {
  return "operations { upsert { vendor { name: 'vendors/" + id + "' description: '" + text + "' } } }";
}

// One call of Watch and what it has brought.
class Watching {
 public:
  Watching(InventoryServer& server, const std::string& request) {
    v1::WatchRequest parsed;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(request, &parsed)) << request;
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    reader_ = server.stub().Watch(&context_, parsed);
  }
  ~Watching() { Cancel(); }

  // The next message; false at the end of the stream.
  bool Read(WatchResponse& message) {
    if (!reader_->Read(&message)) return false;
    if (!message.resume_token().empty()) token_ = message.resume_token();
    return true;
  }

  // Reads until `revision` has ended; collects changes as "5 +vendors/a" and "6 -vendors/a", those of a
  // snapshot as "s5 +vendors/a". False at the end of the stream.
  bool ReadThrough(int64_t revision, std::vector<std::string>& changes) {
    WatchResponse message;
    while (Read(message)) {
      for (const WatchResponse::Change& change : message.changes()) {
        changes.push_back(
            absl::StrCat(message.snapshot() ? "s" : "", message.revision(), " ", NameIn(change)));
      }
      if (message.end_of_revision()) ended_.push_back(message.revision());
      const bool ended = message.end_of_revision() || message.changes_size() == 0;
      if (ended && message.revision() >= revision) return true;
    }
    return false;
  }

  absl::Status Finish() {
    if (!finished_) status_ = kit::FromGrpcStatus(reader_->Finish());
    finished_ = true;
    return status_;
  }
  absl::Status ReadToEnd() {
    WatchResponse message;
    while (Read(message)) {
    }
    return Finish();
  }
  void Cancel() {
    context_.TryCancel();
    if (!finished_) ReadToEnd().IgnoreError();
  }
  const std::string& token() const { return token_; }
  const std::vector<int64_t>& ended() const { return ended_; }

 private:
  static std::string NameIn(const WatchResponse::Change& change) {
    if (!change.has_upsert()) return "-" + change.delete_();
    const auto& resource = change.upsert();
    const auto* field =
        resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
    return "+" + resource::NameOf(resource.GetReflection()->GetMessage(resource, field));
  }

  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<WatchResponse>> reader_;
  std::string token_;
  std::vector<int64_t> ended_;
  bool finished_ = false;
  absl::Status status_;
};

// Three revisions: two vendors, a change of both kinds, a delete.
void WriteHistory(InventoryServer& server) {
  ASSERT_THAT(server.Write(VendorBatch("a") + VendorBatch("b")), IsOk());
  ASSERT_THAT(server.Write(VendorBatch("c") + "operations { upsert { host { name: 'hosts/h' } } }"), IsOk());
  ASSERT_THAT(server.Write("operations { delete: 'vendors/b' }"), IsOk());
}

TEST(Watch, SendsASnapshotThenChanges) {
  InventoryServer server(Options());
  WriteHistory(server);
  Watching watching(server, "");
  std::vector<std::string> changes;
  ASSERT_TRUE(watching.ReadThrough(3, changes));
  EXPECT_THAT(changes, ElementsAre("s3 +vendors/a", "s3 +vendors/c", "s3 +hosts/h"));
  ASSERT_THAT(server.Write(VendorBatch("d")), IsOk());
  changes.clear();
  ASSERT_TRUE(watching.ReadThrough(4, changes));
  EXPECT_THAT(changes, ElementsAre("4 +vendors/d"));
}

TEST(Watch, DocumentsCarryTheirOutputOnlyFields) {
  InventoryServer server(Options());
  ASSERT_THAT(server.Write(VendorBatch("a", "text")), IsOk());
  Watching watching(server, "");
  WatchResponse message;
  ASSERT_TRUE(watching.Read(message));
  ASSERT_EQ(message.changes_size(), 1);
  const v1::Vendor& vendor = message.changes(0).upsert().vendor();
  EXPECT_EQ(vendor.description(), "text");
  EXPECT_EQ(vendor.revision(), 1);
  EXPECT_EQ(vendor.etag(), "\"1\"");
  EXPECT_GT(vendor.update_time().seconds(), 0);
}

TEST(Watch, ResumesAtEveryRevision) {
  InventoryServer server(Options());
  WriteHistory(server);
  const std::vector<std::vector<std::string>> by_revision = {
      {"1 +vendors/a", "1 +vendors/b"}, {"2 +hosts/h", "2 +vendors/c"}, {"3 -vendors/b"}};
  for (int64_t after = 1; after <= 3; ++after) {
    std::vector<std::string> expected, by_number, by_token;
    for (size_t i = static_cast<size_t>(after); i < by_revision.size(); ++i) {
      expected.insert(expected.end(), by_revision[i].begin(), by_revision[i].end());
    }
    Watching number(server, absl::StrCat("after_revision: ", after));
    ASSERT_TRUE(number.ReadThrough(3, by_number));
    EXPECT_EQ(by_number, expected) << after;
    Watching token(server, absl::StrCat("resume_token: '", server.source().RevisionToken(after), "'"));
    ASSERT_TRUE(token.ReadThrough(3, by_token));
    EXPECT_EQ(by_token, expected) << after;
  }
}

TEST(Watch, ARestartedServerReadsWhatItNeverSawFromTheStore) {
  auto store = testing::OpenMemoryStore();
  {
    InventoryServer first(Options(), store.get());
    WriteHistory(first);
  }
  InventoryServer second(Options(), store.get());
  Watching watching(second, "after_revision: 1");
  std::vector<std::string> changes;
  ASSERT_TRUE(watching.ReadThrough(3, changes));
  EXPECT_THAT(changes, ElementsAre("2 +hosts/h", "2 +vendors/c", "3 -vendors/b"));
}

TEST(Watch, OnlyTheKindsAskedForAndProgressForTheRest) {
  InventoryServer server(Options());
  Watching watching(server, "kinds: 'Host'");
  WriteHistory(server);
  std::vector<std::string> changes;
  ASSERT_TRUE(watching.ReadThrough(3, changes));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_THAT(changes[0], ::testing::HasSubstr("+hosts/h"));
  EXPECT_EQ(watching.token(), server.source().RevisionToken(3));
}

TEST(Watch, ProgressMarksComeWhileNothingHappens) {
  InventoryServer server(Options());
  ASSERT_THAT(server.Write(VendorBatch("a")), IsOk());
  Watching watching(server, "after_revision: 1");
  WatchResponse first, second;
  ASSERT_TRUE(watching.Read(first));
  ASSERT_TRUE(watching.Read(second));
  for (const WatchResponse& mark : {first, second}) {
    EXPECT_EQ(mark.revision(), 1);
    EXPECT_EQ(mark.changes_size(), 0);
    EXPECT_FALSE(mark.end_of_revision());
    EXPECT_EQ(mark.resume_token(), server.source().RevisionToken(1));
  }
  EXPECT_GE(absl::FromUnixSeconds(second.time().seconds()) + absl::Nanoseconds(second.time().nanos()),
            absl::FromUnixSeconds(first.time().seconds()) + absl::Nanoseconds(first.time().nanos()));
}

TEST(Watch, ALargeRevisionSpansMessagesAndEndsOnce) {
  InventoryOptions options = Options();
  options.watch.message_bytes = 2000;
  InventoryServer server(options);
  Watching watching(server, "");
  std::string batch;
  for (int i = 0; i < 50; ++i) batch += VendorBatch(absl::StrCat("v", i), std::string(200, 'x'));
  ASSERT_THAT(server.Write(batch), IsOk());
  int messages = 0, ends = 0, changes = 0;
  for (WatchResponse message; ends == 0 && watching.Read(message);) {
    if (message.revision() != 1) continue;
    ++messages;
    changes += message.changes_size();
    ends += message.end_of_revision();
    EXPECT_EQ(message.resume_token().empty(), !message.end_of_revision());
  }
  EXPECT_GT(messages, 5);
  EXPECT_EQ(changes, 50);
}

TEST(Watch, ManyWatchersSeeEveryRevisionOnceInOrderUnderConcurrentWrites) {
  InventoryServer server(Options());
  constexpr int kWriters = 4, kWrites = 60, kWatchers = 8;
  constexpr int64_t kLast = int64_t{kWriters} * kWrites;
  std::vector<std::thread> threads;
  for (int watcher = 0; watcher < kWatchers; ++watcher) {
    threads.emplace_back([&, watcher] {
      // Half of them break off and resume again and again.
      std::string resume;
      std::vector<int64_t> ended;
      std::vector<std::string> changes;
      while (ended.empty() || ended.back() < kLast) {
        Watching watching(server, resume.empty() ? "" : "resume_token: '" + resume + "'");
        const int64_t until =
            watcher % 2 == 0 ? kLast : std::min<int64_t>(kLast, (ended.empty() ? 0 : ended.back()) + 17);
        ASSERT_TRUE(watching.ReadThrough(until, changes));
        ended.insert(ended.end(), watching.ended().begin(), watching.ended().end());
        resume = watching.token();
      }
      // The snapshot is the first; from there on there are no gaps.
      for (size_t i = 1; i < ended.size(); ++i) EXPECT_EQ(ended[i], ended[i - 1] + 1);
    });
  }
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kWrites; ++i) {
        ASSERT_THAT(server.Write(VendorBatch(absl::StrCat("w", writer), absl::StrCat(i))), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Watch, AWatcherThatDoesNotReadIsEndedAndMissesNothingWhenItResumes) {
  InventoryOptions options = Options();
  options.ring_bytes_max = 64 << 10;
  InventoryServer server(options);
  Watching slow(server, "");
  WatchResponse message;
  // The snapshot and the first mark: it is live from here on.
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(slow.Read(message));
  constexpr int64_t kLast = 300;
  for (int64_t i = 1; i <= kLast; ++i) {
    ASSERT_THAT(server.Write(VendorBatch("v", std::string(8000, static_cast<char>('a' + i % 26)))), IsOk());
  }
  std::vector<std::string> changes;
  ASSERT_FALSE(slow.ReadThrough(kLast, changes));
  const absl::Status status = slow.Finish();
  EXPECT_THAT(status, Fails(absl::StatusCode::kResourceExhausted, "WATCHER_TOO_SLOW"));
  EXPECT_TRUE(base::DetailsOf(status)->retry_after_ms.has_value());
  Watching resumed(server, "resume_token: '" + slow.token() + "'");
  ASSERT_TRUE(resumed.ReadThrough(kLast, changes));
  ASSERT_EQ(changes.size(), static_cast<size_t>(kLast));
  for (int64_t i = 1; i <= kLast; ++i)
    EXPECT_EQ(changes[static_cast<size_t>(i - 1)], absl::StrCat(i, " +vendors/v"));
}

TEST(Watch, ACompactedStartIsOutOfRange) {
  auto store = testing::OpenMemoryStore();
  {
    InventoryServer first(Options(), store.get());
    WriteHistory(first);
    ASSERT_THAT(store->Compact(2), IsOk());
  }
  InventoryServer server(Options(), store.get());
  EXPECT_THAT(Watching(server, "after_revision: 1").ReadToEnd(),
              Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));
  std::vector<std::string> changes;
  Watching allowed(server, "after_revision: 2");
  EXPECT_TRUE(allowed.ReadThrough(3, changes));
}

TEST(Watch, RefusesWhatItCannotStartFrom) {
  InventoryServer server(Options());
  struct Case {
    std::string request;
    absl::StatusCode code;
    std::string reason;
  };
  for (const Case& one :
       std::vector<Case>{{"after_revision: -1", absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
                         {"kinds: 'vendor'", absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
                         {"kinds: 'Policy'", absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
                         {"resume_token: 'x'", absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
                         {"after_revision: 99", absl::StatusCode::kOutOfRange, "HISTORY_CHANGED"},
                         {"resume_token: '" + replica::MakeRevisionToken({1, "other"}) + "'",
                          absl::StatusCode::kOutOfRange, "HISTORY_CHANGED"}}) {
    EXPECT_THAT(Watching(server, one.request).ReadToEnd(), Fails(one.code, one.reason));
  }
}

TEST(Watch, ATokenAboveWhatAReplicaHasIsForLater) {
  WatchOptions watch = Options().watch;
  watch.future_start = absl::Milliseconds(20);
  InventoryOptions options = Options();
  options.watch = watch;
  InventoryServer server(options);
  WriteHistory(server);
  EXPECT_THAT(Watching(server, "resume_token: '" + server.source().RevisionToken(99) + "'").ReadToEnd(),
              Fails(absl::StatusCode::kUnavailable, "REPLICA_BEHIND"));
}

TEST(Watch, ACancelledStreamGivesItsThreadBack) {
  InventoryServer server;  // With marks a second apart, so that only the cancellation can wake it.
  Watching watching(server, "");
  WatchResponse message;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(watching.Read(message));
  EXPECT_EQ(server.inventory().Watchers(), 1);
  watching.Cancel();
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (server.inventory().Watchers() > 0 && absl::Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(server.inventory().Watchers(), 0);
}

}  // namespace
}  // namespace linchpin::inventory
