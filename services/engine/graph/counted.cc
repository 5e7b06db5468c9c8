#include "services/engine/graph/counted.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

bool HasApplication(const ConsumerTable& consumers) {
  for (ConsumerIndex index : consumers) {
    if (consumers[index].record().kind == ConsumerKind::kApplication) return true;
  }
  return false;
}

}  // namespace

Counted::Counted(const Graph& graph, Selected selected) : graph_(&graph), selected_(std::move(selected)) {
  const ConsumerTable& consumers = graph.consumers();
  if (HasApplication(consumers)) return;
  stands_in_.assign(consumers.slots(), false);
  for (ConsumerIndex index : consumers) {
    stands_in_[index.value] = consumers[index].record().kind == ConsumerKind::kRoute && IsSelected(index);
  }
  for (ConsumerIndex index : consumers) {
    const ConsumerView consumer = consumers[index];
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
      for (Target target : consumer.group(ordinal).targets()) {
        if (target.is_consumer()) stands_in_[target.consumer().value] = false;
      }
    }
  }
  stand_ins_ = std::count(stands_in_.begin(), stands_in_.end(), true);
}

bool Counted::IsApplication(ConsumerIndex consumer) const {
  if (!IsSelected(consumer)) return false;
  return graph_->consumers()[consumer].record().kind == ConsumerKind::kApplication || StandsIn(consumer);
}

bool Counted::IsCounted(ConsumerIndex consumer) const {
  if (!IsSelected(consumer)) return false;
  return graph_->consumers()[consumer].record().kind != ConsumerKind::kRoute || StandsIn(consumer);
}

bool Counted::IsBusinessService(ConsumerIndex consumer) const {
  return IsSelected(consumer) &&
         graph_->consumers()[consumer].record().kind == ConsumerKind::kBusinessService;
}

int64_t Counted::WeightOf(ConsumerIndex consumer) const {
  if (!IsSelected(consumer)) return 0;
  return StandsIn(consumer) ? 1 : graph_->consumers()[consumer].record().weight;
}

}  // namespace linchpin::engine
