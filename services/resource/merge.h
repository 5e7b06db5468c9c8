// Changes of a document by a field mask (AIP-134, AIP-161).
#ifndef LINCHPIN_SERVICES_RESOURCE_MERGE_H_
#define LINCHPIN_SERVICES_RESOURCE_MERGE_H_

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace linchpin::resource {

// Changes `target` to hold `source` in the fields that `mask` names. No mask (`has_mask` false): every field
// that is set in `source`. `*`: all. A path that is set nowhere in `source` clears the field. Map entries and
// list elements cannot be named singly. Output-only paths are ignored; `name` and `etag` are never merged.
// Errors: INVALID_ARGUMENT (FIELD_INVALID) on field `update_mask` for an unknown path; `target` is then
// unchanged.
absl::Status Merge(const google::protobuf::Message& source, bool has_mask,
                   const google::protobuf::FieldMask& mask, google::protobuf::Message& target);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_MERGE_H_
