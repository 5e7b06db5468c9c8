// The token by which the check of a change admits it: made by whoever checks, believed by whoever writes, who
// need not know each other.
#ifndef LINCHPIN_SERVICES_SERVING_CHECK_TOKEN_H_
#define LINCHPIN_SERVICES_SERVING_CHECK_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/kit/auth/signing_keys.h"

namespace linchpin::serving {

// The verdict that forbids a change.
inline constexpr std::string_view kVerdictDeny = "DENY";

// What was checked, and what came of it.
struct CheckedChange {
  std::string history_id;                      // The history that the revision belongs to.
  int64_t revision = 0;                        // What the change was laid over.
  std::string change_digest;                   // writing::ChangeDigest.
  std::string policy_set_digest;               // SHA-256, 32 bytes.
  std::string verdict;                         // "PASS", "WARN" or "DENY".
  absl::Time expire_time = absl::UnixEpoch();  // Whole seconds.

  friend bool operator==(const CheckedChange&, const CheckedChange&) = default;
};

// URL-safe text of about 300 characters. It is signed, not sealed: whoever has it can read it, nobody can
// change it.
std::string MakeCheckToken(const CheckedChange& change, const kit::Secret& key);

// Errors: FAILED_PRECONDITION, CHECK_TOKEN_INVALID, if it is none that one of these keys signed. Whether it
// has expired is for the caller to say.
absl::StatusOr<CheckedChange> OpenCheckToken(std::string_view token, const kit::SigningKeys::List& keys);

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_CHECK_TOKEN_H_
