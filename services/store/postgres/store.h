// The engine for production: one schema of a PostgreSQL database, for any number of processes.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_STORE_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pqxx/result>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/store/open.h"
#include "services/store/pool.h"
#include "services/store/port/resource_store.h"
#include "services/store/port/subscribers.h"
#include "services/store/postgres/connection.h"
#include "services/store/postgres/group.h"
#include "services/store/postgres/listener.h"

namespace linchpin::store {

// One connection writes groups, one listens, a few read; each is made when first needed and made anew when
// it breaks.
class PostgresStore : public ResourceStore {
 public:
  // See OpenStore. `conninfo` as libpq takes it.
  static absl::StatusOr<std::unique_ptr<ResourceStore>> Open(std::string_view conninfo,
                                                             std::string_view schema,
                                                             const OpenOptions& options);

  absl::StatusOr<StoreInfo> Info() override;
  absl::Status Ping() override;
  absl::StatusOr<absl::Time> ReadClock() override;
  absl::StatusOr<int64_t> Scan(const ScanOptions& options,
                               absl::FunctionRef<absl::Status(StoredResource)> callback) override;
  absl::StatusOr<std::optional<StoredResource>> Get(std::string_view name,
                                                    std::optional<int64_t> as_of) override;
  absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) override;
  std::unique_ptr<Subscription> Subscribe(std::function<void(int64_t)> wake) override;
  absl::Status Compact(int64_t before) override;
  absl::StatusOr<int64_t> RevisionAt(absl::Time time) override;
  absl::Status ReadDifference(int64_t older, int64_t newer,
                              absl::FunctionRef<absl::Status(Difference)> callback) override;
  absl::Status ReadHistory(const HistoryQuery& query,
                           absl::FunctionRef<bool(const HistoryEntry&)> callback) override;
  absl::StatusOr<std::vector<std::optional<StoredResource>>> GetVersions(
      const std::vector<VersionKey>& keys) override;
  absl::StatusOr<std::vector<AuditRow>> ReadAuditOfRevisions(int64_t low, int64_t high) override;
  absl::StatusOr<absl::Time> TimeOfRevision(int64_t revision) override;
  absl::StatusOr<int64_t> ExpireRequests(absl::Time before) override;
  absl::StatusOr<std::vector<AuditRow>> ReadAudit(int64_t after, int64_t limit) override;
  absl::StatusOr<Lease> AcquireLease(std::string_view name, std::string_view holder,
                                     absl::Duration ttl) override;
  absl::Status ReleaseLease(const Lease& lease) override;
  absl::Status RenewHistory() override;
  absl::StatusOr<std::unique_ptr<GroupTransaction>> BeginGroup(int64_t head_revision) override;
  void AbandonGroup() override;

 private:
  using Work = absl::FunctionRef<absl::Status(PostgresConnection&)>;

  PostgresStore(PostgresOptions connection_options, const OpenOptions& options);
  absl::Status Prepare(bool migrate);
  // FAILED_PRECONDITION, UNSAFE_SETTINGS.
  absl::Status CheckDurable();
  // On a connection of the pool. A connection that was idle may have died unnoticed: tried once more then,
  // so the work must be repeatable.
  absl::Status With(Work work);
  template <typename T>
  absl::StatusOr<T> Value(absl::FunctionRef<absl::StatusOr<T>(PostgresConnection&)> work);
  // One statement on such a connection.
  template <typename... Args>
  absl::StatusOr<pqxx::result> Query(Sql sql, absl::Duration timeout, const Args&... args);

  // Runs on the connection of Ping, made anew if it is broken and there is time.
  absl::StatusOr<pqxx::result> AskQuickly(Sql sql) ABSL_EXCLUSIVE_LOCKS_REQUIRED(ping_mutex_);

  DeadlineThread deadlines_;  // First: every connection uses them.
  ServerClock clock_;
  const PostgresOptions options_;
  const bool read_only_;
  const PostgresGroupOptions group_options_;
  Pool<PostgresConnection> pool_;
  // Makes the connection for writing if there is none, or it is broken.
  absl::Status EnsureWriter();

  // The committer's only, but for the socket.
  std::unique_ptr<PostgresConnection> writer_;
  absl::Mutex writer_socket_mutex_;
  std::shared_ptr<GuardedSocket> writer_socket_ ABSL_GUARDED_BY(writer_socket_mutex_);
  PostgresGroup::Progress progress_;
  // Of its own: the others may all be waiting for a server that has fallen silent.
  absl::Mutex ping_mutex_;
  std::unique_ptr<PostgresConnection> pinger_ ABSL_GUARDED_BY(ping_mutex_);
  Subscribers subscribers_;
  absl::once_flag listening_;
  std::unique_ptr<PostgresListener> listener_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_STORE_H_
