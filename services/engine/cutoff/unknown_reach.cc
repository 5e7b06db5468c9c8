#include "services/engine/cutoff/unknown_reach.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace linchpin::engine {
namespace {

std::vector<FactRef> ByName(const Graph& graph, std::vector<FactRef> facts) {
  std::vector<std::tuple<std::string, std::string, FactRef>> rows;
  rows.reserve(facts.size());
  for (const FactRef& fact : facts) rows.emplace_back(SubjectOf(graph, fact), FieldOf(graph, fact), fact);
  std::sort(rows.begin(), rows.end());
  for (size_t i = 0; i < rows.size(); ++i) facts[i] = std::get<2>(rows[i]);
  return facts;
}

}  // namespace

UnknownReach::UnknownReach(const Prepared& prepared, const UnknownFinder& finder, size_t max)
    : prepared_(prepared),
      graph_(prepared.graph()),
      finder_(finder),
      max_(max),
      facts_(ByName(graph_, finder.OfAll())) {
  for (uint32_t at = 0; at < facts_.size(); ++at) rank_.emplace(facts_[at], at);
  const size_t nodes = graph_.consumers().slots() + prepared.pool_count();
  number_.assign(nodes, 0);
  low_.assign(nodes, 0);
  component_.assign(nodes, kNone);
}

std::vector<FactRef> UnknownReach::Of(ConsumerIndex consumer) {
  std::vector<FactRef> facts;
  if (facts_.empty()) return facts;
  if (number_[consumer.value] == 0) Visit(consumer.value);
  for (uint32_t rank : of_component_[component_[consumer.value]]) facts.push_back(facts_[rank]);
  return facts;
}

// Tarjan's algorithm: a component is closed after all that it reaches.
void UnknownReach::Visit(Node start) {
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

void UnknownReach::Open(Node node) {
  number_[node] = low_[node] = ++last_number_;
  open_.push_back(node);
  frames_.push_back({node, Successors(node)});
}

void UnknownReach::Close(Node node) {
  const uint32_t component = static_cast<uint32_t>(of_component_.size());
  const auto first = std::find(open_.rbegin(), open_.rend(), node).base() - 1;
  Ranks ranks;
  const auto keep_first = [&] {
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    if (ranks.size() > max_) ranks.resize(max_);
  };
  for (auto member = first; member != open_.end(); ++member) component_[*member] = component;
  for (auto member = first; member != open_.end(); ++member) {
    AppendOwn(*member, ranks);
    for (Node next : Successors(*member)) {
      if (component_[next] == component) continue;
      const Ranks& reached = of_component_[component_[next]];
      ranks.insert(ranks.end(), reached.begin(), reached.end());
      if (ranks.size() > 16 * max_ + 64) keep_first();
    }
  }
  keep_first();
  open_.erase(first, open_.end());
  of_component_.push_back(std::move(ranks));
}

std::vector<UnknownReach::Node> UnknownReach::Successors(Node node) const {
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
      } else if (const uint32_t pool = prepared_.PoolOf(target.deployment()); pool != Prepared::kNoPool) {
        successors.push_back(graph_.consumers().slots() + pool);
      }
    }
  }
  return successors;
}

void UnknownReach::AppendOwn(Node node, Ranks& ranks) const {
  std::vector<FactRef> facts;
  if (IsPool(node)) {
    finder_.AppendOfDeployment(PoolAt(node), facts);
    return AppendRanks(facts, ranks);
  }
  finder_.AppendOfConsumer(ConsumerIndex{node}, facts);
  const ConsumerView view = graph_.consumers()[ConsumerIndex{node}];
  for (uint32_t group = 0; group < view.group_count(); ++group) {
    for (const Target target : view.group(group).targets()) {
      if (!target.is_consumer()) finder_.AppendOfDeployment(target.deployment(), facts);
    }
  }
  AppendRanks(facts, ranks);
}

void UnknownReach::AppendRanks(const std::vector<FactRef>& facts, Ranks& ranks) const {
  for (const FactRef& fact : facts) ranks.push_back(rank_.find(fact)->second);
}

}  // namespace linchpin::engine
