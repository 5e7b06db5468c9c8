#include "services/policy/domain/rules/access_path_rule.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"

namespace linchpin::policy {

// Somebody who may not be there, as gathered from the ways that lead to them.
struct AccessOffender {
  // A way from the subject to the offender, and what the offender is there.
  struct Way {
    std::vector<std::string> names;
    v1::PartyRole role;
    friend auto operator<=>(const Way&, const Way&) = default;
  };

  std::vector<std::pair<bool, PartyOffence>> offences;  // Likely ones marked.
  std::vector<Way> ways;
  MissingFacts unknown;  // Unknown facts that count as a violation (on_unknown VIOLATION).
  bool proven = false;
};

struct AccessPathEvaluator::Found {
  // By discriminator key, then name of the node.
  std::map<std::pair<std::string, std::string>, AccessOffender> offenders;
  MissingFacts missing;
  LikelyFacts leaned;
  std::optional<absl::Time> due;
  bool anything = false;
};

namespace {

// What is proven replaces what was only likely.
void Add(const PartyOffence& offence, std::vector<std::string> names, AccessOffender& offender) {
  const bool likely = !offence.likely.empty();
  if (likely && offender.proven) return;
  if (!likely && !offender.proven) {
    offender.proven = true;
    offender.offences.clear();
    offender.ways.clear();
  }
  offender.ways.push_back({std::move(names), offence.party.role});
  offender.unknown.insert(offender.unknown.end(), offence.unknown.begin(), offence.unknown.end());
  offender.offences.emplace_back(likely, offence);
}

void AddFact(v1::Explanation::FactUsed fact, v1::Explanation& explanation) {
  const bool known = std::any_of(
      explanation.facts().begin(), explanation.facts().end(),
      [&](const auto& other) { return other.resource() == fact.resource() && other.path() == fact.path(); });
  if (!known && explanation.facts_size() < kFactsMax) *explanation.add_facts() = std::move(fact);
}

// Shortest first, then by names, each once.
void SortWays(std::vector<AccessOffender::Way>& ways) {
  std::sort(ways.begin(), ways.end(), [](const auto& a, const auto& b) {
    return a.names.size() != b.names.size() ? a.names.size() < b.names.size() : a < b;
  });
  ways.erase(std::unique(ways.begin(), ways.end()), ways.end());
}

}  // namespace

AccessPathEvaluator::AccessPathEvaluator(const World& world, Workspace& workspace, const BoundRule& rule)
    : world_(world),
      rule_(rule),
      spec_(std::get<AccessPathSpec>(rule.spec)),
      judge_(world, workspace, spec_, rule.assurance),
      walk_(workspace.WalkOf(rule.select.kind(), spec_.primary_only)) {}

SubjectResult AccessPathEvaluator::Evaluate(std::string_view subject, bool explain) {
  Found found;
  if (rule_.select.kind() == v1::SUBJECT_KIND_DEPLOYMENT) {
    if (const auto deployment = world_.graph().deployments().Find(subject))
      Gather(*deployment, {std::string(subject)}, found);
    return Conclude(found, explain);
  }
  const std::vector<SupplyWalk::Reached>* const reached = walk_.From(subject);
  visits_ += walk_.visits();
  if (reached == nullptr) return Conclude(found, explain);
  for (const SupplyWalk::Reached& one : *reached) {
    const AccessVerdict& verdict = judge_.Judge(one.deployment);
    found.anything = true;
    TakeEarlier(found.due, verdict.due);
    if (!verdict.is_clean()) Gather(one.deployment, walk_.PathTo(one), found);
  }
  return Conclude(found, explain);
}

void AccessPathEvaluator::Gather(engine::DeploymentIndex deployment, const std::vector<std::string>& way,
                                 Found& found) {
  const AccessVerdict& verdict = judge_.Judge(deployment);
  found.anything = true;
  TakeEarlier(found.due, verdict.due);
  AddLikely(verdict.leaned, found.leaned);
  const auto add = [&](const PartyOffence& offence) {
    std::vector<std::string> names = way;
    names.insert(names.end(), offence.party.way.begin(), offence.party.way.end());
    std::pair<std::string, std::string> key{"deployment", way.back()};
    if (offence.vendor) {
      key = {"vendor", world_.graph().vendors()[*offence.vendor].name};
      names.push_back(key.second);
    }
    Add(offence, std::move(names), found.offenders[std::move(key)]);
  };
  for (const PartyOffence& offence : verdict.offences) add(offence);
  for (const PartyOffence& offence : verdict.open) {
    if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) {
      add(offence);
    } else {
      found.missing.insert(found.missing.end(), offence.unknown.begin(), offence.unknown.end());
    }
  }
}

SubjectResult AccessPathEvaluator::Conclude(const Found& found, bool explain) const {
  SubjectResult result;
  result.due = found.due;
  const bool open = !found.missing.empty() && rule_.on_unknown != v1::UNKNOWN_HANDLING_IGNORE;
  if (!found.anything) {
    result.outcome = v1::OUTCOME_NO_DATA;
  } else if (!found.offenders.empty()) {
    result.outcome = v1::OUTCOME_VIOLATION;
    result.violation_count = static_cast<int64_t>(found.offenders.size());
    result.likely = std::none_of(found.offenders.begin(), found.offenders.end(),
                                 [](const auto& entry) { return entry.second.proven; });
    result.open = open;
    if (!explain) return result;
    for (const auto& [node, offender] : found.offenders)
      result.violations.push_back(Explain(node.first, node.second, offender));
  } else if (open) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.missing = found.missing;
    SortUnique(result.missing);
  } else {
    result.likely = !found.leaned.empty();
  }
  return result;
}

Violation AccessPathEvaluator::Explain(const std::string& key, const std::string& node,
                                       const AccessOffender& offender) const {
  Violation violation;
  violation.discriminators.emplace(key, node);
  violation.related.push_back(node);
  violation.likely = !offender.proven;
  std::set<std::string> failed;
  for (const auto& [likely, offence] : offender.offences) {
    failed.insert(offence.failed.begin(), offence.failed.end());
    AddFacts(offence, node, violation.explanation);
  }
  MissingFacts unknown = offender.unknown;
  SortUnique(unknown);
  for (const MissingFact& fact : unknown)
    AddFact(world_.FactUsed(fact.resource, fact.path, ""), violation.explanation);
  std::vector<AccessOffender::Way> ways = offender.ways;
  SortWays(ways);
  std::set<std::string> roles;
  for (const AccessOffender::Way& way : ways) roles.insert(std::string(RoleWord(way.role)));
  if (ways.size() > kPathsMax) ways.resize(kPathsMax);
  for (const AccessOffender::Way& way : ways) {
    auto* names = violation.explanation.add_paths()->mutable_names();
    for (const std::string& name : way.names) *names->Add() = name;
  }
  violation.evidence.texts = {
      {"vendor", key == "vendor" ? node : "an unknown vendor"},
      {"role", absl::StrJoin(roles, ", ")},
      {"path", absl::StrJoin(ways.front().names, " -> ")},
      {"failed", failed.empty() ? "whether that is allowed is unknown" : absl::StrJoin(failed, "; ")}};
  return violation;
}

// The routers that say that they may call it.
void AccessPathEvaluator::AddUpstreams(const PartyOffence& offence, v1::Explanation& explanation) const {
  const engine::Graph& graph = world_.graph();
  for (const std::string& name : offence.party.way) {
    const auto router = graph.vendors().Find(name);
    if (!router || graph.vendors()[*router].ties == nullptr) continue;
    for (const engine::Member upstream : graph.vendors()[*router].ties->upstreams)
      AddFact(world_.FactUsed(name, "upstreams.operators", graph.vendors()[{upstream}].name), explanation);
  }
}

// How the vendor comes to be there, and what of it fails.
void AccessPathEvaluator::AddFacts(const PartyOffence& offence, const std::string& node,
                                   v1::Explanation& explanation) const {
  for (const engine::FactRef& fact : offence.likely)
    AddFact(world_.FactUsed(fact, /*likely=*/true), explanation);
  if (offence.party.vendor) {
    AddFact(world_.FactUsed(offence.party.link.resource, offence.party.link.path, node), explanation);
  } else if (offence.party.open && offence.vendor && offence.likely.empty()) {
    const engine::OpenFact& open =
        world_.knowledge().Of(offence.party.open->kind, offence.party.open->subject);
    if (open.proven.listed) {
      AddFact(world_.FactUsed(*offence.party.open, /*likely=*/false), explanation);
    } else {
      AddUpstreams(offence, explanation);
    }
  }
  if (!offence.vendor) return;
  const auto reads_country = [](const FieldTest& test) { return test.path() == "country"; };
  if (std::none_of(spec_.all.begin(), spec_.all.end(), reads_country) &&
      std::none_of(spec_.none.begin(), spec_.none.end(), reads_country))
    return;
  const std::optional<engine::Country>& country = world_.graph().vendors()[*offence.vendor].country;
  if (country) AddFact(world_.FactUsed(node, "country", country->ToString()), explanation);
}

}  // namespace linchpin::policy
