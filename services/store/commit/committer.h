// Orders all writes of a store and commits concurrent ones together.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_COMMITTER_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_COMMITTER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/head.h"
#include "services/store/port/log.h"
#include "services/store/port/resource_store.h"
#include "services/store/port/write.h"

namespace linchpin::store {

struct CommitterOptions {
  // Bounds of the queue. A write beyond them is refused with RESOURCE_EXHAUSTED, WRITE_QUEUE_FULL.
  int queue_writes_max = 4096;
  int64_t queue_bytes_max = int64_t{256} << 20;
  // Bounds of one group. A single write may go beyond the second.
  int group_writes_max = 512;
  int64_t group_bytes_max = int64_t{8} << 20;
  // How long a write waits for a database that is away before it is refused.
  absl::Duration unavailable_after = absl::Milliseconds(500);
  // Between attempts to reach the database: first and longest.
  absl::Duration backoff_min = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(1);
  // What the groups are stamped with. Null: the clock of the database, so that a process whose own clock is
  // wrong stamps nothing wrongly.
  std::function<absl::Time()> now;
  LogFunction log;  // May be null.
};

// Counts since the start. For metrics.
struct CommitterStats {
  int64_t queued = 0;  // Now waiting.
  int64_t groups = 0;
  int64_t committed = 0;  // Writes that got a revision.
  int64_t unchanged = 0;
  int64_t repeated = 0;
  int64_t refused = 0;
  int64_t unavailable = 0;
  int64_t reconnects = 0;
  // When a write last changed something or found it as it was to be, rehearsals left out; the past before the
  // first since the start.
  absl::Time last_confirmed = absl::InfinitePast();
  bool available = true;  // Whether a write handed in now would be tried.
};

// The one writer of a store in this process; other processes may have their own on the same PostgreSQL
// database, and revisions stay gap-free and in commit order over all of them.
//
// One thread locks the revision counter, then takes what has queued up meanwhile, brings the head up to the
// locked revision, decides the writes in order, each against the head and the accepted ones before it, and
// writes the accepted ones in one transaction, a revision each. Refused ones get their own error. Then it
// applies the changes to the head and completes the writes: who is told OK can read it from the head. It
// also follows the changes of other processes into the head when there is nothing to write.
//
// Checked for every write: each reference exists and no deleted name is still referred to, in the state after
// the write (FAILED_PRECONDITION, REFERENCE_NOT_FOUND and STILL_REFERENCED, which names up to 20); request
// ids; expected revision; fence. Domain rules are the Decide function's.
//
// A second thread asks the database whether it is there while a write waits behind a group for longer than
// half of `unavailable_after`; if it is not, those who wait are refused, and so is whoever comes, until it
// is.
//
// Ownership: keeps references to store and head, which must outlive it.
// Thread safety: Submit, Stats and Drain from any thread.
// Errors: besides those, Submit completes with what Decide returned; with UNAVAILABLE,
//   STORE_UNAVAILABLE, if the database is away (RetryInfo; the message says if the outcome is unknown, in
//   which case a retry with the same request id is safe); DEADLINE_EXCEEDED; UNAVAILABLE, DRAINING.
// Cost: a group of 30 takes about 2 ms on PostgreSQL, of which one wait for the disk.
class Committer {
 public:
  using Done = std::function<void(absl::StatusOr<WriteResult>)>;

  // Loads the head and starts. UNAVAILABLE if the database is not there.
  static absl::StatusOr<std::unique_ptr<Committer>> Create(ResourceStore& store, Head& head,
                                                           CommitterOptions options);
  virtual ~Committer() = default;

  // Takes a write. `done` is called exactly once: usually on the committer thread, on refusal perhaps on
  // another or before Submit returns. It must be quick, must not block and must not destroy the committer.
  virtual void Submit(Write write, Done done) = 0;

  // Submit, and wait for it. Never on the committer thread.
  absl::StatusOr<WriteResult> Commit(Write write);

  // Refuses new writes, finishes those taken until `deadline`, refuses the rest. Repeatable; the destructor
  // drains without waiting for what has not begun.
  virtual void Drain(absl::Time deadline) = 0;

  virtual CommitterStats Stats() const = 0;

  // Leaves an audit row of a write that was refused before it could be decided, by its caller's role for
  // instance. As Submit, but for the outcome, which nobody waits for: if the database is away there is no
  // row.
  void RecordRefusal(std::string_view principal, std::string_view method, const absl::Status& refusal);
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_COMMITTER_H_
