// The embedded engine: one SQLite file, or memory, for one process.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_STORE_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/store/open.h"
#include "services/store/pool.h"
#include "services/store/port/resource_store.h"
#include "services/store/port/subscribers.h"
#include "services/store/sqlite/database.h"

namespace linchpin::store {

// Write-ahead log with synchronous=FULL: what is committed survives a power cut. One connection writes,
// others read snapshots beside it; in memory the one connection does both, so there reads wait for writes.
class SqliteStore : public ResourceStore {
 public:
  // An empty folder means memory. See OpenStore.
  static absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const std::string& folder,
                                                             std::string_view schema,
                                                             const OpenOptions& options);
  ~SqliteStore() override;

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

 private:
  using Work = absl::FunctionRef<absl::Status(SqliteDatabase&)>;

  SqliteStore(std::string file, int lock_fd, const OpenOptions& options);
  absl::Status Prepare(const OpenOptions& options);
  absl::Status PrepareWriter(bool migrate);
  absl::Status Configure();
  // Within one read transaction, or one write transaction that is committed if the work succeeds.
  absl::Status Read(Work work);
  template <typename T>
  absl::StatusOr<T> ReadValue(absl::FunctionRef<absl::StatusOr<T>(SqliteDatabase&)> work);
  absl::Status WriteAlone(Work work);

  const absl::Time opened_ = absl::Now();
  const absl::Duration opened_boot_;  // On the clock that nobody sets.
  const std::string file_;
  const int lock_fd_;
  const bool in_memory_;
  const LogFunction log_;
  absl::Mutex write_mutex_;
  std::unique_ptr<SqliteDatabase> writer_;  // Null if the store is only read.
  Pool<SqliteDatabase> readers_;
  Subscribers subscribers_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_STORE_H_
