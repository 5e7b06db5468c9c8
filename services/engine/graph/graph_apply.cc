#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/graph_editor.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

// Erases the names that are deleted and not upserted by the same change.
template <typename Facts, typename TableType, typename IndexType>
void EraseFrom(TableType& table, const std::vector<std::string>& deleted, const std::vector<Facts>& upserted,
               std::vector<IndexType>& erased) {
  if (deleted.empty()) return;
  absl::flat_hash_set<std::string> kept;
  for (const Facts& facts : upserted) kept.insert(facts.name);
  for (const std::string& name : deleted) {
    if (kept.contains(name)) continue;
    const auto index = table.Find(name);
    if (!index.has_value()) continue;
    erased.push_back(*index);
    table.Erase(*index);
  }
}

absl::Status Missing(std::string_view subject, std::string_view field, std::string_view name) {
  return Invalid({subject, ": ", field, " names ", name, ", which is not in the inventory"});
}

template <typename Facts>
absl::Status CheckNamesOf(std::string_view kind, const std::vector<Facts>& all) {
  for (const Facts& facts : all) {
    if (facts.name.empty()) return Invalid({"a ", kind, " has no name"});
  }
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<const Graph> Graph::Empty() { return std::shared_ptr<const Graph>(new Graph()); }

absl::StatusOr<std::shared_ptr<const Graph>> Graph::Apply(const GraphChanges& changes) const {
  return GraphEditor(*this, changes).Run();
}

absl::StatusOr<std::shared_ptr<const Graph>> GraphEditor::Run() {
  if (absl::Status status = CheckNames(); !status.ok()) return status;
  EraseSmallKinds();
  NameSmallKinds();
  using Step = absl::Status (GraphEditor::*)();
  for (Step step : {&GraphEditor::FillLicences, &GraphEditor::FillVendors, &GraphEditor::FillHosts,
                    &GraphEditor::FillModels, &GraphEditor::FillDeployments, &GraphEditor::ApplyConsumers}) {
    if (absl::Status status = (this->*step)(); !status.ok()) return status;
  }
  using Check = absl::Status (GraphEditor::*)() const;
  for (Check check : {&GraphEditor::CheckDeleted, &GraphEditor::CheckParents, &GraphEditor::CheckDerivations,
                      &GraphEditor::CheckVendorApis}) {
    if (absl::Status status = (this->*check)(); !status.ok()) return status;
  }
  for (VendorIndex index : erased_vendors_) graph_->vendors_.Release(index);
  for (HostIndex index : erased_hosts_) graph_->hosts_.Release(index);
  for (LicenceIndex index : erased_licences_) graph_->licences_.Release(index);
  for (ModelIndex index : erased_models_) graph_->models_.Release(index);
  for (DeploymentIndex index : erased_deployments_) graph_->deployments_.Release(index);
  for (ConsumerIndex index : erased_consumers_) graph_->consumers_.free_.push_back(index.value);
  graph_->vendors_.Freeze();
  graph_->hosts_.Freeze();
  graph_->licences_.Freeze();
  graph_->models_.Freeze();
  graph_->deployments_.Freeze();
  graph_->consumers_.names_.Freeze();
  graph_->on_deployments_.Freeze();
  graph_->on_consumers_.Freeze();
  graph_->revision_ = changes_.revision;
  return std::shared_ptr<const Graph>(std::move(graph_));
}

absl::Status GraphEditor::CheckNames() const {
  for (const absl::Status& status :
       {CheckNamesOf("vendor", changes_.vendors), CheckNamesOf("host", changes_.hosts),
        CheckNamesOf("licence", changes_.licences), CheckNamesOf("model", changes_.models),
        CheckNamesOf("deployment", changes_.deployments), CheckNamesOf("consumer", changes_.consumers)}) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void GraphEditor::EraseSmallKinds() {
  for (const std::string& name : changes_.deleted_deployments) {
    if (auto index = graph_->deployments_.Find(name)) erased_targets_.emplace_back(Target(*index), name);
  }
  EraseFrom(graph_->vendors_, changes_.deleted_vendors, changes_.vendors, erased_vendors_);
  EraseFrom(graph_->hosts_, changes_.deleted_hosts, changes_.hosts, erased_hosts_);
  EraseFrom(graph_->licences_, changes_.deleted_licences, changes_.licences, erased_licences_);
  EraseFrom(graph_->models_, changes_.deleted_models, changes_.models, erased_models_);
  EraseFrom(graph_->deployments_, changes_.deleted_deployments, changes_.deployments, erased_deployments_);
}

void GraphEditor::NameSmallKinds() {
  for (const VendorFacts& facts : changes_.vendors) graph_->vendors_.Ensure(facts.name);
  for (const HostFacts& facts : changes_.hosts) graph_->hosts_.Ensure(facts.name);
  for (const LicenceFacts& facts : changes_.licences) graph_->licences_.Ensure(facts.name);
  for (const ModelFacts& facts : changes_.models) graph_->models_.Ensure(facts.name);
  for (const DeploymentFacts& facts : changes_.deployments) graph_->deployments_.Ensure(facts.name);
}

absl::StatusOr<VendorIndex> GraphEditor::FindVendor(std::string_view subject, std::string_view field,
                                                    const std::string& name) {
  if (auto index = graph_->vendors_.Find(name)) return *index;
  return Missing(subject, field, name);
}

absl::Status GraphEditor::FillVendors() {
  for (const VendorFacts& facts : changes_.vendors) {
    Fact<VendorIndex> parent;
    if (facts.parent.is_none()) parent = Fact<VendorIndex>::None();
    if (facts.parent.has_value()) {
      auto index = FindVendor(facts.name, "parent", facts.parent.value());
      if (!index.ok()) return index.status();
      parent = *index;
    }
    Vendor& vendor = graph_->vendors_.Mutable(*graph_->vendors_.Find(facts.name));
    vendor.country = facts.country;
    vendor.parent = parent;
    vendor.roles = facts.roles;
    vendor.own_line = facts.own_line;
    vendor.ties = nullptr;
    vendor.stated = nullptr;
    if (absl::Status status = ReadTies(facts, vendor.ties); !status.ok()) return status;
    if (absl::Status status = ReadStated(facts.name, facts.knowledge, vendor.stated); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::FillHosts() {
  for (const HostFacts& facts : changes_.hosts) {
    Fact<VendorIndex> provider;
    if (facts.provider.is_none()) provider = Fact<VendorIndex>::None();
    if (facts.provider.has_value()) {
      auto index = FindVendor(facts.name, "provider", facts.provider.value());
      if (!index.ok()) return index.status();
      provider = *index;
    }
    Host& host = graph_->hosts_.Mutable(*graph_->hosts_.Find(facts.name));
    host.provider = provider;
    host.country = facts.country;
    host.stated = nullptr;
    if (absl::Status status = ReadStated(facts.name, facts.knowledge, host.stated); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::FillLicences() {
  for (const LicenceFacts& facts : changes_.licences) {
    Licence& licence = graph_->licences_.Mutable(*graph_->licences_.Find(facts.name));
    licence.irrevocable = facts.irrevocable;
    licence.stated = nullptr;
    absl::Status status = ReadStated(facts.name, facts.knowledge, licence.stated);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::FillModels() {
  for (const ModelFacts& facts : changes_.models) {
    Model model;
    model.name = facts.name;
    model.stated_origin = facts.origin;
    model.weights = facts.weights;
    model.requires_activation = facts.requires_activation;
    model.release_seconds = facts.release_seconds;
    if (facts.version_of.has_value()) {
      model.version_of = graph_->models_.Find(*facts.version_of);
      if (!model.version_of.has_value()) return Missing(facts.name, "version_of", *facts.version_of);
    }
    if (absl::Status status = ReadStated(facts.name, facts.knowledge, model.stated); !status.ok()) {
      return status;
    }
    if (facts.developer.has_value()) {
      auto index = FindVendor(facts.name, "developer", *facts.developer);
      if (!index.ok()) return index.status();
      model.developer = *index;
    }
    if (facts.licence.is_none()) model.licence = Fact<LicenceIndex>::None();
    if (facts.licence.has_value()) {
      auto licence = graph_->licences_.Find(facts.licence.value());
      if (!licence.has_value()) return Missing(facts.name, "licence", facts.licence.value());
      model.licence = *licence;
    }
    if (facts.derivations.is_none()) model.derivations = Fact<std::vector<Derivation>>::None();
    if (facts.derivations.has_value()) {
      std::vector<Derivation> derivations;
      for (const DerivationFacts& derivation : facts.derivations.value()) {
        auto base = graph_->models_.Find(derivation.base);
        if (!base.has_value()) return Missing(facts.name, "derivation", derivation.base);
        derivations.push_back({*base, derivation.relation});
      }
      model.derivations = std::move(derivations);
    }
    graph_->models_.Mutable(*graph_->models_.Find(facts.name)) = std::move(model);
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::FillDeployments() {
  for (const DeploymentFacts& facts : changes_.deployments) {
    Deployment deployment;
    if (absl::Status status = FillDeployment(facts, deployment); !status.ok()) return status;
    graph_->deployments_.Mutable(*graph_->deployments_.Find(facts.name)) = std::move(deployment);
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::FillDeployment(const DeploymentFacts& facts, Deployment& out) {
  out.name = facts.name;
  out.mode = facts.mode;
  out.pass_through = facts.pass_through;
  out.outlives_developer = facts.outlives_developer;
  out.custody = facts.custody;
  out.capacity_units = facts.capacity_units;
  if (facts.capacity_units.has_value() &&
      (facts.capacity_units.value() < 0 || facts.capacity_units.value() > kUnitsMax)) {
    return Invalid({facts.name, ": capacity_units must be from 0 to ", std::to_string(kUnitsMax)});
  }
  if (facts.model.has_value()) {
    out.model = graph_->models_.Find(*facts.model);
    if (!out.model.has_value()) return Missing(facts.name, "model", *facts.model);
  }
  if (facts.operator_vendor.has_value()) {
    if (facts.mode == HostingMode::kSelfHosted) {
      return Invalid({facts.name, ": operator must be absent when the deployment is self-hosted"});
    }
    auto index = FindVendor(facts.name, "operator", *facts.operator_vendor);
    if (!index.ok()) return index.status();
    out.operator_vendor = *index;
  }
  if (facts.host.has_value()) {
    out.host = graph_->hosts_.Find(*facts.host);
    if (!out.host.has_value()) return Missing(facts.name, "host", *facts.host);
  }
  if (facts.intermediaries.is_none()) out.intermediaries = Fact<std::vector<VendorIndex>>::None();
  if (facts.intermediaries.has_value()) {
    std::vector<VendorIndex> vendors;
    for (const std::string& name : facts.intermediaries.value()) {
      auto index = FindVendor(facts.name, "intermediaries", name);
      if (!index.ok()) return index.status();
      vendors.push_back(*index);
    }
    out.intermediaries = std::move(vendors);
  }
  if (facts.weights_source.has_value()) {
    auto index = FindVendor(facts.name, "weights_source", *facts.weights_source);
    if (!index.ok()) return index.status();
    out.weights_source = *index;
  }
  return ReadStated(facts.name, facts.knowledge, out.stated);
}

}  // namespace linchpin::engine
