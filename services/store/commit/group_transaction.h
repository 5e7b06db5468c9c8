// The transaction in which the committer writes one group. Only the committer and the engines include this.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_GROUP_TRANSACTION_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_GROUP_TRANSACTION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/resource.h"

namespace linchpin::store {

// Scope and value of a request id.
struct RequestKey {
  std::string principal;
  std::string method;
  std::string request_id;

  friend auto operator<=>(const RequestKey&, const RequestKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const RequestKey& key) {
    return H::combine(std::move(h), key.principal, key.method, key.request_id);
  }
};

// The answer that a request id got.
struct RequestRecord {
  RequestKey key;
  std::string digest;
  std::string outcome;  // EncodeOutcome().
  int64_t revision = 0;
  absl::Time time = absl::UnixEpoch();
  bool changed = false;
};

// One change to be written.
struct ChangeRow {
  Change change;
  std::string json;
  // The last change of this name in the group: only it reaches the table of resources.
  bool final = false;
  // The name was there before the group.
  bool existed = false;
};

struct ReferenceRow {
  std::string source;
  std::string target;
};

// All rows of one group. Written by one statement or not at all.
struct GroupRows {
  int64_t revision = 0;            // The counter afterwards; unchanged if no write changed anything.
  int64_t audit_number = 0;        // Likewise.
  std::string audit_digest;        // Of the newest audit row afterwards.
  absl::Time time;                 // Of the whole group.
  std::vector<ChangeRow> changes;  // In order of revision, then name.
  // References of the final state, disjoint: `removed` exist no more; `added` are those of new names;
  // `ensured`, of names that existed, may be there already.
  std::vector<ReferenceRow> removed;
  std::vector<ReferenceRow> added;
  std::vector<ReferenceRow> ensured;
  std::vector<RequestRecord> requests;
  std::vector<AuditRow> audit;
};

// Where the counters stood when the transaction began.
struct Counters {
  std::string history_id;
  int64_t revision = 0;
  int64_t audit_number = 0;
  std::string audit_digest;
  absl::Time time = absl::UnixEpoch();  // Of the last group; times never go back.
};

// Recognises a group whose commit was not confirmed: its first audit row, and who wrote it.
struct GroupMark {
  int64_t audit_number = 0;
  int64_t writer = 0;
};

// Thread safety: one thread. Rolls back when destroyed before Commit; must end before the store does.
// Errors: UNAVAILABLE if the connection broke before the commit was sent: nothing was written. ABORTED if
//   another process has written since counters() were read, where the engine did not lock but compares: then
//   nothing was written either, and the next transaction begins with the lock.
class GroupTransaction {
 public:
  virtual ~GroupTransaction() = default;

  virtual const Counters& counters() const = 0;
  // The clock of ResourceStore::ReadClock, as far as it is known without asking.
  virtual absl::Time now() const = 0;
  // As ResourceStore::ReadChanges, up to the locked revision.
  virtual absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) = 0;
  // Those of `keys` that are known, in any order.
  virtual absl::StatusOr<std::vector<RequestRecord>> FindRequests(const std::vector<RequestKey>& keys) = 0;
  // The token of an unexpired lease; 0 if there is none.
  virtual absl::StatusOr<int64_t> LeaseToken(std::string_view lease) = 0;
  virtual absl::StatusOr<bool> WasCommitted(const GroupMark& mark) = 0;

  // Writes the rows and commits; afterwards only destruction is left. Calls `handed_over` once before it
  // succeeds, as early as the database has all rows and works on them: the time until it answers is the
  // caller's, who may then take rows.changes. ALREADY_EXISTS, REQUEST_ID_TAKEN, if a request id is already
  // there, and FAILED_PRECONDITION if the database refused the rows otherwise: nothing was written. UNKNOWN
  // if they may or may not have been.
  virtual absl::Status Commit(const GroupRows& rows, int64_t writer,
                              const std::function<void()>& handed_over) = 0;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_GROUP_TRANSACTION_H_
