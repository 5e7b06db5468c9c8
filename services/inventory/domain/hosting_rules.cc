#include "services/inventory/domain/hosting_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/base/error.h"

namespace linchpin::inventory {
namespace {

using v1::Deployment;
using v1::Model;
using v1::Vendor;

bool ParentIsNone(const Vendor& vendor) {
  return std::find(vendor.known_none().begin(), vendor.known_none().end(), "parent") !=
         vendor.known_none().end();
}

// owners(v) of S1; nullopt if the chain is not known to its end.
std::optional<std::vector<std::string>> OwnersOf(writing::StagedState& state, const std::string& name) {
  std::vector<std::string> owners;
  for (std::string at = name;;) {
    const Vendor* vendor = state.Find<Vendor>(at);
    // A chain that comes back to itself is a cycle that CheckCycles refuses.
    if (vendor == nullptr || std::find(owners.begin(), owners.end(), at) != owners.end()) return std::nullopt;
    owners.push_back(at);
    if (vendor->parent().empty()) return ParentIsNone(*vendor) ? std::optional(owners) : std::nullopt;
    at = vendor->parent();
  }
}

// What is wrong with a deployment; empty if nothing is.
std::string WrongOperator(writing::StagedState& state, const std::string& name) {
  const Deployment* deployment = state.Find<Deployment>(name);
  if (deployment == nullptr || deployment->hosting_mode() != Deployment::HOSTING_MODE_VENDOR_API) return "";
  const Model* model = state.Find<Model>(deployment->model());
  if (deployment->operator_().empty() || model == nullptr || model->developer().empty()) return "";
  const auto operators = OwnersOf(state, deployment->operator_());
  const auto developers = OwnersOf(state, model->developer());
  if (!operators || !developers) return "";
  for (const std::string& owner : *operators) {
    if (std::find(developers->begin(), developers->end(), owner) != developers->end()) return "";
  }
  return absl::StrCat(
      "HOSTING_MODE_VENDOR_API of `", name, "` says that the developer of `", deployment->model(),
      "` runs it, but its operator `", deployment->operator_(), "` and the developer `", model->developer(),
      "` share no owner; use HOSTING_MODE_THIRD_PARTY_HOSTED, or correct the operator or the parents");
}

// Deployments whose answer may change, each with the field that is to blame.
class Affected {
 public:
  explicit Affected(writing::StagedState& state) : state_(state) {}

  std::map<std::string, std::string> Collect() {
    for (const writing::Proposal* proposal : state_.proposals()) {
      const auto* descriptor = proposal->kind->descriptor;
      if (descriptor == Deployment::descriptor()) {
        found_[proposal->name] = proposal->prefix + "hosting_mode";
      } else if (descriptor == Model::descriptor()) {
        CollectModel(*proposal);
      } else if (descriptor == Vendor::descriptor()) {
        CollectVendor(*proposal);
      }
    }
    return std::move(found_);
  }

 private:
  void CollectModel(const writing::Proposal& proposal) {
    const auto before = state_.FindBefore<Model>(proposal.name);
    if (before == nullptr || before->developer() == static_cast<const Model&>(*proposal.document).developer())
      return;
    AddReferrers(proposal.name, "deployments/", proposal.prefix + "developer");
  }

  void CollectVendor(const writing::Proposal& proposal) {
    const auto before = state_.FindBefore<Vendor>(proposal.name);
    const auto& after = static_cast<const Vendor&>(*proposal.document);
    // A new vendor is referred to only by what is staged with it, and that is looked at for its own sake.
    if (before == nullptr) return;
    if (before->parent() == after.parent() && ParentIsNone(*before) == ParentIsNone(after)) return;
    AddGroup(proposal.name, proposal.prefix + "parent");
  }

  // Everything operated or developed by a vendor or by a member of its group below it.
  void AddGroup(const std::string& root, const std::string& field) {
    std::set<std::string> seen = {root};
    std::vector<std::string> waiting = {root};
    while (!waiting.empty()) {
      const std::string vendor = waiting.back();
      waiting.pop_back();
      for (const std::string& referrer : state_.Referrers(vendor)) {
        if (referrer.starts_with("deployments/")) found_.emplace(referrer, field);
        if (referrer.starts_with("models/")) AddReferrers(referrer, "deployments/", field);
        if (referrer.starts_with("vendors/") && seen.insert(referrer).second) waiting.push_back(referrer);
      }
    }
  }

  void AddReferrers(const std::string& name, std::string_view collection, const std::string& field) {
    for (const std::string& referrer : state_.Referrers(name)) {
      if (referrer.starts_with(collection)) found_.emplace(referrer, field);
    }
  }

  writing::StagedState& state_;
  std::map<std::string, std::string> found_;
};

bool CanMatter(const writing::StagedState& state) {
  return std::any_of(state.proposals().begin(), state.proposals().end(),
                     [](const writing::Proposal* proposal) {
                       const auto* descriptor = proposal->kind->descriptor;
                       return descriptor == Deployment::descriptor() || descriptor == Model::descriptor() ||
                              descriptor == Vendor::descriptor();
                     });
}

}  // namespace

absl::Status CheckHosting(writing::StagedState& state) {
  if (!CanMatter(state)) return absl::OkStatus();
  std::vector<base::FieldViolation> violations;
  for (const auto& [name, field] : Affected(state).Collect()) {
    std::string wrong = WrongOperator(state, name);
    if (!wrong.empty()) violations.push_back({field, std::move(wrong)});
  }
  return base::FieldErrors(violations);
}

}  // namespace linchpin::inventory
