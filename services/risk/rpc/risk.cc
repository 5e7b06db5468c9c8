#include "services/risk/rpc/risk.h"

#include <string_view>
#include <utility>

#include "grpcpp/impl/service_type.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "services/kit/metrics/metrics.h"
#include "services/risk/domain/analysis.h"
#include "services/risk/rpc/risk_answers.h"
#include "services/risk/rpc/risk_gauges.h"
#include "services/risk/rpc/risk_service.h"
#include "services/risk/rpc/score_answers.h"
#include "services/risk/rpc/score_keeper.h"

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

class Impl final : public Risk {
 public:
  Impl(replica::ViewSource& source, kit::Pipeline& pipeline, kit::Metrics* metrics, RiskSettings settings)
      : cache_(settings.disabled_rules),
        answers_(source, cache_,
                 {settings.home, settings.currency, SimulationMetrics(metrics), settings.sweeps_max}),
        scores_(source, cache_, scorer_, hazards_, {.page_token_secret = settings.page_token_secret}),
        service_(MakeRiskService(pipeline, answers_, scores_)) {
    if (metrics == nullptr) return;
    keeper_ = std::make_unique<ScoreKeeper>(source, cache_, scorer_, hazards_, *metrics,
                                            ScoreKeeper::Options{settings.gauge_interval});
    gauges_ = std::make_unique<RiskGauges>(
        source, cache_, *metrics, RiskGaugesOptions{std::move(settings.home), settings.gauge_interval});
  }

  grpc::Service* service() override { return service_.get(); }

 private:
  AnalysisCache cache_;
  Scorer scorer_;
  HazardFeed hazards_;
  RiskAnswers answers_;
  ScoreAnswers scores_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<RiskGauges> gauges_;
  std::unique_ptr<ScoreKeeper> keeper_;
};

}  // namespace

std::unique_ptr<Risk> Risk::Create(replica::ViewSource& source, kit::Pipeline& pipeline,
                                   kit::Metrics* metrics, RiskSettings settings) {
  return std::make_unique<Impl>(source, pipeline, metrics, std::move(settings));
}

}  // namespace linchpin::risk
