#include "services/policy/domain/stable_hash.h"

#include <openssl/sha.h>

#include <cstring>

namespace linchpin::policy {

uint64_t StableHash(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  uint64_t hash = 0;
  std::memcpy(&hash, digest, sizeof(hash));
  return hash;
}

}  // namespace linchpin::policy
