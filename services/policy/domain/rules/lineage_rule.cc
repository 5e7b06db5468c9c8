#include "services/policy/domain/rules/lineage_rule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_join.h"
#include "services/engine/knowledge/ownership.h"

namespace linchpin::policy {

// A model or host that offends, with the ways that lead to it.
struct LineageOffender {
  std::vector<FacetReading> facets;
  MissingFacts unknown;  // Unknown facts that count as a violation (on_unknown VIOLATION).
  LikelyFacts likely;    // What it rests on; empty: it is proven.
  bool proven = false;   // Something of it is.
  std::vector<std::vector<std::string>> paths;

  bool is_likely() const { return !likely.empty() && unknown.empty(); }
};

struct LineageEvaluator::Found {
  // By discriminator key, then name of the node.
  std::map<std::pair<std::string, std::string>, LineageOffender> offenders;
  MissingFacts missing;
  LikelyFacts leaned;
  bool anything = false;
};

namespace {

using engine::Truth;

// What is proven replaces what was only likely.
void AddFacets(const std::vector<FacetReading>& facets, const LikelyFacts& likely,
               LineageOffender& offender) {
  if (facets.empty()) return;
  if (!likely.empty() && offender.proven) return;
  if (likely.empty() && !offender.proven) {
    offender.facets.clear();
    offender.likely.clear();
    offender.proven = true;
  }
  AddLikely(likely, offender.likely);
  for (const FacetReading& facet : facets) {
    const bool known =
        std::any_of(offender.facets.begin(), offender.facets.end(), [&](const FacetReading& other) {
          return other.facet == facet.facet && other.resource == facet.resource;
        });
    if (!known) offender.facets.push_back(facet);
  }
}

// "CN", "one of CN, RU", "none of US": what the facet can be.
std::string CountryText(const FacetReading& facet, bool likely) {
  if (facet.country) return facet.country->ToString();
  const engine::Domain& domain = likely && facet.likely ? *facet.likely : facet.proven;
  std::vector<std::string> codes;
  for (const engine::Member code : domain.values) codes.push_back(engine::CountryOf(code).ToString());
  if (codes.empty()) return "unknown";
  const char* prefix = !domain.listed ? "none of " : codes.size() > 1 ? "one of " : "";
  return prefix + absl::StrJoin(codes, ", ");
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
      lineage_(world.knowledge(), spec_, rule.assurance),
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
  if (deployment.model) {
    verdict->model = &lineage_.Judge(*deployment.model);
  } else {
    JudgeUnknownModel(index, verdict->unknown_model);
  }
  JudgeHost(index, verdict->host);
  const auto clean = [](const auto& part) { return part.offences.empty() && part.gaps.empty(); };
  verdict->clean = (verdict->model == nullptr || clean(*verdict->model)) && clean(verdict->unknown_model) &&
                   clean(verdict->host);
  verdict->leaned = (verdict->model != nullptr && !verdict->model->leaned.empty()) ||
                    !verdict->unknown_model.leaned.empty() || !verdict->host.leaned.empty();
  return *verdict;
}

void LineageEvaluator::JudgeHost(engine::DeploymentIndex index, PartVerdict& verdict) const {
  LineageOffender offender;
  for (const v1::OriginFacet facet : spec_.facets) {
    if (IsModelFacet(facet)) continue;
    const FacetReading reading = ReadHostFacet(world_.knowledge(), index, facet);
    FactDecision decision{Truth::kTrue};
    if (reading.country) decision.truth = engine::Known(spec_.Allows(*reading.country));
    if (!reading.is_known()) decision = JudgeFacet(spec_, rule_.assurance, reading);
    if (decision.truth == Truth::kTrue && decision.likely) AddLikely(reading.fact, verdict.leaned);
    if (decision.truth == Truth::kFalse)
      AddFacets({reading}, decision.likely ? LikelyFacts{reading.fact} : LikelyFacts{}, offender);
    if (decision.truth == Truth::kUnknown)
      verdict.gaps.push_back({std::string(reading.resource), std::string(reading.path)});
  }
  verdict.offences = std::move(offender.facets);
  verdict.likely = std::move(offender.likely);
}

Truth LineageEvaluator::AnyModelAllowed(engine::DeploymentIndex index, bool likely) {
  const engine::Knowledge& knowledge = world_.knowledge();
  const auto domain = [&](engine::FactKind kind) -> const engine::Domain& {
    const engine::OpenFact& open = knowledge.Of(kind, index.value);
    return likely ? open.OnLikely() : open.proven;
  };
  const engine::Domain& models = domain(engine::FactKind::kModel);
  const engine::Domain& developers = domain(engine::FactKind::kDeveloperOfModel);
  engine::OverMembers members;
  if (models.listed) {
    for (const engine::Member model : models.values) members.Add(lineage_.Judge({model}).Allowed(likely));
    return members.truth();
  }
  // What is not in the inventory is asked for its own countries.
  for (const v1::OriginFacet facet : spec_.facets) {
    if (!IsModelFacet(facet)) continue;
    const FacetReading reading = ReadModelOf(knowledge, index, facet);
    members.Add(Allowed(spec_, likely && reading.likely ? *reading.likely : reading.proven));
  }
  if (!developers.listed || members.is_open()) return members.truth();
  for (const engine::Member developer : developers.values) {
    for (const engine::ModelIndex model : knowledge.ModelsBy({developer})) {
      if (models.Allows(model.value)) members.Add(lineage_.Judge(model).Allowed(likely));
    }
  }
  return members.truth();
}

void LineageEvaluator::JudgeUnknownModel(engine::DeploymentIndex index, PartVerdict& verdict) {
  if (!std::any_of(spec_.facets.begin(), spec_.facets.end(), IsModelFacet)) return;
  const engine::Knowledge& knowledge = world_.knowledge();
  const engine::OpenFact& models = knowledge.Of(engine::FactKind::kModel, index.value);
  const engine::OpenFact& developers = knowledge.Of(engine::FactKind::kDeveloperOfModel, index.value);
  const Truth proven = AnyModelAllowed(index, false);
  const bool more = proven == Truth::kUnknown && (models.likely || developers.likely);
  const FactDecision decision =
      DecideByFacts(rule_.assurance, proven, more ? AnyModelAllowed(index, true) : Truth::kUnknown);
  const bool by_model = models.proven.listed || models.likely.has_value();
  const engine::FactRef fact{by_model ? engine::FactKind::kModel : engine::FactKind::kDeveloperOfModel,
                             index.value};
  if (decision.truth == Truth::kTrue && decision.likely) verdict.leaned.push_back(fact);
  if (decision.truth == Truth::kUnknown)
    verdict.gaps.push_back({world_.graph().deployments()[index].name, "model"});
  if (decision.truth != Truth::kFalse) return;
  for (const v1::OriginFacet facet : spec_.facets) {
    if (!IsModelFacet(facet)) continue;
    FacetReading reading = ReadModelOf(knowledge, index, facet);
    reading.fact = fact;
    verdict.offences.push_back(std::move(reading));
  }
  if (decision.likely) verdict.likely.push_back(fact);
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
    if (!verdict.clean || verdict.leaned) Gather(verdict, one.deployment, walk_.PathTo(one), found);
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
    if (verdict.clean && !verdict.leaned) continue;
    clean = false;
    // Where likely facts or an unknown model have a say, names and ways tell what is what.
    if (verdict.leaned || verdict.model == nullptr || !verdict.host.likely.empty()) return std::nullopt;
    for (const ModelOffence& offence : verdict.model->offences) {
      if (!offence.likely.empty()) return std::nullopt;
      meet(model_met_[offence.node.value]);
    }
    const auto& host = world_.graph().deployments()[one.deployment].host;
    if (verdict.host.offences.empty()) continue;
    if (!host) return std::nullopt;
    meet(host_met_[host->value]);
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
  if (verdict.model != nullptr) {
    GatherModel(*verdict.model, way, found);
  } else {
    GatherPart(verdict.unknown_model, "deployment", deployment.name, way, found);
  }
  if (!deployment.host) return GatherPart(verdict.host, "deployment", deployment.name, way, found);
  const std::string& host = world_.graph().hosts()[*deployment.host].name;
  std::vector<std::string> to_host = way;
  to_host.push_back(host);
  GatherPart(verdict.host, "host", host, to_host, found);
}

void LineageEvaluator::GatherPart(const PartVerdict& verdict, const char* key, const std::string& node,
                                  const std::vector<std::string>& way, Found& found) const {
  AddLikely(verdict.leaned, found.leaned);
  const bool counts = rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION && !verdict.gaps.empty();
  if (!verdict.offences.empty() || counts) {
    LineageOffender& offender = found.offenders[{key, node}];
    AddFacets(verdict.offences, verdict.likely, offender);
    if (counts) {
      offender.unknown.insert(offender.unknown.end(), verdict.gaps.begin(), verdict.gaps.end());
    }
    offender.paths.push_back(way);
  }
  if (!counts) found.missing.insert(found.missing.end(), verdict.gaps.begin(), verdict.gaps.end());
}

void LineageEvaluator::GatherModel(const ModelVerdict& verdict, const std::vector<std::string>& way,
                                   Found& found) const {
  AddLikely(verdict.leaned, found.leaned);
  const engine::ModelTable& models = world_.graph().models();
  const auto add = [&](engine::ModelIndex node,
                       const std::vector<engine::ModelIndex>& path) -> LineageOffender& {
    LineageOffender& offender = found.offenders[{"model", models[node].name}];
    std::vector<std::string>& names = offender.paths.emplace_back(way);
    for (const engine::ModelIndex model : path) names.push_back(models[model].name);
    return offender;
  };
  for (const ModelOffence& offence : verdict.offences)
    AddFacets(offence.facets, offence.likely, add(offence.node, offence.path));
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
  const bool open = !found.missing.empty() && rule_.on_unknown != v1::UNKNOWN_HANDLING_IGNORE;
  if (!found.anything) {
    result.outcome = v1::OUTCOME_NO_DATA;
  } else if (!found.offenders.empty()) {
    result.outcome = v1::OUTCOME_VIOLATION;
    result.violation_count = static_cast<int64_t>(found.offenders.size());
    result.likely = std::all_of(found.offenders.begin(), found.offenders.end(),
                                [](const auto& entry) { return entry.second.is_likely(); });
    result.open = open;
    if (!explain) return result;
    for (const auto& [node, offender] : found.offenders) {
      result.violations.push_back(Explain(node.first, node.second, offender));
    }
  } else if (open) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.missing = found.missing;
    SortUnique(result.missing);
  } else {
    result.likely = !found.leaned.empty();
  }
  return result;
}

void LineageEvaluator::AddLinks(std::string_view node, v1::OriginFacet facet,
                                v1::Explanation& explanation) const {
  const engine::Graph& graph = world_.graph();
  std::vector<FacetLink> links;
  if (const auto model = graph.models().Find(node))
    links = ModelFacetLinks(world_.knowledge(), *model, facet);
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

// The fact that decides: a value, or what is known of one that is open.
void LineageEvaluator::AddFact(const FacetReading& facet, Violation& violation) const {
  auto& facts = *violation.explanation.mutable_facts();
  if (!facet.country) {
    *facts.Add() = world_.FactUsed(facet.fact, violation.likely);
    return;
  }
  *facts.Add() = world_.FactUsed(facet.resource, facet.path, facet.country->ToString());
  facts.rbegin()->set_derived(facet.derived);
}

Violation LineageEvaluator::Explain(std::string_view key, std::string_view node,
                                    const LineageOffender& offender) const {
  Violation violation;
  violation.discriminators.emplace(key, node);
  violation.related.emplace_back(node);
  std::vector<std::string> facets, countries;
  violation.likely = offender.is_likely();
  for (const FacetReading& facet : offender.facets) {
    AddLinks(node, facet.facet, violation.explanation);
    AddFact(facet, violation);
    facets.push_back(FacetWord(facet.facet));
    countries.push_back(CountryText(facet, violation.likely));
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
