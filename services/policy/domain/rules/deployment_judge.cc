#include "services/policy/domain/rules/deployment_judge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/engine/knowledge/ownership.h"
#include "services/policy/domain/rules/lineage_offender.h"

namespace linchpin::policy {

using engine::Truth;

DeploymentJudge::DeploymentJudge(const engine::Knowledge& knowledge, const LineageSpec& spec,
                                 v1::Assurance assurance)
    : knowledge_(knowledge),
      graph_(knowledge.graph()),
      spec_(spec),
      assurance_(assurance),
      lineage_(knowledge, spec_, assurance),
      verdicts_(graph_.deployments().slots()),
      clear_(graph_.deployments().slots()) {}
DeploymentJudge::~DeploymentJudge() = default;

const DeploymentVerdict& DeploymentJudge::Judge(engine::DeploymentIndex index) {
  std::unique_ptr<DeploymentVerdict>& verdict = verdicts_[index.value];
  if (verdict != nullptr) return *verdict;
  ++judged_;
  verdict = std::make_unique<DeploymentVerdict>();
  const engine::Deployment& deployment = graph_.deployments()[index];
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
  Summarize(deployment, *verdict);
  clear_[index.value] = verdict->clean && !verdict->leaned ? Clear::kYes : Clear::kNo;
  return *verdict;
}

void DeploymentJudge::Summarize(const engine::Deployment& deployment, DeploymentVerdict& verdict) {
  const bool named_host = deployment.host.has_value() || verdict.host.offences.empty();
  verdict.plain =
      !verdict.leaned && named_host && verdict.host.likely.empty() && verdict.unknown_model.offences.empty();
  if (verdict.model != nullptr) {
    for (const ModelOffence& offence : verdict.model->offences)
      verdict.plain = verdict.plain && offence.likely.empty();
    for (const ModelGap& gap : verdict.model->gaps) AddOpen(gap.fact, verdict);
  }
  for (const MissingFact& fact : verdict.unknown_model.gaps) AddOpen(fact, verdict);
  for (const MissingFact& fact : verdict.host.gaps) AddOpen(fact, verdict);
  std::sort(verdict.open.begin(), verdict.open.end());
  verdict.open.erase(std::unique(verdict.open.begin(), verdict.open.end()), verdict.open.end());
}

void DeploymentJudge::AddOpen(const MissingFact& fact, DeploymentVerdict& verdict) {
  const auto [entry, added] = numbers_.try_emplace(fact, static_cast<uint32_t>(facts_.size()));
  if (added) facts_.push_back(fact);
  verdict.open.push_back(entry->second);
}

void DeploymentJudge::JudgeHost(engine::DeploymentIndex index, PartVerdict& verdict) const {
  LineageOffender offender;
  for (const v1::OriginFacet facet : spec_.facets) {
    if (IsModelFacet(facet)) continue;
    const FacetReading reading = ReadHostFacet(knowledge_, index, facet);
    FactDecision decision{Truth::kTrue};
    if (reading.country) decision.truth = engine::Known(spec_.Allows(*reading.country));
    if (!reading.is_known()) decision = JudgeFacet(spec_, assurance_, reading);
    if (decision.truth == Truth::kTrue && decision.likely) AddLikely(reading.fact, verdict.leaned);
    if (decision.truth == Truth::kFalse)
      AddFacets({reading}, decision.likely ? LikelyFacts{reading.fact} : LikelyFacts{}, offender);
    if (decision.truth == Truth::kUnknown)
      verdict.gaps.push_back({std::string(reading.resource), std::string(reading.path)});
  }
  verdict.offences = std::move(offender.facets);
  verdict.likely = std::move(offender.likely);
}

Truth DeploymentJudge::AnyModelAllowed(engine::DeploymentIndex index, bool likely) {
  const auto domain = [&](engine::FactKind kind) -> const engine::Domain& {
    const engine::OpenFact& open = knowledge_.Of(kind, index.value);
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
    const FacetReading reading = ReadModelOf(knowledge_, index, facet);
    members.Add(Allowed(spec_, likely && reading.likely ? *reading.likely : reading.proven));
  }
  if (!developers.listed || members.is_open()) return members.truth();
  for (const engine::Member developer : developers.values) {
    for (const engine::ModelIndex model : knowledge_.ModelsBy({developer})) {
      if (models.Allows(model.value)) members.Add(lineage_.Judge(model).Allowed(likely));
    }
  }
  return members.truth();
}

void DeploymentJudge::JudgeUnknownModel(engine::DeploymentIndex index, PartVerdict& verdict) {
  if (!std::any_of(spec_.facets.begin(), spec_.facets.end(), IsModelFacet)) return;
  const engine::OpenFact& models = knowledge_.Of(engine::FactKind::kModel, index.value);
  const engine::OpenFact& developers = knowledge_.Of(engine::FactKind::kDeveloperOfModel, index.value);
  const Truth proven = AnyModelAllowed(index, false);
  const bool more = proven == Truth::kUnknown && (models.likely || developers.likely);
  const FactDecision decision =
      DecideByFacts(assurance_, proven, more ? AnyModelAllowed(index, true) : Truth::kUnknown);
  const bool by_model = models.proven.listed || models.likely.has_value();
  const engine::FactRef fact{by_model ? engine::FactKind::kModel : engine::FactKind::kDeveloperOfModel,
                             index.value};
  if (decision.truth == Truth::kTrue && decision.likely) verdict.leaned.push_back(fact);
  if (decision.truth == Truth::kUnknown) verdict.gaps.push_back({graph_.deployments()[index].name, "model"});
  if (decision.truth != Truth::kFalse) return;
  for (const v1::OriginFacet facet : spec_.facets) {
    if (!IsModelFacet(facet)) continue;
    FacetReading reading = ReadModelOf(knowledge_, index, facet);
    reading.fact = fact;
    verdict.offences.push_back(std::move(reading));
  }
  if (decision.likely) verdict.likely.push_back(fact);
}

}  // namespace linchpin::policy
