#include "services/store/port/history.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {
namespace {

std::string TextOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::Status Compacted(std::string_view asked, const RevisionPoint& oldest) {
  return base::Error(
      base::reason::RevisionCompacted{.oldest = oldest.revision, .oldest_time = TextOf(oldest.time)},
      absl::StrCat(std::string(asked), " is no longer kept; the oldest that can be read is revision ",
                   oldest.revision, " of ", TextOf(oldest.time)));
}

absl::Status TooNew(int64_t revision, int64_t newest) {
  return base::Error(base::reason::RevisionNotFound{.revision = newest, .min_revision = revision},
                     absl::StrCat("revision ", revision, " does not exist; the newest is ", newest));
}

absl::StatusOr<RevisionPoint> PointOf(ResourceStore& store, int64_t revision) {
  const absl::StatusOr<absl::Time> time = store.TimeOfRevision(revision);
  if (!time.ok()) return time.status();
  return RevisionPoint{revision, *time};
}

absl::Status BeforeHistory(ResourceStore& store, absl::Time asked) {
  const absl::StatusOr<RevisionPoint> first = PointOf(store, 1);
  if (!first.ok()) return first.status();
  const bool empty = first->time == absl::InfinitePast();
  const std::string before = absl::StrCat(TextOf(asked), " is before the first revision");
  if (empty) return base::Error(base::reason::BeforeHistory{}, before + "; nothing has been written yet");
  const std::string time = TextOf(first->time);
  return base::Error(base::reason::BeforeHistory{.oldest = 1, .oldest_time = time},
                     absl::StrCat(before, ", which is of ", time));
}

}  // namespace

absl::StatusOr<RevisionPoint> PointAtRevision(ResourceStore& store, int64_t revision) {
  const absl::StatusOr<StoreInfo> info = store.Info();
  if (!info.ok()) return info.status();
  if (revision > info->revision) return TooNew(revision, info->revision);
  if (revision >= info->oldest_revision) return PointOf(store, revision);
  const absl::StatusOr<RevisionPoint> oldest = PointOf(store, info->oldest_revision);
  return oldest.ok() ? Compacted(absl::StrCat("revision ", revision), *oldest) : oldest.status();
}

absl::StatusOr<RevisionPoint> PointAtTime(ResourceStore& store, absl::Time time) {
  const absl::StatusOr<int64_t> revision = store.RevisionAt(time);
  if (!revision.ok()) return revision.status();
  if (*revision == 0) return BeforeHistory(store, time);
  absl::StatusOr<RevisionPoint> point = PointOf(store, *revision);
  // What was compacted answers with the oldest that is left.
  if (point.ok() && point->time > time) return Compacted(TextOf(time), *point);
  return point;
}

}  // namespace linchpin::store
