// The checks that every decision passes before it is accepted, whatever its domain says.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_DECISION_CHECK_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_DECISION_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/port/head.h"
#include "services/store/port/overlay.h"
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

// The state after the decision, whose bodies and references go into it, or why it is refused: names storable
// and each used once, bodies within bounds (INVALID_ARGUMENT, FIELD_INVALID); every reference exists
// (FAILED_PRECONDITION, REFERENCE_NOT_FOUND, with the fields that name what does not); nothing that is left
// refers to a deleted name (FAILED_PRECONDITION, STILL_REFERENCED); then what `decision.check` says. Deletes
// must be of names that `state` has. The overlay keeps a reference to `state`.
//
// This is the one place where references are checked, for all services and kinds.
absl::StatusOr<Overlay> CheckDecision(const StateReader& state, Decision& decision);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_DECISION_CHECK_H_
