// Checks of a message against the annotations of its fields: required fields, formats, bounds, sizes, UTF-8,
// names of references, and the rules of `known_none`, `bounds` and `likely`. No document other than the
// message is looked at.
#ifndef LINCHPIN_SERVICES_RESOURCE_VALIDATE_H_
#define LINCHPIN_SERVICES_RESOURCE_VALIDATE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/base/error.h"

namespace linchpin::resource {

// Of one message; what is wrong beyond is not looked for.
inline constexpr size_t kViolationsMax = 50;

// Longest duration of FORMAT_WHOLE_SECONDS: 100 years.
inline constexpr int64_t kDurationMaxSeconds = int64_t{100} * 366 * 24 * 3600;

// All violations of `message`, field paths starting with `prefix` (empty, or "vendor." and the like).
// Output-only and identifier fields of resources are not checked. A `partial` message may lack required
// fields, but not the messages inside it. Bounded by the message's own size.
std::vector<base::FieldViolation> Violations(const google::protobuf::Message& message,
                                             std::string_view prefix = "", bool partial = false);

// The same as a status: OK, or INVALID_ARGUMENT (FIELD_INVALID) with all violations.
absl::Status Validate(const google::protobuf::Message& message, std::string_view prefix = "");

// Validate for a request as it arrives. Documents that it writes as they are (a create, a batch, a proposed
// change; not an update, which merges) are left to whoever prepares them for the store, so that nothing is
// checked twice.
absl::Status ValidateRequest(const google::protobuf::Message& request);

// Whether `code` is a country of ISO 3166-1 alpha-2, upper case.
bool IsCountry(std::string_view code);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_VALIDATE_H_
