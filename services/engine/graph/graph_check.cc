#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/graph_editor.h"
#include "services/engine/graph/lineage.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

absl::Status StillReferred(std::string_view by) {
  return absl::FailedPreconditionError(
      Join({by, " still refers to something that is to be deleted; delete or change it first"}));
}

}  // namespace

absl::Status GraphEditor::CheckDeleted() const {
  for (const auto& [target, name] : erased_targets_) {
    absl::Status status;
    if (graph_->deployments_.Find(name).has_value() || FindConsumer(name).has_value()) continue;
    graph_->ForEachDependent(target, [&](const Dependent& dependent) {
      if (!status.ok()) return;
      status = absl::FailedPreconditionError(
          Join({name, " is still a target of ", graph_->consumers_.NameOf(dependent.consumer())}));
    });
    if (!status.ok()) return status;
  }
  using Check = absl::Status (GraphEditor::*)() const;
  const bool vendors = !erased_vendors_.empty(), models = !erased_models_.empty();
  const bool any = vendors || models || !erased_licences_.empty() || !erased_hosts_.empty();
  if (!any) return absl::OkStatus();
  for (Check check : {&GraphEditor::CheckDeletedOfVendors, &GraphEditor::CheckDeletedOfModels,
                      &GraphEditor::CheckDeletedOfDeployments}) {
    if (absl::Status status = (this->*check)(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckDeletedOfVendors() const {
  for (VendorIndex index : graph_->vendors_) {
    const Vendor& vendor = graph_->vendors_[index];
    bool dangling = vendor.parent.has_value() && !graph_->vendors_.IsLive(vendor.parent.value());
    dangling |= IsDangling(vendor.stated) || IsDangling(vendor.ties.get());
    if (dangling) return StillReferred(vendor.name);
  }
  for (HostIndex index : graph_->hosts_) {
    const Host& host = graph_->hosts_[index];
    const bool dangling = host.provider.has_value() && !graph_->vendors_.IsLive(host.provider.value());
    if (dangling || IsDangling(host.stated)) return StillReferred(host.name);
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckDeletedOfModels() const {
  for (ModelIndex index : graph_->models_) {
    const Model& model = graph_->models_[index];
    bool dangling = model.developer.has_value() && !graph_->vendors_.IsLive(*model.developer);
    dangling |= model.licence.has_value() && !graph_->licences_.IsLive(model.licence.value());
    dangling |= model.version_of.has_value() && !graph_->models_.IsLive(*model.version_of);
    for (const Derivation& derivation : model.derivations.value()) {
      dangling |= !graph_->models_.IsLive(derivation.base);
    }
    if (dangling || IsDangling(model.stated)) return StillReferred(model.name);
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckDeletedOfDeployments() const {
  for (DeploymentIndex index : graph_->deployments_) {
    const Deployment& deployment = graph_->deployments_[index];
    bool dangling = deployment.model.has_value() && !graph_->models_.IsLive(*deployment.model);
    for (const std::optional<VendorIndex>& vendor : {deployment.operator_vendor, deployment.weights_source}) {
      dangling |= vendor.has_value() && !graph_->vendors_.IsLive(*vendor);
    }
    dangling |= deployment.host.has_value() && !graph_->hosts_.IsLive(*deployment.host);
    for (VendorIndex vendor : deployment.intermediaries.value()) {
      dangling |= !graph_->vendors_.IsLive(vendor);
    }
    if (dangling || IsDangling(deployment.stated)) return StillReferred(deployment.name);
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckParents() const {
  for (const VendorFacts& facts : changes_.vendors) {
    const VendorIndex start = *graph_->vendors_.Find(facts.name);
    absl::flat_hash_set<uint32_t> seen;
    VendorIndex at = start;
    while (graph_->vendors_[at].parent.has_value()) {
      at = graph_->vendors_[at].parent.value();
      if (at == start) return Invalid({facts.name, ": its parents form a cycle"});
      if (!seen.insert(at.value).second)
        break;  // A cycle that another of the changed vendors closes and reports.
    }
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckDerivations() const {
  // Depth first, without recursion: a model is open while what it is made from is walked, and done after.
  enum class Mark : uint8_t { kOpen, kDone };
  absl::flat_hash_map<uint32_t, Mark> marks;
  struct Frame {
    ModelIndex model;
    size_t next = 0;
  };
  for (const ModelFacts& facts : changes_.models) {
    const ModelIndex start = *graph_->models_.Find(facts.name);
    if (!marks.emplace(start.value, Mark::kOpen).second) continue;
    std::vector<Frame> stack{{start}};
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const Model& model = graph_->models_[frame.model];
      const std::vector<Derivation>& bases = model.derivations.value();
      // The line of a version comes after its bases.
      const size_t count = bases.size() + (model.version_of.has_value() ? 1 : 0);
      if (frame.next == count) {
        marks[frame.model.value] = Mark::kDone;
        stack.pop_back();
        continue;
      }
      const ModelIndex next = frame.next < bases.size() ? bases[frame.next].base : *model.version_of;
      ++frame.next;
      auto [mark, is_new] = marks.emplace(next.value, Mark::kOpen);
      if (is_new) {
        stack.push_back({next});
      } else if (mark->second == Mark::kOpen) {
        return Invalid({graph_->models_[next].name, ": its versions and derivations form a cycle"});
      }
    }
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckVendorApis() const {
  if (changes_.vendors.empty() && changes_.models.empty()) {
    for (const DeploymentFacts& facts : changes_.deployments) {
      absl::Status status = CheckVendorApi(graph_->deployments_[*graph_->deployments_.Find(facts.name)]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  for (DeploymentIndex index : graph_->deployments_) {
    if (absl::Status status = CheckVendorApi(graph_->deployments_[index]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::CheckVendorApi(const Deployment& deployment) const {
  if (deployment.mode != HostingMode::kVendorApi || !deployment.operator_vendor || !deployment.model) {
    return absl::OkStatus();
  }
  const std::optional<VendorIndex> developer = graph_->models_[*deployment.model].developer;
  if (!developer.has_value() || *developer == *deployment.operator_vendor) return absl::OkStatus();
  const Owners operators = OwnersOf(*graph_, *deployment.operator_vendor);
  const Owners developers = OwnersOf(*graph_, *developer);
  if (operators.open || developers.open) return absl::OkStatus();
  for (VendorIndex vendor : operators.vendors) {
    for (VendorIndex other : developers.vendors) {
      if (vendor == other) return absl::OkStatus();
    }
  }
  return Invalid({deployment.name, ": a vendor API is run by the developer, but ",
                  graph_->vendors_[*deployment.operator_vendor].name, " and ",
                  graph_->vendors_[*developer].name, " have no owner in common"});
}

}  // namespace linchpin::engine
