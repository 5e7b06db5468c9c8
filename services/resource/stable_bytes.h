// Messages as bytes that are equal exactly when the messages are.
//
// Protobuf promises that within one build. Digests and hashes of such bytes are kept for longer, by request
// ids (a day) and by records of imports: should another build write other bytes, a repeated request is
// refused as another one, and an import asks again about what nobody has changed. Neither loses anything.
#ifndef LINCHPIN_SERVICES_RESOURCE_STABLE_BYTES_H_
#define LINCHPIN_SERVICES_RESOURCE_STABLE_BYTES_H_

#include <string>

#include "google/protobuf/message_lite.h"

namespace linchpin::resource {

// Serialized with map entries in order of key.
std::string StableBytes(const google::protobuf::MessageLite& message);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_STABLE_BYTES_H_
