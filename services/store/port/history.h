// The past of a store: what its change log answers besides the changes in their order.
#ifndef LINCHPIN_SERVICES_STORE_PORT_HISTORY_H_
#define LINCHPIN_SERVICES_STORE_PORT_HISTORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/resource.h"

namespace linchpin::store {

class ResourceStore;

// One name at two revisions. At least one of the two states is there.
struct Difference {
  std::optional<StoredResource> before;
  std::optional<StoredResource> after;

  const std::string& name() const { return before ? before->name : after->name; }
};

// Which entries of the change log. All of it together.
struct HistoryQuery {
  int64_t from = 1;                  // The lowest revision.
  int64_t below = int64_t{1} << 62;  // Above the highest one.
  // This name and those that begin with it and a slash: a resource with what is nested under it, or a
  // collection. Empty: all.
  std::string name;
  std::string kind;  // Empty: all.
};

// One entry of the change log, without the documents.
struct HistoryEntry {
  int64_t revision = 0;
  std::string name;
  std::string kind;
  bool deleted = false;
  int64_t previous_revision = 0;  // As in Change.
  absl::Time time = absl::UnixEpoch();
};

// A document that a revision wrote.
struct VersionKey {
  std::string name;
  int64_t revision = 0;
};

// A revision and when it was committed.
struct RevisionPoint {
  int64_t revision = 0;
  absl::Time time = absl::InfinitePast();  // Infinite past: nothing had been written.
};

// The point that `revision` is. OUT_OF_RANGE: REVISION_COMPACTED, with the oldest revision that can be read
// and its time; REVISION_NOT_FOUND, above the newest.
absl::StatusOr<RevisionPoint> PointAtRevision(ResourceStore& store, int64_t revision);

// The newest revision that was not committed after `time`. OUT_OF_RANGE: REVISION_COMPACTED, likewise;
// BEFORE_HISTORY, with the first revision and its time.
absl::StatusOr<RevisionPoint> PointAtTime(ResourceStore& store, absl::Time time);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_HISTORY_H_
