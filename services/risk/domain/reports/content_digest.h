// The digest by which a third party can tell which facts an answer was computed from.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONTENT_DIGEST_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONTENT_DIGEST_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/replica/view.h"

namespace linchpin::risk {

struct ContentDigest {
  std::string sha256;  // 64 lower-case hexadecimal digits.
  int64_t documents = 0;
  int64_t bytes = 0;
};

// Of the documents of the inventory as `linchpin export inventory -o jsonl` prints them: kinds in the order
// of resource::Kinds(), names bytewise, each document without its output-only fields as JSON in one line,
// which ends with a line feed. Errors: Cancelled once `cancelled` (null: never) returns true; Internal for a
// document that cannot be parsed. Cost: parses and writes every document.
absl::StatusOr<ContentDigest> DigestOf(const replica::View& view,
                                       const std::function<bool()>& cancelled = nullptr);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONTENT_DIGEST_H_
