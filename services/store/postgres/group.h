// The transaction of one group on PostgreSQL.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_GROUP_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_GROUP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/postgres/connection.h"

namespace linchpin::store {

struct PostgresGroupOptions {
  std::string channel;           // Notified with the new revision.
  ServerClock* clock = nullptr;  // Outlives the group, which sets it where it asks the server anyway.
  // How long to wait for a counter that another process has, while the server answers.
  absl::Duration lock_wait = absl::Seconds(10);
  // After this without an answer the server counts as gone. A write gets more, by its size.
  absl::Duration answer_timeout = absl::Seconds(1);
};

// As long as no other process writes, the counters after our last group are those before the next one. Then
// nothing is locked beforehand: the write compares the counters, and writes nothing if they have moved. That
// saves a round trip for each group.
//
// Ownership: keeps references to the connection and the progress, which must outlive it and serve nobody
// else. Cost: one round trip, or two with the lock.
class PostgresGroup : public GroupTransaction {
 public:
  // What one group hands to the next on the same connection.
  struct Progress {
    std::optional<Counters> counters;  // After the last group, if that is known.
    int locked_groups = 0;             // So many more begin with the lock.
  };

  static absl::StatusOr<std::unique_ptr<GroupTransaction>> Begin(PostgresConnection& connection,
                                                                 const PostgresGroupOptions& options,
                                                                 Progress* progress);
  ~PostgresGroup() override;

  const Counters& counters() const override { return counters_; }
  absl::Time now() const override { return options_.clock->Now(); }
  absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) override;
  absl::StatusOr<std::vector<RequestRecord>> FindRequests(const std::vector<RequestKey>& keys) override;
  absl::StatusOr<int64_t> LeaseToken(std::string_view lease) override;
  absl::StatusOr<bool> WasCommitted(const GroupMark& mark) override;
  absl::Status Commit(const GroupRows& rows, int64_t writer,
                      const std::function<void()>& handed_over) override;

 private:
  PostgresGroup(PostgresConnection& connection, const PostgresGroupOptions& options, Progress* progress)
      : connection_(connection), options_(options), progress_(progress) {}

  absl::Status Lock();
  absl::Status TryLock();
  // Locks what was only assumed; ABORTED if the counters have moved.
  absl::Status EnsureLocked();
  absl::Status Overtaken();

  PostgresConnection& connection_;
  const PostgresGroupOptions options_;
  Progress* const progress_;
  Counters counters_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_GROUP_H_
