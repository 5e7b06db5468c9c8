// The demand of routes that state none: that of what depends on them (knowledge.md K8).
#include <algorithm>
#include <set>

#include "services/engine/graph/graph_editor.h"

namespace linchpin::engine {

// Routes that the change has written, or of which it may have changed who puts them first, or with what
// demand.
std::vector<ConsumerIndex> GraphEditor::RoutesToSettle() const {
  std::set<ConsumerIndex> routes;
  const auto add = [&](std::optional<ConsumerIndex> consumer) {
    if (!consumer.has_value() || !graph_->consumers_.IsLive(*consumer)) return;
    if (graph_->consumers_[*consumer].record().kind == ConsumerKind::kRoute) routes.insert(*consumer);
  };
  for (const GroupFacts& facts : changes_.groups) {
    add(graph_->consumers_.Find(facts.consumer));
    if (!facts.alternatives.empty()) add(graph_->consumers_.Find(facts.alternatives[0].target));
  }
  for (const auto* entries : {&reverse_removed_, &reverse_added_}) {
    for (const auto& [target, dependent] : *entries) {
      if (target.is_consumer()) add(target.consumer());
    }
  }
  return {routes.begin(), routes.end()};
}

int64_t GraphEditor::DemandOf(ConsumerIndex route) const {
  int64_t units = 0;
  graph_->ForEachDependent(Target(route), [&](const Dependent& dependent) {
    if (dependent.alternative() != 0) return;
    const ConsumerView consumer = graph_->consumers_[dependent.consumer()];
    units = std::min(kUnitsMax, units + consumer.group(dependent.group()).terms().units);
  });
  return std::max<int64_t>(units, 1);
}

void GraphEditor::SettleRoutes() {
  for (const ConsumerIndex route : RoutesToSettle()) {
    const ConsumerView view = graph_->consumers_[route];
    if (view.group_count() == 0 || (view.group(0).terms().assumed & kUnitsAssumed) == 0) continue;
    const int64_t units = DemandOf(route);
    if (view.group(0).terms().units == units) continue;
    const uint32_t number = route.value / ConsumerChunk::kConsumers;
    const std::shared_ptr<const ConsumerChunk> before = graph_->consumers_.chunks_[number];
    ChunkWriter writer(before.get());
    for (uint32_t local = 0; local < ConsumerChunk::kConsumers; ++local) {
      if (local != ConsumerTable::Local(route)) {
        writer.Carry(local);
        continue;
      }
      ConsumerDraft draft = DraftOf(*before, local);
      draft.groups[0].terms.units = units;
      writer.Write(draft);
    }
    graph_->consumers_.chunks_[number] = writer.Finish();
  }
}

}  // namespace linchpin::engine
