// What lists can be narrowed by: the fields of a list request, checked against the fields of the resource
// that they are compared with.
#ifndef LINCHPIN_SERVICES_CLI_LISTING_NARROWING_H_
#define LINCHPIN_SERVICES_CLI_LISTING_NARROWING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// Sets the field of the list request of `kind`. A bare id becomes a name where the field names a resource.
// Errors of usage: no such field, with the nearest; a value that no resource can have, such as `cn` as a
// country. A name set is added to `names`, for a check that it exists.
absl::Status Narrow(const resource::KindInfo& kind, const std::string& field, const std::string& value,
                    google::protobuf::Message& request, std::vector<std::string>& names);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_LISTING_NARROWING_H_
