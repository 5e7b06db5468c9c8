#include "services/inventory/catalogue/coverage.h"

#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace linchpin::catalogue {
namespace {

using testing::HasSubstr;

// One vendor, a line, its version and a model of nobody.
constexpr std::string_view kSmall = R"(---
apiVersion: linchpin/v1
kind: Vendor
name: vendors/openai
roles: [DEVELOPER]
ownLine: CLOSED
likely:
  - {field: parent, oneOf: [none], confidence: 0.8, reason: "privately held"}
---
apiVersion: linchpin/v1
kind: Model
name: models/gpt-x
developer: vendors/openai
weights: PROPRIETARY
knownNone: [licence]
releaseTime: "2025-01-01T00:00:00Z"
---
apiVersion: linchpin/v1
kind: Model
name: models/gpt-x-2025-02-02
developer: vendors/openai
versionOf: models/gpt-x
---
apiVersion: linchpin/v1
kind: Model
name: models/stray
weights: OPEN
)";

TEST(CoverageTables, CountWhatVersionsTakeFromTheirLine) {
  const auto catalogue = Catalogue::Read({{"small.yaml", kSmall}}, {});
  ASSERT_THAT(catalogue, IsOk());
  const std::string text = CoverageTables(*catalogue);
  EXPECT_THAT(
      text,
      HasSubstr("| GPT, o and the other models of OpenAI | 2 | 2 (100%) | 2 (100%) | 2 (100%) | 2 (100%) | "
                "1 (50%) | 0 | 1 |\n"));
  EXPECT_THAT(text,
              HasSubstr("| all models | 3 | 2 (67%) | 3 (100%) | 2 (67%) | 2 (67%) | 1 (33%) | 0 | 1 |\n"));
  EXPECT_THAT(text, HasSubstr("| developers | 1 | 0 (0%) | 1 | 0 (0%) | 1 (100%) | 1 | 0 (0) | 0 | 0 |\n"));
  EXPECT_THAT(text, HasSubstr("| Claude | 0 | - |"));
}

TEST(CoverageTables, StandInTheDocumentation) {
  std::ifstream file(std::string(LINCHPIN_SOURCE_DIR) + "/docs/concepts/catalogue.md");
  std::ostringstream page;
  page << file.rdbuf();
  const auto catalogue = Catalogue::Shipped();
  ASSERT_THAT(catalogue, IsOk());
  EXPECT_THAT(page.str(), HasSubstr(CoverageTables(*catalogue)))
      << "put what `linchpin catalogue coverage` prints into the page";
}

}  // namespace
}  // namespace linchpin::catalogue
