#include "services/policy/domain/rules/world.h"

#include "services/policy/domain/rules/origin_facets.h"
#include "services/replica/evidence_finder.h"

namespace linchpin::policy {
namespace {

constexpr std::string_view kContinuity = "continuity.";

}  // namespace

std::optional<DerivedValue> World::Derive(std::string_view name, std::string_view path) const {
  if (path == "origin_country") return DeriveOrigin(name);
  if (path == "operator") return DeriveOperator(name);
  if (path.substr(0, kContinuity.size()) == kContinuity)
    return DeriveContinuity(name, path.substr(kContinuity.size()));
  return std::nullopt;
}

std::optional<DerivedValue> World::DeriveOrigin(std::string_view model) const {
  const auto index = graph().models().Find(model);
  if (!index) return std::nullopt;
  const FacetReading reading = ReadModelFacet(graph(), *index, v1::ORIGIN_FACET_ORIGIN_COUNTRY);
  DerivedValue derived;
  if (reading.country) {
    derived.value = reading.country->ToString();
  } else {
    derived.missing = MissingFact{std::string(reading.resource), std::string(reading.path)};
  }
  return derived;
}

std::optional<DerivedValue> World::DeriveOperator(std::string_view deployment) const {
  const auto index = graph().deployments().Find(deployment);
  if (!index || graph().deployments()[*index].mode != engine::HostingMode::kSelfHosted) return std::nullopt;
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

}  // namespace linchpin::policy
