#include "services/inventory/domain/cycle_rules.h"

#include <string>
#include <vector>

#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/writing/cycles.h"

namespace linchpin::inventory {
namespace {

// What a model was made from, and the line of which it is a version.
std::vector<std::string> BasesOf(writing::StagedState& state, const std::string& name) {
  std::vector<std::string> bases;
  const auto* model = state.Find<v1::Model>(name);
  if (model == nullptr) return bases;
  for (const v1::Model::Derivation& derivation : model->derivations())
    bases.push_back(derivation.base_model());
  if (!model->version_of().empty()) bases.push_back(model->version_of());
  return bases;
}

std::vector<std::string> ParentOf(writing::StagedState& state, const std::string& name) {
  const auto* vendor = state.Find<v1::Vendor>(name);
  if (vendor == nullptr || vendor->parent().empty()) return {};
  return {vendor->parent()};
}

}  // namespace

absl::Status CheckCycles(writing::StagedState& state) {
  writing::CycleSearch lineage([&](const std::string& name) { return BasesOf(state, name); });
  writing::CycleSearch parents([&](const std::string& name) { return ParentOf(state, name); });
  for (const writing::Proposal* proposal : state.proposals()) {
    if (proposal->kind->descriptor == v1::Model::descriptor()) {
      const std::vector<std::string> cycle = lineage.From(proposal->name);
      if (!cycle.empty())
        return writing::CycleError(cycle, "derivations and versions",
                                   "leave out the derivation or `version_of` that closes it");
    } else if (proposal->kind->descriptor == v1::Vendor::descriptor()) {
      const std::vector<std::string> cycle = parents.From(proposal->name);
      if (!cycle.empty()) return writing::CycleError(cycle, "parents", "leave out the parent that closes it");
    }
  }
  return absl::OkStatus();
}

}  // namespace linchpin::inventory
