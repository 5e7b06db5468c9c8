// Decides the writes of one group in order, against the head. Pure: no database, no clock, no thread.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_GROUP_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_GROUP_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/port/head.h"
#include "services/store/port/overlay.h"
#include "services/store/port/write.h"

namespace linchpin::store {

// What is known of the outside before the group is decided.
struct GroupContext {
  Counters counters;
  // Of the group, not before that of the last one.
  absl::Time time;
  // Known answers to request ids. Those not in it count as new; the database has the last word.
  std::map<RequestKey, RequestRecord> requests;
  std::map<std::string, int64_t> lease_tokens;
};

// Use: construct, Decide each write in order, then TakeRows().
//
// Ownership: keeps a reference to the head, which must be at context.counters.revision and must not change.
class Group {
 public:
  Group(const StateReader& head, GroupContext context);

  // The outcome of one write, to be given to its caller once the rows are committed. A refused write leaves
  // no trace but its audit row and, if the refusal is deterministic, its request record.
  absl::StatusOr<WriteResult> Decide(const Write& write);

  // All rows of the writes decided so far. Call once, at the end.
  GroupRows TakeRows();

  // Nothing to be written, not even an audit row.
  bool empty() const { return rows_.audit.empty() && rows_.requests.empty() && rows_.changes.empty(); }

 private:
  // What stands under the name of an upsert.
  struct Present {
    bool unchanged = false;  // The document stands already, byte for byte.
    int64_t revision = 0;    // 0: nothing does.
    absl::Time create_time = absl::UnixEpoch();
    absl::Time update_time = absl::UnixEpoch();
  };
  std::vector<Present> FindPresent(const Decision& decision, const Overlay& after) const;

  absl::StatusOr<WriteResult> DecideNew(const Write& write);
  absl::StatusOr<WriteResult> Accept(const Write& write, Decision decision, Overlay after);
  // Asks the write's `admit` about what it would change.
  absl::StatusOr<std::string> Admitted(const Write& write, const Decision& decision,
                                       const std::vector<Present>& present, const Overlay& after);
  absl::Status CheckGuards(const Write& write) const;
  absl::StatusOr<WriteResult> Replay(const RequestRecord& record, const Write& write) const;
  Applied Stamp(const Decision& decision, const std::vector<Present>& present) const;
  void Record(const Write& write, const absl::StatusOr<WriteResult>& outcome);
  void RecordRequest(const Write& write, const absl::StatusOr<WriteResult>& outcome);
  void Enact(Decision decision, Overlay after, const std::vector<Present>& present, const Applied& applied);
  void DiffReferences();

  const StateReader& head_;
  GroupContext context_;
  // The head with the writes accepted so far, as the next one sees it.
  Overlay state_;
  GroupRows rows_;
  // Whether the write that is being decided was refused by its `admit`.
  bool not_admitted_ = false;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_GROUP_H_
