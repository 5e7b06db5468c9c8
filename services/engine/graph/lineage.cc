#include "services/engine/graph/lineage.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

namespace linchpin::engine {

Owners OwnersOf(const Graph& graph, VendorIndex vendor) {
  Owners owners;
  owners.vendors.push_back(vendor);
  while (graph.vendors()[vendor].parent.has_value()) {
    vendor = graph.vendors()[vendor].parent.value();
    // A graph refuses cycles; the check only keeps a graph in the making from running forever.
    if (std::find(owners.vendors.begin(), owners.vendors.end(), vendor) != owners.vendors.end())
      return owners;
    owners.vendors.push_back(vendor);
  }
  owners.open = graph.vendors()[vendor].parent.is_unknown();
  return owners;
}

Truth Carries(std::optional<Relation> relation, Reach reach) {
  if (reach == Reach::kDirect) return Truth::kFalse;
  if (!relation.has_value()) return Truth::kUnknown;
  if (*relation == Relation::kSyntheticData) return Truth::kFalse;
  if (*relation == Relation::kDistilled) return Known(reach == Reach::kDistilled);
  return Truth::kTrue;
}

std::vector<LineageMember> LineageOf(const Graph& graph, ModelIndex model, Reach reach) {
  std::vector<LineageMember> lineage;
  absl::flat_hash_map<uint32_t, size_t> place;
  auto add = [&](ModelIndex index, Truth member) {
    const bool open = reach != Reach::kDirect && graph.models()[index].derivations.is_unknown();
    place[index.value] = lineage.size();
    lineage.push_back({index, member, open});
  };
  add(model, Truth::kTrue);
  for (size_t at = 0; at < lineage.size(); ++at) {
    for (const Derivation& derivation : graph.models()[lineage[at].model].derivations.value()) {
      const Truth carried = And(lineage[at].member, Carries(derivation.relation, reach));
      if (carried == Truth::kFalse) continue;
      if (!place.contains(derivation.base.value)) add(derivation.base, carried);
    }
  }
  // A member first met over an unspecified relation may also be reached over certain ones: raise until
  // stable.
  for (bool raised = true; raised;) {
    raised = false;
    for (const LineageMember& from : lineage) {
      for (const Derivation& derivation : graph.models()[from.model].derivations.value()) {
        const Truth carried = And(from.member, Carries(derivation.relation, reach));
        if (carried == Truth::kFalse) continue;
        LineageMember& to = lineage[place[derivation.base.value]];
        if (carried <= to.member) continue;
        to.member = carried;
        raised = true;
      }
    }
  }
  return lineage;
}

}  // namespace linchpin::engine
