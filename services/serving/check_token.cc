#include "services/serving/check_token.h"

#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/sha256.h"

namespace linchpin::serving {
namespace {

constexpr size_t kTokenMax = 2048;
constexpr size_t kFields = 7;
constexpr std::string_view kPurpose = "linchpin check token 1";

absl::Status Invalid() {
  return base::Error(
      base::reason::CheckTokenInvalid{},
      "this inventory does not accept the check token: it is damaged, or signed with another key; "
      "check the change again, and if that does not help, compare the files of --admission-keys-file");
}

std::string PayloadOf(const CheckedChange& change) {
  return absl::StrCat(std::string(kPurpose), "\n", change.history_id, "\n", change.revision, "\n",
                      base::Hex(change.change_digest), "\n", base::Hex(change.policy_set_digest), "\n",
                      change.verdict, "\n", absl::ToUnixSeconds(change.expire_time));
}

std::optional<CheckedChange> ReadPayload(const std::string& payload) {
  const std::vector<std::string> fields = absl::StrSplit(payload, '\n');
  CheckedChange change;
  int64_t seconds = 0;
  if (fields.size() != kFields || fields[0] != kPurpose || !absl::SimpleAtoi(fields[2], &change.revision) ||
      !absl::SimpleAtoi(fields[6], &seconds)) {
    return std::nullopt;
  }
  change.history_id = fields[1];
  change.change_digest = absl::HexStringToBytes(fields[3]);
  change.policy_set_digest = absl::HexStringToBytes(fields[4]);
  change.verdict = fields[5];
  change.expire_time = absl::FromUnixSeconds(seconds);
  return change;
}

}  // namespace

std::string MakeCheckToken(const CheckedChange& change, const kit::Secret& key) {
  const std::string payload = PayloadOf(change);
  return absl::WebSafeBase64Escape(absl::StrCat(kit::Sign(key, payload), payload));
}

absl::StatusOr<CheckedChange> OpenCheckToken(std::string_view token, const kit::SigningKeys::List& keys) {
  std::string bytes;
  if (token.size() > kTokenMax || !absl::WebSafeBase64Unescape({token.data(), token.size()}, &bytes) ||
      bytes.size() <= base::kSha256Bytes) {
    return Invalid();
  }
  const std::string payload = bytes.substr(base::kSha256Bytes);
  if (!kit::IsSignedBy(keys, payload, std::string_view(bytes).substr(0, base::kSha256Bytes)))
    return Invalid();
  // Base64 leaves bits unused at the end: of many spellings one is the token.
  const std::string spelt = absl::WebSafeBase64Escape(bytes);
  std::optional<CheckedChange> change = ReadPayload(payload);
  if (spelt != token || !change) return Invalid();
  return *std::move(change);
}

}  // namespace linchpin::serving
