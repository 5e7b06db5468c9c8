// The chain of digests through the audit (SEC18).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/store/port/audit_chain.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

TEST_P(StoreContract, EachAuditRowCarriesTheDigestOfTheOneBefore) {
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  EXPECT_THAT(Put("things/b", "x", {"things/none"}), ::testing::Not(IsOk()));
  ASSERT_THAT(Delete("things/a"), IsOk());
  std::vector<AuditRow> rows = *store().ReadAudit(0, 100);
  ASSERT_EQ(rows.size(), 3u);
  std::string previous;
  for (const AuditRow& row : rows) {
    EXPECT_EQ(row.previous, previous);
    EXPECT_EQ(row.digest, AuditDigest(row));
    previous = row.digest;
  }
  EXPECT_EQ(store().Info()->audit_digest, previous);
  absl::StatusOr<AuditChain> chain = VerifyAudit(store(), {{2, rows[1].digest}});
  ASSERT_THAT(chain, IsOk());
  EXPECT_EQ(chain->rows, 3);
  EXPECT_EQ(chain->unchained, 0);
  EXPECT_EQ(chain->newest.number, 3);
  EXPECT_EQ(chain->newest.digest, previous);
}

TEST_P(StoreContract, TheChainGoesOnAfterARestart) {
  if (!GetParam().persistent) GTEST_SKIP() << "memory";
  ASSERT_THAT(Put("things/a", "x"), IsOk());
  Restart();
  ASSERT_THAT(Put("things/b", "x"), IsOk());
  EXPECT_EQ(VerifyAudit(store(), {})->rows, 2);
}

TEST_P(StoreContract, WritersOfSeveralProcessesMakeOneChain) {
  if (!GetParam().shared) GTEST_SKIP() << "one process only";
  std::unique_ptr<ResourceStore> other = *place_->Open({});
  MapHead other_head(TargetsOf);
  std::unique_ptr<Committer> committer = *Committer::Create(*other, other_head, {});
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(Put(absl::StrCat("things/a", i), "x"), IsOk());
    ASSERT_THAT(committer->Commit(MakeWrite({MakeUpsert(absl::StrCat("things/b", i), "x")})), IsOk());
  }
  absl::StatusOr<AuditChain> chain = VerifyAudit(store(), {});
  ASSERT_THAT(chain, IsOk());
  EXPECT_EQ(chain->rows, 40);
}

TEST_P(StoreContract, AnAuditThatWasTamperedWithIsFound) {
  for (const char* name : {"things/a", "things/b", "things/c", "things/d"})
    ASSERT_THAT(Put(name, "x"), IsOk());
  const std::vector<AuditRow> sound = *store().ReadAudit(0, 100);
  const StoreInfo info = *store().Info();
  const auto found = [&](std::vector<AuditRow> rows, const StoreInfo& claimed = {}) {
    return std::string(VerifyRows(rows, claimed.audit_number == 0 ? info : claimed, {}).status().message());
  };
  EXPECT_EQ(found(sound), "");
  std::vector<AuditRow> changed = sound;
  changed[1].principal = "nobody";
  EXPECT_EQ(found(changed), "audit row 2 was changed");
  // With a digest to match, it no longer fits the next.
  changed[1].digest = AuditDigest(changed[1]);
  EXPECT_EQ(found(changed), "audit row 3 does not follow the row before it");
  std::vector<AuditRow> shorter = sound;
  shorter.erase(shorter.begin() + 2);
  EXPECT_EQ(found(shorter), "audit row 3 is missing");
  shorter = sound;
  shorter.pop_back();
  EXPECT_EQ(found(shorter), "audit row 4 is missing");
  StoreInfo claimed = info;
  claimed.audit_number = 3;
  EXPECT_EQ(found(shorter, claimed),
            "audit row 3 has another digest than the store holds for the newest row");
  // A whole new chain holds together: only what was noted elsewhere tells it from the old one.
  claimed.audit_digest = sound[2].digest;
  EXPECT_EQ(found(shorter, claimed), "");
  EXPECT_THAT(std::string(VerifyRows(shorter, claimed, {{4, sound[3].digest}}).status().message()),
              testing::HasSubstr("audit row 4 was noted and is missing"));
  EXPECT_THAT(std::string(VerifyRows(sound, info, {{2, sound[3].digest}}).status().message()),
              testing::HasSubstr("audit row 2 has another digest than the one that was noted"));
  // Rows from before the chain stand at its beginning, nowhere else.
  std::vector<AuditRow> old = sound;
  for (size_t i : {0, 1}) old[i].digest = old[i].previous = "";
  EXPECT_EQ(found(old), "audit row 3 does not follow the row before it");
  old = sound;
  old[3].digest = "";
  EXPECT_EQ(found(old), "audit row 4 has no digest");
}

}  // namespace
}  // namespace linchpin::store
