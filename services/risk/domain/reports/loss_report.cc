#include "services/risk/domain/reports/loss_report.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/engine/loss/monte_carlo.h"
#include "services/engine/loss/statistics.h"
#include "services/engine/simulation/simulate.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/scenarios/loss_sources.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;
using DrawnPointer = std::shared_ptr<const engine::DrawnLosses>;

constexpr int64_t kTrialsDefault = 10'000;
constexpr size_t kPointsDefault = 100;
constexpr int kCausesDefault = 20;
constexpr int32_t kLevelsDefault[] = {900'000, 950'000, 990'000};

absl::StatusOr<std::vector<int32_t>> LevelsOf(const v1::EstimateLossesRequest& request) {
  if (request.levels_ppm().empty())
    return std::vector<int32_t>(std::begin(kLevelsDefault), std::end(kLevelsDefault));
  for (int i = 0; i < request.levels_ppm_size(); ++i) {
    if (request.levels_ppm(i) == engine::kOne) {
      return base::FieldError(absl::StrCat("levels_ppm[", i, "]"),
                              "must be below 1,000,000; `max_minor` is the greatest loss");
    }
  }
  return std::vector<int32_t>(request.levels_ppm().begin(), request.levels_ppm().end());
}

// Draws the losses of the readings, each once where it is as the one before.
class Drawer {
 public:
  Drawer(const engine::EvaluationPlan& plan, const std::vector<engine::LossSource>& sources,
         const v1::EstimateLossesRequest& request, const LossHooks& hooks)
      : plan_(plan), sources_(sources), hooks_(hooks) {
    options_.seed = request.seed() == 0 ? 1 : request.seed();
    options_.trials = request.trials() == 0 ? kTrialsDefault : request.trials();
    options_.threads = hooks.threads;
    options_.limits.cancelled = hooks.cancelled;
  }

  const engine::MonteCarloOptions& options() const { return options_; }

  absl::StatusOr<engine::ByReading<DrawnPointer>> Draw() {
    const absl::StatusOr<bool> likely = Agree(Reading::kProven, Reading::kLikely);
    const absl::StatusOr<bool> not_excluded = Agree(Reading::kLikely, Reading::kNotExcluded);
    if (!likely.ok()) return likely.status();
    if (!not_excluded.ok()) return not_excluded.status();
    total_ = options_.trials * (3 - *likely - *not_excluded);
    engine::ByReading<DrawnPointer> drawn;
    if (absl::Status status = DrawInto(Reading::kProven, drawn.proven); !status.ok()) return status;
    drawn.likely = drawn.proven;
    if (absl::Status status = *likely ? absl::OkStatus() : DrawInto(Reading::kLikely, drawn.likely);
        !status.ok())
      return status;
    drawn.not_excluded = drawn.likely;
    absl::Status status =
        *not_excluded ? absl::OkStatus() : DrawInto(Reading::kNotExcluded, drawn.not_excluded);
    if (!status.ok()) return status;
    return drawn;
  }

 private:
  absl::StatusOr<bool> Agree(Reading a, Reading b) const {
    return engine::LossesAgree(plan_, sources_, a, b);
  }

  absl::Status DrawInto(Reading reading, DrawnPointer& drawn) {
    options_.reading = reading;
    if (hooks_.progress) {
      options_.progress = [this](int64_t done) { hooks_.progress(done_before_ + done, total_); };
    }
    auto made = engine::DrawLosses(plan_, sources_, options_);
    if (!made.ok()) return FromEngine(made.status());
    done_before_ += options_.trials;
    drawn = std::make_shared<const engine::DrawnLosses>(*std::move(made));
    return absl::OkStatus();
  }

  const engine::EvaluationPlan& plan_;
  const std::vector<engine::LossSource>& sources_;
  const LossHooks& hooks_;
  engine::MonteCarloOptions options_;
  int64_t total_ = 0;
  int64_t done_before_ = 0;
};

void Fill(const engine::DrawnLosses& drawn, const std::vector<int32_t>& levels, size_t points,
          v1::LossFigures& figures) {
  const engine::LossStatistics statistics(drawn.losses);
  figures.set_mean_minor(statistics.mean());
  figures.set_standard_error_minor(statistics.standard_error());
  figures.set_probability_of_loss_ratio(statistics.probability_of_loss());
  figures.set_max_minor(statistics.max());
  for (int32_t level : levels) {
    v1::LossFigures::ValueAtRisk& value = *figures.add_values_at_risk();
    value.set_level_ppm(level);
    value.set_value_minor(statistics.ValueAtRisk(level));
    value.set_conditional_minor(statistics.ConditionalValueAtRisk(level));
  }
  for (const engine::LossStatistics::Point& point : statistics.Exceedance(points)) {
    v1::LossFigures::Exceedance& message = *figures.add_exceedance();
    message.set_loss_minor(point.loss);
    message.set_exceeded_ratio(point.exceeded_ratio);
  }
}

// What part of the expected loss each source adds: see LossCause.loss_share_ratio.
class Shares {
 public:
  Shares(const engine::EvaluationPlan& plan, const std::vector<engine::LossSource>& sources,
         const engine::DrawnLosses& drawn)
      : plan_(plan), sources_(sources), drawn_(drawn), trials_(static_cast<double>(drawn.losses.size())) {
    for (int64_t loss : drawn.losses) whole_ += static_cast<double>(loss);
  }

  absl::StatusOr<double> Of(size_t source) const {
    const engine::SourceTally& tally = drawn_.tallies[source];
    const auto happened = static_cast<double>(tally.happened);
    if (whole_ <= 0) return 0.0;
    if (happened >= trials_) return Alone(sources_[source]);
    const double otherwise = (whole_ - tally.loss_sum) / (trials_ - happened);
    return std::max(0.0, (tally.loss_sum - happened * otherwise) / whole_);
  }

 private:
  absl::StatusOr<double> Alone(const engine::LossSource& source) const {
    engine::Cutoff cutoff = source.cutoff;
    cutoff.start_seconds = source.at_seconds.value_or(0);
    cutoff.duration_seconds = engine::DrawnDuration(source.duration, 0);
    const auto result =
        engine::Simulate(plan_, {{cutoff}, engine::kTrialYearSeconds}, {.causes = false, .unknowns = false});
    if (!result.ok()) return FromEngine(result.status());
    return static_cast<double>(result->likely().cost_minor) * trials_ / whole_;
  }

  const engine::EvaluationPlan& plan_;
  const std::vector<engine::LossSource>& sources_;
  const engine::DrawnLosses& drawn_;
  const double trials_;
  double whole_ = 0;
};

absl::Status AddCauses(const engine::EvaluationPlan& plan, const std::vector<engine::LossSource>& sources,
                       const engine::DrawnLosses& drawn, int max, v1::LossResult& result) {
  const Shares shares(plan, sources, drawn);
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (drawn.tallies[i].happened == 0) continue;
    const absl::StatusOr<double> share = shares.Of(i);
    if (!share.ok()) return share.status();
    order.emplace_back(*share, i);
  }
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : sources[a.second].key < sources[b.second].key;
  });
  result.set_cause_count(static_cast<int64_t>(order.size()));
  order.resize(std::min(order.size(), static_cast<size_t>(max)));
  for (const auto& [share, i] : order) {
    const engine::SourceTally& tally = drawn.tallies[i];
    v1::LossCause& cause = *result.add_causes();
    cause.set_key(sources[i].key);
    cause.set_chance_ppb(sources[i].p_ppb);
    cause.set_happened_ratio(static_cast<double>(tally.happened) / static_cast<double>(drawn.losses.size()));
    cause.set_loss_share_ratio(share);
    cause.set_mean_loss_minor(tally.loss_sum / static_cast<double>(tally.happened));
  }
  return absl::OkStatus();
}

}  // namespace

void CountPriced(const Analysis& analysis, v1::LossResult& result) {
  const engine::Graph& graph = analysis.graph();
  int64_t priced = 0, unpriced = 0;
  for (engine::ConsumerIndex consumer : graph.consumers()) {
    if (!analysis.counted().IsCounted(consumer)) continue;
    const engine::ConsumerRecord& record = graph.consumers()[consumer].record();
    if (record.kind == engine::ConsumerKind::kRoute) continue;  // It has no loss of its own.
    const bool has_price = (record.loss_is_priced && record.loss_per_hour_minor > 0) ||
                           (record.penalty_is_priced && record.penalty_minor > 0);
    (has_price ? priced : unpriced) += 1;
  }
  result.set_priced_consumers(priced);
  result.set_unpriced_consumers(unpriced);
}

absl::Status ReportLosses(Analysis& analysis, const HazardSet& hazards,
                          const v1::EstimateLossesRequest& request, const LossHooks& hooks,
                          v1::LossResult& result) {
  const auto levels = LevelsOf(request);
  if (!levels.ok()) return levels.status();
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  const std::vector<engine::LossSource> sources = LossSourcesOf(analysis, hazards);
  Drawer drawer(**plan, sources, request, hooks);
  const auto drawn = drawer.Draw();
  if (!drawn.ok()) return FromEngine(drawn.status());
  result.set_trials(drawer.options().trials);
  result.set_seed(drawer.options().seed);
  const size_t points =
      request.max_points() == 0 ? kPointsDefault : static_cast<size_t>(request.max_points());
  Fill(*drawn->proven, *levels, points, *result.mutable_proven());
  Fill(*drawn->likely, *levels, points, *result.mutable_likely());
  Fill(*drawn->not_excluded, *levels, points, *result.mutable_not_excluded());
  CountPriced(analysis, result);
  const int max_causes = request.max_causes() == 0 ? kCausesDefault : request.max_causes();
  return AddCauses(**plan, sources, *drawn->likely, max_causes, result);
}

}  // namespace linchpin::risk
