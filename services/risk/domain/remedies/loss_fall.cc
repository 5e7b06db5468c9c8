#include "services/risk/domain/remedies/loss_fall.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "services/engine/levels/affected.h"
#include "services/engine/loss/monte_carlo.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/scenarios/loss_sources.h"

namespace linchpin::risk {
namespace {

using engine::ConsumerIndex;
using engine::Reading;
using Consumers = std::vector<ConsumerIndex>;
using Losses = engine::ByReading<std::vector<int64_t>>;

// The losses of each year, of the part of the graph that `kept` is.
absl::StatusOr<Losses> Draw(const LossSide& side, const Consumers& kept, const HazardSet& hazards,
                            const LossDraws& draws) {
  const auto plan = engine::EvaluationPlan::Create(side.facts->Knowledge().On(side.graph->Restrict(kept)));
  if (!plan.ok()) return plan.status();
  const std::vector<engine::LossSource> sources = LossSourcesOf(*side.facts, hazards);
  engine::MonteCarloOptions options{.seed = draws.seed, .trials = draws.trials, .threads = draws.threads};
  options.only_used = true;
  options.limits.cancelled = draws.cancelled;
  Losses losses;
  for (Reading reading : engine::kReadings) {
    options.reading = reading;
    auto drawn = engine::DrawLosses(**plan, sources, options);
    if (!drawn.ok()) return drawn.status();
    losses[reading] = std::move(drawn->losses);
  }
  return losses;
}

Consumers Needed(const engine::Graph& graph, const Consumers& of) {
  return *engine::NeededConsumers(graph, of, graph.consumers().slots());
}

// What both graphs need, so that both sums are of the same consumers.
Consumers NeededByBoth(const engine::Graph& before, const engine::Graph& after, Consumers consumers) {
  while (true) {
    const Consumers first = Needed(before, consumers), second = Needed(after, consumers);
    Consumers both;
    std::set_union(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(both));
    if (both.size() == consumers.size()) return both;
    consumers = std::move(both);
  }
}

bool AnyPriced(const engine::Graph& graph, const Consumers& consumers) {
  return std::any_of(consumers.begin(), consumers.end(), [&graph](ConsumerIndex consumer) {
    return IsPriced(graph.consumers()[consumer].record());
  });
}

}  // namespace

bool IsPriced(const engine::ConsumerRecord& record) {
  return (record.loss_is_priced && record.loss_per_hour_minor > 0) ||
         (record.penalty_is_priced && record.penalty_minor > 0);
}

absl::StatusOr<LossSums> SumLosses(const LossSide& side, const HazardSet& hazards, const LossDraws& draws) {
  Consumers priced;
  for (ConsumerIndex consumer : side.graph->consumers()) {
    if (IsPriced(side.graph->consumers()[consumer].record())) priced.push_back(consumer);
  }
  LossSums sums{};
  if (priced.empty()) return sums;
  const auto losses = Draw(side, Needed(*side.graph, priced), hazards, draws);
  if (!losses.ok()) return FromEngine(losses.status());
  for (Reading reading : engine::kReadings) {
    for (int64_t loss : (*losses)[reading]) sums[reading] += loss;
  }
  return sums;
}

absl::StatusOr<LossFall> SumFall(const LossSide& before, const LossSide& after, const Consumers& affected,
                                 const HazardSet& hazards, const LossDraws& draws) {
  LossFall fall;
  if (!AnyPriced(*before.graph, affected)) return fall;
  const Consumers kept = NeededByBoth(*before.graph, *after.graph, affected);
  const auto lost_before = Draw(before, kept, hazards, draws);
  if (!lost_before.ok()) return FromEngine(lost_before.status());
  const auto lost_after = Draw(after, kept, hazards, draws);
  if (!lost_after.ok()) return FromEngine(lost_after.status());
  for (Reading reading : engine::kReadings) {
    for (size_t i = 0; i < (*lost_before)[reading].size(); ++i) {
      fall.sums[reading] += (*lost_before)[reading][i] - (*lost_after)[reading][i];
    }
  }
  const auto count = static_cast<double>(draws.trials);
  const double mean = static_cast<double>(fall.sums.likely) / count;
  double squares = 0;
  for (size_t i = 0; i < lost_before->likely.size(); ++i) {
    const double off = static_cast<double>(lost_before->likely[i] - lost_after->likely[i]) - mean;
    squares += off * off;
  }
  if (draws.trials > 1) fall.standard_error = std::sqrt(squares / (count - 1) / count);
  return fall;
}

}  // namespace linchpin::risk
