#include "services/policy/domain/findings/fingerprint.h"

#include <cstdint>

#include "services/base/sha256.h"

namespace linchpin::policy {
namespace {

void AppendPart(std::string_view part, std::string& bytes) {
  const auto length = static_cast<uint32_t>(part.size());
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(length >> shift & 0xff));
  bytes.append(part);
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
  return base::Hex(base::Sha256(bytes));
}

}  // namespace linchpin::policy
