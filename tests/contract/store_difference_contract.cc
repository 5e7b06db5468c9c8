// The past: what differs between two revisions, the change log backwards, who asked for a revision, its time.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/store/port/history.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// "things/a: x -> y", absent states as `-`.
std::vector<std::string> Differences(ResourceStore& store, int64_t older, int64_t newer) {
  std::vector<std::string> lines;
  const auto text = [](const std::optional<StoredResource>& state) { return state ? state->body : "-"; };
  const absl::Status status = store.ReadDifference(older, newer, [&](Difference difference) {
    lines.push_back(
        absl::StrCat(difference.name(), ": ", text(difference.before), " -> ", text(difference.after)));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return lines;
}

// "3 things/a", with `x` behind what was deleted.
std::vector<std::string> Entries(ResourceStore& store, const HistoryQuery& query, size_t limit = 1000) {
  std::vector<std::string> lines;
  const absl::Status status = store.ReadHistory(query, [&](const HistoryEntry& entry) {
    lines.push_back(absl::StrCat(entry.revision, " ", entry.name, entry.deleted ? " x" : ""));
    return lines.size() < limit;
  });
  EXPECT_TRUE(status.ok()) << status;
  return lines;
}

TEST_P(StoreContract, DifferenceIsNetAndBothWaysToItsStates) {
  ASSERT_TRUE(Put("things/a", "1").ok());
  ASSERT_TRUE(Put("things/b", "1").ok());
  ASSERT_TRUE(Put("things/a", "2").ok());
  ASSERT_TRUE(Put("things/c", "1").ok());
  ASSERT_TRUE(Delete("things/c").ok());
  ASSERT_TRUE(Delete("things/b").ok());
  ASSERT_TRUE(Put("things/a", "1").ok());  // Back again, at a later revision.
  EXPECT_THAT(Differences(store(), 2, 3), ElementsAre("things/a: 1| -> 2|"));
  EXPECT_THAT(Differences(store(), 0, 2), ElementsAre("things/a: - -> 1|", "things/b: - -> 1|"));
  EXPECT_THAT(Differences(store(), 3, 6), ElementsAre("things/b: 1| -> -"));
  EXPECT_THAT(Differences(store(), 2, 7), ElementsAre("things/a: 1| -> 1|", "things/b: 1| -> -"));
  EXPECT_THAT(Differences(store(), 7, 7), IsEmpty());
}

TEST_P(StoreContract, DifferenceCarriesRevisionsAndTimes) {
  ASSERT_TRUE(Put("things/a", "1").ok());
  ASSERT_TRUE(Put("things/a", "2").ok());
  std::vector<Difference> found;
  ASSERT_TRUE(store()
                  .ReadDifference(1, 2,
                                  [&](Difference difference) {
                                    found.push_back(std::move(difference));
                                    return absl::OkStatus();
                                  })
                  .ok());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].before, *store().Get("things/a", 1));
  EXPECT_EQ(found[0].after, *store().Get("things/a", std::nullopt));
}

TEST_P(StoreContract, DifferenceRefusesWhatIsGoneAndWhatIsNotThere) {
  for (const char* text : {"1", "2", "3", "4"}) ASSERT_TRUE(Put("things/a", text).ok());
  ASSERT_TRUE(store().Compact(2).ok());
  const auto ignore = [](Difference) { return absl::OkStatus(); };
  EXPECT_THAT(store().ReadDifference(1, 4, ignore),
              Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));
  EXPECT_THAT(store().ReadDifference(2, 5, ignore), Fails(absl::StatusCode::kOutOfRange, "HISTORY_CHANGED"));
  EXPECT_THAT(Differences(store(), 2, 4), ElementsAre("things/a: 2| -> 4|"));
  int calls = 0;
  const absl::Status ended = store().ReadDifference(2, 4, [&](Difference) {
    ++calls;
    return absl::CancelledError("enough");
  });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(store().Ping().ok());
}

// A random history: every difference turns the one state into the other, both ways, also across a compaction.
TEST_P(StoreContract, EveryDifferenceTurnsOneStateIntoTheOther) {
  std::mt19937 random(11);
  for (int i = 0; i < 40; ++i) {
    std::vector<Upsert> upserts;
    std::vector<std::string> deletes;
    for (int k = 0; k < 3; ++k) {
      const std::string name = absl::StrCat("things/", 3 * (random() % 4) + k);
      if (random() % 3 == 0) {
        deletes.push_back(name);
      } else {
        upserts.push_back(MakeUpsert(name, absl::StrCat(random() % 5)));
      }
    }
    ASSERT_TRUE(Commit(MakeWrite(upserts, deletes)).ok());
  }
  const int64_t newest = store().Info()->revision;
  ASSERT_TRUE(store().Compact(9).ok());
  const auto state_at = [&](int64_t revision) {
    ScanOptions options;
    options.as_of = revision;
    return ContentsOf(store(), options);
  };
  for (int64_t older = 9; older <= newest; older += 3) {
    for (int64_t newer = older; newer <= newest; newer += 2) {
      Contents forth = state_at(older), back = state_at(newer);
      const auto apply = [](const Difference& difference, const std::optional<StoredResource>& to,
                            Contents& state) {
        if (to) {
          state[to->name] = to->body;
        } else {
          state.erase(difference.name());
        }
      };
      ASSERT_TRUE(store()
                      .ReadDifference(older, newer,
                                      [&](Difference difference) {
                                        apply(difference, difference.after, forth);
                                        apply(difference, difference.before, back);
                                        return absl::OkStatus();
                                      })
                      .ok());
      ASSERT_EQ(forth, state_at(newer)) << older << " to " << newer;
      ASSERT_EQ(back, state_at(older)) << newer << " to " << older;
    }
  }
}

TEST_P(StoreContract, HistoryGoesBackwardsAndNarrows) {
  ASSERT_TRUE(Commit(MakeWrite({MakeUpsert("things/b", "1"), MakeUpsert("things/a", "1")})).ok());
  ASSERT_TRUE(Put("things/a-b", "1").ok());
  ASSERT_TRUE(Put("things/a/parts/x", "1").ok());
  ASSERT_TRUE(Put("other/a", "1").ok());
  ASSERT_TRUE(Delete("things/a/parts/x").ok());
  EXPECT_THAT(Entries(store(), {}), ElementsAre("5 things/a/parts/x x", "4 other/a", "3 things/a/parts/x",
                                                "2 things/a-b", "1 things/a", "1 things/b"));
  HistoryQuery query;
  query.name = "things/a";  // With what is nested, without its neighbours.
  EXPECT_THAT(Entries(store(), query),
              ElementsAre("5 things/a/parts/x x", "3 things/a/parts/x", "1 things/a"));
  query.below = 5;
  query.from = 2;
  EXPECT_THAT(Entries(store(), query), ElementsAre("3 things/a/parts/x"));
  query = {};
  query.name = "other";
  EXPECT_THAT(Entries(store(), query), ElementsAre("4 other/a"));
  query = {};
  query.kind = "Nothing";
  EXPECT_THAT(Entries(store(), query), IsEmpty());
  EXPECT_THAT(Entries(store(), {}, 2), SizeIs(2));
  EXPECT_TRUE(store().Ping().ok());
}

TEST_P(StoreContract, VersionsComeInTheOrderAsked) {
  ASSERT_TRUE(Put("things/a", "1").ok());
  ASSERT_TRUE(Put("things/a", "2").ok());
  ASSERT_TRUE(Delete("things/a").ok());
  const auto versions = store().GetVersions(
      {{"things/a", 2}, {"things/a", 3}, {"things/a", 1}, {"things/b", 1}, {"things/a", 0}});
  ASSERT_TRUE(versions.ok()) << versions.status();
  ASSERT_THAT(*versions, SizeIs(5));
  EXPECT_EQ((*versions)[0]->body, "2|");
  EXPECT_FALSE((*versions)[1]);
  EXPECT_EQ((*versions)[2]->body, "1|");
  EXPECT_EQ((*versions)[2]->revision, 1);
  EXPECT_FALSE((*versions)[3]);
  EXPECT_FALSE((*versions)[4]);
  EXPECT_THAT(*store().GetVersions({}), IsEmpty());
}

TEST_P(StoreContract, AuditIsFoundByRevision) {
  for (int i = 0; i < 20; ++i) {
    Write write = MakeWrite({MakeUpsert(absl::StrCat("things/", i), "x")});
    write.principal = absl::StrCat("user-", i + 1);
    write.request_id = absl::StrCat("request-", i + 1);
    ASSERT_TRUE(Commit(write).ok());
    // Refused, and without effect: rows without a revision in between.
    for (int k = 0; k < i % 4; ++k) EXPECT_FALSE(Put("things/x", "x", {"things/nothing"}).ok());
    if (i % 3 == 0) {
      ASSERT_TRUE(Put(absl::StrCat("things/", i), "x").ok());
    }
  }
  for (int64_t low = 1; low <= 20; ++low) {
    for (int64_t high = low; high <= 22; high += 5) {
      const auto rows = store().ReadAuditOfRevisions(low, high);
      ASSERT_TRUE(rows.ok()) << rows.status();
      ASSERT_THAT(*rows, SizeIs(std::min<int64_t>(high, 20) - low + 1)) << low << " to " << high;
      for (size_t i = 0; i < rows->size(); ++i) {
        EXPECT_EQ((*rows)[i].revision, low + static_cast<int64_t>(i));
        EXPECT_EQ((*rows)[i].principal, absl::StrCat("user-", low + static_cast<int64_t>(i)));
      }
    }
  }
  EXPECT_THAT(*store().ReadAuditOfRevisions(21, 30), IsEmpty());
}

TEST_P(StoreContract, PointsNameRevisionAndTime) {
  EXPECT_THAT(PointAtTime(store(), absl::Now()), Fails(absl::StatusCode::kOutOfRange, "BEFORE_HISTORY"));
  EXPECT_EQ(PointAtRevision(store(), 0)->time, absl::InfinitePast());
  std::vector<absl::Time> times = {absl::InfinitePast()};
  for (const char* text : {"1", "2", "3", "4"}) {
    ASSERT_TRUE(Put("things/a", text).ok());
    times.push_back((*store().Get("things/a", std::nullopt))->update_time);
  }
  for (int64_t revision = 1; revision <= 4; ++revision) {
    EXPECT_EQ(PointAtRevision(store(), revision)->time, times[revision]);
    EXPECT_EQ(*store().TimeOfRevision(revision), times[revision]);
    // Writes may share a microsecond: then the last of them.
    const auto point = PointAtTime(store(), times[revision]);
    ASSERT_TRUE(point.ok()) << point.status();
    EXPECT_GE(point->revision, revision);
    EXPECT_EQ(point->time, times[revision]);
  }
  EXPECT_EQ(PointAtTime(store(), times[4] + absl::Hours(1))->revision, 4);
  EXPECT_THAT(PointAtRevision(store(), 5), Fails(absl::StatusCode::kOutOfRange, "REVISION_NOT_FOUND"));
  const auto before = PointAtTime(store(), times[1] - absl::Seconds(5));
  EXPECT_THAT(before, Fails(absl::StatusCode::kOutOfRange, "BEFORE_HISTORY"));
  EXPECT_EQ(base::DetailsOf(before.status())->metadata.at("oldest"), "1");
}

TEST_P(StoreContract, PointsSayWhatIsTheOldestLeft) {
  for (const char* text : {"1", "2", "3", "4"}) ASSERT_TRUE(Put("things/a", text).ok());
  const absl::Time first = *store().TimeOfRevision(1);
  ASSERT_TRUE(store().Compact(3).ok());
  const auto compacted = PointAtRevision(store(), 2);
  EXPECT_THAT(compacted, Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));
  EXPECT_EQ(base::DetailsOf(compacted.status())->metadata.at("oldest"), "3");
  EXPECT_THAT(PointAtTime(store(), first - absl::Seconds(1)),
              Fails(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED"));
  EXPECT_EQ(PointAtRevision(store(), 3)->revision, 3);
}

}  // namespace
}  // namespace linchpin::store
