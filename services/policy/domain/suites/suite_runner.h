// Runs a suite of policy tests: no server, no database, its own clock.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_SUITE_RUNNER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_SUITE_RUNNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "services/policy/domain/suites/policy_suite.h"

namespace linchpin::policy {

// One test in one row of the matrix.
struct TestResult {
  std::string test;
  std::string row;  // "home=[FR, DE], outside=US"; empty where there is no matrix.
  resource::Position at;
  std::vector<std::string> faults;  // Empty: it passed.
};

// How often a rule came out one way and the other in all tests and rows.
struct RuleCoverage {
  std::string rule;
  int64_t violations = 0;
  int64_t passes = 0;

  bool complete() const { return violations > 0 && passes > 0; }
};

struct SuiteResult {
  std::vector<TestResult> tests;
  std::vector<RuleCoverage> coverage;  // In the order of the policy's rules.

  bool passed() const;
  // Rules with a violation and a pass.
  int complete() const;
};

// Runs all tests in all rows. Each begins with the fixtures at `now` and runs its steps in order: changes,
// the clock, an evaluation with the life of findings and waivers, the expectation. A waiver of the fixtures
// counts as approved. Faults of fixtures are faults of the test. `policies` and `sets` are those of the
// suite's files.
SuiteResult RunSuite(const PolicySuite& suite, const std::vector<v1::Policy>& policies,
                     const std::vector<v1::JurisdictionSet>& sets);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_SUITE_RUNNER_H_
