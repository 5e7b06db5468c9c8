// The transaction of one group on SQLite.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_GROUP_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_GROUP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/sqlite/database.h"

namespace linchpin::store {

// Ownership: holds the mutex of the writing connection while it lives.
class SqliteGroup : public GroupTransaction {
 public:
  // `committed` is called with the newest revision after a commit, when the mutex has been given back.
  static absl::StatusOr<std::unique_ptr<GroupTransaction>> Begin(absl::Mutex& mutex, SqliteDatabase& database,
                                                                 std::function<void(int64_t)> committed);
  ~SqliteGroup() override;

  const Counters& counters() const override { return counters_; }
  absl::Time now() const override { return absl::Now(); }
  absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) override;
  absl::StatusOr<std::vector<RequestRecord>> FindRequests(const std::vector<RequestKey>& keys) override;
  absl::StatusOr<int64_t> LeaseToken(std::string_view lease) override;
  absl::StatusOr<bool> WasCommitted(const GroupMark& mark) override;
  absl::Status Commit(const GroupRows& rows, int64_t writer,
                      const std::function<void()>& handed_over) override;

 private:
  SqliteGroup(absl::Mutex& mutex, SqliteDatabase& database, std::function<void(int64_t)> committed);

  absl::Status Write(const GroupRows& rows, int64_t writer);
  absl::Status WriteChanges(const GroupRows& rows);
  absl::Status WriteResources(const GroupRows& rows);
  absl::Status WriteReferences(const GroupRows& rows);
  absl::Status WriteRequests(const GroupRows& rows);
  absl::Status WriteAudit(const GroupRows& rows, int64_t writer);
  absl::Status WriteCounters(const GroupRows& rows);

  absl::Mutex& mutex_;
  SqliteDatabase& database_;
  std::function<void(int64_t)> committed_;
  Counters counters_;
  int64_t notify_ = 0;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_GROUP_H_
