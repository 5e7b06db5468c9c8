#include "services/engine/structure/conditional.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

// The nodes below a root in few bytes, children before parents, by place falling.
struct Compact {
  struct Node {
    uint32_t place;
    uint32_t high;  // Into nodes; 0 and 1 are the ends.
    uint32_t low;
  };
  std::vector<Node> nodes;
  std::vector<uint32_t> begin_of;  // By place: the first node of it or of an earlier place.
};

Compact Compress(const NodeStore& store, DiagramNode root, size_t places) {
  std::vector<DiagramNode> below = store.Below(root);
  std::stable_sort(below.begin(), below.end(), [&store](DiagramNode a, DiagramNode b) {
    return store.VariableOf(a) > store.VariableOf(b);
  });
  std::vector<uint32_t> number(root + 1, 0);
  number[kEndTrue] = 1;
  Compact compact{{{UINT32_MAX, 0, 0}, {UINT32_MAX, 1, 1}}, std::vector<uint32_t>(places + 1, 0)};
  for (DiagramNode node : below) {
    const NodeStore::Node& n = store.at(node);
    number[node] = static_cast<uint32_t>(compact.nodes.size());
    compact.nodes.push_back({n.variable, number[n.high], number[n.low]});
  }
  uint32_t at = 2;
  for (size_t place = places; place-- > 0;) {
    while (at < compact.nodes.size() && compact.nodes[at].place > place) ++at;
    compact.begin_of[place] = at;
  }
  return compact;
}

double Weigh(const Compact& compact, const std::vector<double>& chance, uint32_t from,
             std::vector<double>& of) {
  for (uint32_t i = from; i < compact.nodes.size(); ++i) {
    const Compact::Node& node = compact.nodes[i];
    of[i] = chance[node.place] * of[node.high] + (1 - chance[node.place]) * of[node.low];
  }
  return of.back();
}

// Birnbaum: over the nodes of each place, the chance of coming there times what the branch decides.
std::vector<double> Differences(const Compact& compact, const std::vector<double>& chance,
                                const std::vector<double>& of) {
  std::vector<double> reach(compact.nodes.size(), 0), difference(chance.size(), 0);
  reach.back() = 1;
  for (size_t i = compact.nodes.size(); i-- > 2;) {
    const Compact::Node& node = compact.nodes[i];
    reach[node.high] += reach[i] * chance[node.place];
    reach[node.low] += reach[i] * (1 - chance[node.place]);
    difference[node.place] += reach[i] * (of[node.high] - of[node.low]);
  }
  return difference;
}

}  // namespace

ConditionalChances FindConditionals(const DecisionDiagram& diagram, DiagramNode root,
                                    const std::vector<double>& chance) {
  ConditionalChances result;
  const double constant = root == kEndTrue ? 1 : 0;
  result.plain = constant;
  result.if_true.assign(chance.size(), constant);
  result.if_false.assign(chance.size(), constant);
  result.difference.assign(chance.size(), 0);
  if (root <= kEndTrue) return result;
  const Compact compact = Compress(diagram.store(), root, chance.size());
  std::vector<double> of(compact.nodes.size(), 0);
  of[1] = 1;
  result.plain = Weigh(compact, chance, 2, of);
  result.difference = Differences(compact, chance, of);
  std::vector<double> fixed = chance, again = of;
  for (uint32_t place = 0; place < chance.size(); ++place) {
    // What comes later in the order stays as it is.
    std::copy(of.begin(), of.begin() + compact.begin_of[place], again.begin());
    fixed[place] = 1;
    result.if_true[place] = Weigh(compact, fixed, compact.begin_of[place], again);
    fixed[place] = 0;
    result.if_false[place] = Weigh(compact, fixed, compact.begin_of[place], again);
    fixed[place] = chance[place];
  }
  return result;
}

}  // namespace linchpin::engine
