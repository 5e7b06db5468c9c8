#include "services/engine/levels/affected.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

std::vector<std::string> NamesOf(const Graph& graph, const std::vector<ConsumerIndex>& consumers) {
  std::vector<std::string> names;
  for (ConsumerIndex consumer : consumers) names.emplace_back(graph.consumers().NameOf(consumer));
  return names;
}

TEST(Affected, AreWhoStandsOnWhatChangedAndWhoSharesItsPool) {
  Supply supply = Claims();
  supply.Application("portal");
  supply.Needs("applications/portal", "backend", {"applications/claims"});
  supply.changes.deployments[1].capacity_units = 5;  // beta, the fallback of claims.
  supply.Application("rival");
  supply.Needs("applications/rival", "chat", {"deployments/beta"});
  supply.Application("apart");
  supply.Needs("applications/apart", "chat", {"deployments/alpha"});
  const auto before = supply.Build();
  GraphChanges change;
  change.groups.push_back(supply.changes.groups[0]);
  change.groups[0].alternatives[1].switch_seconds = 0;
  const auto after = *before->Apply(change);
  const auto affected = AffectedConsumers(*before, *after, 100);
  ASSERT_TRUE(affected.has_value());
  EXPECT_EQ(NamesOf(*after, *affected),
            (std::vector<std::string>{"applications/claims", "applications/portal", "applications/rival"}));
  EXPECT_FALSE(AffectedConsumers(*before, *after, 2).has_value());
}

TEST(Affected, TheGoneAreThoseOfTheGraphBeforeAlone) {
  Supply supply = Claims();
  supply.Application("portal");
  const auto before = supply.Build();
  GraphChanges change;
  change.deleted_consumers.push_back("applications/portal");
  EXPECT_TRUE(GoneConsumers(*before, *before).empty());
  EXPECT_EQ(NamesOf(*before, GoneConsumers(*before, **before->Apply(change))),
            std::vector<std::string>{"applications/portal"});
  // Another comes to its place, or to none.
  change.consumers.push_back(supply.changes.consumers[0]);
  change.consumers[0].name = "applications/other";
  EXPECT_EQ(NamesOf(*before, GoneConsumers(*before, **before->Apply(change))),
            std::vector<std::string>{"applications/portal"});
}

}  // namespace
}  // namespace linchpin::engine
