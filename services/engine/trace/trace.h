// Everything that a thing depends on, or that depends on it, as a tree; and the ways from one thing to
// another.
#ifndef LINCHPIN_SERVICES_ENGINE_TRACE_TRACE_H_
#define LINCHPIN_SERVICES_ENGINE_TRACE_TRACE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/trace/supply_links.h"

namespace linchpin::engine {

enum class Direction : uint8_t { kNeeds, kUsers };

struct TraceOptions {
  Direction direction = Direction::kNeeds;
  uint32_t depth_max = UINT32_MAX;       // Links from the root.
  uint32_t steps_max = 10'000;           // Steps that are returned; the nearest to the root are.
  bool primaries_only = false;           // Of each dependency the first alternative only.
  std::vector<NodeKind> kinds = {};      // Only these are returned, others are passed through; empty: all.
  std::function<bool()> cancelled = {};  // Asked every few thousand links; may be null.
};

// One line of the tree. Every link within reach is a step; a node's own links follow once, where it is
// nearest to the root.
struct TraceStep {
  static constexpr uint32_t kNoParent = UINT32_MAX;

  Node node;
  uint32_t depth = 0;             // Links from the root, those through nodes left out included.
  uint32_t parent = kNoParent;    // Position of the step that it hangs from: the nearest that is returned.
  std::optional<Link> link = {};  // By which it was reached; nothing for the root.
  bool repeated = false;          // Its links follow at another step.
};

struct Trace {
  std::vector<TraceStep> steps;  // Each before those that hang from it; the root first, whatever its kind.
  uint64_t nodes = 0;  // Distinct nodes within reach and depth, of the kinds asked for, the root left out.
  bool truncated = false;  // steps_max left some out.
};

// Thread safety: stateless. Errors: Cancelled. Order: that of SupplyLinks. Cost: each link within reach once.
absl::StatusOr<Trace> TraceFrom(const SupplyLinks& links, Node root, const TraceOptions& options = {});

struct PathOptions {
  uint32_t paths_max = 10;
  uint32_t tries_max = 1'000'000;  // Links tried; beyond, `more` is set.
  std::function<bool()> cancelled = {};
};

// Of ways longer than 256 links only a shortest one is found, with `more` set.
struct Paths {
  std::vector<std::vector<Link>>
      paths;          // Shortest first; those of one length by the names along them, bytewise.
  bool more = false;  // There are, or may be, others.
};

// The ways from `from` down to `to`, none of which meets a node twice. Empty: `from` does not depend on `to`;
// equal nodes have none. Thread safety: stateless. Errors: Cancelled. Cost: what depends on `to`, and the
// links tried.
absl::StatusOr<Paths> FindPaths(const SupplyLinks& links, Node from, Node to,
                                const PathOptions& options = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_TRACE_TRACE_H_
