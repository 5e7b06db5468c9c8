#include "services/policy/domain/rules/world.h"

#include <algorithm>
#include <utility>

#include "services/engine/graph/fact_text.h"
#include "services/policy/domain/rules/origin_facets.h"
#include "services/replica/evidence_finder.h"

namespace linchpin::policy {
namespace {

using engine::FactKind;
using engine::FactOwner;

constexpr std::string_view kContinuity = "continuity.";

std::optional<FactOwner> OwnerOf(std::string_view collection) {
  if (collection == "vendors") return FactOwner::kVendor;
  if (collection == "hosts") return FactOwner::kHost;
  if (collection == "licences") return FactOwner::kLicence;
  if (collection == "models") return FactOwner::kModel;
  if (collection == "deployments") return FactOwner::kDeployment;
  return std::nullopt;
}

std::optional<uint32_t> IndexOf(const engine::Graph& graph, FactOwner owner, std::string_view name) {
  const auto value = [](const auto& index) {
    return index ? std::optional<uint32_t>(index->value) : std::nullopt;
  };
  switch (owner) {
    case FactOwner::kVendor:
      return value(graph.vendors().Find(name));
    case FactOwner::kHost:
      return value(graph.hosts().Find(name));
    case FactOwner::kLicence:
      return value(graph.licences().Find(name));
    case FactOwner::kModel:
      return value(graph.models().Find(name));
    case FactOwner::kDeployment:
      return value(graph.deployments().Find(name));
    default:
      return std::nullopt;
  }
}

PossibleValues PossibleOf(const engine::Graph& graph, FactKind kind, const engine::Domain& domain) {
  PossibleValues possible{domain.listed, domain.none, {}};
  for (const engine::Member member : domain.values)
    possible.values.push_back(engine::TextOfMember(graph, kind, member));
  return possible;
}

}  // namespace

std::optional<DerivedValue> World::Derive(std::string_view name, std::string_view path) const {
  if (path == "origin_country") return DeriveOrigin(name);
  if (path == "operator") return DeriveOperator(name);
  if (path.substr(0, kContinuity.size()) == kContinuity)
    return DeriveContinuity(name, path.substr(kContinuity.size()));
  return DerivePartly(name, path);
}

// What is known of a field without a value: a line's value, or what it can only be.
std::optional<DerivedValue> World::DerivePartly(std::string_view name, std::string_view path) const {
  const auto owner = OwnerOf(name.substr(0, name.find('/')));
  const auto kind = owner ? engine::BoundedFact(*owner, path) : std::nullopt;
  if (!kind) return std::nullopt;
  const auto index = IndexOf(graph(), *owner, name);
  if (!index) return std::nullopt;
  DerivedValue derived;
  derived.missing = MissingFact{std::string(name), std::string(path)};
  const engine::FactRef fact{*kind, *index};
  if (std::string of_line = LineValueOf(fact); !of_line.empty()) {
    derived.partly = PartlyKnown{fact, {true, false, {std::move(of_line)}}, std::nullopt};
    return derived;
  }
  const engine::OpenFact& open = knowledge_.Of(*kind, *index);
  derived.partly = PartlyKnown{fact, PossibleOf(graph(), *kind, open.proven), std::nullopt};
  if (open.likely) derived.partly->likely = PossibleOf(graph(), *kind, *open.likely);
  return derived;
}

// Of a fact of a model that its line states; empty: none does.
std::string World::LineValueOf(const engine::FactRef& fact) const {
  switch (fact.kind) {
    case FactKind::kDeveloper:
    case FactKind::kWeights:
    case FactKind::kLicence:
      break;
    default:
      return "";
  }
  const bool of_line = knowledge_.StatingModel({fact.subject}, fact.kind).value != fact.subject;
  return of_line ? engine::ValueOf(knowledge_, fact) : "";
}

std::optional<DerivedValue> World::DeriveOrigin(std::string_view model) const {
  const auto index = graph().models().Find(model);
  if (!index) return std::nullopt;
  const FacetReading reading = ReadModelFacet(knowledge_, *index, v1::ORIGIN_FACET_ORIGIN_COUNTRY);
  DerivedValue derived;
  if (reading.country) {
    derived.value = reading.country->ToString();
  } else {
    derived.missing = MissingFact{std::string(reading.resource), std::string(reading.path)};
    derived.partly =
        PartlyKnown{reading.fact, PossibleOf(graph(), reading.fact.kind, reading.proven), std::nullopt};
    if (reading.likely) derived.partly->likely = PossibleOf(graph(), reading.fact.kind, *reading.likely);
  }
  return derived;
}

std::optional<DerivedValue> World::DeriveOperator(std::string_view deployment) const {
  const auto index = graph().deployments().Find(deployment);
  if (!index || graph().deployments()[*index].mode != engine::HostingMode::kSelfHosted)
    return DerivePartly(deployment, "operator");
  DerivedValue derived;
  derived.is_none = true;
  return derived;
}

std::optional<DerivedValue> World::DeriveContinuity(std::string_view consumer, std::string_view field) const {
  const auto index = graph().consumers().Find(consumer);
  if (!index) return std::nullopt;
  const engine::ConsumerRecord& record = graph().consumers()[*index].record();
  DerivedValue derived;
  if (field == "priority") {
    derived.value = record.priority;
  } else if (field == "weight") {
    derived.value = record.weight;
  } else if (field == "min_viable_ppm") {
    derived.value = int64_t{record.min_viable_ppm};
  } else if (field == "recovery_time_objective") {
    derived.value = absl::Seconds(record.recovery_time_objective_seconds);
  } else if (field == "max_tolerable_downtime") {
    derived.value = absl::Seconds(record.max_tolerable_downtime_seconds);
  } else {
    return std::nullopt;
  }
  if (record.tier == 0) derived.missing = MissingFact{std::string(consumer), "tier"};
  return derived;
}

namespace {

// How the resource came by it.
void AddEvidence(const replica::View& view, v1::Explanation::FactUsed& fact) {
  const auto evidence = replica::EvidenceFinder(view).Of(fact.resource(), fact.path());
  if (!evidence.has_value()) return;
  fact.set_source(evidence->source());
  fact.set_source_uri(evidence->uri());
  if (evidence->has_confidence_ratio()) fact.set_confidence(evidence->confidence_ratio());
}

}  // namespace

v1::Explanation::FactUsed World::FactUsed(std::string_view resource, std::string_view path,
                                          std::string_view value) const {
  v1::Explanation::FactUsed fact;
  fact.set_resource(std::string(resource));
  fact.set_path(std::string(path));
  fact.set_value(std::string(value));
  fact.set_unknown(value.empty());
  if (const auto document = view_.Find(resource)) fact.set_resource_revision(document->revision);
  AddEvidence(view_, fact);
  return fact;
}

v1::Explanation::FactUsed World::FactUsed(const engine::FactRef& ref, bool likely) const {
  v1::Explanation::FactUsed fact = FactUsed(engine::SubjectOf(graph(), ref), engine::FieldOf(graph(), ref),
                                            engine::ValueOf(knowledge_, ref, likely));
  const engine::FactSource source = engine::SourceOf(knowledge_, ref, likely);
  fact.set_rule(std::string(engine::IdOf(source.rule)));
  if (!likely) return fact;
  fact.set_likely(true);
  fact.set_reason(std::string(engine::ReasonOf(source.rule)));
  if (source.likelihood == nullptr) return fact;
  fact.set_likely_confidence(source.likelihood->confidence);
  fact.set_reason(source.likelihood->reason);
  return fact;
}

}  // namespace linchpin::policy
