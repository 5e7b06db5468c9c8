#include "tests/contract/store_history_check.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

void ExpectReplayed(ResourceStore& store, const std::map<std::string, StoredResource>& state) {
  std::map<std::string, StoredResource> standing;
  ASSERT_THAT(store.Scan({},
                         [&](StoredResource resource) {
                           standing[resource.name] = std::move(resource);
                           return absl::OkStatus();
                         }),
              IsOk());
  EXPECT_TRUE(standing == state) << standing.size() << " stand, " << state.size() << " by the changes";
}

void ExpectAudited(ResourceStore& store, int64_t newest) {
  std::set<int64_t> revisions;
  int64_t number = 0;
  while (true) {
    absl::StatusOr<std::vector<AuditRow>> rows = store.ReadAudit(number, 10'000);
    ASSERT_THAT(rows, IsOk());
    if (rows->empty()) break;
    for (const AuditRow& row : *rows) {
      ASSERT_EQ(row.number, ++number);
      if (row.revision == 0) continue;
      ASSERT_TRUE(revisions.insert(row.revision).second) << "two audit rows for " << row.revision;
    }
  }
  EXPECT_EQ(static_cast<int64_t>(revisions.size()), newest);
}

}  // namespace

Lives ExpectSound(ResourceStore& store) {
  Lives lives;
  std::map<std::string, StoredResource> state;
  int64_t revision = 0;
  int64_t newest = store.Info()->revision;
  while (revision < newest) {
    absl::StatusOr<ChangeBatch> batch = store.ReadChanges(revision, 10'000);
    EXPECT_THAT(batch, IsOk());
    if (!batch.ok() || batch->changes.empty()) break;
    for (Change& change : batch->changes) {
      const std::string name = change.resource.name;
      EXPECT_TRUE(change.resource.revision == revision || change.resource.revision == revision + 1)
          << change.resource.revision << " after " << revision;
      revision = change.resource.revision;
      auto present = state.find(name);
      EXPECT_EQ(change.previous_revision, present == state.end() ? 0 : present->second.revision) << name;
      lives[name].push_back(revision);
      if (change.deleted) {
        state.erase(name);
      } else {
        state[name] = std::move(change.resource);
      }
    }
  }
  EXPECT_EQ(revision, newest);
  ExpectReplayed(store, state);
  ExpectAudited(store, newest);
  return lives;
}

}  // namespace linchpin::store
