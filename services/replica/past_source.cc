#include "services/replica/past_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/port/resource_store.h"

namespace linchpin::replica {
namespace {

constexpr absl::Duration kClocksApart = absl::Minutes(1);

bool LooksLikeTime(std::string_view text) { return text.find(':') != std::string_view::npos; }

store::Change ChangeTo(std::optional<store::StoredResource> state, const store::Difference& difference) {
  store::Change change;
  change.deleted = !state.has_value();
  if (state) {
    change.resource = *std::move(state);
  } else {
    change.resource.name = difference.name();
  }
  return change;
}

}  // namespace

absl::StatusOr<AsOf> ParseAsOf(const ViewSource& source, std::string_view as_of, absl::Time now,
                               std::string_view field) {
  AsOf parsed;
  if (LooksLikeTime(as_of)) {
    std::string error;
    const absl::string_view text(as_of.data(), as_of.size());
    if (!absl::ParseTime(absl::RFC3339_full, text, &parsed.time, &error)) {
      return base::FieldError(field, "is no RFC 3339 time; write it as 2026-11-23T10:00:00Z, with its zone");
    }
    if (parsed.time > now + kClocksApart) return base::FieldError(field, "lies in the future");
    return parsed;
  }
  const absl::StatusOr<int64_t> revision = source.ParseRevisionToken(as_of, field);
  if (base::Is<base::reason::FieldInvalid>(revision.status())) {
    return base::FieldError(field, "is no revision, no revision token and no RFC 3339 time");
  }
  if (!revision.ok()) return revision.status();
  parsed.revision = *revision;
  return parsed;
}

absl::Status PastTooLarge(int64_t bytes_max) {
  const int64_t mebibytes = bytes_max >> 20;
  return base::Error(
      base::reason::LimitReached{.limit = mebibytes},
      absl::StrCat("the state asked for differs from the present one by more than ", mebibytes,
                   " MiB of documents, which is what the server keeps for past states; ask for a "
                   "later one, or raise its setting past-mebibytes"));
}

absl::StatusOr<store::RevisionPoint> StorePast::Resolve(const AsOf& as_of) {
  return as_of.revision ? store::PointAtRevision(store_, *as_of.revision)
                        : store::PointAtTime(store_, as_of.time);
}

absl::StatusOr<std::vector<store::Change>> StorePast::Read(int64_t base, int64_t revision,
                                                           int64_t bytes_max) {
  std::vector<store::Change> changes;
  int64_t bytes = 0;
  const bool back = revision < base;
  const absl::Status read = store_.ReadDifference(
      std::min(base, revision), std::max(base, revision), [&](store::Difference difference) {
        changes.push_back(ChangeTo(back ? difference.before : difference.after, difference));
        bytes += static_cast<int64_t>(changes.back().resource.body.size());
        return bytes > bytes_max ? PastTooLarge(bytes_max) : absl::OkStatus();
      });
  if (!read.ok()) return read;
  return changes;
}

}  // namespace linchpin::replica
