#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {
namespace {

using Changes = std::vector<ReverseIndex::Change>;

// Points the alternatives of a draft at the places of their targets, and lists them by target.
void Move(const absl::flat_hash_map<uint32_t, uint32_t>& place_of, ConsumerIndex consumer,
          ConsumerDraft& draft, Changes& on_deployments, Changes& on_consumers) {
  for (uint32_t group = 0; group < draft.groups.size(); ++group) {
    std::vector<AlternativeDraft>& alternatives = draft.groups[group].alternatives;
    for (uint32_t k = 0; k < alternatives.size(); ++k) {
      Target& target = alternatives[k].target;
      const Dependent dependent = Dependent::Of(consumer, group, k);
      if (!target.is_consumer()) {
        on_deployments.push_back({target.deployment().value, dependent});
        continue;
      }
      target = Target(ConsumerIndex{place_of.find(target.consumer().value)->second});
      on_consumers.push_back({target.consumer().value, dependent});
    }
  }
}

}  // namespace

std::shared_ptr<const Graph> Graph::Restrict(std::span<const ConsumerIndex> kept) const {
  std::shared_ptr<Graph> graph(new Graph(*this, WithoutConsumers{}));
  absl::flat_hash_map<uint32_t, uint32_t> place_of;
  for (uint32_t i = 0; i < kept.size(); ++i) place_of[kept[i].value] = i;
  ConsumerTable& table = graph->consumers_;
  table.slots_ = static_cast<uint32_t>(kept.size());
  Changes on_deployments, on_consumers;
  for (uint32_t first = 0; first < kept.size(); first += ConsumerChunk::kConsumers) {
    ChunkWriter writer(nullptr);
    const size_t last = std::min(kept.size(), size_t{first} + ConsumerChunk::kConsumers);
    for (uint32_t i = first; i < last; ++i) {
      ConsumerDraft draft = DraftOf(consumers_.chunk(kept[i]), ConsumerTable::Local(kept[i]));
      Move(place_of, {i}, draft, on_deployments, on_consumers);
      table.names_.Insert(draft.name, i);
      writer.Write(draft);
    }
    table.chunks_.push_back(writer.Finish());
  }
  table.Renumber();
  std::sort(on_deployments.begin(), on_deployments.end());
  std::sort(on_consumers.begin(), on_consumers.end());
  graph->on_deployments_.Update({}, on_deployments);
  graph->on_consumers_.Update({}, on_consumers);
  table.names_.Freeze();
  graph->on_deployments_.Freeze();
  graph->on_consumers_.Freeze();
  return graph;
}

bool Graph::SharesFactsWith(const Graph& other) const {
  return vendors_.SharesAll(other.vendors_) && hosts_.SharesAll(other.hosts_) &&
         licences_.SharesAll(other.licences_) && models_.SharesAll(other.models_) &&
         deployments_.SharesAll(other.deployments_);
}

}  // namespace linchpin::engine
