#include "services/risk/domain/reports/saturation_report.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/engine/simulation/stampede.h"
#include "services/risk/domain/reports/failure_request.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::PoolDraw;
using engine::Reading;
using engine::Shortage;

constexpr size_t kSaturationsMax = 100;
constexpr size_t kDrawsMax = 100;

v1::LossRule RuleOf(engine::LossRule rule) {
  switch (rule) {
    case engine::LossRule::kNone:
      return v1::LOSS_RULE_UNSPECIFIED;
    case engine::LossRule::kPriority:
      return v1::LOSS_RULE_PRIORITY;
    case engine::LossRule::kName:
      return v1::LOSS_RULE_NAME;
    case engine::LossRule::kCapacity:
      return v1::LOSS_RULE_CAPACITY;
  }
  return v1::LOSS_RULE_UNSPECIFIED;
}

bool Loses(const PoolDraw& draw) { return draw.got < draw.asked; }

// The places of those that are told, ascending: losers first kept, then those diverted, then the others.
std::vector<size_t> Told(const std::vector<PoolDraw>& draws) {
  std::vector<size_t> places(draws.size());
  for (size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::stable_sort(places.begin(), places.end(), [&draws](size_t a, size_t b) {
    const auto rank = [&draws](size_t i) { return Loses(draws[i]) ? 0 : draws[i].diverted() ? 1 : 2; };
    return rank(a) < rank(b);
  });
  places.resize(std::min(places.size(), kDrawsMax));
  std::sort(places.begin(), places.end());
  return places;
}

void AddDraw(const engine::Graph& graph, const PoolDraw& draw, v1::PoolDraw& message) {
  const engine::ConsumerView consumer = graph.consumers()[draw.consumer];
  const bool route = consumer.record().kind == engine::ConsumerKind::kRoute;
  message.set_dependency(route ? std::string(consumer.name())
                               : absl::StrCat(std::string(consumer.name()), "/dependencies/",
                                              std::string(consumer.group(draw.group).id())));
  message.set_asked_micro_units(draw.asked);
  message.set_got_micro_units(draw.got);
  message.set_usual_micro_units(draw.usual);
  message.set_diverted(draw.diverted());
  message.set_rule(RuleOf(draw.rule));
  message.set_priority(consumer.record().priority);
}

void AddShortage(const engine::Graph& graph, Reading reading, const Shortage& shortage,
                 v1::Saturation& message) {
  const engine::Deployment& deployment = graph.deployments()[shortage.deployment];
  message.set_deployment(deployment.name);
  message.set_reading(risk::ToProto(reading));
  message.set_capacity_units(deployment.capacity_units.value());
  message.set_carried_micro_units(shortage.carried);
  message.set_asked_micro_units(shortage.asked);
  message.set_usual_micro_units(shortage.usual);
  message.mutable_start()->set_seconds(shortage.start_seconds);
  if (shortage.end_seconds.has_value()) message.mutable_end()->set_seconds(*shortage.end_seconds);
  message.mutable_peak()->set_seconds(shortage.peak_seconds);
  message.set_draw_count(static_cast<int64_t>(shortage.draws.size()));
  int64_t diverted = 0, losers = 0;
  for (const PoolDraw& draw : shortage.draws) {
    diverted += draw.diverted();
    losers += Loses(draw);
  }
  message.set_diverted_count(diverted);
  message.set_loser_count(losers);
  for (size_t place : Told(shortage.draws)) AddDraw(graph, shortage.draws[place], *message.add_draws());
}

}  // namespace

absl::Status AddSaturations(const engine::EvaluationPlan& plan, const engine::Scenario& scenario,
                            const engine::Limits& limits, v1::SimulateCutoffResponse& response) {
  // By deployment: the first reading in which it runs short.
  std::map<engine::DeploymentIndex, std::pair<Reading, Shortage>> found;
  for (Reading reading : engine::kReadings) {
    auto shortages = engine::FindShortages(plan, scenario, reading, limits);
    if (!shortages.ok()) return shortages.status();
    for (Shortage& shortage : *shortages) {
      const engine::DeploymentIndex deployment = shortage.deployment;
      found.try_emplace(deployment, reading, std::move(shortage));
    }
  }
  std::vector<const std::pair<Reading, Shortage>*> order;
  for (const auto& [deployment, one] : found) order.push_back(&one);
  std::sort(order.begin(), order.end(), [&plan](const auto* a, const auto* b) {
    const auto rank = [&plan](const std::pair<Reading, Shortage>& one) {
      return std::make_tuple(one.first, -one.second.missing(),
                             std::string_view(plan.graph().deployments()[one.second.deployment].name));
    };
    return rank(*a) < rank(*b);
  });
  response.set_saturation_count(static_cast<int64_t>(order.size()));
  order.resize(std::min(order.size(), kSaturationsMax));
  for (const auto* one : order)
    AddShortage(plan.graph(), one->first, one->second, *response.add_saturations());
  return absl::OkStatus();
}

}  // namespace linchpin::risk
