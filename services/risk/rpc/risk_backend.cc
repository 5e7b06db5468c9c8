#include "services/risk/rpc/risk_backend.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "grpcpp/impl/service_type.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "services/kit/auth/denials.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/replica/view_holder.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scenarios/risk_rules.h"
#include "services/risk/rpc/attestation_answers.h"
#include "services/risk/rpc/change_answers.h"
#include "services/risk/rpc/loss_answers.h"
#include "services/risk/rpc/question_answers.h"
#include "services/risk/rpc/remedy_answers.h"
#include "services/risk/rpc/report_answers.h"
#include "services/risk/rpc/risk_answers.h"
#include "services/risk/rpc/risk_gauges.h"
#include "services/risk/rpc/risk_service.h"
#include "services/risk/rpc/score_answers.h"
#include "services/risk/rpc/score_keeper.h"
#include "services/risk/rpc/structure_answers.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::risk {
namespace {

constexpr char kSimulations[] = "linchpin_risk_simulations_total";
constexpr char kSimulationsHelp[] = "Simulations and sweeps, by how they ended.";

std::function<void(std::string_view, absl::Duration)> SimulationMetrics(kit::Metrics* metrics) {
  if (metrics == nullptr) return nullptr;
  metrics->Counter(kSimulations, kSimulationsHelp, {{"result", "ok"}});  // There from the start.
  prometheus::Histogram& seconds =
      metrics->Histogram("linchpin_risk_simulation_duration_seconds", "How long simulations and sweeps take.",
                         {}, {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60});
  return [metrics, &seconds](std::string_view result, absl::Duration took) {
    metrics->Counter(kSimulations, kSimulationsHelp, {{"result", std::string(result)}}).Increment();
    seconds.Observe(absl::ToDoubleSeconds(took));
  };
}

// An estimate is not to take every processor from calls.
int EstimateThreads(int estimates_max) {
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  return std::max(1, std::min(estimates_max, processors));
}

class Impl final : public RiskBackend {
 public:
  Impl(store::ResourceStore& store, replica::ViewSource& source, kit::Metrics* metrics, RiskSettings settings)
      : store_(store),
        source_(source),
        metrics_(metrics),
        settings_(std::move(settings)),
        cache_(settings_.disabled_rules),
        hazards_(holder_, settings_.home),
        snapshots_(source_, settings_.inventory_rules),
        answers_(snapshots_, cache_,
                 {settings_.home, settings_.currency, SimulationMetrics(metrics), settings_.sweeps_max}),
        scores_(snapshots_, holder_, cache_, scorer_, hazards_, {settings_.page_token_secret}),
        structure_(snapshots_, cache_, hazards_),
        questions_(snapshots_, cache_),
        attestations_(snapshots_, cache_),
        losses_(snapshots_, cache_, hazards_,
                {settings_.currency, EstimateThreads(settings_.sweeps_max), settings_.sweeps_max}),
        remedies_(snapshots_, cache_, scorer_, hazards_,
                  {settings_.home, settings_.currency, EstimateThreads(settings_.sweeps_max),
                   settings_.sweeps_max}),
        reports_(snapshots_, holder_, cache_, scorer_, hazards_,
                 {settings_.home, settings_.currency, EstimateThreads(settings_.sweeps_max),
                  settings_.sweeps_max}),
        changes_(snapshots_, cache_, scorer_, hazards_, settings_.home) {}

  ~Impl() override { StopBackground(); }

  absl::Status Start(kit::Pipeline& pipeline) {
    absl::StatusOr<std::unique_ptr<store::Committer>> committer =
        store::Committer::Create(store_, holder_, settings_.committer);
    if (!committer.ok()) return committer.status();
    committer_ = *std::move(committer);
    monitor_.emplace(store_, holder_, settings_.freshness_interval);
    pipeline.TellDenials([this](const kit::Denial& denial) {
      committer_->RecordRefusal(denial.principal, denial.method, denial.refusal);
    });
    reader_.emplace(holder_, settings_.page_token_secret);
    writer_.emplace(*committer_, reader_->snapshots(),
                    writing::WriteSettings{settings_.with_json, RiskRules()});
    service_ = MakeRiskService(pipeline, {*reader_, *writer_, answers_, scores_, losses_, remedies_,
                                          structure_, reports_, changes_, questions_, attestations_});
    if (metrics_ != nullptr) StartBackground();
    return absl::OkStatus();
  }

  grpc::Service* service() override { return service_.get(); }
  store::CommitterStats CommitterStats() const override { return committer_->Stats(); }
  void Drain(absl::Time deadline) override {
    StopBackground();
    committer_->Drain(deadline);
  }

 private:
  void StartBackground() {
    ScoreHistory::Options history;
    history.retention = settings_.score_retention;
    history.with_json = settings_.with_json;
    keeper_ =
        std::make_unique<ScoreKeeper>(source_, cache_, scorer_, hazards_, *metrics_,
                                      std::make_unique<ScoreHistory>(store_, *committer_, holder_, history),
                                      ScoreKeeper::Options{settings_.gauge_interval});
    gauges_ = std::make_unique<RiskGauges>(source_, cache_, *metrics_,
                                           RiskGaugesOptions{settings_.home, settings_.gauge_interval});
  }
  void StopBackground() {
    keeper_.reset();
    gauges_.reset();
  }

  store::ResourceStore& store_;
  replica::ViewSource& source_;
  kit::Metrics* const metrics_;
  const RiskSettings settings_;
  replica::ViewHolder holder_;
  std::optional<replica::FreshnessMonitor> monitor_;
  AnalysisCache cache_;
  Scorer scorer_;
  HazardFeed hazards_;
  const serving::Snapshots snapshots_;
  RiskAnswers answers_;
  ScoreAnswers scores_;
  StructureAnswers structure_;
  QuestionAnswers questions_;
  AttestationAnswers attestations_;
  LossAnswers losses_;
  RemedyAnswers remedies_;
  ReportAnswers reports_;
  ChangeAnswers changes_;
  std::optional<serving::Reader> reader_;
  // The committer goes first: whatever it completes still finds the writer.
  std::optional<serving::Writer> writer_;
  std::unique_ptr<store::Committer> committer_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<RiskGauges> gauges_;
  std::unique_ptr<ScoreKeeper> keeper_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RiskBackend>> RiskBackend::Create(store::ResourceStore& store,
                                                                 replica::ViewSource& source,
                                                                 kit::Pipeline& pipeline,
                                                                 kit::Metrics* metrics,
                                                                 RiskSettings settings) {
  auto risk = std::make_unique<Impl>(store, source, metrics, std::move(settings));
  if (absl::Status status = risk->Start(pipeline); !status.ok()) return status;
  return risk;
}

}  // namespace linchpin::risk
