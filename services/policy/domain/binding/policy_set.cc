#include "services/policy/domain/binding/policy_set.h"

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/sha256.h"
#include "services/base/sha256_stream.h"
#include "services/policy/domain/findings/stable_hash.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::policy {
namespace {

AssignedPolicy WithoutPolicy(const v1::Assignment& assignment) {
  // Its rules are unknown; one error stands for all.
  AssignedPolicy assigned{assignment.name(),
                          assignment.policy(),
                          {""},
                          {v1::SEVERITY_HIGH},
                          base::Error(base::reason::ResourceNotFound{.name = assignment.policy()},
                                      assignment.policy() + " does not exist"),
                          assignment.owner()};
  assigned.mode = ModeOf(assignment);
  return assigned;
}

template <typename Document>
void AddBytes(const std::vector<Document>& documents, std::vector<std::string>& bytes) {
  for (const Document& document : documents) bytes.push_back(resource::StableBytes(document));
}

// In whatever order the documents are. Each begins with its name, so that no two kinds are mistaken.
std::string DigestOf(std::vector<std::string> documents) {
  std::sort(documents.begin(), documents.end());
  base::Sha256Stream digest;
  for (const std::string& document : documents) digest.Add(base::Sha256(document));
  return digest.Finish();
}

}  // namespace

PolicySet::PolicySet(int64_t revision, const std::vector<v1::Policy>& policies,
                     const std::vector<v1::Assignment>& assignments,
                     const std::vector<v1::JurisdictionSet>& sets)
    : revision_(revision), sets_(sets) {
  std::vector<std::string> bytes;
  AddBytes(policies, bytes);
  AddBytes(assignments, bytes);
  AddBytes(sets, bytes);
  digest_ = DigestOf(std::move(bytes));
  std::map<std::string_view, const v1::Policy*> by_name;
  for (const v1::Policy& policy : policies) by_name[policy.name()] = &policy;
  for (const v1::Assignment& assignment : assignments) {
    if (assignment.mode() == v1::MODE_DISABLED) {
      disabled_[assignment.name()] = true;
      continue;
    }
    const auto policy = by_name.find(assignment.policy());
    if (policy == by_name.end()) {
      active_.push_back(WithoutPolicy(assignment));
    } else {
      active_.push_back(Assign(*policy->second, assignment, sets_));
      Digest(*policy->second, assignment);
    }
  }
  std::sort(active_.begin(), active_.end(),
            [](const AssignedPolicy& a, const AssignedPolicy& b) { return a.assignment < b.assignment; });
}

void PolicySet::Digest(const v1::Policy& policy, const v1::Assignment& assignment) {
  v1::Policy frame;
  *frame.mutable_parameters() = policy.parameters();
  v1::Assignment values;
  *values.mutable_parameters() = assignment.parameters();
  values.set_assurance(assignment.assurance());
  const std::string shared =
      resource::StableBytes(frame) + resource::StableBytes(values) + Countries(frame) + Countries(values);
  for (const v1::Rule& rule : policy.rules()) {
    digests_[{assignment.name(), rule.id()}] =
        StableHash(resource::StableBytes(rule) + Countries(rule) + shared);
  }
}

std::string PolicySet::Countries(const google::protobuf::Message& message) const {
  std::string text;
  for (const std::string& name : SetsNamedIn(message)) {
    text += name + "=";
    const auto countries = sets_.Resolve(name);
    if (!countries.ok()) continue;
    for (const std::string& code : countries->Codes()) text += code + ",";
  }
  return text;
}

const AssignedPolicy* PolicySet::FindActive(std::string_view assignment) const {
  const auto at = std::lower_bound(
      active_.begin(), active_.end(), assignment,
      [](const AssignedPolicy& policy, std::string_view name) { return policy.assignment < name; });
  return at != active_.end() && at->assignment == assignment ? &*at : nullptr;
}

const BoundRule* PolicySet::FindRule(std::string_view assignment, std::string_view rule) const {
  const AssignedPolicy* policy = FindActive(assignment);
  if (policy == nullptr || !policy->bound.ok()) return nullptr;
  for (const BoundRule& bound : policy->bound->rules) {
    if (bound.id == rule) return &bound;
  }
  return nullptr;
}

std::optional<uint64_t> PolicySet::RuleDigest(std::string_view assignment, std::string_view rule) const {
  const auto found = digests_.find({std::string(assignment), std::string(rule)});
  if (found == digests_.end()) return std::nullopt;
  return found->second;
}

}  // namespace linchpin::policy
