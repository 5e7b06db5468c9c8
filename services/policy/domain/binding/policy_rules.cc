#include "services/policy/domain/binding/policy_rules.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/binding/fault_paths.h"
#include "services/policy/domain/binding/jurisdictions.h"
#include "services/policy/domain/waivers/waiver_request.h"
#include "services/writing/cycles.h"
#include "services/writing/staged_state.h"

namespace linchpin::policy {
namespace {

using google::protobuf::Message;
using writing::Proposal;
using writing::StagedState;

constexpr int kDocumentsMax = 100'000;
constexpr size_t kReferrersShown = 20;

void CheckDocument(const Message& document, std::string_view prefix,
                   std::vector<base::FieldViolation>& violations) {
  if (document.GetDescriptor() == v1::Waiver::descriptor())
    return CheckWaiverDocument(static_cast<const v1::Waiver&>(document), prefix, violations);
  if (document.GetDescriptor() != v1::Assignment::descriptor()) return;
  const absl::Status mode = CheckMode(static_cast<const v1::Assignment&>(document));
  const auto details = base::DetailsOf(mode);
  if (!details) return;
  for (const auto& violation : details->violations) {
    violations.push_back({std::string(prefix) + violation.field, violation.description});
  }
}

// The sets as they stand after the write.
JurisdictionSets SetsOf(StagedState& state) {
  std::set<std::string> names;
  for (std::string& name : state.before().NamesWithPrefix("jurisdictionSets/", kDocumentsMax)) {
    names.insert(std::move(name));
  }
  for (const Proposal* proposal : state.proposals()) names.insert(proposal->name);
  std::vector<v1::JurisdictionSet> sets;
  for (const std::string& name : names) {
    if (const auto* set = state.Find<v1::JurisdictionSet>(name)) sets.push_back(*set);
  }
  return JurisdictionSets(sets);
}

absl::Status CheckAssignment(const v1::Assignment& assignment, const Proposal& proposal, StagedState& state) {
  const auto* policy = state.Find<v1::Policy>(assignment.policy());
  if (policy == nullptr) {
    return base::FieldError(proposal.prefix + "policy", "`" + assignment.policy() + "` is not a policy");
  }
  const auto bound = BindPolicy(*policy, assignment, SetsOf(state));
  return bound.ok() ? absl::OkStatus() : UnderPrefixes(bound.status(), proposal.prefix, "policy.");
}

// Assignments that are not staged themselves, are active, and bind to `before` but not to the policy of the
// write. With what is wrong, by name.
std::map<std::string, absl::Status> BrokenAssignments(const v1::Policy& policy, const v1::Policy& before,
                                                      const JurisdictionSets& sets, StagedState& state) {
  std::map<std::string, absl::Status> broken;
  for (const std::string& name : state.Referrers(policy.name())) {
    const auto staged = [&](const Proposal* proposal) { return proposal->name == name; };
    if (std::any_of(state.proposals().begin(), state.proposals().end(), staged))
      continue;  // Checked by itself.
    const auto* assignment = state.Find<v1::Assignment>(name);
    if (assignment == nullptr || assignment->mode() == v1::MODE_DISABLED) continue;
    const auto bound = BindPolicy(policy, *assignment, sets);
    if (!bound.ok() && BindPolicy(before, *assignment, sets).ok()) broken.emplace(name, bound.status());
  }
  return broken;
}

// An edit of a policy must leave its active assignments with all they need.
absl::Status CheckAssignmentsOf(const v1::Policy& policy, const JurisdictionSets& sets, StagedState& state) {
  const std::unique_ptr<v1::Policy> before = state.FindBefore<v1::Policy>(policy.name());
  if (before == nullptr) return absl::OkStatus();
  const std::map<std::string, absl::Status> broken = BrokenAssignments(policy, *before, sets, state);
  if (broken.empty()) return absl::OkStatus();
  std::vector<std::string> names, faults;
  std::vector<base::FieldViolation> violations;
  for (const auto& [name, status] : broken) {
    if (names.size() == kReferrersShown) break;
    names.push_back(name);
    const auto details = base::DetailsOf(status);
    for (const auto& violation : details ? details->violations : std::vector<base::FieldViolation>()) {
      std::string field = violation.field;
      if (field.rfind(kAssignmentPath, 0) == 0) field = field.substr(sizeof(kAssignmentPath) - 1);
      if (violations.size() < kReferrersShown)
        violations.push_back({absl::StrCat(name, ".", field), violation.description});
    }
  }
  for (const auto& violation : violations)
    faults.push_back(absl::StrCat(violation.field, ": ", violation.description));
  return base::Error(base::reason::AssignmentsBroken{.policy = policy.name(),
                                                     .assignments = absl::StrJoin(names, ",")},
                     absl::StrCat(
                         "the change breaks ", broken.size(),
                         broken.size() == 1 ? " assignment: " : " assignments: ", absl::StrJoin(faults, "; "),
                         "; give new parameters a default and require them once assignments have values, or "
                         "disable the assignments first"))
      .Fields(violations);
}

absl::Status CheckIncludes(const Proposal& proposal, StagedState& state) {
  writing::CycleSearch includes([&](const std::string& name) {
    const auto* set = state.Find<v1::JurisdictionSet>(name);
    if (set == nullptr) return std::vector<std::string>();
    return std::vector<std::string>(set->includes().begin(), set->includes().end());
  });
  const std::vector<std::string> cycle = includes.From(proposal.name);
  if (cycle.empty()) return absl::OkStatus();
  return writing::CycleError(cycle, "included sets", "leave out the set that closes it");
}

absl::Status CheckState(StagedState& state) {
  for (const Proposal* proposal : state.proposals()) {
    absl::Status status;
    if (proposal->kind->descriptor == v1::Policy::descriptor()) {
      const JurisdictionSets sets = SetsOf(state);
      const auto& policy = static_cast<const v1::Policy&>(*proposal->document);
      status = CheckPolicy(policy, &sets);
      status = status.ok() ? CheckAssignmentsOf(policy, sets, state)
                           : base::RenameFields(
                                 status, [&](const std::string& field) { return proposal->prefix + field; });
    } else if (proposal->kind->descriptor == v1::Assignment::descriptor()) {
      status = CheckAssignment(static_cast<const v1::Assignment&>(*proposal->document), *proposal, state);
    } else if (proposal->kind->descriptor == v1::JurisdictionSet::descriptor()) {
      status = CheckIncludes(*proposal, state);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// The store knows which set includes which; sets in values of policies and assignments are for us to see.
absl::Status CheckDelete(const store::StateReader& state, std::string_view name) {
  if (!IsJurisdictionSetName(name)) return absl::OkStatus();
  std::vector<std::string> referrers;
  for (const char* prefix : {"assignments/", "policies/"}) {
    for (const std::string& candidate : state.NamesWithPrefix(prefix, kDocumentsMax)) {
      const auto stored = state.Find(candidate);
      const auto document = resource::FindKind(stored->kind)->New();
      if (document->ParseFromString(stored->body) && SetsNamedIn(*document).contains(std::string(name))) {
        referrers.push_back(candidate);
      }
    }
  }
  if (referrers.empty()) return absl::OkStatus();
  const std::string count = absl::StrCat(referrers.size());
  if (referrers.size() > kReferrersShown) referrers.resize(kReferrersShown);
  return base::Error(
      base::reason::StillReferenced{.name = name, .referrers = absl::StrJoin(referrers, ","), .count = count},
      absl::StrCat("`", std::string(name), "` is named by ", absl::StrJoin(referrers, ", "),
                   "; change or delete them first"));
}

}  // namespace

writing::WriteRules PolicyRules() { return {CheckDocument, CheckState, CheckDelete}; }

}  // namespace linchpin::policy
