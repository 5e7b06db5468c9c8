// Keeps the supply graph at the documents: parses what changed and hands it to the engine.
#ifndef LINCHPIN_SERVICES_REPLICA_GRAPH_FEED_H_
#define LINCHPIN_SERVICES_REPLICA_GRAPH_FEED_H_

#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "services/replica/document_table.h"

namespace linchpin::engine {
class Graph;
}

namespace linchpin::replica {

// The graph after `edits`, each name once, each with its kind. `base` stays as it is.
// Errors: what the builder and the graph refuse.
absl::StatusOr<std::shared_ptr<const engine::Graph>> ApplyToGraph(const engine::Graph& base,
                                                                  std::span<const DocumentEdit> edits,
                                                                  int64_t revision);

// The graph of all documents of `tables`, built in pieces so that the facts of a million dependencies are
// never in memory at once. `tables` are in the order of resource::Kinds().
absl::StatusOr<std::shared_ptr<const engine::Graph>> BuildGraph(std::span<const DocumentTable> tables,
                                                                int64_t revision);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_GRAPH_FEED_H_
