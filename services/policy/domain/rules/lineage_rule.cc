#include "services/policy/domain/rules/lineage_rule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_join.h"

namespace linchpin::policy {

// A model or host that offends, with the ways that lead to it.
struct LineageOffender {
  std::vector<FacetReading> facets;
  MissingFacts unknown;  // Unknown facts that count as a violation (on_unknown VIOLATION).
  std::vector<std::vector<std::string>> paths;
};

struct LineageEvaluator::Found {
  // By discriminator key, then name of the node.
  std::map<std::pair<std::string, std::string>, LineageOffender> offenders;
  MissingFacts missing;
  bool anything = false;
};

namespace {

void AddFacets(const std::vector<FacetReading>& facets, LineageOffender& offender) {
  for (const FacetReading& facet : facets) {
    const bool known =
        std::any_of(offender.facets.begin(), offender.facets.end(), [&](const FacetReading& other) {
          return other.facet == facet.facet && other.resource == facet.resource;
        });
    if (!known) offender.facets.push_back(facet);
  }
}

// Shortest first, then by names.
void SortPaths(std::vector<std::vector<std::string>>& paths) {
  std::sort(paths.begin(), paths.end(),
            [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
}

}  // namespace

LineageEvaluator::LineageEvaluator(const World& world, const BoundRule& rule)
    : world_(world),
      rule_(rule),
      spec_(std::get<LineageSpec>(rule.spec)),
      lineage_(world.graph(), spec_),
      walk_(world.graph()),
      verdicts_(world.graph().deployments().slots()),
      model_met_(world.graph().models().slots()),
      host_met_(world.graph().hosts().slots()) {}
LineageEvaluator::~LineageEvaluator() = default;

const LineageEvaluator::DeploymentVerdict& LineageEvaluator::Judge(engine::DeploymentIndex index) {
  std::unique_ptr<DeploymentVerdict>& verdict = verdicts_[index.value];
  if (verdict != nullptr) return *verdict;
  verdict = std::make_unique<DeploymentVerdict>();
  const engine::Deployment& deployment = world_.graph().deployments()[index];
  if (deployment.model) verdict->model = &lineage_.Judge(*deployment.model);
  for (const v1::OriginFacet facet : spec_.facets) {
    if (IsModelFacet(facet)) continue;
    const FacetReading reading = ReadHostFacet(world_.graph(), index, facet);
    if (reading.is_none || (reading.country && spec_.Allows(*reading.country))) continue;
    if (reading.country) {
      verdict->host.offences.push_back(reading);
    } else {
      verdict->host.gaps.push_back({std::string(reading.resource), std::string(reading.path)});
    }
  }
  verdict->clean = verdict->model != nullptr && verdict->model->offences.empty() &&
                   verdict->model->gaps.empty() && verdict->host.offences.empty() &&
                   verdict->host.gaps.empty();
  return *verdict;
}

SubjectResult LineageEvaluator::Evaluate(std::string_view subject, bool explain) {
  const engine::Graph& graph = world_.graph();
  if (rule_.select.kind() == v1::SUBJECT_KIND_MODEL) return EvaluateModel(subject, explain);
  Found found;
  if (rule_.select.kind() == v1::SUBJECT_KIND_DEPLOYMENT) {
    if (const auto deployment = graph.deployments().Find(subject)) {
      Gather(Judge(*deployment), *deployment, {std::string(subject)}, found);
    }
    return Conclude(found, explain);
  }
  if (walk_.visits() > kVisitsMax) {
    SubjectResult result;
    result.outcome = v1::OUTCOME_ERROR;
    result.error = "the subjects lead past more alternatives than one evaluation looks at: select fewer";
    return result;
  }
  const std::vector<SupplyWalk::Reached>* reached = nullptr;
  if (rule_.select.kind() == v1::SUBJECT_KIND_DEPENDENCY) {
    const auto place = FindDependency(graph, subject);
    if (place) reached = &walk_.FromDependency(*place, spec_.primary_only);
  } else if (const auto consumer = graph.consumers().Find(subject)) {
    reached = &walk_.FromConsumer(*consumer, spec_.primary_only);
  }
  if (reached == nullptr) return Conclude(found, explain);
  if (!explain) {
    if (std::optional<SubjectResult> result = Tally(*reached)) return *std::move(result);
  }
  for (const SupplyWalk::Reached& one : *reached) {
    const DeploymentVerdict& verdict = Judge(one.deployment);
    found.anything = true;
    if (!verdict.clean) Gather(verdict, one.deployment, walk_.PathTo(one), found);
  }
  return Conclude(found, explain);
}

std::optional<SubjectResult> LineageEvaluator::Tally(const std::vector<SupplyWalk::Reached>& reached) {
  if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) return std::nullopt;
  ++tally_;
  bool clean = true;
  SubjectResult result;
  const auto meet = [&](uint32_t& met) {
    if (met != tally_) ++result.violation_count;
    met = tally_;
  };
  for (const SupplyWalk::Reached& one : reached) {
    const DeploymentVerdict& verdict = Judge(one.deployment);
    if (verdict.clean) continue;
    clean = false;
    if (verdict.model != nullptr) {
      for (const ModelOffence& offence : verdict.model->offences) meet(model_met_[offence.node.value]);
    }
    if (!verdict.host.offences.empty()) {
      meet(host_met_[world_.graph().deployments()[one.deployment].host->value]);
    }
  }
  // Missing facts have names; only where they decide are they looked for.
  if (result.violation_count == 0 && !clean) return std::nullopt;
  result.outcome = reached.empty() ? v1::OUTCOME_NO_DATA : clean ? v1::OUTCOME_PASS : v1::OUTCOME_VIOLATION;
  return result;
}

SubjectResult LineageEvaluator::EvaluateModel(std::string_view subject, bool explain) {
  Found found;
  if (const auto model = world_.graph().models().Find(subject)) {
    found.anything = true;
    GatherModel(lineage_.Judge(*model), {}, found);
  }
  return Conclude(found, explain);
}

void LineageEvaluator::Gather(const DeploymentVerdict& verdict, engine::DeploymentIndex index,
                              const std::vector<std::string>& way, Found& found) const {
  found.anything = true;
  const engine::Deployment& deployment = world_.graph().deployments()[index];
  const bool counts = rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION;
  if (verdict.model != nullptr) {
    GatherModel(*verdict.model, way, found);
  } else if (counts) {
    LineageOffender& offender = found.offenders[{"deployment", deployment.name}];
    offender.unknown.push_back({deployment.name, "model"});
    offender.paths.push_back(way);
  } else {
    found.missing.push_back({deployment.name, "model"});
  }
  if (verdict.host.offences.empty() && verdict.host.gaps.empty()) return;
  if (!verdict.host.offences.empty() || counts) {
    const bool has_host = deployment.host.has_value();
    const std::string node = has_host ? world_.graph().hosts()[*deployment.host].name : deployment.name;
    LineageOffender& offender = found.offenders[{has_host ? "host" : "deployment", node}];
    AddFacets(verdict.host.offences, offender);
    if (counts) {
      offender.unknown.insert(offender.unknown.end(), verdict.host.gaps.begin(), verdict.host.gaps.end());
    }
    offender.paths.push_back(way);
    if (has_host) offender.paths.back().push_back(node);
  }
  if (!counts) found.missing.insert(found.missing.end(), verdict.host.gaps.begin(), verdict.host.gaps.end());
}

void LineageEvaluator::GatherModel(const ModelVerdict& verdict, const std::vector<std::string>& way,
                                   Found& found) const {
  const engine::ModelTable& models = world_.graph().models();
  const auto add = [&](engine::ModelIndex node,
                       const std::vector<engine::ModelIndex>& path) -> LineageOffender& {
    LineageOffender& offender = found.offenders[{"model", models[node].name}];
    std::vector<std::string>& names = offender.paths.emplace_back(way);
    for (const engine::ModelIndex model : path) names.push_back(models[model].name);
    return offender;
  };
  for (const ModelOffence& offence : verdict.offences)
    AddFacets(offence.facets, add(offence.node, offence.path));
  for (const ModelGap& gap : verdict.gaps) {
    if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) {
      add(gap.node, gap.path).unknown.push_back(gap.fact);
    } else {
      found.missing.push_back(gap.fact);
    }
  }
}

SubjectResult LineageEvaluator::Conclude(const Found& found, bool explain) const {
  SubjectResult result;
  if (!found.anything) {
    result.outcome = v1::OUTCOME_NO_DATA;
  } else if (!found.offenders.empty()) {
    result.outcome = v1::OUTCOME_VIOLATION;
    result.violation_count = static_cast<int64_t>(found.offenders.size());
    result.open = !found.missing.empty() && rule_.on_unknown != v1::UNKNOWN_HANDLING_IGNORE;
    if (!explain) return result;
    for (const auto& [node, offender] : found.offenders) {
      result.violations.push_back(Explain(node.first, node.second, offender));
    }
  } else if (!found.missing.empty() && rule_.on_unknown != v1::UNKNOWN_HANDLING_IGNORE) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.missing = found.missing;
    SortUnique(result.missing);
  }
  return result;
}

void LineageEvaluator::AddLinks(std::string_view node, v1::OriginFacet facet,
                                v1::Explanation& explanation) const {
  const engine::Graph& graph = world_.graph();
  std::vector<FacetLink> links;
  if (const auto model = graph.models().Find(node)) links = ModelFacetLinks(graph, *model, facet);
  if (const auto host = graph.hosts().Find(node)) links = HostFacetLinks(graph, *host, facet);
  for (const FacetLink& link : links) {
    const bool known = std::any_of(
        explanation.facts().begin(), explanation.facts().end(),
        [&](const auto& fact) { return fact.resource() == link.resource && fact.path() == link.path; });
    // The facts that decide have room left.
    if (known || explanation.facts_size() >= kFactsMax / 2) continue;
    *explanation.add_facts() = world_.FactUsed(link.resource, link.path, link.vendor);
  }
}

Violation LineageEvaluator::Explain(std::string_view key, std::string_view node,
                                    const LineageOffender& offender) const {
  Violation violation;
  violation.discriminators.emplace(key, node);
  violation.related.emplace_back(node);
  std::vector<std::string> facets, countries;
  for (const FacetReading& facet : offender.facets) {
    AddLinks(node, facet.facet, violation.explanation);
    auto fact = world_.FactUsed(facet.resource, facet.path, facet.country->ToString());
    fact.set_derived(facet.derived);
    *violation.explanation.add_facts() = std::move(fact);
    facets.push_back(FacetWord(facet.facet));
    countries.push_back(facet.country->ToString());
  }
  MissingFacts unknown = offender.unknown;
  SortUnique(unknown);
  for (const MissingFact& fact : unknown) {
    if (violation.explanation.facts_size() == kFactsMax) break;
    if (fact.beyond_depth) continue;  // It is known.
    *violation.explanation.add_facts() = world_.FactUsed(fact.resource, fact.path, "");
  }
  if (facets.empty()) {
    for (const v1::OriginFacet facet : spec_.facets) facets.push_back(FacetWord(facet));
    countries.push_back("unknown");
  }
  std::vector<std::vector<std::string>> paths = offender.paths;
  SortPaths(paths);
  if (paths.size() > kPathsMax) paths.resize(kPathsMax);
  for (const std::vector<std::string>& path : paths) {
    auto* names = violation.explanation.add_paths()->mutable_names();
    for (const std::string& name : path) *names->Add() = name;
  }
  std::sort(countries.begin(), countries.end());
  countries.erase(std::unique(countries.begin(), countries.end()), countries.end());
  violation.evidence.texts = {{"node", std::string(node)},
                              {"facet", absl::StrJoin(facets, ", ")},
                              {"country", absl::StrJoin(countries, ", ")},
                              {"path", absl::StrJoin(paths.front(), " -> ")}};
  return violation;
}

}  // namespace linchpin::policy
