// Finds the references of a document in its bytes, without parsing it.
#ifndef LINCHPIN_SERVICES_REPLICA_WIRE_WIRE_REFERENCES_H_
#define LINCHPIN_SERVICES_REPLICA_WIRE_WIRE_REFERENCES_H_

#include <string_view>
#include <vector>

#include "services/resource/kinds.h"

namespace linchpin::replica {

// The distinct names that a document refers to, ascending, the parent of a nested document left out. Agrees
// with resource::References on every document that validation lets pass; bytes that are no message give what
// was found until then. The views point into `body`. Cost: about 100 nanoseconds.
std::vector<std::string_view> WireReferences(const resource::KindInfo& kind, std::string_view body);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_WIRE_WIRE_REFERENCES_H_
