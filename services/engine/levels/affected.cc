#include "services/engine/levels/affected.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace linchpin::engine {
namespace {

bool SameGroup(const GroupView& a, const GroupView& b) {
  if (a.id() != b.id() || !(a.terms() == b.terms()) || !(a.usage() == b.usage()) || a.size() != b.size())
    return false;
  for (uint32_t k = 0; k < a.size(); ++k) {
    if (a.target(k) != b.target(k) || !(a.alternative(k) == b.alternative(k)) || !(a.usage(k) == b.usage(k)))
      return false;
  }
  return true;
}

bool SameConsumer(const ConsumerView& a, const ConsumerView& b) {
  if (a.name() != b.name() || !(a.record() == b.record()) || a.group_count() != b.group_count()) return false;
  for (uint32_t group = 0; group < a.group_count(); ++group) {
    if (!SameGroup(a.group(group), b.group(group))) return false;
  }
  return true;
}

// A set of consumers that grows by rules until it is closed or too large.
class Closure {
 public:
  Closure(const Graph& graph, size_t max) : graph_(graph), max_(max) {}

  void Add(ConsumerIndex consumer) {
    if (seen_.insert(consumer.value).second) all_.push_back(consumer);
  }
  void AddDependents(Target target) {
    graph_.ForEachDependent(target, [this](const Dependent& dependent) { Add(dependent.consumer()); });
  }
  // Whoever shares a finite deployment with this consumer of `graph`, which may be an earlier one.
  void AddSharers(const Graph& graph, ConsumerIndex consumer) {
    ForEachTarget(graph, consumer, [&](Target target) {
      if (!target.is_consumer() && graph.deployments()[target.deployment()].has_finite_capacity())
        AddDependents(target);
    });
  }
  template <typename Visit>
  static void ForEachTarget(const Graph& graph, ConsumerIndex consumer, const Visit& visit) {
    const ConsumerView view = graph.consumers()[consumer];
    for (uint32_t group = 0; group < view.group_count(); ++group) {
      for (Target target : view.group(group).targets()) visit(target);
    }
  }

  // Applies `grow` to each member, those added meanwhile included. False if it grew too large.
  template <typename Grow>
  bool Close(const Grow& grow) {
    for (size_t i = 0; i < all_.size(); ++i) {
      if (all_.size() > max_) return false;
      const ConsumerIndex consumer = all_[i];
      grow(consumer);
    }
    return all_.size() <= max_;
  }
  std::vector<ConsumerIndex> Sorted() {
    std::sort(all_.begin(), all_.end());
    return std::move(all_);
  }

 private:
  const Graph& graph_;
  const size_t max_;
  std::vector<ConsumerIndex> all_;
  absl::flat_hash_set<uint32_t> seen_;
};

// Calls `visit` for every consumer index at which the graphs differ.
template <typename Visit>
void ForEachDifference(const ConsumerTable& before, const ConsumerTable& after, const Visit& visit) {
  const uint32_t slots = std::max(before.slots(), after.slots());
  for (uint32_t first = 0; first < slots; first += ConsumerChunk::kConsumers) {
    const bool both = first < before.slots() && first < after.slots();
    if (both && &before.chunk({first}) == &after.chunk({first})) continue;
    for (uint32_t value = first; value < std::min(slots, first + ConsumerChunk::kConsumers); ++value) {
      const bool was = before.IsLive({value}), is = after.IsLive({value});
      if (was != is || (was && !SameConsumer(before[{value}], after[{value}]))) visit(ConsumerIndex{value});
    }
  }
}

}  // namespace

std::optional<std::vector<ConsumerIndex>> AffectedConsumers(const Graph& before, const Graph& after,
                                                            size_t max) {
  if (!before.SharesFactsWith(after)) return std::nullopt;
  Closure closure(after, max);
  ForEachDifference(before.consumers(), after.consumers(), [&](ConsumerIndex consumer) {
    if (after.consumers().IsLive(consumer)) closure.Add(consumer);
    if (before.consumers().IsLive(consumer)) closure.AddSharers(before, consumer);
  });
  const bool closed = closure.Close([&](ConsumerIndex consumer) {
    closure.AddDependents(Target(consumer));
    closure.AddSharers(after, consumer);
  });
  if (!closed) return std::nullopt;
  return closure.Sorted();
}

std::optional<std::vector<ConsumerIndex>> AffectedConsumers(const Graph& before, const Graph& after,
                                                            const ChangedThings& changed, size_t max) {
  Closure closure(after, max);
  for (ConsumerIndex consumer : changed.consumers) {
    closure.Add(consumer);
    closure.AddSharers(before, consumer);
  }
  for (DeploymentIndex deployment : changed.deployments) closure.AddDependents(Target(deployment));
  const bool closed = closure.Close([&](ConsumerIndex consumer) {
    closure.AddDependents(Target(consumer));
    closure.AddSharers(after, consumer);
  });
  if (!closed) return std::nullopt;
  return closure.Sorted();
}

std::vector<ConsumerIndex> GoneConsumers(const Graph& before, const Graph& after) {
  std::vector<ConsumerIndex> gone;
  const ConsumerTable &was = before.consumers(), &is = after.consumers();
  ForEachDifference(was, is, [&](ConsumerIndex consumer) {
    if (!was.IsLive(consumer)) return;
    if (!is.IsLive(consumer) || was.NameOf(consumer) != is.NameOf(consumer)) gone.push_back(consumer);
  });
  return gone;
}

std::vector<DeploymentIndex> UsedDeployments(const Graph& graph) {
  std::vector<DeploymentIndex> used;
  for (ConsumerIndex consumer : graph.consumers()) {
    Closure::ForEachTarget(graph, consumer, [&used](Target target) {
      if (!target.is_consumer()) used.push_back(target.deployment());
    });
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

std::optional<std::vector<ConsumerIndex>> NeededConsumers(const Graph& graph,
                                                          const std::vector<ConsumerIndex>& of, size_t max) {
  Closure closure(graph, max);
  for (ConsumerIndex consumer : of) closure.Add(consumer);
  const bool closed = closure.Close([&](ConsumerIndex consumer) {
    closure.AddSharers(graph, consumer);
    Closure::ForEachTarget(graph, consumer, [&](Target target) {
      if (target.is_consumer()) closure.Add(target.consumer());
    });
  });
  if (!closed) return std::nullopt;
  return closure.Sorted();
}

}  // namespace linchpin::engine
