#include "services/base/sha256.h"

#include <openssl/evp.h>

#include "absl/strings/escaping.h"

namespace linchpin::base {

std::string Sha256(std::string_view bytes) {
  // Fetched once: looking an algorithm up by its name takes longer than a short digest.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string digest(kSha256Bytes, '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, algorithm,
             nullptr);
  return digest;
}

std::string Hex(std::string_view bytes) { return absl::BytesToHexString({bytes.data(), bytes.size()}); }

}  // namespace linchpin::base
