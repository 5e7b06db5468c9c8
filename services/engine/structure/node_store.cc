#include "services/engine/structure/node_store.h"

#include <algorithm>
#include <string>

namespace linchpin::engine {
namespace {

constexpr size_t kFirstPlaces = size_t{1} << 14;
constexpr size_t kCheckEvery = 4096;

uint64_t Mix(uint64_t a, uint64_t b, uint64_t c) {
  uint64_t z = a * 0x9E3779B97F4A7C15u ^ (b << 32 | c) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 31) * 0x94D049BB133111EBu;
  return z ^ z >> 29;
}

}  // namespace

NodeStore::NodeStore(DiagramLimits limits)
    : limits_(std::move(limits)),
      nodes_{{kEndVariable, 0, 0}, {kEndVariable, 1, 1}},
      table_(kFirstPlaces, 0),
      cache_(kFirstPlaces) {}

bool NodeStore::MayAdd() {
  if (!status_.ok()) return false;
  if (nodes_.size() >= limits_.nodes_max) {
    status_ = absl::ResourceExhaustedError("the decision diagram needs more than " +
                                           std::to_string(limits_.nodes_max) + " nodes");
  } else if (nodes_.size() % kCheckEvery == 0 && limits_.cancelled && limits_.cancelled()) {
    status_ = absl::CancelledError("the evaluation was cancelled");
  }
  return status_.ok();
}

DiagramNode NodeStore::Make(uint32_t variable, DiagramNode high, DiagramNode low) {
  if (high == kNoNode || low == kNoNode) return kNoNode;
  size_t place = Mix(variable, high, low) & (table_.size() - 1);
  for (; table_[place] != 0; place = (place + 1) & (table_.size() - 1)) {
    const Node& node = nodes_[table_[place]];
    if (node.variable == variable && node.high == high && node.low == low) return table_[place];
  }
  if (!MayAdd()) return kNoNode;
  const DiagramNode made = static_cast<DiagramNode>(nodes_.size());
  nodes_.push_back({variable, high, low});
  table_[place] = made;
  if (nodes_.size() * 2 > table_.size()) Grow();
  return made;
}

// The cache grows with the table, and forgets what it held.
void NodeStore::Grow() {
  table_.assign(table_.size() * 2, 0);
  for (DiagramNode node = 2; node < nodes_.size(); ++node) {
    size_t place = Mix(nodes_[node].variable, nodes_[node].high, nodes_[node].low) & (table_.size() - 1);
    while (table_[place] != 0) place = (place + 1) & (table_.size() - 1);
    table_[place] = node;
  }
  std::vector<Operation> smaller(table_.size() / 2);
  smaller.swap(cache_);
  for (const Operation& kept : smaller) {
    if (kept.result != kNoNode) Keep(kept.operation, kept.a, kept.b, kept.result);
  }
}

DiagramNode NodeStore::Recall(uint32_t operation, DiagramNode a, DiagramNode b) const {
  const Operation& kept = cache_[Mix(operation, a, b) & (cache_.size() - 1)];
  return kept.operation == operation && kept.a == a && kept.b == b ? kept.result : kNoNode;
}

void NodeStore::Keep(uint32_t operation, DiagramNode a, DiagramNode b, DiagramNode result) {
  if (result == kNoNode) return;
  cache_[Mix(operation, a, b) & (cache_.size() - 1)] = {operation, a, b, result};
}

std::vector<DiagramNode> NodeStore::Below(DiagramNode root) const {
  if (root <= kEndTrue) return {};
  std::vector<bool> met(root + 1, false);
  met[root] = true;
  for (DiagramNode node = root; node > kEndTrue; --node) {
    if (met[node]) met[nodes_[node].high] = met[nodes_[node].low] = true;
  }
  std::vector<DiagramNode> below;
  for (DiagramNode node = 2; node <= root; ++node) {
    if (met[node]) below.push_back(node);
  }
  return below;
}

}  // namespace linchpin::engine
