#include "services/policy/domain/rules/model_lineage.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace linchpin::policy {

using engine::ModelIndex;
using engine::Truth;

// One model of a lineage. `open_edge` is set when every way to it has a derivation of unspecified relation:
// the model that has it.
struct ModelLineage::Node {
  ModelIndex model;
  size_t from = 0;  // Place of the node it was reached from.
  int depth = 0;
  std::optional<ModelIndex> open_edge;
};

namespace {

template <typename Node>
std::vector<ModelIndex> PathTo(const std::vector<Node>& nodes, size_t at) {
  std::vector<ModelIndex> path = {nodes[at].model};
  while (at != 0) {
    at = nodes[at].from;
    path.push_back(nodes[at].model);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace

ModelLineage::ModelLineage(const engine::Graph& graph, const LineageSpec& spec)
    : graph_(graph), spec_(spec), verdicts_(graph.models().slots()) {}
ModelLineage::~ModelLineage() = default;

const ModelVerdict& ModelLineage::Judge(ModelIndex model) {
  std::unique_ptr<ModelVerdict>& verdict = verdicts_[model.value];
  if (verdict != nullptr) return *verdict;
  verdict = std::make_unique<ModelVerdict>();
  std::vector<Node> nodes;
  Walk(model, nodes, *verdict);
  for (size_t at = spec_.exclude_self ? 1 : 0; at < nodes.size(); ++at) JudgeNode(nodes, at, *verdict);
  return *verdict;
}

// Breadth first along what certainly carries; then along what may, so that a way that is certain comes before
// any that is not.
void ModelLineage::Walk(ModelIndex model, std::vector<Node>& nodes, ModelVerdict& verdict) {
  nodes.push_back({model, 0, 0, std::nullopt});
  if (spec_.reach == engine::Reach::kDirect) return;
  std::unordered_set<uint32_t> seen = {model.value};
  std::vector<Node> uncertain;
  size_t at = 0, next_uncertain = 0;
  while (true) {
    for (; at < nodes.size(); ++at) {
      const Node node = nodes[at];
      const engine::Model& record = graph_.models()[node.model];
      const auto gap = [&](ModelIndex holder, const char* path) {
        verdict.gaps.push_back({node.model, PathTo(nodes, at), {graph_.models()[holder].name, path}});
      };
      if (record.derivations.is_unknown()) {
        node.open_edge ? gap(*node.open_edge, "derivations.relation") : gap(node.model, "derivations");
      }
      if (!record.derivations.has_value()) continue;
      for (const engine::Derivation& derivation : record.derivations.value()) {
        const Truth carries = engine::Carries(derivation.relation, spec_.reach);
        if (carries == Truth::kFalse) continue;
        if (node.depth == spec_.max_depth) {
          gap(node.model, "derivations");
          verdict.gaps.back().fact.beyond_depth = true;
          break;
        }
        Node next{derivation.base, at, node.depth + 1, node.open_edge};
        if (carries == Truth::kUnknown) {
          if (!next.open_edge) next.open_edge = node.model;
          uncertain.push_back(next);
        } else if (seen.insert(derivation.base.value).second) {
          nodes.push_back(next);
        }
      }
    }
    while (next_uncertain < uncertain.size() && seen.contains(uncertain[next_uncertain].model.value))
      ++next_uncertain;
    if (next_uncertain == uncertain.size()) return;
    seen.insert(uncertain[next_uncertain].model.value);
    nodes.push_back(uncertain[next_uncertain++]);
  }
}

void ModelLineage::JudgeNode(const std::vector<Node>& nodes, size_t at, ModelVerdict& verdict) {
  const Node& node = nodes[at];
  ModelOffence offence{node.model, {}, {}};
  for (const v1::OriginFacet facet : spec_.facets) {
    if (!IsModelFacet(facet)) continue;
    const FacetReading reading = ReadModelFacet(graph_, node.model, facet);
    if (reading.is_none || (reading.country && spec_.Allows(*reading.country))) continue;
    if (node.open_edge) {
      const std::string& holder = graph_.models()[*node.open_edge].name;
      verdict.gaps.push_back({node.model, PathTo(nodes, at), {holder, "derivations.relation"}});
    } else if (reading.country) {
      offence.facets.push_back(reading);
    } else {
      verdict.gaps.push_back(
          {node.model, PathTo(nodes, at), {std::string(reading.resource), std::string(reading.path)}});
    }
  }
  if (offence.facets.empty()) return;
  offence.path = PathTo(nodes, at);
  verdict.offences.push_back(std::move(offence));
}

}  // namespace linchpin::policy
