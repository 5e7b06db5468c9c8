// The order of a list by a field that a person names.
#ifndef LINCHPIN_SERVICES_CLI_LISTING_FIELD_ORDER_H_
#define LINCHPIN_SERVICES_CLI_LISTING_FIELD_ORDER_H_

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// `tier`, `updateTime`, `continuity.rto`, in the spelling of files or of protos, with a leading `.` if one
// likes; a leading `-` turns the order round. Numbers, times and durations go by size, words of a fixed set
// in the order of the set, all else by its text, bytewise; what does not state the field comes last either
// way. Equal ones stay as they were.
class FieldOrder {
 public:
  // Errors: usage for what is no field of the kind (with the nearest), is a list, or holds further fields.
  static absl::StatusOr<FieldOrder> Read(std::string_view word, const resource::KindInfo& kind);

  void Sort(std::vector<std::unique_ptr<google::protobuf::Message>>& resources) const;

 private:
  std::vector<const google::protobuf::FieldDescriptor*> path_;
  bool falling_ = false;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_LISTING_FIELD_ORDER_H_
