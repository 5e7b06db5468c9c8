#include "services/policy/domain/binding/rehearsal.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/binding/fault_paths.h"
#include "services/resource/kinds.h"
#include "services/resource/validate.h"

namespace linchpin::policy {
namespace {

using Names = std::set<std::string, std::less<>>;

std::string FieldAt(const char* list, int i) { return absl::StrCat("change.", list, "[", i, "]."); }

template <typename Document>
absl::Status CheckDocuments(const google::protobuf::RepeatedPtrField<Document>& changed, const char* list,
                            Names& names) {
  const resource::KindInfo& kind = *resource::FindKindOf(Document::descriptor());
  for (int i = 0; i < changed.size(); ++i) {
    const std::string field = FieldAt(list, i);
    if (absl::Status status = resource::CheckName(kind, changed[i].name(), field + "name"); !status.ok())
      return status;
    if (absl::Status status = resource::Validate(changed[i], field); !status.ok()) return status;
    if (!names.insert(changed[i].name()).second)
      return base::FieldError(field + "name", "`" + changed[i].name() + "` is named twice: keep one");
  }
  return absl::OkStatus();
}

template <typename Document>
void Overlay(const google::protobuf::RepeatedPtrField<Document>& changed, std::vector<Document>& stored) {
  for (const Document& document : changed) {
    const auto same = std::find_if(stored.begin(), stored.end(),
                                   [&](const auto& one) { return one.name() == document.name(); });
    same == stored.end() ? stored.push_back(document) : void(*same = document);
  }
}

absl::Status CheckPolicies(const v1::PolicyChange& change, const JurisdictionSets& sets) {
  for (int i = 0; i < change.policies_size(); ++i) {
    const absl::Status status = CheckPolicy(change.policies(i), &sets);
    if (!status.ok())
      return base::RenameFields(status,
                                [i](const std::string& field) { return FieldAt("policies", i) + field; });
  }
  for (int i = 0; i < change.assignments_size(); ++i) {
    const absl::Status status = CheckMode(change.assignments(i));
    if (!status.ok())
      return base::RenameFields(status,
                                [i](const std::string& field) { return FieldAt("assignments", i) + field; });
  }
  return absl::OkStatus();
}

// Where faults of an assignment are told: in the change, or by its name if it is stored.
std::string PathOf(const v1::PolicyChange& change, std::string_view assignment) {
  for (int i = 0; i < change.assignments_size(); ++i) {
    if (change.assignments(i).name() == assignment) return FieldAt("assignments", i);
  }
  return std::string(assignment) + ".";
}

absl::Status CheckBinding(const v1::PolicyChange& change, const AssignedPolicy& assigned) {
  if (assigned.bound.ok()) return absl::OkStatus();
  const std::string prefix = PathOf(change, assigned.assignment);
  if (!base::DetailsOf(assigned.bound.status()) || assigned.rules == std::vector<std::string>{""})
    return base::FieldError(prefix + "policy", "`" + assigned.policy + "` is not a policy");
  return UnderPrefixes(assigned.bound.status(), prefix, assigned.policy + ".");
}

}  // namespace

absl::StatusOr<Rehearsed> Rehearse(int64_t revision, PolicyDocuments stored, const v1::PolicyChange& change) {
  Names sets, policies, assignments;
  absl::Status status = CheckDocuments(change.jurisdiction_sets(), "jurisdiction_sets", sets);
  if (status.ok()) status = CheckDocuments(change.policies(), "policies", policies);
  if (status.ok()) status = CheckDocuments(change.assignments(), "assignments", assignments);
  if (!status.ok()) return status;
  Overlay(change.jurisdiction_sets(), stored.sets);
  Overlay(change.policies(), stored.policies);
  Overlay(change.assignments(), stored.assignments);
  if (status = CheckPolicies(change, JurisdictionSets(stored.sets)); !status.ok()) return status;
  Rehearsed rehearsed;
  auto set = std::make_shared<const PolicySet>(revision, stored.policies, stored.assignments, stored.sets);
  for (const AssignedPolicy& assigned : set->active()) {
    // A set may stand in the values of any assignment.
    const bool touched =
        !sets.empty() || assignments.contains(assigned.assignment) || policies.contains(assigned.policy);
    if (!touched) continue;
    if (status = CheckBinding(change, assigned); !status.ok()) return status;
    rehearsed.touched.push_back(assigned.assignment);
  }
  rehearsed.policies = std::move(set);
  return rehearsed;
}

}  // namespace linchpin::policy
