// Keeps the supply graph at the documents: parses what changed and hands it to the engine.
#ifndef LINCHPIN_SERVICES_REPLICA_GRAPH_FEED_H_
#define LINCHPIN_SERVICES_REPLICA_GRAPH_FEED_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "services/replica/document_table.h"

namespace linchpin::engine {
class Graph;
}

namespace linchpin::replica {

// Documents that the graph does not take, by name, each with the reason.
using Quarantine = std::map<std::string, std::string, std::less<>>;

// A graph and what could not go into it. The inventory refuses what the graph refuses, so that a quarantine
// that is not empty is a bug or damage; everything else goes on all the same. A quarantined dependency is
// left out of the graph; any other document stands there as a name of which everything is unknown, so that
// what refers to it stays whole.
//
// Ownership: a copy shares both. `quarantine` is never null.
struct FedGraph {
  FedGraph();

  std::shared_ptr<const engine::Graph> graph;
  std::shared_ptr<const Quarantine> quarantine;
};

// The graph after `edits`, each name once, each with its kind. `base` stays as it is. `tables` hold the
// documents after the edits, in the order of resource::Kinds().
// A document that is quarantined is tried again when it is written, and one of them at each revision, in
// order of names, since what it was refused for may lie in another document.
// Cost: one Apply of the graph, and one more while there is a quarantine. A refusal costs about three times
// the Apply of the edits among which it is.
FedGraph ApplyToGraph(const FedGraph& base, std::span<const DocumentEdit> edits,
                      std::span<const DocumentTable> tables, int64_t revision);

// The graph of all documents of `tables`, built in pieces so that the facts of a million dependencies are
// never in memory at once. `tables` are in the order of resource::Kinds().
FedGraph BuildGraph(std::span<const DocumentTable> tables, int64_t revision);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_GRAPH_FEED_H_
