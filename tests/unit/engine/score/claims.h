// The worked example of docs/concepts/risk-score.md.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_SCORE_CLAIMS_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_SCORE_CLAIMS_H_

#include <memory>
#include <string>

#include "services/engine/score/score_board.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {

inline constexpr int64_t kHour = 3600;
inline constexpr int64_t kDay = 24 * kHour;

// A deployment of vendor `id` by its own interface, with its own closed model `id` and host `id`; all is
// known.
inline void AddProvider(Supply& supply, const std::string& id) {
  supply.Vendor(id, "US");
  supply.changes.hosts.push_back({"hosts/" + id, "vendors/" + id, Country::Parse("US")});
  ModelFacts& model = supply.Scratch(id, id);
  model.weights = Weights::kProprietary;
  model.licence = Fact<std::string>::None();
  model.requires_activation = false;
  DeploymentFacts& deployment = supply.Serving(id, id);
  deployment.mode = HostingMode::kVendorApi;
  deployment.operator_vendor = "vendors/" + id;
  deployment.host = "hosts/" + id;
  deployment.capacity_units = Fact<int64_t>::None();
  deployment.intermediaries = Fact<std::vector<std::string>>::None();
}

// `claims` (tier 1: MTD 24 h) chats on vendor alpha, else on beta, to which it takes 6 h to switch.
inline Supply Claims() {
  Supply supply;
  AddProvider(supply, "alpha");
  AddProvider(supply, "beta");
  supply.Application("claims", 1);
  GroupFacts& chat = supply.Needs("applications/claims", "chat", {"deployments/alpha", "deployments/beta"});
  chat.alternatives[1].switch_seconds = 6 * kHour;
  return supply;
}

// Vendors 0.02 a year for good without notice, hosts 0.2 for 8 h, models 0.33 for good with 90 days of
// notice, services of a country 0.01 for good without notice.
inline Hazards ExampleHazards() {
  Hazards hazards;
  hazards.SetClass(AtomClass::kVendor, {.rate_per_year = 0.02});
  hazards.SetClass(AtomClass::kHost, {.rate_per_year = 0.2, .duration_seconds = 8 * kHour});
  hazards.SetClass(AtomClass::kModel, {.rate_per_year = 0.33, .notice_seconds = 90 * kDay});
  hazards.SetClass(AtomClass::kServices, {.rate_per_year = 0.01});
  return hazards;
}

inline std::shared_ptr<const ScoreBoard> BoardOf(const std::shared_ptr<const Graph>& graph,
                                                 const Hazards& hazards, DisabledRules disabled = {}) {
  auto plan = EvaluationPlan::Create(Knowledge::Create(graph, disabled));
  EXPECT_THAT(plan, IsOk());
  const AtomCache atoms((*plan)->shared_knowledge());
  auto board = ScoreBoard::Create(**plan, atoms, hazards);
  EXPECT_THAT(board, IsOk());
  return *board;
}

inline ConsumerIndex ConsumerOf(const Graph& graph, const std::string& name) {
  return graph.consumers().Find(name).value();
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_SCORE_CLAIMS_H_
