#include "services/policy/domain/incremental/dirty_facts.h"

#include <algorithm>

#include "services/engine/graph/lineage.h"

namespace linchpin::policy {

using engine::ModelIndex;
using engine::VendorIndex;

DirtyFacts::DirtyFacts(const engine::Knowledge& knowledge, const absl::flat_hash_set<std::string>& names,
                       bool open)
    : knowledge_(knowledge),
      graph_(knowledge.graph()),
      names_(names),
      open_(open),
      vendors_(graph_.vendors().slots()),
      hosts_(graph_.hosts().slots()),
      licences_(graph_.licences().slots()),
      deployments_(graph_.deployments().slots()),
      models_(graph_.models().slots(), State::kNew) {
  for (const VendorIndex index : graph_.vendors()) vendors_[index.value] = LeadsToVendor(index);
  for (const engine::HostIndex index : graph_.hosts()) {
    const engine::Host& host = graph_.hosts()[index];
    hosts_[index.value] = IsNamed(host.name) || (open_ && (!host.country || host.provider.is_unknown())) ||
                          (host.provider.has_value() && Is(host.provider.value()));
  }
  for (const engine::LicenceIndex index : graph_.licences()) {
    const engine::Licence& licence = graph_.licences()[index];
    licences_[index.value] = IsNamed(licence.name) || (open_ && !licence.irrevocable);
  }
  for (const ModelIndex index : graph_.models()) Judge(index);
  for (const engine::DeploymentIndex index : graph_.deployments())
    deployments_[index.value] = Judge(graph_.deployments()[index]);
}

bool DirtyFacts::LeadsToVendor(VendorIndex vendor) const {
  const engine::Owners owners = engine::OwnersOf(graph_, vendor);
  if (open_ && owners.open) return true;
  return std::any_of(owners.vendors.begin(), owners.vendors.end(), [this](VendorIndex owner) {
    const engine::Vendor& record = graph_.vendors()[owner];
    return IsNamed(record.name) || (open_ && !record.country);
  });
}

bool DirtyFacts::IsOpen(ModelIndex index) const {
  return !knowledge_.DeveloperOf(index) || !knowledge_.OriginOf(index) || !knowledge_.WeightsOf(index) ||
         knowledge_.LicenceOf(index).is_unknown() || knowledge_.DerivationsOf(index).is_unknown() ||
         !graph_.models()[index].requires_activation;
}

// Depth first along lines and base models. A graph refuses cycles of versions and of derivations.
bool DirtyFacts::Judge(ModelIndex index) {
  State& state = models_[index.value];
  if (state != State::kNew) return state == State::kDirty;
  state = State::kClean;
  const engine::Model& model = graph_.models()[index];
  const auto developer = knowledge_.DeveloperOf(index);
  const auto& licence = knowledge_.LicenceOf(index);
  bool dirty = IsNamed(model.name) || (open_ && IsOpen(index)) || (developer && Is(*developer)) ||
               (licence.has_value() && Is(licence.value()));
  if (model.version_of) dirty = Judge(*model.version_of) || dirty;
  for (const engine::Derivation& derivation : knowledge_.DerivationsOf(index).value())
    dirty = Judge(derivation.base) || dirty;
  models_[index.value] = dirty ? State::kDirty : State::kClean;
  return dirty;
}

bool DirtyFacts::Judge(const engine::Deployment& deployment) {
  if (IsNamed(deployment.name)) return true;
  const bool self_hosted = deployment.mode == engine::HostingMode::kSelfHosted;
  if (open_ && (!deployment.model || !deployment.mode || !deployment.host || !deployment.pass_through ||
                (!deployment.operator_vendor && !self_hosted) || deployment.intermediaries.is_unknown() ||
                !deployment.outlives_developer || !deployment.custody)) {
    return true;
  }
  const std::vector<VendorIndex>& between = deployment.intermediaries.value();
  return (deployment.model && Judge(*deployment.model)) || (deployment.host && Is(*deployment.host)) ||
         (deployment.operator_vendor && Is(*deployment.operator_vendor)) ||
         (deployment.weights_source && Is(*deployment.weights_source)) ||
         std::any_of(between.begin(), between.end(), [this](VendorIndex vendor) { return Is(vendor); });
}

}  // namespace linchpin::policy
