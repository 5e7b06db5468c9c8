// Messages as bytes that are equal exactly when the messages are, within one build.
#ifndef LINCHPIN_SERVICES_RESOURCE_STABLE_BYTES_H_
#define LINCHPIN_SERVICES_RESOURCE_STABLE_BYTES_H_

#include <string>

#include "google/protobuf/message_lite.h"

namespace linchpin::resource {

// Serialized with map entries in order of key.
std::string StableBytes(const google::protobuf::MessageLite& message);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_STABLE_BYTES_H_
