// Findings beside what a test expects of them.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_SUITE_MATCH_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_SUITE_MATCH_H_

#include <string>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/policy/domain/suites/policy_suite.h"

namespace linchpin::policy {

// What is wrong, a line each: an expected finding that is not there, and, unless `at_least`, one that is
// there and is not expected. Each finding meets one expectation. Empty: all is as expected.
std::vector<std::string> Differences(const SuiteStep& step, const std::vector<v1::Finding>& found);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_SUITE_MATCH_H_
