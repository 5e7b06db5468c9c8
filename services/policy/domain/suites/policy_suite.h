// A suite of tests of a policy, as people write it beside the policy (docs/concepts/policy-tests.md).
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_POLICY_SUITE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_POLICY_SUITE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/resource/document.h"
#include "services/resource/node.h"

namespace linchpin::policy {

// Values of a row of the matrix, by name: `${home}` and `${home[0]}` in fixtures and expectations.
using SuiteVariables = std::map<std::string, resource::Node, std::less<>>;

// A finding that a step expects: what is named must be so.
struct ExpectedFinding {
  resource::Position at;
  std::map<std::string, resource::Node>
      fields;  // rule, subject, type, severity, state, message, discriminators
};

// One step of a test: what is changed, how far the clock goes on, and what is to be found then.
struct SuiteStep {
  resource::Position at;
  std::vector<resource::Node> changes;  // Resources, or `{delete: NAME}`.
  absl::Duration advance;
  bool expects = false;
  bool at_least = false;  // Other findings do not matter.
  std::vector<ExpectedFinding> findings;
};

struct SuiteTest {
  std::string name;
  resource::Position at;
  std::vector<SuiteStep> steps;
};

struct PolicySuite {
  std::string file;
  std::string name;
  std::vector<std::string> policy_files;   // Beside the suite.
  std::vector<std::string> fixture_files;  // Beside the suite; AddFixtures takes them.
  std::string policy;                      // Empty: the only one of the files.
  absl::Time now = absl::UnixEpoch();
  absl::Duration fixture_age;          // For how long the fixtures have been there at `now`.
  resource::Node parameters;           // Of the assignment; a map or nothing.
  std::vector<SuiteVariables> matrix;  // At least one row, perhaps without variables.
  std::vector<resource::Node> fixtures;
  std::vector<SuiteTest> tests;
};

// Reads one suite. Unknown keys, a suite without tests, and a test without an expectation are errors: what
// does not run must not look as if it passed. `suite` is of no use if there are errors.
std::vector<resource::FileError> ReadSuite(std::string_view file, std::string_view text, PolicySuite& suite);

// Appends the resources of a file of fixtures, which suites share: YAML documents, in which variables may
// stand.
std::vector<resource::FileError> AddFixtures(std::string_view file, std::string_view text,
                                             PolicySuite& suite);

// `node` with the variables put in: a scalar that is `${name}` becomes the whole value, one in which
// `${name}` or `${name[0]}` stands gets its text. What is no variable stays as it is.
resource::Node WithVariables(const resource::Node& node, const SuiteVariables& variables);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_SUITES_POLICY_SUITE_H_
