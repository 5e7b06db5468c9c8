// A short hash that is the same in every build.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_STABLE_HASH_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_STABLE_HASH_H_

#include <cstdint>
#include <string_view>

namespace linchpin::policy {

// The first eight bytes of SHA-256.
uint64_t StableHash(std::string_view bytes);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_STABLE_HASH_H_
