#include "services/policy/domain/binding/jurisdictions.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;

v1::JurisdictionSet Set(std::string name, std::vector<std::string> countries,
                        std::vector<std::string> includes) {
  v1::JurisdictionSet set;
  set.set_name(std::move(name));
  for (const std::string& country : countries) set.add_countries(country);
  for (const std::string& include : includes) set.add_includes(include);
  return set;
}

TEST(JurisdictionSets, TakesInWhatASetIncludesAtAnyDepth) {
  const JurisdictionSets sets({Set("jurisdictionSets/a", {"FR"}, {"jurisdictionSets/b"}),
                               Set("jurisdictionSets/b", {"DE"}, {"jurisdictionSets/c"}),
                               Set("jurisdictionSets/c", {"NL", "FR"}, {})});
  ASSERT_THAT(sets.Resolve("jurisdictionSets/a"), IsOk());
  EXPECT_THAT(sets.Resolve("jurisdictionSets/a")->Codes(), ElementsAre("DE", "FR", "NL"));
}

TEST(JurisdictionSets, NamesTheSetThatDoesNotExist) {
  const JurisdictionSets sets({Set("jurisdictionSets/a", {}, {"jurisdictionSets/gone"})});
  const auto resolved = sets.Resolve("jurisdictionSets/a");
  EXPECT_THAT(resolved, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(resolved.status().message(), "jurisdictionSets/gone does not exist");
}

TEST(JurisdictionSets, EndsOnACycle) {
  const JurisdictionSets sets({Set("jurisdictionSets/a", {"FR"}, {"jurisdictionSets/b"}),
                               Set("jurisdictionSets/b", {"DE"}, {"jurisdictionSets/a"})});
  EXPECT_THAT(sets.Resolve("jurisdictionSets/a")->Codes(), ElementsAre("DE", "FR"));
}

}  // namespace
}  // namespace linchpin::policy
