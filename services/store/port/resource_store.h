// The port to durable storage. Two engines stand behind it, SQLite and PostgreSQL; both pass one contract
// suite.
#ifndef LINCHPIN_SERVICES_STORE_PORT_RESOURCE_STORE_H_
#define LINCHPIN_SERVICES_STORE_PORT_RESOURCE_STORE_H_

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
#include "absl/time/time.h"
#include "services/store/port/history.h"
#include "services/store/port/resource.h"

namespace linchpin::store {

class GroupTransaction;

// Narrows a scan. All of it together.
struct ScanOptions {
  // The state at this revision; absent: the newest. OUT_OF_RANGE below oldest_revision or above the newest.
  std::optional<int64_t> as_of;
  std::string kind;        // Empty: all kinds.
  std::string prefix;      // Names beginning with it.
  std::string after_name;  // Names bytewise greater than it.
  int64_t limit = 0;       // 0: no limit.
};

// Held for as long as the callback may be called. Destroying it waits for a call that is running.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

// One store: the resources of one service with their history.
//
// Thread safety: all functions may be called from any thread. BeginGroup belongs to the one committer.
// Errors: UNAVAILABLE, STORE_UNAVAILABLE, whenever the database cannot be reached; texts of the database are
//   logged and never returned. Reads do not wait for writes.
class ResourceStore {
 public:
  virtual ~ResourceStore() = default;

  virtual absl::StatusOr<StoreInfo> Info() = 0;

  // OK if the database answers at once and would take a write. One small statement, which waits for nothing
  // else that is asked of this store and for less than a second.
  virtual absl::Status Ping() = 0;

  // The clock by which times are written and leases end: that of the database, which all processes share. On
  // SQLite that of this process, as it was when the store was opened: what it has been set to since shows in
  // the difference.
  virtual absl::StatusOr<absl::Time> ReadClock() = 0;

  // Streams one consistent snapshot in bytewise order of names and returns the revision it shows. A callback
  // that returns an error ends the scan with that error. The callback must not call this store.
  virtual absl::StatusOr<int64_t> Scan(const ScanOptions& options,
                                       absl::FunctionRef<absl::Status(StoredResource)> callback) = 0;

  // Nothing if the name did not exist at `as_of` (absent: now). OUT_OF_RANGE as for Scan.
  virtual absl::StatusOr<std::optional<StoredResource>> Get(std::string_view name,
                                                            std::optional<int64_t> as_of) = 0;

  // Changes after a revision, oldest first, whole revisions only: as many as make up `limit` changes, and
  // at least one revision if there is one. OUT_OF_RANGE, REVISION_COMPACTED, if `after` is below
  // oldest_revision, with both in the metadata; OUT_OF_RANGE, HISTORY_CHANGED, if it is above the newest.
  virtual absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) = 0;

  // Calls `wake` soon after the newest revision has moved, from a thread of the store, and now and then
  // without a cause. `revision` exists by then; 0 means only: look. What is true is read by ReadChanges.
  // `wake` must return quickly and must not call the store.
  virtual std::unique_ptr<Subscription> Subscribe(std::function<void(int64_t revision)> wake) = 0;

  // Forgets history: afterwards `before` is the oldest readable revision. What stands is never touched.
  // A `before` that is not above oldest_revision does nothing; one above the newest is OUT_OF_RANGE.
  virtual absl::Status Compact(int64_t before) = 0;

  // The newest revision whose time is not after `time`; at least oldest_revision. For compaction by age.
  virtual absl::StatusOr<int64_t> RevisionAt(absl::Time time) = 0;

  // What differs between two revisions: every name that was written or deleted after `older` and not after
  // `newer`, in bytewise order, with its state at both; also one that stands as it did, if it was changed in
  // between. One snapshot. OUT_OF_RANGE as for Scan for either. An error of the callback ends it with that
  // error; the callback must not call this store. Cost: a walk over the changes between the two.
  virtual absl::Status ReadDifference(int64_t older, int64_t newer,
                                      absl::FunctionRef<absl::Status(Difference)> callback) = 0;

  // Entries of the change log, newest revision first, by name within one, until the callback returns false.
  // What was compacted is left out without a word. The callback must not call this store. Cost: a walk over
  // the entries between `from` and `below`, whether they match or not.
  virtual absl::Status ReadHistory(const HistoryQuery& query,
                                   absl::FunctionRef<bool(const HistoryEntry&)> callback) = 0;

  // Documents as revisions wrote them, in the order of `keys`; nothing where a key names none, a delete, or
  // one that was compacted. At most some thousands at a time.
  virtual absl::StatusOr<std::vector<std::optional<StoredResource>>> GetVersions(
      const std::vector<VersionKey>& keys) = 0;

  // The audit rows of the revisions from `low` to `high`, both included, ascending. Cost: a search, and a
  // walk over the audit rows between the two.
  virtual absl::StatusOr<std::vector<AuditRow>> ReadAuditOfRevisions(int64_t low, int64_t high) = 0;

  // When `revision` was committed; if it was compacted whole, when the newest kept one before it was. The
  // infinite past if there is none.
  virtual absl::StatusOr<absl::Time> TimeOfRevision(int64_t revision) = 0;

  // Forgets request ids first used before `before`, on the clock of ReadClock. Returns how many.
  virtual absl::StatusOr<int64_t> ExpireRequests(absl::Time before) = 0;

  // Audit rows with number > after, ascending, at most `limit`.
  virtual absl::StatusOr<std::vector<AuditRow>> ReadAudit(int64_t after, int64_t limit) = 0;

  // Takes a lease that is free or has expired (a new token), or renews the one that `holder` has (the same
  // token). ABORTED, LEASE_HELD, while another has it. Time is that of the database.
  virtual absl::StatusOr<Lease> AcquireLease(std::string_view name, std::string_view holder,
                                             absl::Duration ttl) = 0;
  // Gives it back early. A lease that has passed on is left alone.
  virtual absl::Status ReleaseLease(const Lease& lease) = 0;

  // Makes the history another one: for a database put back from a backup, before anything is served.
  virtual absl::Status RenewHistory() = 0;

  // Begins the transaction of one group by locking the revision counter, waiting for whoever has it;
  // connects first if need be. An engine need not lock if nobody else has written, as far as it knows, since
  // `head_revision`, the revision of the caller's head: it then compares when it commits. UNAVAILABLE also if
  // the database takes no writes. Bounded.
  virtual absl::StatusOr<std::unique_ptr<GroupTransaction>> BeginGroup(int64_t head_revision) = 0;

  // From any thread: the transaction that has been begun waits no longer for its database, and a Commit that
  // is under way returns UNKNOWN. Does nothing where there is none.
  virtual void AbandonGroup() {}
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_RESOURCE_STORE_H_
