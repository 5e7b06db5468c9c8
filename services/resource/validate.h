// Checks of a message against the annotations of its fields: required fields, formats, bounds, sizes, UTF-8,
// names of references, and the rules of `known_none`. No document other than the message is looked at.
#ifndef LINCHPIN_SERVICES_RESOURCE_VALIDATE_H_
#define LINCHPIN_SERVICES_RESOURCE_VALIDATE_H_

#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/resource/error.h"

namespace linchpin::resource {

// All violations of `message`, field paths starting with `prefix` (empty, or "vendor." and the like).
// Output-only and identifier fields of resources are not checked. Bounded by the message's own size.
std::vector<FieldViolation> Violations(const google::protobuf::Message& message,
                                       std::string_view prefix = "");

// The same as a status: OK, or INVALID_ARGUMENT (FIELD_INVALID) with all violations.
absl::Status Validate(const google::protobuf::Message& message, std::string_view prefix = "");

// Whether `code` is a country of ISO 3166-1 alpha-2, upper case.
bool IsCountry(std::string_view code);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_VALIDATE_H_
