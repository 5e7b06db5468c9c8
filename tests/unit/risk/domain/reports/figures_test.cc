#include "services/risk/domain/reports/figures.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;

Figures Computed(const Documents& documents, const std::vector<std::string>& home = {}) {
  Analysis analysis(documents.Graph());
  auto figures = ComputeFigures(analysis, home, nullptr);
  EXPECT_THAT(figures, IsOk());
  return figures.ok() ? *figures : Figures();
}

TEST(Figures, HaveEveryDimensionOfTheBasesWithWeight) {
  const Figures figures = Computed(TwoVendors());
  EXPECT_EQ(figures.hhi.size(), 24u);  // APPLICATIONS and CRITICALITY; nothing was measured.
  EXPECT_EQ(figures.shares.size(), 12u);
  EXPECT_FALSE(figures.foreign.has_value());
  EXPECT_EQ(figures.hhi[0].value.lower, 5000.0);
  EXPECT_EQ(figures.hhi[0].value.likely, 5000.0);
  EXPECT_EQ(figures.hhi[0].value.upper, 5000.0);
}

TEST(Figures, HaveAForeignShareWhereAHomeIsNamed) {
  const Figures figures = Computed(TwoVendors(), {"FR"});
  ASSERT_TRUE(figures.foreign.has_value());
  EXPECT_EQ(figures.foreign->lower, 1.0);
  EXPECT_EQ(figures.foreign->upper, 1.0);
}

TEST(Figures, CountApplicationsThatOneVendorStops) {
  const Figures figures = Computed(TwoVendors());
  // Search stops with beta. Claims falls back on it, unless the unknown host is alpha's.
  EXPECT_EQ(figures.unmitigated.at("3").lower, 1);
  EXPECT_EQ(figures.unmitigated.at("3").likely, 1);
  EXPECT_EQ(figures.unmitigated.at("3").upper, 1);
  EXPECT_EQ(figures.unmitigated.at("1").lower, 0);
  EXPECT_EQ(figures.unmitigated.at("1").upper, 1);
  EXPECT_EQ(figures.unmitigated.at("unknown").upper, 0);
}

TEST(Figures, LeaveOutABasisThatIsTooLarge) {
  Documents documents = TwoVendors();
  documents.Add<inventory::Dependency>(R"pb(
    name: "applications/search/dependencies/big"
    alternatives { target: "deployments/beta" }
    usage {
      requests: 72057594037927936
      input_tokens: 1
      window { seconds: 2592000 }
    }
  )pb");
  EXPECT_EQ(Computed(documents).hhi.size(), 36u);  // With TOKENS, without REQUESTS.
}

TEST(Figures, TheLargestShareIsThatOfSomebody) {
  Documents documents;
  documents.Add<inventory::Vendor>(R"pb(name: "vendors/small")pb")
      .Add<inventory::Deployment>(R"pb(name: "deployments/own" hosting_mode: HOSTING_MODE_SELF_HOSTED)pb")
      .Add<inventory::Deployment>(R"pb(name: "deployments/api"
                                       hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED
                                       operator: "vendors/small")pb");
  for (const auto& [application, target] :
       {std::pair{"a", "own"}, {"b", "own"}, {"c", "own"}, {"d", "api"}}) {
    const std::string name = std::string("applications/") + application;
    documents.Add<inventory::Application>("name: '" + name + "'")
        .Add<inventory::Dependency>("name: '" + name +
                                    "/dependencies/d' alternatives { target: 'deployments/" + target + "' }");
  }
  const Figures figures = Computed(documents);
  EXPECT_EQ(figures.shares[0].dimension, engine::Dimension::kOperator);
  EXPECT_EQ(figures.shares[0].top_ratio.lower, 0.25);  // Three quarters are self-hosted: no operator to lose.
}

TEST(Figures, OfAnEmptyInventoryAreEmpty) {
  const Figures figures = Computed(Documents(), {"FR"});
  EXPECT_TRUE(figures.hhi.empty());
  EXPECT_FALSE(figures.foreign.has_value());
  EXPECT_EQ(figures.unmitigated.at("1").upper, 0);
}

TEST(Figures, StopWhenTheyAreTold) {
  Analysis analysis(TwoVendors().Graph());
  EXPECT_THAT(ComputeFigures(analysis, {}, [] { return true; }), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace linchpin::risk
