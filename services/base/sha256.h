// SHA-256.
#ifndef LINCHPIN_SERVICES_BASE_SHA256_H_
#define LINCHPIN_SERVICES_BASE_SHA256_H_

#include <string>
#include <string_view>

namespace linchpin::base {

inline constexpr int kSha256Bytes = 32;

// The digest as 32 bytes.
std::string Sha256(std::string_view bytes);

// Lower-case hexadecimal of any bytes.
std::string Hex(std::string_view bytes);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_SHA256_H_
