// Where the past of a replica comes from: what turns one state into another.
#ifndef LINCHPIN_SERVICES_REPLICA_PAST_SOURCE_H_
#define LINCHPIN_SERVICES_REPLICA_PAST_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/replica/source.h"
#include "services/store/port/history.h"
#include "services/store/port/resource.h"

namespace linchpin::replica {

// What a caller asks for by `as_of`: a revision, or a time.
struct AsOf {
  std::optional<int64_t> revision;
  absl::Time time = absl::InfinitePast();  // Where there is no revision.
};

// Reads `as_of`: a decimal revision, a token of this history, or an RFC 3339 time with its zone.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, on `field` for anything else, and for a time later than `now` by
// more than a minute, which is what clocks may differ by; OUT_OF_RANGE, HISTORY_CHANGED.
absl::StatusOr<AsOf> ParseAsOf(const ViewSource& source, std::string_view as_of, absl::Time now,
                               std::string_view field = "as_of");

// Thread safety: all members may run at once. They block.
class PastSource {
 public:
  virtual ~PastSource() = default;

  // The revision asked for, and when it was committed. OUT_OF_RANGE: REVISION_COMPACTED, BEFORE_HISTORY,
  // REVISION_NOT_FOUND; UNAVAILABLE, STORE_UNAVAILABLE.
  virtual absl::StatusOr<store::RevisionPoint> Resolve(const AsOf& as_of) = 0;

  // What turns the state at `base` into that at `revision`, the older or the newer one: each name once, as it
  // stands at `revision`. RESOURCE_EXHAUSTED, LIMIT_REACHED, if that is more than `bytes_max` of documents.
  virtual absl::StatusOr<std::vector<store::Change>> Read(int64_t base, int64_t revision,
                                                          int64_t bytes_max) = 0;
};

// The past that a store keeps in its change log. `store` must outlive it.
class StorePast : public PastSource {
 public:
  explicit StorePast(store::ResourceStore& store) : store_(store) {}

  absl::StatusOr<store::RevisionPoint> Resolve(const AsOf& as_of) override;
  absl::StatusOr<std::vector<store::Change>> Read(int64_t base, int64_t revision, int64_t bytes_max) override;

 private:
  store::ResourceStore& store_;
};

// RESOURCE_EXHAUSTED, LIMIT_REACHED: a state that differs by more than `bytes_max`.
absl::Status PastTooLarge(int64_t bytes_max);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_PAST_SOURCE_H_
