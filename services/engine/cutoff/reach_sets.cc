#include "services/engine/cutoff/reach_sets.h"

#include <algorithm>
#include <utility>

namespace linchpin::engine {

ReachSets::ReachSets(const EvaluationPlan& plan, ReachedThings things, size_t max)
    : plan_(plan), graph_(plan.graph()), things_(std::move(things)), max_(max) {
  const size_t nodes = graph_.consumers().slots() + plan.pool_count();
  number_.assign(nodes, 0);
  low_.assign(nodes, 0);
  component_.assign(nodes, kNone);
}

std::span<const uint32_t> ReachSets::Of(ConsumerIndex consumer) {
  if (number_[consumer.value] == 0) Visit(consumer.value);
  return of_component_[component_[consumer.value]];
}

// Tarjan's algorithm: a component is closed after all that it reaches.
void ReachSets::Visit(Node start) {
  Open(start);
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    if (frame.next == frame.successors.size()) {
      const Node node = frame.node;
      frames_.pop_back();
      if (!frames_.empty()) {
        uint32_t& above = low_[frames_.back().node];
        above = std::min(above, low_[node]);
      }
      if (low_[node] == number_[node]) Close(node);
      continue;
    }
    const Node from = frame.node, next = frame.successors[frame.next++];
    if (number_[next] == 0) {
      Open(next);
    } else if (component_[next] == kNone) {
      low_[from] = std::min(low_[from], number_[next]);
    }
  }
}

void ReachSets::Open(Node node) {
  number_[node] = low_[node] = ++last_number_;
  open_.push_back(node);
  frames_.push_back({node, Successors(node)});
}

void ReachSets::Close(Node node) {
  const uint32_t component = static_cast<uint32_t>(of_component_.size());
  const auto first = std::find(open_.rbegin(), open_.rend(), node).base() - 1;
  Numbers numbers;
  for (auto member = first; member != open_.end(); ++member) component_[*member] = component;
  size_t sorted_size = 0;
  for (auto member = first; member != open_.end(); ++member) {
    AppendOwn(*member, numbers);
    for (Node next : Successors(*member)) {
      if (component_[next] == component) continue;
      const Numbers& reached = of_component_[component_[next]];
      numbers.insert(numbers.end(), reached.begin(), reached.end());
      // Repeats go before they are many.
      if (numbers.size() <= 2 * sorted_size + 1024) continue;
      KeepFirst(numbers);
      sorted_size = numbers.size();
    }
  }
  KeepFirst(numbers);
  kept_ += numbers.size();
  open_.erase(first, open_.end());
  of_component_.push_back(std::move(numbers));
}

void ReachSets::KeepFirst(Numbers& numbers) const {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.size() > max_) numbers.resize(max_);
}

std::vector<ReachSets::Node> ReachSets::Successors(Node node) const {
  std::vector<Node> successors;
  if (IsPool(node)) {
    graph_.ForEachDependent(Target(PoolAt(node)), [&](const Dependent& dependent) {
      successors.push_back(dependent.consumer().value);
    });
    return successors;
  }
  const ConsumerView view = graph_.consumers()[ConsumerIndex{node}];
  for (uint32_t group = 0; group < view.group_count(); ++group) {
    for (const Target target : view.group(group).targets()) {
      if (target.is_consumer()) {
        successors.push_back(target.consumer().value);
      } else if (const uint32_t pool = plan_.PoolOf(target.deployment()); pool != EvaluationPlan::kNoPool) {
        successors.push_back(graph_.consumers().slots() + pool);
      }
    }
  }
  return successors;
}

void ReachSets::AppendOwn(Node node, Numbers& numbers) const {
  if (IsPool(node)) return things_.of_deployment(PoolAt(node), numbers);
  things_.of_consumer(ConsumerIndex{node}, numbers);
  const ConsumerView view = graph_.consumers()[ConsumerIndex{node}];
  for (uint32_t group = 0; group < view.group_count(); ++group) {
    for (const Target target : view.group(group).targets()) {
      if (!target.is_consumer()) things_.of_deployment(target.deployment(), numbers);
    }
  }
}

}  // namespace linchpin::engine
