#include "services/policy/domain/findings/stable_hash.h"

#include <cstring>
#include <string>

#include "services/base/sha256.h"

namespace linchpin::policy {

uint64_t StableHash(std::string_view bytes) {
  const std::string digest = base::Sha256(bytes);
  uint64_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof(hash));
  return hash;
}

}  // namespace linchpin::policy
