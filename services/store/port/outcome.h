// What became of a write, as bytes: kept with its request id and given again to who repeats it.
#ifndef LINCHPIN_SERVICES_STORE_PORT_OUTCOME_H_
#define LINCHPIN_SERVICES_STORE_PORT_OUTCOME_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linchpin::store {

// A reply, or a refusal with its code, message and payloads.
std::string EncodeOutcome(const absl::StatusOr<std::string>& outcome);

// The reverse. INTERNAL if the bytes are none of ours.
absl::StatusOr<std::string> DecodeOutcome(std::string_view bytes);

// Whether the same write would be refused in the same way again, as far as its own state is concerned: such
// a refusal is kept for the request id. A want of capacity or of the database is not.
bool IsDeterministic(const absl::Status& refusal);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_OUTCOME_H_
