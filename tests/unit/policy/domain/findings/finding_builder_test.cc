#include "services/policy/domain/findings/finding_builder.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;

v1::Finding Named(const std::string& fingerprint, v1::Severity severity) {
  v1::Finding finding;
  finding.set_name("findings/" + fingerprint);
  finding.set_severity(severity);
  return finding;
}

TEST(SortGravestFirst, GoesBySeverityAndThenByTheWholeName) {
  std::vector<v1::Finding> findings = {
      Named("00000000aa", v1::SEVERITY_LOW), Named("fedcba9876", v1::SEVERITY_HIGH),
      Named("00000000b", v1::SEVERITY_HIGH), Named("00000000a", v1::SEVERITY_HIGH),
      Named("0000", v1::SEVERITY_HIGH),      Named("9fffffffff", v1::SEVERITY_HIGH)};
  SortGravestFirst(findings);
  std::vector<std::string> names;
  for (const v1::Finding& finding : findings) names.push_back(finding.name().substr(9));
  EXPECT_THAT(names, ElementsAre("0000", "00000000a", "00000000b", "9fffffffff", "fedcba9876", "00000000aa"));
}

}  // namespace
}  // namespace linchpin::policy
