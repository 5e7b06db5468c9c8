// From facts as given to values that S1 computes with: defaults, what comes from a tier, and the bounds.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_RESOLVE_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_RESOLVE_H_

#include "absl/status/statusor.h"
#include "services/engine/graph/consumer_chunk.h"
#include "services/engine/graph/facts.h"

namespace linchpin::engine {

// Continuity of a consumer, absent values from its tier. InvalidArgument names consumer and field.
absl::StatusOr<ConsumerRecord> ResolveConsumer(const ConsumerFacts& facts);
// Terms of a group and of one alternative of it. InvalidArgument names group and field.
absl::StatusOr<GroupTerms> ResolveGroup(const GroupFacts& facts);
absl::StatusOr<AlternativeTerms> ResolveAlternative(const GroupFacts& group, const AlternativeFacts& facts);

// The switch time that stands for an activation when none is given, in seconds (S1).
int64_t SwitchSecondsOf(Activation activation);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_RESOLVE_H_
