#include "services/risk/rpc/score_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "services/risk/domain/reports/concentration_figures.h"

namespace linchpin::risk {
namespace {

// Pauses are at least this many times as long as the computation before.
constexpr int kPauseFactor = 9;

constexpr std::string_view kReadingNames[] = {"proven", "likely", "not_excluded"};
constexpr const char* kBands[] = {"0_5", "5_20", "20_50", "50_100"};

const char* BandOf(double score) {
  constexpr double kBounds[] = {5, 20, 50};
  size_t band = 0;
  while (band < std::size(kBounds) && score >= kBounds[band]) ++band;
  return kBands[band];
}

std::string TierOf(const engine::ConsumerRecord& record) {
  return record.tier == 0 ? "unknown" : std::to_string(record.tier);
}

// Applications by tier and band of their likely score; every band of a tier that occurs.
std::map<std::pair<std::string, std::string>, int64_t> CountApplications(const engine::ScoreBoard& board) {
  std::map<std::pair<std::string, std::string>, int64_t> counts;
  const engine::ConsumerTable& consumers = board.graph().consumers();
  for (const engine::ConsumerIndex consumer : consumers) {
    const engine::ConsumerRecord& record = consumers[consumer].record();
    if (record.kind != engine::ConsumerKind::kApplication) continue;
    const std::string tier = TierOf(record);
    for (const char* band : kBands) counts.try_emplace({tier, band}, 0);
    ++counts[{tier, BandOf(board.ScoreOf(engine::Reading::kLikely, consumer))}];
  }
  return counts;
}

}  // namespace

ScoreKeeper::ScoreKeeper(replica::ViewSource& source, AnalysisCache& cache, Scorer& scorer,
                         HazardFeed& hazards, kit::Metrics& metrics, std::unique_ptr<ScoreHistory> history,
                         Options options)
    : source_(source),
      cache_(cache),
      scorer_(scorer),
      hazards_(hazards),
      history_(std::move(history)),
      options_(options) {
  collector_ = metrics.AddCollector([this](kit::GaugeSink& sink) { Collect(sink); });
  thread_ = std::thread([this] { Run(); });
}

ScoreKeeper::~ScoreKeeper() {
  stopping_ = true;
  {
    const absl::MutexLock lock(&mutex_);  // The thread is before its look at stopping_, or waits.
  }
  stopped_.NotifyAll();
  thread_.join();
  collector_.reset();
}

void ScoreKeeper::Run() {
  const auto stopping = [this] { return stopping_.load(); };
  while (!stopping_) {
    const base::SteadyTime begin = base::SteadyNow();
    if (!Refresh().ok()) ++failures_;
    // A large inventory that is written to all the time must not keep a processor busy with scores.
    const absl::Duration pause = std::max(options_.interval, kPauseFactor * (base::SteadyNow() - begin));
    const absl::MutexLock lock(&mutex_);
    stopped_.Await(mutex_, base::SteadyNow() + pause, stopping);
  }
}

absl::Status ScoreKeeper::Refresh() {
  const absl::MutexLock one_at_a_time(&refreshing_);
  const std::shared_ptr<const replica::View> view = source_.Current();
  if (view == nullptr) return absl::OkStatus();
  const base::SteadyTime begin = base::SteadyNow();
  const absl::StatusOr<HazardSet> hazards = hazards_.At(*view);
  if (!hazards.ok()) return hazards.status();
  const auto analysis = cache_.Of(*view);
  auto scored = scorer_.Of(*analysis, *hazards, [this] { return stopping_.load(); });
  if (!scored.ok()) return scored.status();
  Keep(*scored, view->revision(), base::SteadyNow() - begin);
  if (history_ == nullptr) return absl::OkStatus();
  if (figures_of_ != *scored) {
    auto figures = ConcentrationFiguresOf(*analysis, [this] { return stopping_.load(); });
    if (!figures.ok()) return figures.status();
    figures_ = *std::move(figures);
    figures_of_ = *scored;
  }
  return history_->Note(**scored, figures_, view->revision(), hazards_.Now());
}

void ScoreKeeper::Keep(std::shared_ptr<const Scored> scored, int64_t revision, absl::Duration took) {
  {
    const absl::MutexLock lock(&mutex_);
    if (kept_ != nullptr && kept_->scored == scored) return;
  }
  auto kept = std::make_shared<Kept>();
  kept->scored = std::move(scored);
  kept->applications = CountApplications(kept->scored->board());
  kept->revision = revision;
  kept->at = absl::Now();
  kept->took = took;
  const absl::MutexLock lock(&mutex_);
  kept_ = std::move(kept);
}

void ScoreKeeper::Collect(kit::GaugeSink& sink) const {
  sink.Counter("linchpin_risk_score_failures_total",
               "Times the scores could not be computed; the last ones stay.", {},
               static_cast<double>(failures_));
  std::shared_ptr<const Kept> kept;
  {
    const absl::MutexLock lock(&mutex_);
    kept = kept_;
  }
  if (kept == nullptr) return;
  const engine::ScoreBoard& board = kept->scored->board();
  for (engine::Reading reading : engine::kReadings) {
    sink.Gauge("linchpin_risk_score", "Risk score of the portfolio, 0 to 100, in each reading.",
               {{"reading", std::string(kReadingNames[static_cast<size_t>(reading)])}},
               board.Portfolio(reading).score);
  }
  for (const auto& [key, count] : kept->applications) {
    sink.Gauge("linchpin_risk_scored_applications",
               "Applications by tier and band of their likely risk score.",
               {{"tier", key.first}, {"band", key.second}}, static_cast<double>(count));
  }
  sink.Gauge("linchpin_risk_score_revision", "Revision of the inventory that the scores rest on.", {},
             static_cast<double>(kept->revision));
  sink.Gauge("linchpin_risk_score_timestamp_seconds", "When the scores were computed.", {},
             absl::ToDoubleSeconds(kept->at - absl::UnixEpoch()));
  sink.Gauge("linchpin_risk_score_duration_seconds", "How long that took.", {},
             absl::ToDoubleSeconds(kept->took));
}

}  // namespace linchpin::risk
