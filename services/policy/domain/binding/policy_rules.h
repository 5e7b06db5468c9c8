// What policies, assignments and jurisdiction sets must satisfy to be stored.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_POLICY_RULES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_POLICY_RULES_H_

#include "services/writing/write_rules.h"

namespace linchpin::policy {

// A policy compiles, names no set that is not there, and leaves no active assignment without what it needs
// (else FAILED_PRECONDITION, ASSIGNMENTS_BROKEN, naming them); an assignment binds to its policy, in a mode
// that is supported; sets include each other without a cycle; a set that a policy or an assignment names is
// not deleted. Errors: INVALID_ARGUMENT, POLICY_INVALID, with all diagnostics; FAILED_PRECONDITION, CYCLE and
// STILL_REFERENCED.
writing::WriteRules PolicyRules();

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_POLICY_RULES_H_
