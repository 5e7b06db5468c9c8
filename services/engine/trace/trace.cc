#include "services/engine/trace/trace.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"

namespace linchpin::engine {
namespace {

constexpr uint64_t kLookEvery = 4096;  // Links between two looks at whether the caller still waits.

// Where a node was first met: breadth first, so nearest to the root.
struct Met {
  Node node;
  uint32_t depth = 0;
  std::vector<Link> links;  // In order; empty at the greatest depth.
};

// Walks breadth first.
class Walk {
 public:
  Walk(const SupplyLinks& links, const TraceOptions& options) : links_(links), options_(options) {}

  absl::Status From(Node root) {
    Meet(root, 0);
    for (size_t at = 0; at < met_.size(); ++at) {
      if (met_[at].depth == options_.depth_max) continue;
      std::vector<Link> found;
      const auto take = [&](const Link& link) { Take(link, found); };
      if (options_.direction == Direction::kNeeds) {
        links_.ForEachNeed(met_[at].node, take);
      } else {
        links_.ForEachUser(met_[at].node, take);
      }
      for (const Link& link : found) Meet(EndOf(link), met_[at].depth + 1);
      met_[at].links = std::move(found);
      if (stopped_) return absl::CancelledError("the walk was cancelled");
    }
    return absl::OkStatus();
  }

  Node EndOf(const Link& link) const { return options_.direction == Direction::kNeeds ? link.to : link.from; }
  const std::vector<Met>& met() const { return met_; }
  uint32_t PlaceOf(Node node) const { return place_of_.find(node)->second; }

 private:
  void Take(const Link& link, std::vector<Link>& found) {
    if (++links_seen_ % kLookEvery == 0 && options_.cancelled) stopped_ = stopped_ || options_.cancelled();
    const bool spare = link.kind == LinkKind::kAlternative && link.alternative > 0;
    if (!(options_.primaries_only && spare)) found.push_back(link);
  }
  void Meet(Node node, uint32_t depth) {
    if (!place_of_.try_emplace(node, static_cast<uint32_t>(met_.size())).second) return;
    met_.push_back({node, depth, {}});
  }

  const SupplyLinks& links_;
  const TraceOptions& options_;
  std::vector<Met> met_;
  absl::flat_hash_map<Node, uint32_t> place_of_;
  uint64_t links_seen_ = 0;
  bool stopped_ = false;
};

// Lays the walk out as a tree, depth first.
class Layout {
 public:
  Layout(const Walk& walk, const TraceOptions& options)
      : walk_(walk), options_(options), laid_(walk.met().size(), false) {}

  Trace Lay() {
    const uint32_t depth_shown = DeepestThatFits();
    trace_.steps.push_back({walk_.met()[0].node, 0});
    laid_[0] = true;
    open_.push_back({0, 0, 0});
    while (!open_.empty()) {
      Open& at = open_.back();
      const Met& met = walk_.met()[at.place];
      if (at.next == met.links.size() || met.depth >= depth_shown) {
        open_.pop_back();
      } else {
        AddStep(met.links[at.next++], met.depth + 1, at.step);
      }
    }
    for (size_t place = 1; place < walk_.met().size(); ++place)
      trace_.nodes += IsAsked(walk_.met()[place].node);
    return std::move(trace_);
  }

 private:
  struct Open {
    uint32_t place;  // In the walk.
    uint32_t step;   // That its links hang from.
    size_t next;
  };

  bool IsAsked(Node node) const {
    return options_.kinds.empty() ||
           std::find(options_.kinds.begin(), options_.kinds.end(), node.kind) != options_.kinds.end();
  }

  // The greatest depth of which all steps have room, so that what is left out is what lies farthest.
  uint32_t DeepestThatFits() {
    std::vector<uint64_t> steps_at;  // Steps that hang from nodes of each depth.
    for (const Met& met : walk_.met()) {
      if (steps_at.size() <= met.depth) steps_at.resize(met.depth + 1);
      for (const Link& link : met.links) steps_at[met.depth] += IsAsked(walk_.EndOf(link));
    }
    uint64_t steps = 1;
    uint32_t depth = 0;
    while (depth < steps_at.size() && steps + steps_at[depth] <= options_.steps_max)
      steps += steps_at[depth++];
    trace_.truncated = depth < steps_at.size();
    return std::max<uint32_t>(depth, 1);
  }

  void AddStep(const Link& link, uint32_t depth, uint32_t parent) {
    const Node node = walk_.EndOf(link);
    const uint32_t place = walk_.PlaceOf(node);
    const bool here = !laid_[place] && walk_.met()[place].depth == depth;
    uint32_t step = parent;
    if (IsAsked(node)) {
      if (trace_.steps.size() >= options_.steps_max) {
        trace_.truncated = true;
        return;
      }
      step = static_cast<uint32_t>(trace_.steps.size());
      trace_.steps.push_back({node, depth, parent, link, !here && !walk_.met()[place].links.empty()});
    }
    if (!here) return;
    laid_[place] = true;
    open_.push_back({place, step, 0});
  }

  const Walk& walk_;
  const TraceOptions& options_;
  std::vector<bool> laid_;
  std::vector<Open> open_;
  Trace trace_;
};

}  // namespace

absl::StatusOr<Trace> TraceFrom(const SupplyLinks& links, Node root, const TraceOptions& options) {
  Walk walk(links, options);
  if (absl::Status status = walk.From(root); !status.ok()) return status;
  return Layout(walk, options).Lay();
}

}  // namespace linchpin::engine
