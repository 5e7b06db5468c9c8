// What differs between two states of a resource, field by field.
#ifndef LINCHPIN_SERVICES_RESOURCE_FIELD_CHANGES_H_
#define LINCHPIN_SERVICES_RESOURCE_FIELD_CHANGES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace linchpin::resource {

// One difference. A value is text as in files; a list or a message that has no counterpart is compact JSON.
struct FieldDifference {
  // As in files: `country`, `continuity.mtd`, `labels["team"]`, `alternatives["deployments/gpt"].sharePpm`.
  // An element of a list is named by the first field that it must have, if that tells all elements apart, by
  // its fact if it is a bound or a likelihood, and else by its position.
  std::string path;
  std::optional<std::string> before;  // Absent: not set.
  std::optional<std::string> after;
};

struct FieldChangeLimits {
  size_t fields = 256;
  // A longer value is cut between characters and ends with `…`.
  size_t value_bytes = 1000;
};

// The differences in the order of the fields. `before` and `after` are messages of one type. Name, etag and
// output-only fields do not count. A list of elements with names that only stand in another order is one
// difference, of the list. Cost: linear in both, times the logarithm of the longest list.
std::vector<FieldDifference> FieldChanges(const google::protobuf::Message& before,
                                          const google::protobuf::Message& after,
                                          const FieldChangeLimits& limits = {});

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_FIELD_CHANGES_H_
