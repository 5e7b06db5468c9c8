// From resource documents to changes of a graph: the one file of the engine that reads linchpin.inventory.v1
// messages.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_BUILDER_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_BUILDER_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/engine/graph/facts.h"

namespace linchpin::engine {

// Adds the upsert of one inventory document. Absent fields become unknown facts, or known none where
// `known_none` says so; nothing is defaulted here (the graph resolves tiers and switch times). An enum value
// that this build does not know is unknown. Legal entities and contracts supply nothing, and add nothing.
// Errors: INVALID_ARGUMENT, naming the document and the field, for a message that is no inventory resource, a
//   malformed name or country, a duration that is no whole number of seconds, and tokens that do not add up
//   within 63 bits. `changes` is then unchanged.
// Cost: one copy of the strings that the graph reads.
absl::Status AddUpsert(const google::protobuf::Message& document, GraphChanges& changes);

// Adds the delete of the resource called `name`.
// Errors: INVALID_ARGUMENT for a name of no inventory kind.
absl::Status AddDelete(std::string_view name, GraphChanges& changes);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_BUILDER_H_
