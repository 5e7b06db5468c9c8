#include "services/policy/domain/fingerprint.h"

#include <openssl/sha.h>

#include <cstdint>

namespace linchpin::policy {
namespace {

void AppendPart(std::string_view part, std::string& bytes) {
  const auto length = static_cast<uint32_t>(part.size());
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(length >> shift & 0xff));
  bytes.append(part);
}

std::string Hex(const unsigned char* digest, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (size_t i = 0; i < size; ++i) {
    text.push_back(kDigits[digest[i] >> 4]);
    text.push_back(kDigits[digest[i] & 15]);
  }
  return text;
}

}  // namespace

std::string Fingerprint(std::string_view assignment, std::string_view policy, std::string_view rule,
                        std::string_view subject, const Discriminators& discriminators) {
  std::string bytes = "lpfp1";
  for (std::string_view part : {assignment, policy, rule, subject}) AppendPart(part, bytes);
  for (const auto& [key, value] : discriminators) {
    AppendPart(key, bytes);
    AppendPart(value, bytes);
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return Hex(digest, sizeof(digest));
}

}  // namespace linchpin::policy
