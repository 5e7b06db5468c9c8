#include "services/inventory/domain/cycle_rules.h"

#include <string>
#include <vector>

#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/legal_entity.pb.h"
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

std::vector<std::string> HeadOf(writing::StagedState& state, const std::string& name) {
  const auto* entity = state.Find<v1::LegalEntity>(name);
  std::vector<std::string> heads;
  if (entity == nullptr) return heads;
  if (!entity->parent().empty()) heads.push_back(entity->parent());
  if (!entity->branch_of().empty()) heads.push_back(entity->branch_of());
  return heads;
}

std::vector<std::string> OverarchingOf(writing::StagedState& state, const std::string& name) {
  const auto* contract = state.Find<v1::Contract>(name);
  if (contract == nullptr || contract->overarching_contract().empty()) return {};
  return {contract->overarching_contract()};
}

// What must not lead back to where it began, of one kind.
struct Chain {
  const google::protobuf::Descriptor* kind;
  std::vector<std::string> (*next)(writing::StagedState&, const std::string&);
  const char* what;
  const char* remedy;
};

}  // namespace

absl::Status CheckCycles(writing::StagedState& state) {
  const Chain chains[] = {
      {v1::Model::descriptor(), BasesOf, "derivations and versions",
       "leave out the derivation or `version_of` that closes it"},
      {v1::Vendor::descriptor(), ParentOf, "parents", "leave out the parent that closes it"},
      {v1::LegalEntity::descriptor(), HeadOf, "parents and head offices",
       "leave out the `parent` or `branch_of` that closes it"},
      {v1::Contract::descriptor(), OverarchingOf, "overarching contracts",
       "leave out the `overarching_contract` that closes it"}};
  for (const Chain& chain : chains) {
    writing::CycleSearch search([&](const std::string& name) { return chain.next(state, name); });
    for (const writing::Proposal* proposal : state.proposals()) {
      if (proposal->kind->descriptor != chain.kind) continue;
      const std::vector<std::string> cycle = search.From(proposal->name);
      if (!cycle.empty()) return writing::CycleError(cycle, chain.what, chain.remedy);
    }
  }
  return absl::OkStatus();
}

}  // namespace linchpin::inventory
