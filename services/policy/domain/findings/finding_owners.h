// Who answers for the subject of a finding.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_OWNERS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_OWNERS_H_

#include <map>
#include <string>
#include <string_view>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// The owner of the application or business service that a finding is about, of a dependency its consumer's.
// Where the subject has none, or is of another kind (a data gap of a vendor), the owner of the assignment.
//
// Ownership: keeps a reference to the view. Thread safety: none.
// Cost: parses each consumer once.
class FindingOwners {
 public:
  explicit FindingOwners(const replica::View& view) : view_(view) {}

  void AddAssignment(std::string_view assignment, std::string_view owner);

  // Empty: nobody.
  const std::string& Of(const v1::Finding& finding);
  // That of the consumer which a subject is, or of which it is a dependency; empty: none.
  const std::string& OfSubject(std::string_view name);

 private:
  const std::string& OfConsumer(std::string_view name);

  const replica::View& view_;
  std::map<std::string, std::string, std::less<>> assignments_, consumers_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_OWNERS_H_
