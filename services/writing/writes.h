// Create, update and delete of any kind, each in two steps: what can be said without the store is said at
// once; the rest is a Decide function that the committer runs against the newest state.
#ifndef LINCHPIN_SERVICES_WRITING_WRITES_H_
#define LINCHPIN_SERVICES_WRITING_WRITES_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "services/resource/kinds.h"
#include "services/store/port/write.h"
#include "services/writing/write_rules.h"

namespace linchpin::writing {

// Children that a forced delete takes with it.
inline constexpr int kChildrenMax = 10'000;

// A write ready for the committer. `decide` may be called several times and from another thread.
struct WritePlan {
  std::string target;  // For the audit: a name, or a count.
  store::Decide decide;
};

// All of them return INVALID_ARGUMENT, FIELD_INVALID, with every violation at once, field paths as in the
// request; their decisions return ALREADY_EXISTS (RESOURCE_EXISTS), NOT_FOUND (RESOURCE_NOT_FOUND), ABORTED
// (ETAG_MISMATCH), FAILED_PRECONDITION (REFERENCE_NOT_FOUND, CYCLE) and INVALID_ARGUMENT (FIELD_INVALID). A
// decision's reply is the serialized response.

// Creates `document` as `parent`/{collection}/`id`; `parent` is empty for a kind that is not nested. The
// document's own name is ignored.
absl::StatusOr<WritePlan> PlanCreate(const resource::KindInfo& kind, std::string_view parent,
                                     std::string_view id, const google::protobuf::Message& document,
                                     const WriteSettings& settings);

// Changes the document that has the name of `document`, in the fields that `mask` names (null: those that are
// set).
absl::StatusOr<WritePlan> PlanUpdate(const resource::KindInfo& kind,
                                     const google::protobuf::Message& document,
                                     const google::protobuf::FieldMask* mask, bool allow_missing,
                                     const WriteSettings& settings);

// Deletes `name`; with `force` its children, too.
absl::StatusOr<WritePlan> PlanDelete(const resource::KindInfo& kind, std::string_view name,
                                     std::string_view etag, bool allow_missing, bool force,
                                     const WriteSettings& settings);

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_WRITES_H_
