// All policies, assignments and jurisdiction sets at one revision of the policy store, ready to be evaluated.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_POLICY_SET_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_POLICY_SET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "services/policy/domain/binding/jurisdictions.h"
#include "services/policy/domain/rules/evaluation.h"

namespace linchpin::policy {

// Thread safety: immutable.
class PolicySet {
 public:
  // Documents in any order, names unique. An assignment whose policy is missing, or that does not bind, is an
  // error of its rules.
  PolicySet(int64_t revision, const std::vector<v1::Policy>& policies,
            const std::vector<v1::Assignment>& assignments, const std::vector<v1::JurisdictionSet>& sets);

  int64_t revision() const { return revision_; }
  // SHA-256, 32 bytes, of all documents as they are stored, also of those that are not in force: two sets of
  // one digest decide alike.
  const std::string& digest() const { return digest_; }
  const JurisdictionSets& sets() const { return sets_; }

  // Assignments that are not disabled, in order of name.
  const std::vector<AssignedPolicy>& active() const { return active_; }
  // Null if it does not exist or is disabled.
  const AssignedPolicy* FindActive(std::string_view assignment) const;
  bool IsDisabled(std::string_view assignment) const { return disabled_.contains(assignment); }

  // Null if it is not active, does not bind, or its policy has no such rule.
  const BoundRule* FindRule(std::string_view assignment, std::string_view rule) const;

  // Says what a rule asks under an assignment: differs when the rule, its parameters or a set that they name
  // differ. Nothing if there is no such rule.
  std::optional<uint64_t> RuleDigest(std::string_view assignment, std::string_view rule) const;

 private:
  void Digest(const v1::Policy& policy, const v1::Assignment& assignment);
  // The countries of all sets that a message names, as text.
  std::string Countries(const google::protobuf::Message& message) const;

  int64_t revision_;
  std::string digest_;
  JurisdictionSets sets_;
  std::vector<AssignedPolicy> active_;
  std::map<std::string, bool, std::less<>> disabled_;
  std::map<std::pair<std::string, std::string>, uint64_t, std::less<>> digests_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_POLICY_SET_H_
