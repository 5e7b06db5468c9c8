#include "services/risk/domain/reports/sweep_report.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

absl::Status Sweep(const std::string& request, v1::SweepResult& result, const SweepHooks& hooks = {}) {
  Analysis analysis(TwoVendors().Graph());
  return ReportSweep(analysis, FromText<v1::SweepCutoffsRequest>(request), hooks, result);
}

v1::SweepResult Swept(const std::string& request) {
  v1::SweepResult result;
  const absl::Status status = Sweep(request, result);
  EXPECT_THAT(status, IsOk());
  return result;
}

std::vector<std::string> Keys(const v1::SweepResult& result) {
  std::vector<std::string> keys;
  for (const auto& atom : result.atoms()) keys.push_back(atom.key());
  return keys;
}

TEST(SweepReport, RanksVendorsByTheirIndexInBothWorlds) {
  const auto result = Swept("");
  // The host of beta is unknown: in WORST every vendor provides it. Claims weighs 8, search 2.
  EXPECT_THAT(Keys(result), ElementsAre("vendor:beta", "vendor:alpha", "vendor:cloud"));
  EXPECT_EQ(result.atom_count(), 3);
  const v1::AtomImpact& beta = result.atoms(0);
  EXPECT_EQ(beta.sustained().proven().index_ppm(), 200'000);
  EXPECT_EQ(beta.sustained().proven().impacted(), 1);
  EXPECT_EQ(beta.sustained().proven().down(), 1);
  EXPECT_THAT(beta.consumers(), ElementsAre("applications/search"));
  // Claims falls back on beta where its host is not alpha's.
  const v1::AtomImpact& alpha = result.atoms(1);
  EXPECT_EQ(alpha.sustained().proven().index_ppm(), 0);
  EXPECT_EQ(alpha.immediate().proven().index_ppm(), 800'000);
  EXPECT_EQ(alpha.sustained().not_excluded().index_ppm(), 1'000'000);
  EXPECT_EQ(alpha.sustained().not_excluded().down(), 2);
  EXPECT_THAT(alpha.consumers(), IsEmpty());
  EXPECT_THAT(alpha.not_excluded_consumers(), ElementsAre("applications/claims", "applications/search"));
}

TEST(SweepReport, TakesAlternativesThatNeedTimeAsNotReadyWhenAsked) {
  const auto result = Swept("readiness: READINESS_IMMEDIATE");
  EXPECT_THAT(Keys(result), ElementsAre("vendor:alpha", "vendor:cloud", "vendor:beta"));
  EXPECT_EQ(result.atoms(0).immediate().proven().index_ppm(), 800'000);
}

TEST(SweepReport, SweepsTheClassesAskedForOnceAndRanksThemTogether) {
  const auto result = Swept(
      "atom_classes: ATOM_CLASS_WEIGHTS atom_classes: ATOM_CLASS_LICENCE atom_classes: ATOM_CLASS_WEIGHTS");
  // The licence is irrevocable: no atom. Both models depend on weights of the US.
  EXPECT_THAT(Keys(result), ElementsAre("weights:US", "weights:FR"));
  EXPECT_EQ(result.atoms(0).sustained().proven().index_ppm(), 1'000'000);
}

TEST(SweepReport, CutsTheListsButNotTheCounts) {
  const auto result = Swept("max_atoms: 1 max_consumers: 1 readiness: READINESS_IMMEDIATE");
  EXPECT_EQ(result.atoms_size(), 1);
  EXPECT_EQ(result.atom_count(), 3);
  EXPECT_EQ(result.atoms(0).immediate().not_excluded().impacted(), 2);
  EXPECT_THAT(result.atoms(0).consumers(), ElementsAre("applications/claims"));
  EXPECT_THAT(result.atoms(0).not_excluded_consumers(), ElementsAre("applications/search"));
}

TEST(SweepReport, TellsItsProgress) {
  std::vector<std::pair<int64_t, int64_t>> seen;
  v1::SweepResult result;
  SweepHooks hooks;
  hooks.progress = [&](int64_t done, int64_t total) { seen.emplace_back(done, total); };
  ASSERT_THAT(Sweep("atom_classes: ATOM_CLASS_WEIGHTS", result, hooks), IsOk());
  EXPECT_THAT(seen, ElementsAre(Pair(0, 2), Pair(1, 2), Pair(2, 2)));
}

TEST(SweepReport, RefusesAClassThatIsNotSaid) {
  v1::SweepResult result;
  const absl::Status status = Sweep("atom_classes: ATOM_CLASS_UNSPECIFIED", result);
  EXPECT_EQ(base::DetailsOf(status)->violations.at(0).field, "atom_classes[0]");
  EXPECT_THAT(result.atoms(), IsEmpty());
}

}  // namespace
}  // namespace linchpin::risk
