// Messages as bytes that are equal exactly when the messages are, within one build.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_STABLE_BYTES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_STABLE_BYTES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/message_lite.h"

namespace linchpin::policy {

// Serialized with map entries in order of key.
std::string StableBytes(const google::protobuf::MessageLite& message);

// The first eight bytes of SHA-256.
uint64_t StableHash(std::string_view bytes);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_STABLE_BYTES_H_
