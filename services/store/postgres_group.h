// The transaction of one group on PostgreSQL.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_GROUP_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_GROUP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/group_transaction.h"
#include "services/store/postgres_connection.h"

namespace linchpin::store {

// Ownership: keeps a reference to the connection, which must outlive it and serve nobody else meanwhile.
// Cost: two round trips, one to lock and one to write and commit.
class PostgresGroup : public GroupTransaction {
 public:
  // Waits for the counter at most `lock_wait`; each answer at most `answer_timeout` (the write gets more, by
  // its size). `channel` is notified with the new revision.
  static absl::StatusOr<std::unique_ptr<GroupTransaction>> Begin(PostgresConnection& connection,
                                                                 std::string channel,
                                                                 absl::Duration lock_wait,
                                                                 absl::Duration answer_timeout);
  ~PostgresGroup() override;

  const Counters& counters() const override { return counters_; }
  absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) override;
  absl::StatusOr<std::vector<RequestRecord>> FindRequests(const std::vector<RequestKey>& keys) override;
  absl::StatusOr<int64_t> LeaseToken(std::string_view lease) override;
  absl::StatusOr<bool> WasCommitted(const GroupMark& mark) override;
  absl::Status Commit(const GroupRows& rows, int64_t writer) override;

 private:
  PostgresGroup(PostgresConnection& connection, std::string channel, absl::Duration answer_timeout)
      : connection_(connection), channel_(std::move(channel)), answer_timeout_(answer_timeout) {}

  PostgresConnection& connection_;
  const std::string channel_;
  const absl::Duration answer_timeout_;
  Counters counters_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_GROUP_H_
