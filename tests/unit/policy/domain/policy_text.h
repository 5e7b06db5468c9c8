// Policies for tests, from YAML.
#ifndef LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_POLICY_TEXT_H_
#define LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_POLICY_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "services/base/error.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/binding/policy_set.h"
#include "tests/support/inventory_text.h"

namespace linchpin::policy {

inline v1::Policy PolicyText(const std::string& yaml) {
  return testing_support::ReadInventory("kind: Policy\nname: policies/p\n" + yaml).All<v1::Policy>().at(0);
}

inline v1::Assignment AssignmentText(const std::string& yaml) {
  return testing_support::ReadInventory("kind: Assignment\nname: assignments/a\npolicy: policies/p\n" + yaml)
      .All<v1::Assignment>()
      .at(0);
}

// "field: description" of every violation.
inline std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> texts;
  if (const auto details = base::DetailsOf(status)) {
    for (const auto& violation : details->violations)
      texts.push_back(violation.field + ": " + violation.description);
  }
  return texts;
}

inline PolicySet PolicySetOf(const testing_support::InventoryText& text, int64_t revision = 1) {
  return PolicySet(revision, text.All<v1::Policy>(), text.All<v1::Assignment>(),
                   text.All<v1::JurisdictionSet>());
}

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_POLICY_TEXT_H_
