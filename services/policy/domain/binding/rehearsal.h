// A change of policies as if it were stored.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_REHEARSAL_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_REHEARSAL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/policy/domain/binding/policy_set.h"

namespace linchpin::policy {

// What people have written.
struct PolicyDocuments {
  std::vector<v1::Policy> policies;
  std::vector<v1::Assignment> assignments;
  std::vector<v1::JurisdictionSet> sets;
};

struct Rehearsed {
  std::shared_ptr<const PolicySet> policies;
  // Active assignments that the change adds, changes, or of which it changes the policy, all of them where it
  // has jurisdiction sets; in order.
  std::vector<std::string> touched;
};

// The stored documents with those of the change in place of those of their name.
//
// Errors, with paths that begin with `change.`: INVALID_ARGUMENT, FIELD_INVALID, for a document that is none
// or stands twice; POLICY_INVALID for a policy that does not compile and an assignment that does not bind,
// also one that is stored and that the change would break.
absl::StatusOr<Rehearsed> Rehearse(int64_t revision, PolicyDocuments stored, const v1::PolicyChange& change);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_REHEARSAL_H_
