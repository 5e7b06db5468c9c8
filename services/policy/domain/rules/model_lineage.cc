#include "services/policy/domain/rules/model_lineage.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

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

// Gathers what offends of one node. Proven offences leave no room for likely ones.
class Offences {
 public:
  Offences(const std::vector<ModelIndex>& path) : offence_{path.back(), path, {}, {}} {}

  void Add(FacetReading reading, bool likely) {
    if (!likely && !offence_.likely.empty()) {
      offence_.facets.clear();
      offence_.likely.clear();
      proven_ = true;
    }
    if (likely && proven_) return;
    proven_ = proven_ || !likely;
    if (likely) AddLikely(reading.fact, offence_.likely);
    offence_.facets.push_back(std::move(reading));
  }
  void MoveTo(std::vector<ModelOffence>& offences) {
    if (!offence_.facets.empty()) offences.push_back(std::move(offence_));
  }

 private:
  ModelOffence offence_;
  bool proven_ = false;
};

// How many countries there are codes for.
constexpr int kCodes = 26 * 26;

}  // namespace

Truth ModelVerdict::Allowed(bool likely) const {
  const auto counts = [likely](const ModelOffence& offence) { return likely || offence.likely.empty(); };
  if (std::any_of(offences.begin(), offences.end(), counts)) return Truth::kFalse;
  const bool open = !gaps.empty() || !offences.empty() || (!likely && !leaned.empty());
  return open ? Truth::kUnknown : Truth::kTrue;
}

Truth Allowed(const LineageSpec& spec, const engine::Domain& countries) {
  // A known none adds no country, and so offends nobody.
  bool some_allowed = countries.none, some_denied = false;
  if (countries.listed) {
    for (const engine::Member code : countries.values)
      (spec.Allows(engine::CountryOf(code)) ? some_allowed : some_denied) = true;
  } else {
    // Every code but those taken out; what is not in the inventory is among them.
    int allowed = 0;
    for (int place = 0; place < kCodes; ++place) {
      const engine::Country country{
          {static_cast<char>('A' + place / 26), static_cast<char>('A' + place % 26)}};
      if (!countries.Allows(engine::CodeOf(country))) continue;
      allowed += spec.Allows(country) ? 1 : 0;
      some_denied = some_denied || !spec.Allows(country);
    }
    some_allowed = some_allowed || allowed > 0;
  }
  if (some_allowed && some_denied) return Truth::kUnknown;
  return engine::Known(!some_denied);
}

FactDecision JudgeFacet(const LineageSpec& spec, v1::Assurance assurance, const FacetReading& reading) {
  const Truth proven = Allowed(spec, reading.proven);
  return DecideByFacts(assurance, proven, reading.likely ? Allowed(spec, *reading.likely) : Truth::kUnknown);
}

ModelLineage::ModelLineage(const engine::Knowledge& knowledge, const LineageSpec& spec,
                           v1::Assurance assurance)
    : knowledge_(knowledge),
      graph_(knowledge.graph()),
      spec_(spec),
      assurance_(assurance),
      verdicts_(graph_.models().slots()) {}
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
      const engine::Fact<std::vector<engine::Derivation>>& derivations = knowledge_.DerivationsOf(node.model);
      const ModelIndex stating = knowledge_.StatingModel(node.model, engine::FactKind::kDerivations);
      const auto gap = [&](ModelIndex holder, const char* path) {
        verdict.gaps.push_back({node.model, PathTo(nodes, at), {graph_.models()[holder].name, path}});
      };
      if (derivations.is_unknown()) JudgeUnstated(nodes, at, verdict);
      if (!derivations.has_value()) continue;
      for (const engine::Derivation& derivation : derivations.value()) {
        const Truth carries = engine::Carries(derivation.relation, spec_.reach);
        if (carries == Truth::kFalse) continue;
        if (node.depth == spec_.max_depth) {
          gap(stating, "derivations");
          verdict.gaps.back().fact.beyond_depth = true;
          break;
        }
        Node next{derivation.base, at, node.depth + 1, node.open_edge};
        if (carries == Truth::kUnknown) {
          if (!next.open_edge) next.open_edge = stating;
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

const std::string& ModelLineage::Holder(ModelIndex model) const {
  while (knowledge_.rules().ReadsLines() && graph_.models()[model].version_of)
    model = *graph_.models()[model].version_of;
  return graph_.models()[model].name;
}

// The base models that a node does not state.
void ModelLineage::JudgeUnstated(const std::vector<Node>& nodes, size_t at, ModelVerdict& verdict) {
  const Node& node = nodes[at];
  Offences offences(PathTo(nodes, at));
  bool open = false;
  for (const v1::OriginFacet facet : spec_.facets) {
    if (!IsModelFacet(facet)) continue;
    FacetReading reading = ReadUnstatedBases(knowledge_, node.model, facet);
    const FactDecision decision = JudgeFacet(spec_, assurance_, reading);
    if (decision.truth == Truth::kTrue && decision.likely) AddLikely(reading.fact, verdict.leaned);
    if (decision.truth == Truth::kTrue) continue;
    open = open || decision.truth == Truth::kUnknown || node.open_edge;
    if (decision.truth == Truth::kFalse && !node.open_edge) offences.Add(std::move(reading), decision.likely);
  }
  offences.MoveTo(verdict.offences);
  if (!open) return;
  MissingFact fact{Holder(node.model), "derivations"};
  if (node.open_edge) fact = {graph_.models()[*node.open_edge].name, "derivations.relation"};
  verdict.gaps.push_back({node.model, PathTo(nodes, at), std::move(fact)});
}

void ModelLineage::JudgeNode(const std::vector<Node>& nodes, size_t at, ModelVerdict& verdict) {
  const Node& node = nodes[at];
  Offences offences(PathTo(nodes, at));
  const auto gap = [&](std::string resource, const char* path) {
    verdict.gaps.push_back({node.model, PathTo(nodes, at), {std::move(resource), path}});
  };
  for (const v1::OriginFacet facet : spec_.facets) {
    if (!IsModelFacet(facet)) continue;
    FacetReading reading = ReadModelFacet(knowledge_, node.model, facet);
    FactDecision decision{Truth::kTrue};
    if (reading.country) decision.truth = engine::Known(spec_.Allows(*reading.country));
    if (!reading.is_known()) decision = JudgeFacet(spec_, assurance_, reading);
    if (decision.truth == Truth::kTrue && decision.likely) AddLikely(reading.fact, verdict.leaned);
    if (decision.truth == Truth::kTrue) continue;
    if (node.open_edge) {
      gap(graph_.models()[*node.open_edge].name, "derivations.relation");
    } else if (decision.truth == Truth::kFalse) {
      offences.Add(std::move(reading), decision.likely);
    } else {
      const bool own = reading.resource == graph_.models()[node.model].name;
      gap(own ? Holder(node.model) : std::string(reading.resource), std::string(reading.path).c_str());
    }
  }
  offences.MoveTo(verdict.offences);
}

}  // namespace linchpin::policy
