// The checks that every decision passes before it is accepted, whatever its domain says.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_DECISION_CHECK_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_DECISION_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/store/port/head.h"
#include "services/store/port/write.h"

namespace linchpin::store {

// Longest name, kind, principal, method, request id or target that the engines keep, in bytes.
inline constexpr int kTextBytesMax = 1024;
// Largest document.
inline constexpr int kBodyBytesMax = 16 << 20;
// How many referrers an error names.
inline constexpr int kReferrersNamed = 20;

// Text that every engine keeps unchanged: valid UTF-8 without NUL, at most kTextBytesMax bytes.
bool IsStorableText(std::string_view text);

// INVALID_ARGUMENT, FIELD_INVALID, if a text of the write cannot be kept.
absl::Status CheckTexts(const Write& write);

// Names storable and each used once; bodies within bounds (INVALID_ARGUMENT). Every reference exists in the
// state with the decision applied (FAILED_PRECONDITION, REFERENCE_NOT_FOUND); nothing that is left refers to
// a deleted name (FAILED_PRECONDITION, STILL_REFERENCED).
absl::Status CheckDecision(const StateReader& state, const Decision& decision);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_DECISION_CHECK_H_
