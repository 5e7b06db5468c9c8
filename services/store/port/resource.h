// The values that the store keeps and hands out. Documents are bytes here: the store never parses them.
#ifndef LINCHPIN_SERVICES_STORE_PORT_RESOURCE_H_
#define LINCHPIN_SERVICES_STORE_PORT_RESOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace linchpin::store {

// One resource as it stands at one revision.
struct StoredResource {
  std::string name;  // The whole name, `vendors/openai`.
  std::string kind;  // The message's short name, `Vendor`.
  // The revision that last wrote it, in the counter of its own store. At least 1.
  int64_t revision = 0;
  // Whole microseconds. A resource created again after a delete has a new create_time.
  absl::Time create_time = absl::UnixEpoch();
  absl::Time update_time = absl::UnixEpoch();
  // The serialized message without its output-only fields. Writers serialize deterministically: two bodies
  // are the same document exactly when their bytes are equal.
  std::string body;

  friend bool operator==(const StoredResource&, const StoredResource&) = default;
};

// What one revision did to one name.
struct Change {
  // As it stands after the change. After a delete: name, kind, revision and update_time of the delete; no
  // body.
  StoredResource resource;
  bool deleted = false;
  // The revision that wrote what this change replaced; 0 if the name did not exist.
  int64_t previous_revision = 0;

  friend bool operator==(const Change&, const Change&) = default;
};

// A run of changes: every change of every revision in (after, through], in order of revision, then name.
struct ChangeBatch {
  std::vector<Change> changes;
  int64_t through = 0;  // The last revision that the batch covers; `after` itself when nothing is newer.
  int64_t head = 0;     // The newest revision when the batch was read.
};

// What a store says about itself.
struct StoreInfo {
  // Random, made with the schema and changed by a restore. Tokens of another history mean nothing here.
  std::string history_id;
  int64_t revision = 0;  // The newest revision; 0 before the first write.
  int64_t oldest_revision =
      0;  // The smallest `after` that ReadChanges accepts, and the smallest readable revision.
  int schema_version = 0;
  // Of the newest audit row; the number is 0, and the digest empty, before the first.
  int64_t audit_number = 0;
  std::string audit_digest;
};

// One line of the audit: a write that was decided, whatever came of it. Each carries the digest of the one
// before it, so that none can be changed or taken out unseen (audit_chain.h).
struct AuditRow {
  int64_t number = 0;  // From 1, without gaps, in commit order.
  absl::Time time = absl::UnixEpoch();
  std::string principal;
  std::string method;
  std::string request_id;  // Empty when the caller gave none.
  std::string target;      // What the write was about, as the caller put it.
  int code = 0;            // absl::StatusCode of the outcome; 0 is OK.
  std::string reason;      // Reason of a refusal, `STILL_REFERENCED`; empty when OK.
  int64_t revision = 0;    // 0 when nothing was changed.
  std::string previous;    // Digest of the row before; empty for the first, and for rows before version 2.
  std::string digest;      // Of this row, `previous` included; empty for rows before version 2 of the schema.

  friend bool operator==(const AuditRow&, const AuditRow&) = default;
};

// The right to be the only one who does something, until expire_time on the clock of the database.
struct Lease {
  std::string name;
  std::string holder;
  // Rises each time the lease passes to another holder. A write that carries an older token is refused.
  int64_t token = 0;
  absl::Time expire_time = absl::UnixEpoch();
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_RESOURCE_H_
