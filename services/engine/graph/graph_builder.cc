#include "services/engine/graph/graph_builder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/continuity.pb.h"
#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/legal_entity.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/engine/graph/graph_builder_knowledge.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

namespace inventory = ::linchpin::inventory::v1;

// Reads fields of one document and keeps the first complaint.
class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  std::optional<Country> ReadCountry(std::string_view field, const std::string& text) {
    if (text.empty()) return std::nullopt;
    std::optional<Country> country = Country::Parse(text);
    if (!country.has_value()) Refuse(field, "must be two letters from A to Z");
    return country;
  }
  int64_t ReadSeconds(std::string_view field, const google::protobuf::Duration& duration) {
    if (duration.nanos() != 0 || duration.seconds() < 0)
      Refuse(field, "must be a whole number of seconds, 0 or more");
    return duration.seconds();
  }
  Usage ReadUsage(std::string_view field, bool present, const inventory::Dependency::Usage& message) {
    Usage usage;
    if (!present) return usage;
    if (message.has_requests()) usage.requests = message.requests();
    if (message.has_spend_minor()) usage.spend_minor = message.spend_minor();
    if (message.has_input_tokens() || message.has_output_tokens()) {
      if (__builtin_add_overflow(message.input_tokens(), message.output_tokens(), &usage.tokens)) {
        Refuse(field, "input and output tokens together must stay below 2^63");
      }
    }
    if (message.has_window()) usage.window_seconds = ReadSeconds(field, message.window());
    return usage;
  }
  void Refuse(std::string_view field, std::string_view what) {
    if (status_.ok()) status_ = Invalid({name_, ": ", field, " ", what});
  }
  const absl::Status& status() const { return status_; }

 private:
  const std::string& name_;
  absl::Status status_;
};

template <typename Document>
bool IsKnownNone(const Document& document, std::string_view field) {
  for (const std::string& none : document.known_none()) {
    if (none == field) return true;
  }
  return false;
}

std::optional<std::string> NameOrUnknown(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

template <typename Document>
Fact<std::string> NameFact(const Document& document, std::string_view field, const std::string& text) {
  if (!text.empty()) return text;
  return IsKnownNone(document, field) ? Fact<std::string>::None() : Fact<std::string>::Unknown();
}

absl::Status Add(const inventory::Vendor& vendor, GraphChanges& changes) {
  Reader reader(vendor.name());
  VendorFacts facts{.name = vendor.name(),
                    .country = reader.ReadCountry("country", vendor.country()),
                    .parent = NameFact(vendor, "parent", vendor.parent()),
                    .knowledge = ReadKnowledge(FactOwner::kVendor, vendor.bounds(), vendor.likely())};
  ReadTies(vendor, facts);
  if (reader.status().ok()) changes.vendors.push_back(std::move(facts));
  return reader.status();
}

absl::Status Add(const inventory::Host& host, GraphChanges& changes) {
  Reader reader(host.name());
  HostFacts facts{.name = host.name(),
                  .provider = NameFact(host, "provider", host.provider()),
                  .country = reader.ReadCountry("country", host.country()),
                  .knowledge = ReadKnowledge(FactOwner::kHost, host.bounds(), host.likely())};
  if (reader.status().ok()) changes.hosts.push_back(std::move(facts));
  return reader.status();
}

absl::Status Add(const inventory::Licence& licence, GraphChanges& changes) {
  LicenceFacts facts{.name = licence.name(),
                     .irrevocable = std::nullopt,
                     .knowledge = ReadKnowledge(FactOwner::kLicence, licence.bounds(), licence.likely())};
  if (licence.has_irrevocable()) facts.irrevocable = licence.irrevocable();
  changes.licences.push_back(std::move(facts));
  return absl::OkStatus();
}

std::optional<Weights> WeightsOf(inventory::Model::Weights weights) {
  if (weights == inventory::Model::WEIGHTS_OPEN) return Weights::kOpen;
  if (weights == inventory::Model::WEIGHTS_PROPRIETARY) return Weights::kProprietary;
  return std::nullopt;
}

std::optional<Relation> RelationOf(inventory::Model::Relation relation) {
  switch (relation) {
    case inventory::Model::RELATION_FINE_TUNE:
      return Relation::kFineTune;
    case inventory::Model::RELATION_CONTINUED_PRETRAINING:
      return Relation::kContinuedPretraining;
    case inventory::Model::RELATION_ADAPTER:
      return Relation::kAdapter;
    case inventory::Model::RELATION_ADAPTER_MERGED:
      return Relation::kAdapterMerged;
    case inventory::Model::RELATION_MERGE:
      return Relation::kMerge;
    case inventory::Model::RELATION_QUANTISED:
      return Relation::kQuantised;
    case inventory::Model::RELATION_CONVERTED:
      return Relation::kConverted;
    case inventory::Model::RELATION_PRUNED:
      return Relation::kPruned;
    case inventory::Model::RELATION_HOSTED_FINE_TUNE:
      return Relation::kHostedFineTune;
    case inventory::Model::RELATION_DISTILLED:
      return Relation::kDistilled;
    case inventory::Model::RELATION_SYNTHETIC_DATA:
      return Relation::kSyntheticData;
    default:
      return std::nullopt;
  }
}

absl::Status Add(const inventory::Model& model, GraphChanges& changes) {
  Reader reader(model.name());
  ModelFacts facts;
  facts.name = model.name();
  facts.developer = NameOrUnknown(model.developer());
  facts.origin = reader.ReadCountry("origin_country", model.origin_country());
  facts.weights = WeightsOf(model.weights());
  facts.licence = NameFact(model, "licence", model.licence());
  if (model.derivations_size() > 0) {
    std::vector<DerivationFacts> derivations;
    for (const auto& derivation : model.derivations()) {
      derivations.push_back({derivation.base_model(), RelationOf(derivation.relation())});
    }
    facts.derivations = std::move(derivations);
  } else if (IsKnownNone(model, "derivations")) {
    facts.derivations = Fact<std::vector<DerivationFacts>>::None();
  }
  if (model.has_requires_activation()) facts.requires_activation = model.requires_activation();
  facts.version_of = NameOrUnknown(model.version_of());
  if (model.has_release_time()) facts.release_seconds = model.release_time().seconds();
  facts.knowledge = ReadKnowledge(FactOwner::kModel, model.bounds(), model.likely());
  if (reader.status().ok()) changes.models.push_back(std::move(facts));
  return reader.status();
}

std::optional<HostingMode> ModeOf(inventory::Deployment::HostingMode mode) {
  switch (mode) {
    case inventory::Deployment::HOSTING_MODE_VENDOR_API:
      return HostingMode::kVendorApi;
    case inventory::Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED:
      return HostingMode::kThirdPartyHosted;
    case inventory::Deployment::HOSTING_MODE_SELF_HOSTED:
      return HostingMode::kSelfHosted;
    default:
      return std::nullopt;
  }
}

absl::Status Add(const inventory::Deployment& deployment, GraphChanges& changes) {
  DeploymentFacts facts;
  facts.name = deployment.name();
  facts.model = NameOrUnknown(deployment.model());
  facts.mode = ModeOf(deployment.hosting_mode());
  facts.operator_vendor = NameOrUnknown(deployment.operator_());
  facts.host = NameOrUnknown(deployment.host());
  if (deployment.has_capacity_units()) {
    facts.capacity_units = deployment.capacity_units();
  } else if (IsKnownNone(deployment, "capacity_units")) {
    facts.capacity_units = Fact<int64_t>::None();
  }
  if (deployment.pass_through() == inventory::Deployment::PASS_THROUGH_YES) facts.pass_through = true;
  if (deployment.pass_through() == inventory::Deployment::PASS_THROUGH_NO) facts.pass_through = false;
  if (deployment.intermediaries_size() > 0) {
    facts.intermediaries =
        std::vector<std::string>(deployment.intermediaries().begin(), deployment.intermediaries().end());
  } else if (IsKnownNone(deployment, "intermediaries")) {
    facts.intermediaries = Fact<std::vector<std::string>>::None();
  }
  facts.outlives_developer = OutlivesOf(deployment);
  facts.custody = CustodyOf(deployment.custody());
  facts.weights_source = NameOrUnknown(deployment.weights_source());
  facts.knowledge = ReadKnowledge(FactOwner::kDeployment, deployment.bounds(), deployment.likely());
  changes.deployments.push_back(std::move(facts));
  return absl::OkStatus();
}

Continuity ContinuityOf(const inventory::Continuity& message, Reader& reader) {
  Continuity continuity;
  if (message.has_priority()) continuity.priority = message.priority();
  if (message.has_weight()) continuity.weight = message.weight();
  if (message.has_min_viable_ppm()) continuity.min_viable_ppm = message.min_viable_ppm();
  if (message.has_loss_per_hour_minor()) continuity.loss_per_hour_minor = message.loss_per_hour_minor();
  if (message.has_penalty_minor()) continuity.penalty_minor = message.penalty_minor();
  if (message.has_recovery_time_objective()) {
    continuity.recovery_time_objective_seconds =
        reader.ReadSeconds("continuity.recovery_time_objective", message.recovery_time_objective());
  }
  if (message.has_max_tolerable_downtime()) {
    continuity.max_tolerable_downtime_seconds =
        reader.ReadSeconds("continuity.max_tolerable_downtime", message.max_tolerable_downtime());
  }
  return continuity;
}

// Application and BusinessService, which the graph tells apart by kind only.
template <typename Document>
absl::Status AddConsumer(const Document& document, ConsumerKind kind, GraphChanges& changes) {
  Reader reader(document.name());
  ConsumerFacts facts;
  facts.name = document.name();
  facts.kind = kind;
  if (document.has_tier()) facts.tier = document.tier();
  facts.continuity = ContinuityOf(document.continuity(), reader);
  if (reader.status().ok()) changes.consumers.push_back(std::move(facts));
  return reader.status();
}

std::optional<Activation> ActivationOf(inventory::Dependency::Activation activation) {
  switch (activation) {
    case inventory::Dependency::ACTIVATION_AUTOMATIC:
      return Activation::kAutomatic;
    case inventory::Dependency::ACTIVATION_CONFIGURATION:
      return Activation::kConfiguration;
    case inventory::Dependency::ACTIVATION_REDEPLOYMENT:
      return Activation::kRedeployment;
    case inventory::Dependency::ACTIVATION_REENGINEERING:
      return Activation::kReengineering;
    default:
      return std::nullopt;
  }
}

AlternativeFacts AlternativeOf(const inventory::Dependency::Alternative& message, Reader& reader) {
  AlternativeFacts facts;
  facts.target = message.target();
  if (message.has_quality_ppm()) facts.quality_ppm = message.quality_ppm();
  if (message.has_share_ppm()) facts.share_ppm = message.share_ppm();
  if (message.has_switch_duration()) {
    facts.switch_seconds = reader.ReadSeconds("alternatives.switch_duration", message.switch_duration());
  }
  facts.activation = ActivationOf(message.activation());
  facts.likely_switch_seconds = LikelySwitchOf(message);
  facts.usage = reader.ReadUsage("alternatives.usage", message.has_usage(), message.usage());
  return facts;
}

// The consumer and the id of a dependency's name; nullopt if it is none.
std::optional<std::pair<std::string, std::string>> SplitDependencyName(std::string_view name) {
  constexpr std::string_view kInfix = "/dependencies/";
  const size_t at = name.find(kInfix);
  if (at == std::string_view::npos || at + kInfix.size() == name.size()) return std::nullopt;
  return std::pair(std::string(name.substr(0, at)), std::string(name.substr(at + kInfix.size())));
}

absl::Status Add(const inventory::Dependency& dependency, GraphChanges& changes) {
  auto split = SplitDependencyName(dependency.name());
  if (!split.has_value()) return Invalid({"\"", dependency.name(), "\" is not a name of a dependency"});
  Reader reader(dependency.name());
  GroupFacts facts;
  facts.consumer = std::move(split->first);
  facts.id = std::move(split->second);
  if (dependency.has_essential()) facts.essential = dependency.essential();
  if (dependency.has_weight_ppm()) facts.weight_ppm = dependency.weight_ppm();
  if (dependency.has_units()) facts.units = dependency.units();
  if (dependency.has_bridge()) facts.bridge_seconds = reader.ReadSeconds("bridge", dependency.bridge());
  facts.alternatives.reserve(dependency.alternatives_size());
  for (const auto& message : dependency.alternatives())
    facts.alternatives.push_back(AlternativeOf(message, reader));
  facts.usage = reader.ReadUsage("usage", dependency.has_usage(), dependency.usage());
  if (reader.status().ok()) changes.groups.push_back(std::move(facts));
  return reader.status();
}

// A consumer without weight and without a tier, with one group. Nothing of it is taken from a tier.
absl::Status Add(const inventory::Route& route, GraphChanges& changes) {
  Reader reader(route.name());
  ConsumerFacts consumer;
  consumer.name = route.name();
  consumer.kind = ConsumerKind::kRoute;
  if (route.has_priority()) consumer.continuity.priority = route.priority();
  consumer.continuity.weight = 0;
  consumer.continuity.min_viable_ppm = 0;
  consumer.continuity.recovery_time_objective_seconds = kSecondsMax;
  consumer.continuity.max_tolerable_downtime_seconds = kSecondsMax;
  GroupFacts group;
  group.consumer = route.name();
  group.id = kRouteGroup;
  group.essential = true;
  if (route.has_units()) group.units = route.units();
  group.alternatives.reserve(route.alternatives_size());
  for (const auto& message : route.alternatives())
    group.alternatives.push_back(AlternativeOf(message, reader));
  group.usage = reader.ReadUsage("usage", route.has_usage(), route.usage());
  if (!reader.status().ok()) return reader.status();
  changes.consumers.push_back(std::move(consumer));
  if (group.alternatives.empty()) {  // What stands for a route that the graph has refused.
    changes.deleted_groups.emplace_back(route.name(), kRouteGroup);
  } else {
    changes.groups.push_back(std::move(group));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddUpsert(const google::protobuf::Message& document, GraphChanges& changes) {
  const google::protobuf::Descriptor* kind = document.GetDescriptor();
  if (kind == inventory::Dependency::descriptor()) {
    return Add(static_cast<const inventory::Dependency&>(document), changes);
  }
  if (kind == inventory::Application::descriptor()) {
    return AddConsumer(static_cast<const inventory::Application&>(document), ConsumerKind::kApplication,
                       changes);
  }
  if (kind == inventory::BusinessService::descriptor()) {
    return AddConsumer(static_cast<const inventory::BusinessService&>(document),
                       ConsumerKind::kBusinessService, changes);
  }
  if (kind == inventory::Deployment::descriptor()) {
    return Add(static_cast<const inventory::Deployment&>(document), changes);
  }
  if (kind == inventory::Model::descriptor())
    return Add(static_cast<const inventory::Model&>(document), changes);
  if (kind == inventory::Vendor::descriptor())
    return Add(static_cast<const inventory::Vendor&>(document), changes);
  if (kind == inventory::Host::descriptor())
    return Add(static_cast<const inventory::Host&>(document), changes);
  if (kind == inventory::Licence::descriptor())
    return Add(static_cast<const inventory::Licence&>(document), changes);
  if (kind == inventory::Route::descriptor())
    return Add(static_cast<const inventory::Route&>(document), changes);
  // What the enterprise signs and who signs it supplies nothing.
  if (kind == inventory::Contract::descriptor() || kind == inventory::LegalEntity::descriptor())
    return absl::OkStatus();
  return Invalid({kind->full_name(), " is not a resource of the inventory"});
}

absl::Status AddDelete(std::string_view name, GraphChanges& changes) {
  if (auto split = SplitDependencyName(name)) {
    changes.deleted_groups.push_back(*std::move(split));
    return absl::OkStatus();
  }
  const std::string_view collection = name.substr(0, name.find('/'));
  std::vector<std::string>* list = nullptr;
  if (collection == "vendors") list = &changes.deleted_vendors;
  if (collection == "hosts") list = &changes.deleted_hosts;
  if (collection == "licences") list = &changes.deleted_licences;
  if (collection == "models") list = &changes.deleted_models;
  if (collection == "deployments") list = &changes.deleted_deployments;
  if (collection == "applications" || collection == "businessServices" || collection == "routes")
    list = &changes.deleted_consumers;
  if (collection == "contracts" || collection == "legalEntities") return absl::OkStatus();
  if (list == nullptr || collection.size() == name.size()) {
    return Invalid({"\"", name, "\" is not a name of an inventory resource"});
  }
  list->emplace_back(name);
  return absl::OkStatus();
}

}  // namespace linchpin::engine
