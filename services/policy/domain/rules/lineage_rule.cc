#include "services/policy/domain/rules/lineage_rule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/engine/knowledge/ownership.h"
#include "services/policy/domain/findings/finding_words.h"
#include "services/policy/domain/rules/lineage_offender.h"

namespace linchpin::policy {

struct LineageEvaluator::Found {
  // By discriminator key, then name of the node.
  std::map<std::pair<std::string, std::string>, LineageOffender> offenders;
  MissingFacts missing;
  LikelyFacts leaned;
  bool anything = false;
};

namespace {

using engine::Truth;

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

LineageEvaluator::LineageEvaluator(const World& world, Workspace& workspace, const BoundRule& rule)
    : world_(world),
      rule_(rule),
      spec_(std::get<LineageSpec>(rule.spec)),
      judge_(workspace.JudgeOf(rule)),
      walk_(workspace.WalkOf(rule.select.kind(), spec_.primary_only)),
      meetings_(workspace.meetings()) {}
LineageEvaluator::~LineageEvaluator() = default;

SubjectResult LineageEvaluator::Evaluate(std::string_view subject, bool explain) {
  const engine::Graph& graph = world_.graph();
  if (rule_.select.kind() == v1::SUBJECT_KIND_MODEL) return EvaluateModel(subject, explain);
  Found found;
  if (rule_.select.kind() == v1::SUBJECT_KIND_DEPLOYMENT) {
    if (const auto deployment = graph.deployments().Find(subject)) {
      Gather(judge_.Judge(*deployment), *deployment, {std::string(subject)}, found);
    }
    return Conclude(found, explain);
  }
  const std::vector<SupplyWalk::Reached>* const reached = walk_.From(subject);
  visits_ += walk_.visits();
  if (reached == nullptr) return Conclude(found, explain);
  if (std::optional<SubjectResult> result = Tally(*reached)) {
    if (!explain || result->outcome != v1::OUTCOME_VIOLATION) return *std::move(result);
  }
  for (const SupplyWalk::Reached& one : *reached) {
    const DeploymentVerdict& verdict = judge_.Judge(one.deployment);
    found.anything = true;
    if (!verdict.clean || verdict.leaned) Gather(verdict, one.deployment, walk_.PathTo(one), found);
  }
  return Conclude(found, explain);
}

std::optional<SubjectResult> LineageEvaluator::Tally(const std::vector<SupplyWalk::Reached>& reached) {
  meetings_.Begin();
  ++tally_;
  open_.clear();
  SubjectResult result;
  for (const SupplyWalk::Reached& one : reached) {
    if (judge_.IsClear(one.deployment)) continue;
    const DeploymentVerdict& verdict = judge_.Judge(one.deployment);
    // Where likely facts or an unknown model have a say, names and ways tell what is what; and so they do
    // where what is open counts as an offence.
    if (!verdict.plain) return std::nullopt;
    if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION && !verdict.open.empty()) return std::nullopt;
    if (verdict.model != nullptr) {
      for (const ModelOffence& offence : verdict.model->offences)
        result.violation_count += meetings_.Meet(offence.node) ? 1 : 0;
    }
    if (!verdict.host.offences.empty())
      result.violation_count += meetings_.Meet(*world_.graph().deployments()[one.deployment].host) ? 1 : 0;
    for (const uint32_t fact : verdict.open) MeetOpen(fact);
  }
  result.open = !open_.empty() && rule_.on_unknown != v1::UNKNOWN_HANDLING_IGNORE;
  if (result.violation_count > 0) {
    result.outcome = v1::OUTCOME_VIOLATION;
  } else if (result.open) {
    result.open = false;
    result.outcome = v1::OUTCOME_INDETERMINATE;
    for (const uint32_t fact : open_) result.missing.push_back(judge_.FactOf(fact));
    SortUnique(result.missing);
  } else {
    result.outcome = reached.empty() ? v1::OUTCOME_NO_DATA : v1::OUTCOME_PASS;
  }
  return result;
}

void LineageEvaluator::MeetOpen(uint32_t fact) {
  if (met_.size() <= fact) met_.resize(judge_.fact_count());
  if (met_[fact] == tally_) return;
  met_[fact] = tally_;
  open_.push_back(fact);
}

SubjectResult LineageEvaluator::EvaluateModel(std::string_view subject, bool explain) {
  Found found;
  if (const auto model = world_.graph().models().Find(subject)) {
    found.anything = true;
    GatherModel(judge_.Judge(*model), {}, found);
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
    facets.push_back(FacetWords(facet.facet));
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
    for (const v1::OriginFacet facet : spec_.facets) facets.push_back(FacetWords(facet));
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
  const std::string facet = absl::StrJoin(facets, ", "), country = absl::StrJoin(countries, ", "),
                    path = absl::StrJoin(paths.front(), " -> ");
  const bool is_subject = paths.front().size() == 1;
  violation.evidence.texts = {
      {"node", std::string(node)},
      {"facet", facet},
      {"country", country},
      {"path", path},
      {"reason", is_subject ? absl::StrCat("itself has ", facet, " ", country)
                            : absl::StrCat("depends on ", std::string(node), " (", facet, ": ", country,
                                           ") through ", path)}};
  return violation;
}

}  // namespace linchpin::policy
