// What a write does, and what it is refused for.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/commit/decision_check.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST_P(StoreContract, GivesRevisionsFromOneInOrder) {
  for (int i = 1; i <= 3; ++i) {
    absl::StatusOr<WriteResult> result = Put(absl::StrCat("things/", i), "x");
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->revision, i);
    EXPECT_TRUE(result->changed);
    EXPECT_EQ(result->reply, absl::StrCat("revision ", i));
    EXPECT_EQ(head().revision(), i);
  }
  EXPECT_EQ(store().Info()->revision, 3);
}

TEST_P(StoreContract, AWriteIsReadableWhenItIsAcknowledged) {
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  EXPECT_EQ(head().Find("things/a")->body, "one|");
  EXPECT_EQ((*store().Get("things/a", std::nullopt))->body, "one|");
  EXPECT_EQ(*store().Get("things/b", std::nullopt), std::nullopt);
}

TEST_P(StoreContract, AnUpdateKeepsTheCreateTime) {
  absl::Time first = now_;
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  now_ += absl::Seconds(5);
  ASSERT_THAT(Put("things/a", "two"), IsOk());
  StoredResource expected{"things/a", "Thing", 2, first, now_, "two|"};
  EXPECT_EQ(**store().Get("things/a", std::nullopt), expected);
  EXPECT_EQ(*head().Find("things/a"), expected);
}

TEST_P(StoreContract, TimesNeverGoBack) {
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  absl::Time first = now_;
  now_ -= absl::Hours(1);
  ASSERT_THAT(Put("things/b", "two"), IsOk());
  EXPECT_EQ(head().Find("things/b")->update_time, first);
}

TEST_P(StoreContract, AWriteThatChangesNothingGetsNoRevisionButIsAudited) {
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  absl::StatusOr<WriteResult> again = Put("things/a", "one");
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->revision, 1);
  EXPECT_EQ(store().Info()->revision, 1);
  std::vector<AuditRow> audit = *store().ReadAudit(0, 10);
  ASSERT_THAT(audit, SizeIs(2));
  EXPECT_EQ(audit[1].number, 2);
  EXPECT_EQ(audit[1].revision, 0);
  EXPECT_EQ(audit[1].code, 0);
}

TEST_P(StoreContract, OnlyWhatChangesInABatchGetsTheNewRevision) {
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  std::vector<Applied::Stamp> stamps;
  Write write = MakeWrite({});
  write.decide = [&stamps](const StateReader&) {
    Decision decision;
    decision.upserts = {MakeUpsert("things/a", "one"), MakeUpsert("things/b", "two")};
    decision.reply = [&stamps](const Applied& applied) {
      stamps = applied.upserts;
      return std::string();
    };
    return decision;
  };
  ASSERT_THAT(Commit(write), IsOk());
  ASSERT_THAT(stamps, SizeIs(2));
  EXPECT_EQ(stamps[0].revision, 1);
  EXPECT_EQ(stamps[1].revision, 2);
  EXPECT_EQ(head().Find("things/a")->revision, 1);
}

TEST_P(StoreContract, RefusesAReferenceToNothing) {
  absl::StatusOr<WriteResult> result = Put("things/a", "x", {"things/none"});
  EXPECT_THAT(result, Fails(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND"));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("things/none"));
  EXPECT_EQ(head().revision(), 0);
  EXPECT_THAT(ContentsOf(store()), IsEmpty());
}

TEST_P(StoreContract, OrderInsideAWriteIsIrrelevant) {
  ASSERT_THAT(Commit(MakeWrite(
                  {MakeUpsert("things/a", "x", {"things/b"}), MakeUpsert("things/b", "y", {"things/a"})})),
              IsOk());
  EXPECT_THAT(head().Referrers("things/a", 5), ElementsAre("things/b"));
  ASSERT_THAT(Commit(MakeWrite({}, {"things/a", "things/b"})), IsOk());
  EXPECT_THAT(ContentsOf(store()), IsEmpty());
}

TEST_P(StoreContract, RefusesToDeleteWhatIsReferredToAndNamesTwenty) {
  ASSERT_THAT(Put("things/target", "x"), IsOk());
  std::vector<Upsert> referrers;
  for (int i = 10; i < 35; ++i)
    referrers.push_back(MakeUpsert(absl::StrCat("things/r", i), "x", {"things/target"}));
  ASSERT_THAT(Commit(MakeWrite(referrers)), IsOk());
  absl::StatusOr<WriteResult> result = Delete("things/target");
  EXPECT_THAT(result, Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  std::string named = base::DetailsOf(result.status())->metadata["referrers"];
  EXPECT_EQ(std::count(named.begin(), named.end(), ',') + 1, kReferrersNamed);
  EXPECT_THAT(named, HasSubstr("things/r10"));
}

TEST_P(StoreContract, DeletesWhatIsLeftBehindInTheSameWrite) {
  ASSERT_THAT(Put("things/t", "x"), IsOk());
  ASSERT_THAT(Put("things/u", "x"), IsOk());
  ASSERT_THAT(Put("things/r", "x", {"things/t"}), IsOk());
  ASSERT_THAT(Commit(MakeWrite({MakeUpsert("things/r", "x", {"things/u"})}, {"things/t"})), IsOk());
  EXPECT_THAT(Delete("things/u"), Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  ASSERT_THAT(Delete("things/r"), IsOk());
  ASSERT_THAT(Delete("things/u"), IsOk());
  EXPECT_THAT(ContentsOf(store()), IsEmpty());
}

TEST_P(StoreContract, AWriteMayNotReferToWhatItDeletes) {
  ASSERT_THAT(Put("things/t", "x"), IsOk());
  EXPECT_THAT(Commit(MakeWrite({MakeUpsert("things/r", "x", {"things/t"})}, {"things/t"})),
              Fails(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND"));
}

TEST_P(StoreContract, ANameCreatedAgainStartsAnew) {
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  ASSERT_THAT(Delete("things/a"), IsOk());
  now_ += absl::Seconds(9);
  ASSERT_THAT(Put("things/a", "one"), IsOk());
  EXPECT_EQ(head().Find("things/a")->revision, 3);
  EXPECT_EQ(head().Find("things/a")->create_time, now_);
}

TEST_P(StoreContract, DeletingWhatIsNotThereChangesNothing) {
  absl::StatusOr<WriteResult> result = Delete("things/none");
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->changed);
}

TEST_P(StoreContract, RefusesANameTwiceInOneWrite) {
  EXPECT_THAT(Commit(MakeWrite({MakeUpsert("things/a", "x"), MakeUpsert("things/a", "y")})),
              Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_P(StoreContract, ValidateOnlyChangesNothingAndUsesUpNothing) {
  Write write = MakeWrite({MakeUpsert("things/a", "x")});
  write.request_id = "r1";
  write.validate_only = true;
  absl::StatusOr<WriteResult> tried = Commit(write);
  ASSERT_THAT(tried, IsOk());
  EXPECT_EQ(tried->reply, "revision 1");
  EXPECT_THAT(ContentsOf(store()), IsEmpty());
  EXPECT_THAT(*store().ReadAudit(0, 10), IsEmpty());
  write.validate_only = false;
  EXPECT_FALSE(Commit(write)->repeated);
}

TEST_P(StoreContract, RefusesAnotherRevisionThanExpected) {
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  Write write = MakeWrite({MakeUpsert("things/a", "y")});
  write.expected_revision = 0;
  EXPECT_THAT(Commit(write), Fails(absl::StatusCode::kAborted, "REVISION_MISMATCH"));
  write.expected_revision = 1;
  EXPECT_THAT(Commit(write), IsOk());
}

TEST_P(StoreContract, OfWritesThatExpectTheSameRevisionOneIsMade) {
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  constexpr int kWrites = 8;
  std::vector<absl::StatusOr<WriteResult>> results(kWrites);
  std::vector<absl::Notification> done(kWrites);
  for (int i = 0; i < kWrites; ++i) {
    Write write = MakeWrite({MakeUpsert(absl::StrCat("things/new-", i), "y")});
    write.expected_revision = 1;
    committer().Submit(std::move(write), [&, i](absl::StatusOr<WriteResult> result) {
      results[i] = std::move(result);
      done[i].Notify();
    });
  }
  int made = 0;
  for (int i = 0; i < kWrites; ++i) {
    done[i].WaitForNotification();
    made += results[i].ok() ? 1 : 0;
    if (!results[i].ok()) {
      EXPECT_THAT(results[i], Fails(absl::StatusCode::kAborted, "REVISION_MISMATCH"));
    }
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(head().revision(), 2);
  EXPECT_THAT(ContentsOf(store()), SizeIs(2));
}

TEST_P(StoreContract, AsksWhoeverAdmitsAboutWhatTheWriteWouldChange) {
  ASSERT_THAT(Put("things/same", "x"), IsOk());
  ASSERT_THAT(Put("things/old", "x"), IsOk());
  Write write = MakeWrite({MakeUpsert("things/new", "y"), MakeUpsert("things/same", "x")},
                          {"things/old", "things/never-was"});
  write.target = "4 operations";
  std::vector<std::string> asked;
  write.admit = [&](const PendingChange& change) -> absl::StatusOr<std::string> {
    asked = {absl::StrCat(change.revision)};
    for (const PendingChange::Document& document : change.documents) {
      asked.push_back(absl::StrCat(std::string(document.name), "=",
                                   document.put == nullptr ? "gone" : document.put->body));
    }
    return "seen by the test";
  };
  ASSERT_THAT(Commit(write), IsOk());
  EXPECT_THAT(asked, ElementsAre("2", "things/new=y|", "things/old=gone"));
  EXPECT_EQ(store().ReadAudit(2, 10)->at(0).target, "4 operations; seen by the test");

  // The second time it changes nothing, and there is nothing to admit.
  asked.clear();
  EXPECT_THAT(Commit(write), IsOk());
  EXPECT_THAT(asked, IsEmpty());
}

TEST_P(StoreContract, WhatIsNotAdmittedIsAuditedAndMayBeRepeated) {
  Write write = MakeWrite({MakeUpsert("things/a", "x")});
  write.request_id = "r1";
  write.request_digest = "d";
  write.admit = [](const PendingChange&) -> absl::StatusOr<std::string> {
    return base::Error(base::reason::CheckRequired{.revision = 0}, "check it first");
  };
  EXPECT_THAT(Commit(write), Fails(absl::StatusCode::kFailedPrecondition, "CHECK_REQUIRED"));
  EXPECT_THAT(ContentsOf(store()), IsEmpty());
  EXPECT_EQ(store().ReadAudit(0, 10)->at(0).reason, "CHECK_REQUIRED");
  // The same request, with what was lacking.
  write.admit = [](const PendingChange&) -> absl::StatusOr<std::string> { return ""; };
  const absl::StatusOr<WriteResult> admitted = Commit(write);
  ASSERT_THAT(admitted, IsOk());
  EXPECT_FALSE(admitted->repeated);
  EXPECT_TRUE(Commit(write)->repeated);
}

TEST_P(StoreContract, DropsAWriteThatWaitedBeyondItsDeadline) {
  Write write = MakeWrite({MakeUpsert("things/a", "x")});
  write.deadline = absl::InfinitePast();
  EXPECT_THAT(Commit(write), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(head().revision(), 0);
}

TEST_P(StoreContract, ARefusalByDecideIsReturnedAndAudited) {
  Write write = MakeWrite({});
  write.target = "things/a";
  write.decide = [](const StateReader&) -> absl::StatusOr<Decision> {
    return base::Error(base::reason::EtagMismatch{.name = "things/a"}, "the etag is old");
  };
  EXPECT_THAT(Commit(write), Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  std::vector<AuditRow> audit = *store().ReadAudit(0, 10);
  ASSERT_THAT(audit, SizeIs(1));
  EXPECT_EQ(audit[0].reason, "ETAG_MISMATCH");
  EXPECT_EQ(audit[0].code, static_cast<int>(absl::StatusCode::kAborted));
  EXPECT_EQ(audit[0].target, "things/a");
  EXPECT_EQ(audit[0].principal, "tester");
  EXPECT_EQ(audit[0].time, now_);
}

TEST_P(StoreContract, HostileStringsComeBackUnchanged) {
  const std::vector<std::string> hostile = {"things/'; drop table resource; --",
                                            "things/\"$1\"",
                                            "things/{a,b}",
                                            "things/\\x00\\",
                                            "things/NULL",
                                            "things/%s%n",
                                            "things/\xE2\x80\xAE"
                                            "abc",
                                            "things/\xF0\x9F\x92\xA3",
                                            "things/\r\n\t\x1b[31m",
                                            "things/ ",
                                            "things/{\"a\"}",
                                            "things/,"};
  for (const std::string& name : hostile) {
    Upsert upsert = MakeUpsert(name, std::string("\0\xff'\"\\x", 7));
    upsert.kind = name;
    Write write = MakeWrite({upsert});
    write.principal = write.method = write.request_id = write.target = name;
    ASSERT_THAT(Commit(write), IsOk()) << name;
    EXPECT_TRUE(Commit(write)->repeated) << name;
    absl::StatusOr<std::optional<StoredResource>> found = store().Get(name, std::nullopt);
    ASSERT_TRUE(found.ok() && found->has_value()) << name;
    EXPECT_EQ((*found)->name, name);
    EXPECT_EQ((*found)->kind, name);
    EXPECT_EQ((*found)->body, upsert.body);
  }
  EXPECT_THAT(ContentsOf(store()), SizeIs(hostile.size()));
}

TEST_P(StoreContract, RefusesTextThatCannotBeKept) {
  const std::vector<std::string> bad = {"",
                                        std::string("a\0b", 3),
                                        "\xC0\xAF",
                                        "\xED\xA0\x80",
                                        "\xF5\x80\x80\x80",
                                        "\xE2\x82",
                                        std::string(kTextBytesMax + 1, 'a')};
  for (const std::string& name : bad) {
    EXPECT_THAT(Put(name, "x"), Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    Write write = MakeWrite({MakeUpsert("things/a", "x")});
    write.principal = name;
    if (name.empty()) continue;
    EXPECT_THAT(Commit(write), Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  EXPECT_EQ(head().revision(), 0);
}

TEST_P(StoreContract, TakesTheLargestBodyAndRefusesALargerOne) {
  Upsert largest = MakeUpsert("things/a", std::string(kBodyBytesMax - 1, 'x'));
  ASSERT_THAT(Commit(MakeWrite({largest})), IsOk());
  EXPECT_EQ((*store().Get("things/a", std::nullopt))->body, largest.body);
  EXPECT_THAT(Put("things/b", std::string(kBodyBytesMax, 'x')),
              Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_P(StoreContract, TakesABatchOfTenThousandAtOneRevision) {
  std::vector<Upsert> upserts;
  for (int i = 0; i < 10'000; ++i) {
    upserts.push_back(
        MakeUpsert(absl::StrCat("things/", i), "x", {absl::StrCat("things/", (i + 1) % 10'000)}));
  }
  absl::StatusOr<WriteResult> result = Commit(MakeWrite(upserts));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->revision, 1);
  ChangeBatch batch = *store().ReadChanges(0, 1);
  EXPECT_THAT(batch.changes, SizeIs(10'000));
  EXPECT_EQ(batch.through, 1);
}

// Holds the committer inside the decision of a first write, so that what is handed in meanwhile forms one
// group.
TEST_P(StoreContract, AGroupDecidesEachWriteAgainstTheOnesBefore) {
  absl::Notification inside, release;
  Write first = MakeWrite({MakeUpsert("things/a", "one")});
  first.decide = [decide = first.decide, &inside, &release](const StateReader& state) {
    if (!inside.HasBeenNotified()) inside.Notify();
    release.WaitForNotification();
    return decide(state);
  };
  std::vector<absl::StatusOr<WriteResult>> results(7);
  std::vector<absl::Notification> done(7);
  auto submit = [&](int i, Write write) {
    committer().Submit(std::move(write), [&, i](absl::StatusOr<WriteResult> result) {
      results[i] = std::move(result);
      done[i].Notify();
    });
  };
  submit(0, first);
  inside.WaitForNotification();
  submit(1, MakeWrite({MakeUpsert("things/b", "two", {"things/a"})}));
  submit(2, MakeWrite({MakeUpsert("things/a", "three")}));
  submit(3, MakeWrite({}, {"things/a"}));  // Still referred to by things/b.
  submit(4, MakeWrite({}, {"things/b"}));
  submit(5, MakeWrite({}, {"things/a"}));
  submit(6, MakeWrite({MakeUpsert("things/a", "four")}));
  release.Notify();
  for (absl::Notification& one : done) one.WaitForNotification();
  std::vector<int64_t> revisions;
  for (int i : {0, 1, 2, 4, 5, 6}) {
    ASSERT_THAT(results[i], IsOk()) << i;
    revisions.push_back(results[i]->revision);
  }
  EXPECT_THAT(revisions, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(results[3], Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  EXPECT_THAT(ContentsOf(store()), ElementsAre(Pair("things/a", "four|")));
  EXPECT_EQ(committer().Stats().groups, 2);
  EXPECT_EQ((*store().Get("things/a", 3))->body, "three|");
  EXPECT_EQ(*store().Get("things/a", 5), std::nullopt);
}

}  // namespace
}  // namespace linchpin::store
