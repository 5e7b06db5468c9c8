#include "services/engine/structure/set_family.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/structure/set_count.h"

namespace linchpin::engine {
namespace {

enum Operation : uint32_t { kUnion, kWithout, kContaining, kWithoutSolutions, kAtMost, kProduct = 1u << 20 };

}  // namespace

// The sets with and without the variable, which comes before or is the family's first.
NodeStore::Node SetFamilies::Split(DiagramNode family, uint32_t place) const {
  const NodeStore::Node& node = store_.at(family);
  return node.variable == place ? node : NodeStore::Node{place, kEndFalse, family};
}

DiagramNode SetFamilies::Union(DiagramNode a, DiagramNode b) {
  if (a == kNoNode || b == kNoNode) return kNoNode;
  if (a == kEndFalse || a == b) return b;
  if (b == kEndFalse) return a;
  if (a == kEndTrue || b == kEndTrue) return kEndTrue;
  if (a > b) std::swap(a, b);
  if (const DiagramNode known = store_.Recall(kUnion, a, b); known != kNoNode) return known;
  const uint32_t place = std::min(store_.VariableOf(a), store_.VariableOf(b));
  const NodeStore::Node x = Split(a, place), y = Split(b, place);
  const DiagramNode low = Union(x.low, y.low);
  const DiagramNode high = Without(Union(x.high, y.high), low);
  if (low == kNoNode || high == kNoNode) return kNoNode;
  const DiagramNode result = Node(place, high, low);
  store_.Keep(kUnion, a, b, result);
  return result;
}

DiagramNode SetFamilies::Without(DiagramNode a, DiagramNode b) {
  if (a == kNoNode || b == kNoNode) return kNoNode;
  if (b == kEndFalse) return a;
  if (a == kEndFalse || b == kEndTrue || a == b) return kEndFalse;
  if (a == kEndTrue) return a;
  if (const DiagramNode known = store_.Recall(kWithout, a, b); known != kNoNode) return known;
  const NodeStore::Node x = store_.at(a), y = store_.at(b);
  DiagramNode result;
  if (y.variable < x.variable) {
    result = Without(a, y.low);
  } else {
    const bool both = x.variable == y.variable;
    const DiagramNode low = Without(x.low, both ? y.low : b);
    const DiagramNode high = Without(both ? Without(x.high, y.high) : x.high, both ? y.low : b);
    if (low == kNoNode || high == kNoNode) return kNoNode;
    result = Node(x.variable, high, low);
  }
  store_.Keep(kWithout, a, b, result);
  return result;
}

DiagramNode SetFamilies::Product(DiagramNode a, DiagramNode b, uint32_t size_max) {
  if (a == kNoNode || b == kNoNode) return kNoNode;
  if (a == kEndFalse || b == kEndFalse) return kEndFalse;
  if (a > b) std::swap(a, b);
  if (a == kEndTrue && b == kEndTrue) return kEndTrue;
  if (size_max == 0) return kEndFalse;
  if (a == kEndTrue) return AtMost(b, size_max);
  const uint32_t operation = kProduct + std::min(size_max, uint32_t{1} << 16);  // Apart by size.
  if (const DiagramNode known = store_.Recall(operation, a, b); known != kNoNode) return known;
  const uint32_t place = std::min(store_.VariableOf(a), store_.VariableOf(b));
  const uint32_t less = size_max == kAnySize ? kAnySize : size_max - 1;
  const NodeStore::Node x = Split(a, place), y = Split(b, place);
  const DiagramNode low = Product(x.low, y.low, size_max);
  const DiagramNode from_a = Product(x.high, Union(y.high, y.low), less);
  const DiagramNode from_b = Product(x.low, y.high, less);
  const DiagramNode high = Without(Union(from_a, from_b), low);
  if (low == kNoNode || high == kNoNode) return kNoNode;
  const DiagramNode result = Node(place, high, low);
  store_.Keep(operation, a, b, result);
  return result;
}

DiagramNode SetFamilies::AtMost(DiagramNode a, uint32_t size_max) {
  if (a <= kEndTrue || a == kNoNode || size_max == kAnySize) return a;
  const NodeStore::Node node = store_.at(a);
  if (size_max == 0) return AtMost(node.low, 0);
  const uint32_t operation = kAtMost + (size_max << 3);
  if (const DiagramNode known = store_.Recall(operation, a, 0); known != kNoNode) return known;
  const DiagramNode high = AtMost(node.high, size_max - 1), low = AtMost(node.low, size_max);
  if (high == kNoNode || low == kNoNode) return kNoNode;
  const DiagramNode result = Node(node.variable, high, low);
  store_.Keep(operation, a, 0, result);
  return result;
}

DiagramNode SetFamilies::FromFormula(const Formula& formula, Gate root, const std::vector<uint32_t>& place_of,
                                     uint32_t size_max) {
  std::vector<DiagramNode> family_of(root + 1, kNoNode);
  for (Gate gate : formula.Below(root)) {
    const bool is_and = formula.kind(gate) == Formula::Kind::kAnd;
    DiagramNode family = is_and || gate == kTrueGate ? kEndTrue : kEndFalse;
    if (formula.kind(gate) == Formula::Kind::kVariable && size_max > 0)
      family = Single(place_of[formula.variable(gate)]);
    for (Gate argument : formula.arguments(gate)) {
      family = is_and ? Product(family, family_of[argument], size_max) : Union(family, family_of[argument]);
    }
    if (family == kNoNode) return kNoNode;
    family_of[gate] = family;
  }
  return family_of[root];
}

DiagramNode SetFamilies::WithoutSolutions(DiagramNode a, const DecisionDiagram& diagram,
                                          DiagramNode function) {
  if (a == kNoNode) return kNoNode;
  if (function == kEndFalse) return a;
  if (a == kEndFalse || function == kEndTrue) return kEndFalse;
  if (a == kEndTrue) return a;  // A monotone function that is not true has no empty solution.
  if (const DiagramNode known = store_.Recall(kWithoutSolutions, a, function); known != kNoNode) return known;
  const NodeStore::Node x = store_.at(a), f = diagram.store().at(function);
  DiagramNode result;
  if (f.variable < x.variable) {
    result = WithoutSolutions(a, diagram, f.low);
  } else {
    const bool both = x.variable == f.variable;
    const DiagramNode low = WithoutSolutions(x.low, diagram, both ? f.low : function);
    const DiagramNode high = WithoutSolutions(x.high, diagram, both ? f.high : function);
    if (low == kNoNode || high == kNoNode) return kNoNode;
    result = Node(x.variable, high, low);
  }
  store_.Keep(kWithoutSolutions, a, function, result);
  return result;
}

DiagramNode SetFamilies::FromDiagram(const DecisionDiagram& diagram, DiagramNode function) {
  if (function <= kEndTrue) return function;
  // Bottom up, so that nothing is done twice even where the cache forgets.
  std::vector<DiagramNode> minimal(function + 1, kNoNode);
  minimal[kEndFalse] = kEndFalse, minimal[kEndTrue] = kEndTrue;
  for (DiagramNode node : diagram.store().Below(function)) {
    const NodeStore::Node f = diagram.store().at(node);
    const DiagramNode high = WithoutSolutions(minimal[f.high], diagram, f.low);
    if (high == kNoNode) return kNoNode;
    minimal[node] = Node(f.variable, high, minimal[f.low]);
    if (minimal[node] == kNoNode) return kNoNode;
  }
  return minimal[function];
}

DiagramNode SetFamilies::ToDiagram(const SetFamilies& families, DiagramNode family,
                                   DecisionDiagram& diagram) {
  if (family <= kEndTrue || family == kNoNode) return family;
  std::vector<DiagramNode> function(family + 1, kNoNode);
  function[kEndFalse] = kEndFalse, function[kEndTrue] = kEndTrue;
  for (DiagramNode node : families.store_.Below(family)) {
    const NodeStore::Node f = families.store_.at(node);
    const DiagramNode low = function[f.low];
    const DiagramNode high = diagram.Or(function[f.high], low);
    if (high == kNoNode) return kNoNode;
    function[node] = diagram.Choose(f.variable, high, low);
    if (function[node] == kNoNode) return kNoNode;
  }
  return function[family];
}

std::vector<uint64_t> SetFamilies::CountBySize(DiagramNode family,
                                               const std::vector<uint32_t>& members) const {
  if (family == kEndFalse) return {0};
  absl::flat_hash_map<DiagramNode, std::vector<uint64_t>> counts{{kEndFalse, {}}, {kEndTrue, {1}}};
  for (DiagramNode node : store_.Below(family)) {
    const NodeStore::Node& n = store_.at(node);
    const std::vector<uint64_t>& high = counts[n.high];
    std::vector<uint64_t> count = counts[n.low];
    count.resize(std::max(count.size(), high.size() + 1), 0);
    for (size_t size = 0; size < high.size(); ++size)
      count[size + 1] = AddUpTo(count[size + 1], TimesUpTo(high[size], members[n.variable]));
    counts[node] = std::move(count);
  }
  return counts[family];
}

namespace {

bool Walk(const NodeStore& store, DiagramNode family, std::vector<uint32_t>& set,
          const std::function<bool(const std::vector<uint32_t>&)>& visit) {
  if (family == kEndFalse) return true;
  if (family == kEndTrue) return visit(set);
  const NodeStore::Node& node = store.at(family);
  set.push_back(node.variable);
  const bool go_on = Walk(store, node.high, set, visit);
  set.pop_back();
  return go_on && Walk(store, node.low, set, visit);
}

}  // namespace

bool SetFamilies::ForEach(DiagramNode family,
                          const std::function<bool(const std::vector<uint32_t>&)>& visit) const {
  std::vector<uint32_t> set;
  return Walk(store_, family, set, visit);
}

DiagramNode SetFamilies::Containing(DiagramNode family, uint32_t place) {
  if (family == kNoNode) return kNoNode;
  if (family <= kEndTrue || store_.VariableOf(family) > place) return kEndFalse;
  const NodeStore::Node node = store_.at(family);
  if (node.variable == place) return node.high;
  if (const DiagramNode known = store_.Recall(kContaining, family, place); known != kNoNode) return known;
  const DiagramNode high = Containing(node.high, place), low = Containing(node.low, place);
  if (high == kNoNode || low == kNoNode) return kNoNode;
  const DiagramNode result = Node(node.variable, high, low);
  store_.Keep(kContaining, family, place, result);
  return result;
}

}  // namespace linchpin::engine
