// Reading: snapshots, changes, states of the past, compaction, restart, schema.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> Names(ResourceStore& store, const ScanOptions& options) {
  std::vector<std::string> names;
  EXPECT_THAT(store.Scan(options,
                         [&](StoredResource resource) {
                           names.push_back(resource.name);
                           return absl::OkStatus();
                         }),
              IsOk());
  return names;
}

TEST_P(StoreContract, ScanNarrowsAndKeepsBytewiseOrder) {
  for (const char* name : {"b/1", "a/Z", "a/a", "a/\xC3\xA9", "a-b/1", "c/1"})
    ASSERT_THAT(Put(name, "x"), IsOk());
  EXPECT_THAT(Names(store(), {}), ElementsAre("a-b/1", "a/Z", "a/a", "a/\xC3\xA9", "b/1", "c/1"));
  ScanOptions options;
  options.prefix = "a/";
  EXPECT_THAT(Names(store(), options), ElementsAre("a/Z", "a/a", "a/\xC3\xA9"));
  options.after_name = "a/Z";
  options.limit = 1;
  EXPECT_THAT(Names(store(), options), ElementsAre("a/a"));
  options.kind = "Other";
  EXPECT_THAT(Names(store(), options), IsEmpty());
}

TEST_P(StoreContract, AnErrorOfTheCallbackEndsTheScan) {
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  ASSERT_THAT(Put("things/b", "x"), IsOk());
  int calls = 0;
  absl::StatusOr<int64_t> result = store().Scan({}, [&](StoredResource) {
    ++calls;
    return absl::CancelledError("enough");
  });
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(Put("things/c", "x"), IsOk());
  EXPECT_THAT(store().Ping(), IsOk());
}

// A random history with its states, against which every way of reading the past is checked.
class History {
 public:
  explicit History(Committer& committer) : committer_(committer) { states_.push_back({}); }

  void Grow(int revisions, uint32_t seed) {
    std::mt19937 random(seed);
    while (static_cast<int>(states_.size()) <= revisions) {
      std::vector<Upsert> upserts;
      std::vector<std::string> deletes;
      for (int i = 0; i < 3; ++i) {
        std::string name = absl::StrCat("things/", 3 * (random() % 5) + i);
        if (random() % 4 == 0) {
          deletes.push_back(name);
        } else {
          upserts.push_back(MakeUpsert(name, absl::StrCat(random() % 50)));
        }
      }
      Contents next = states_.back();
      for (const std::string& name : deletes) next.erase(name);
      for (const Upsert& upsert : upserts) next[upsert.name] = upsert.body;
      ASSERT_THAT(committer_.Commit(MakeWrite(upserts, deletes)), IsOk());
      if (next != states_.back()) states_.push_back(next);
    }
  }
  const std::vector<Contents>& states() const { return states_; }

 private:
  Committer& committer_;
  std::vector<Contents> states_;
};

void ExpectReadable(ResourceStore& store, const std::vector<Contents>& states, int64_t from) {
  for (int64_t revision = from; revision < static_cast<int64_t>(states.size()); ++revision) {
    ScanOptions options;
    options.as_of = revision;
    ASSERT_EQ(ContentsOf(store, options), states[revision]) << "as of " << revision;
    for (int i = 0; i < 15; ++i) {
      std::string name = absl::StrCat("things/", i);
      absl::StatusOr<std::optional<StoredResource>> found = store.Get(name, revision);
      ASSERT_THAT(found, IsOk());
      auto expected = states[revision].find(name);
      ASSERT_EQ(found->has_value(), expected != states[revision].end()) << name << " as of " << revision;
      if (*found) {
        ASSERT_EQ((*found)->body, expected->second);
      }
    }
  }
}

// Replays changes in small batches and compares each state on the way.
void ExpectReplays(ResourceStore& store, const std::vector<Contents>& states, int64_t from) {
  Contents state = states[from];
  int64_t revision = from;
  while (true) {
    absl::StatusOr<ChangeBatch> batch = store.ReadChanges(revision, 2);
    ASSERT_THAT(batch, IsOk());
    ASSERT_EQ(batch->head, static_cast<int64_t>(states.size()) - 1);
    if (batch->changes.empty()) break;
    for (const Change& change : batch->changes) {
      ASSERT_GE(change.resource.revision, revision);
      ASSERT_LE(change.resource.revision, revision + 1 + (revision > from));
      if (change.deleted) {
        ASSERT_EQ(state.erase(change.resource.name), 1u);
      } else {
        state[change.resource.name] = change.resource.body;
      }
      revision = change.resource.revision;
    }
    ASSERT_EQ(batch->through, revision);
    ASSERT_EQ(state, states[revision]) << "after " << revision;
  }
  EXPECT_EQ(revision, static_cast<int64_t>(states.size()) - 1);
}

TEST_P(StoreContract, EveryRevisionStaysReadableUntilCompacted) {
  History history(committer());
  history.Grow(60, 7);
  ExpectReadable(store(), history.states(), 0);
  ExpectReplays(store(), history.states(), 0);

  ASSERT_THAT(store().Compact(25), IsOk());
  EXPECT_EQ(store().Info()->oldest_revision, 25);
  ExpectReadable(store(), history.states(), 25);
  ExpectReplays(store(), history.states(), 25);
  ScanOptions compacted;
  compacted.as_of = 24;
  auto ignore = [](StoredResource) { return absl::OkStatus(); };
  EXPECT_THAT(store().Scan(compacted, ignore), Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));
  EXPECT_THAT(store().Get("things/1", 24), Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));
  EXPECT_THAT(store().ReadChanges(24, 10), Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));

  // A second compaction, more history on top, and one that does nothing.
  ASSERT_THAT(store().Compact(40), IsOk());
  ASSERT_THAT(store().Compact(30), IsOk());
  history.Grow(70, 8);
  ExpectReadable(store(), history.states(), 40);
  ExpectReplays(store(), history.states(), 40);
}

TEST_P(StoreContract, TheFutureIsNotReadable) {
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  EXPECT_THAT(store().Get("things/a", 2), Fails(absl::StatusCode::kOutOfRange, "HISTORY_CHANGED"));
  EXPECT_THAT(store().ReadChanges(2, 10), Fails(absl::StatusCode::kOutOfRange, "HISTORY_CHANGED"));
  EXPECT_THAT(store().Compact(2), ::testing::Not(IsOk()));
  ChangeBatch none = *store().ReadChanges(1, 10);
  EXPECT_THAT(none.changes, IsEmpty());
  EXPECT_EQ(none.through, 1);
}

TEST_P(StoreContract, FindsTheRevisionOfATime) {
  absl::Time start = now_;
  for (int i = 1; i <= 3; ++i) {
    now_ = start + absl::Hours(i);
    ASSERT_THAT(Put("things/a", absl::StrCat(i)), IsOk());
  }
  EXPECT_EQ(*store().RevisionAt(start), 0);
  EXPECT_EQ(*store().RevisionAt(start + absl::Hours(2)), 2);
  EXPECT_EQ(*store().RevisionAt(start + absl::Hours(9)), 3);
}

TEST_P(StoreContract, FindsTheRevisionOfEveryInstantOfTheKeptWindow) {
  constexpr int kRevisions = 21;
  constexpr int kCompacted = 6;
  for (int i = 0; i < kRevisions; ++i) {
    // Several names, so that compaction leaves gaps; every third change comes at the instant of the one
    // before.
    if (i % 3 != 2) now_ += absl::Minutes(1);
    ASSERT_THAT(Put(absl::StrCat("things/", i % 4), absl::StrCat("x", i)), IsOk());
  }
  const std::vector<Change> changes = store().ReadChanges(0, 1000)->changes;
  ASSERT_EQ(changes.size(), static_cast<size_t>(kRevisions));
  ASSERT_THAT(store().Compact(kCompacted), IsOk());
  const absl::Time first = changes.front().resource.update_time;
  for (int step = -1; step <= 2 * kRevisions; ++step) {
    const absl::Time time = first + step * absl::Seconds(30);
    int64_t expected = kCompacted;
    for (const Change& change : changes) {
      if (change.resource.update_time <= time) expected = std::max(expected, change.resource.revision);
    }
    EXPECT_EQ(*store().RevisionAt(time), expected) << step;
  }
}

TEST_P(StoreContract, WakesSubscribersWhenTheRevisionMoves) {
  absl::Mutex mutex;
  bool woken = false;
  auto subscription = store().Subscribe([&](int64_t revision) {
    // 0 says that something may have changed: a listener that connects after the write cannot name the
    // revision.
    if (revision == 0) revision = store().Info()->revision;
    absl::MutexLock lock(&mutex);
    woken = woken || revision == 1;
  });
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  absl::MutexLock lock(&mutex);
  EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&woken), absl::Seconds(30)));
}

TEST_P(StoreContract, ARestartFindsEverythingAsItWas) {
  if (!GetParam().persistent) GTEST_SKIP() << "memory ends with the store";
  ASSERT_THAT(Put("things/t", "x"), IsOk());
  ASSERT_THAT(Put("things/r", "x", {"things/t"}), IsOk());
  StoreInfo before = *store().Info();
  Restart();
  StoreInfo after = *store().Info();
  EXPECT_EQ(after.history_id, before.history_id);
  EXPECT_THAT(after.history_id, SizeIs(32));
  EXPECT_EQ(after.revision, 2);
  EXPECT_EQ(head().revision(), 2);
  EXPECT_THAT(Delete("things/t"), Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  EXPECT_EQ(Put("things/u", "x")->revision, 3);
}

TEST_P(StoreContract, ARestoredStoreIsAnotherHistoryAndIsLoadedAnew) {
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  std::string before = store().Info()->history_id;
  ASSERT_THAT(store().RenewHistory(), IsOk());
  EXPECT_NE(store().Info()->history_id, before);
  EXPECT_EQ(Put("things/b", "x")->revision, 2);
  EXPECT_TRUE(head().Contains("things/a"));
}

TEST_P(StoreContract, MigrationMayBeRepeatedAndANewerSchemaIsRefused) {
  if (!GetParam().persistent) GTEST_SKIP() << "memory ends with the store";
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  int version = store().Info()->schema_version;
  Restart();
  EXPECT_EQ(store().Info()->schema_version, version);
  Stop();
  OpenOptions options;
  EXPECT_THAT(place_->Open(options), IsOk());
  ASSERT_THAT(place_->SetSchemaVersion(version + 1), IsOk());
  for (bool migrate : {false, true}) {
    options.migrate = migrate;
    EXPECT_THAT(place_->Open(options), Fails(absl::StatusCode::kFailedPrecondition, "SCHEMA_TOO_NEW"));
  }
}

TEST_P(StoreContract, AnEmptyDatabaseIsRefusedUnlessMigrated) {
  if (!GetParam().persistent) GTEST_SKIP() << "memory is always made new";
  std::unique_ptr<StorePlace> place = GetParam().make_place();
  EXPECT_THAT(place->Open({}), Fails(absl::StatusCode::kFailedPrecondition, "SCHEMA_TOO_OLD"));
  OpenOptions options;
  options.migrate = true;
  EXPECT_THAT(place->Open(options), IsOk());
}

}  // namespace
}  // namespace linchpin::store
