#include "services/engine/simulation/causes.h"

#include <algorithm>
#include <string>

#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

// What a cause takes besides its path, in nodes.
constexpr int64_t kNodesOfCause = 16;

}  // namespace

CauseFinder::CauseFinder(const EvaluationPlan& plan, const Limits& limits)
    : plan_(plan),
      graph_(plan.graph()),
      limits_(limits),
      consumer_seen_(graph_.consumers().slots(), 0),
      deployment_seen_(graph_.deployments().slots(), 0) {}

void CauseFinder::Begin(const std::vector<ConsumerIndex>* consumers) {
  open_.clear();
  steps_ = nodes_kept_ = 0;
  keeps_all_ = consumers == nullptr;
  kept_.clear();
  if (keeps_all_) return;
  kept_.resize(graph_.consumers().slots());
  for (ConsumerIndex consumer : *consumers) kept_[consumer.value] = true;
}

// Breadth first. Within a layer, nodes stand in the order of their paths by name, so that the first to reach
// a node reaches it by the least of the shortest paths.
absl::Status CauseFinder::Observe(const Solver& solver, uint32_t cutoff,
                                  std::span<const DeploymentIndex> hits) {
  nodes_.clear();
  ++epoch_;
  for (const DeploymentIndex deployment : hits) Visit(Target(deployment), kSource, 1);
  SortLayer(0);
  for (size_t first = 0; first < nodes_.size();) {
    const size_t last = nodes_.size();
    for (size_t at = first; at < last; ++at) {
      const Target target = nodes_[at].target;
      if (target.is_consumer() && Keeps(target.consumer())) Propose(cutoff, static_cast<uint32_t>(at));
      Step(solver, static_cast<uint32_t>(at));
    }
    if (steps_ > limits_.path_steps_max) {
      return absl::ResourceExhaustedError("the search for causes takes more steps than its limit allows");
    }
    if (nodes_kept_ > limits_.path_nodes_max) {
      return absl::ResourceExhaustedError(
          Join({"the paths of all causes have more than ", std::to_string(limits_.path_nodes_max),
                " nodes; ask for fewer consumers, cut fewer things at once, or take a shorter horizon"}));
    }
    if (limits_.cancelled && limits_.cancelled()) return absl::CancelledError("the evaluation was cancelled");
    SortLayer(last);
    first = last;
  }
  return absl::OkStatus();
}

bool CauseFinder::Visit(Target target, uint32_t parent, uint32_t length) {
  uint32_t& seen = target.is_consumer() ? consumer_seen_[target.consumer().value]
                                        : deployment_seen_[target.deployment().value];
  if (seen == epoch_) return false;
  seen = epoch_;
  nodes_.push_back({target, parent, length, graph_.NameOf(target)});
  return true;
}

void CauseFinder::Step(const Solver& solver, uint32_t from) {
  const State& now = solver.state();
  const State& base = solver.baseline();
  const uint32_t length = nodes_[from].length + 1;
  graph_.ForEachDependent(nodes_[from].target, [&](const Dependent& dependent) {
    ++steps_;
    const uint32_t consumer = dependent.consumer_value;
    const uint32_t number = graph_.consumers().GroupNumber(dependent.consumer(), dependent.group());
    if (now.level[consumer] < base.level[consumer] && now.delivery[number] < base.delivery[number]) {
      Visit(Target(dependent.consumer()), from, length);
    }
    if (plan_.pool_count() == 0) return;
    const GroupView group = graph_.consumers()[dependent.consumer()].group(dependent.group());
    for (uint32_t k = dependent.alternative() + 1; k < group.size(); ++k) {
      const Target later = group.target(k);
      if (later.is_consumer() || plan_.PoolOf(later.deployment()) == EvaluationPlan::kNoPool) continue;
      Visit(later, from, length);
    }
  });
}

void CauseFinder::SortLayer(size_t first) {
  std::sort(nodes_.begin() + static_cast<ptrdiff_t>(first), nodes_.end(), [](const Node& a, const Node& b) {
    return a.parent != b.parent ? a.parent + 1 < b.parent + 1 : a.name < b.name;
  });
}

void CauseFinder::Propose(uint32_t cutoff, uint32_t node) {
  std::vector<Cause>& causes = open_[nodes_[node].target.consumer().value];
  auto found =
      std::find_if(causes.begin(), causes.end(), [cutoff](const Cause& c) { return c.cutoff >= cutoff; });
  if (found == causes.end() || found->cutoff != cutoff) {
    causes.insert(found, {cutoff, PathTo(node)});
    nodes_kept_ += nodes_[node].length + kNodesOfCause;
    return;
  }
  if (found->path.size() < nodes_[node].length) return;
  std::vector<Target> path = PathTo(node);
  if (path.size() < found->path.size() || IsBefore(path, found->path)) found->path = std::move(path);
}

std::vector<Target> CauseFinder::PathTo(uint32_t node) const {
  std::vector<Target> path(nodes_[node].length);
  for (size_t i = path.size(); i-- > 0; node = nodes_[node].parent) path[i] = nodes_[node].target;
  return path;
}

bool CauseFinder::IsBefore(const std::vector<Target>& a, const std::vector<Target>& b) const {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    return graph_.NameOf(a[i]) < graph_.NameOf(b[i]);
  }
  return false;
}

std::vector<Cause> CauseFinder::Close(ConsumerIndex consumer) {
  const auto found = open_.find(consumer.value);
  if (found == open_.end()) return {};
  std::vector<Cause> causes = std::move(found->second);
  open_.erase(found);
  return causes;
}

}  // namespace linchpin::engine
