#include "services/risk/domain/reports/simulation_report.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/cutoff/unknown_reach.h"
#include "services/engine/cutoff/unknowns.h"
#include "services/engine/simulation/simulate.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/reports/hit_report.h"
#include "services/risk/domain/reports/named_consumers.h"
#include "services/risk/domain/reports/saturation_report.h"
#include "services/risk/domain/scenarios/scenario_reader.h"
#include "services/risk/domain/scores/assumptions.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::ConsumerIndex;
using engine::ConsumerOutcome;
using engine::Reading;

constexpr size_t kConsumersDefault = 1000;
constexpr int kUnknownFactsMax = 1000;
constexpr int kUnknownFactsOfConsumerMax = 100;
constexpr int kAssumptionsMax = 100;
constexpr int kBaselineWarningsMax = 100;
constexpr int kContradictionsMax = 100;
// Below the 16 MiB that a message may have, with room for the hits (1 MiB) and what is added later.
constexpr size_t kResponseBytesMax = 14 << 20;

// Impaired in any reading.
std::vector<ConsumerIndex> Impaired(const engine::SimulationResult& result) {
  std::set<ConsumerIndex> all;
  for (Reading reading : engine::kReadings) {
    all.insert(result.of(reading).impacted.begin(), result.of(reading).impacted.end());
  }
  return {all.begin(), all.end()};
}

__int128 WeightedLoss(const engine::Counted& counted, const engine::ReadingOutcome& outcomes,
                      ConsumerIndex consumer) {
  const ConsumerOutcome* outcome = outcomes.Find(consumer);
  if (outcome == nullptr) return 0;
  return __int128{counted.WeightOf(consumer)} * outcome->lost_ppm_seconds;
}

std::vector<ConsumerIndex> Ranked(const engine::EvaluationPlan& plan,
                                  const engine::SimulationResult& result) {
  const engine::Graph& graph = plan.graph();
  struct Row {
    __int128 proven, likely, not_excluded;
    ConsumerIndex consumer;
  };
  std::vector<Row> rows;
  for (ConsumerIndex consumer : Impaired(result)) {
    rows.push_back({WeightedLoss(plan.counted(), result.proven, consumer),
                    WeightedLoss(plan.counted(), result.likely(), consumer),
                    WeightedLoss(plan.counted(), result.not_excluded(), consumer), consumer});
  }
  std::sort(rows.begin(), rows.end(), [&graph](const Row& a, const Row& b) {
    if (a.proven != b.proven) return a.proven > b.proven;
    if (a.likely != b.likely) return a.likely > b.likely;
    if (a.not_excluded != b.not_excluded) return a.not_excluded > b.not_excluded;
    return graph.consumers().NameOf(a.consumer) < graph.consumers().NameOf(b.consumer);
  });
  std::vector<ConsumerIndex> ranked;
  for (const Row& row : rows) ranked.push_back(row.consumer);
  return ranked;
}

// Those of `touched` that the request asks about: with names, these and what they depend on.
std::vector<ConsumerIndex> AskedAbout(const engine::Graph& graph, const v1::SimulateCutoffRequest& request,
                                      const std::vector<ConsumerIndex>& touched) {
  if (request.consumers().empty()) return touched;
  std::vector<ConsumerIndex> named;
  for (const std::string& name : request.consumers()) named.push_back(*graph.consumers().Find(name));
  const std::set<ConsumerIndex> present(touched.begin(), touched.end());
  std::vector<ConsumerIndex> asked = WithDependedOn(graph, named);
  std::erase_if(asked, [&](ConsumerIndex consumer) { return !present.contains(consumer); });
  return asked;
}

// Of whom the answer is to tell, in its order, and how many are impaired in all.
struct Told {
  std::vector<ConsumerIndex> consumers;
  size_t impaired = 0;
};

// Those that the request names and `told` has not, by name: that nothing happens to them is an answer too.
void AddNamed(const engine::Graph& graph, const v1::SimulateCutoffRequest& request,
              std::vector<ConsumerIndex>& told) {
  const std::set<std::string> names(request.consumers().begin(), request.consumers().end());
  const std::set<ConsumerIndex> present(told.begin(), told.end());
  for (const std::string& name : names) {
    const ConsumerIndex consumer = *graph.consumers().Find(name);
    if (!present.contains(consumer)) told.push_back(consumer);
  }
}

absl::StatusOr<Told> Returned(const engine::EvaluationPlan& plan, const engine::Scenario& scenario,
                              engine::SimulateOptions options, const v1::SimulateCutoffRequest& request) {
  options.causes = false;
  const auto result = engine::Simulate(plan, scenario, options);
  if (!result.ok()) return result.status();
  const size_t max =
      request.max_consumers() == 0 ? kConsumersDefault : static_cast<size_t>(request.max_consumers());
  const std::set<std::string_view> named(request.consumers().begin(), request.consumers().end());
  Told told;
  for (ConsumerIndex consumer : Ranked(plan, *result)) {
    ++told.impaired;
    if (told.consumers.size() == max) continue;
    if (named.empty() || named.contains(plan.graph().consumers().NameOf(consumer)))
      told.consumers.push_back(consumer);
  }
  AddNamed(plan.graph(), request, told.consumers);
  return told;
}

void SetSeconds(int64_t seconds, google::protobuf::Duration& duration) { duration.set_seconds(seconds); }

class Report {
 public:
  Report(const engine::EvaluationPlan& plan, const engine::Scenario& scenario,
         const engine::SimulationResult& result, engine::UnknownReach& unknowns)
      : graph_(plan.graph()), plan_(plan), scenario_(scenario), result_(result), unknowns_(unknowns) {}

  // `returned`: of whom to tell, in this order. `asked`: whose assumptions to tell.
  absl::Status Fill(const std::vector<ConsumerIndex>& returned, const std::vector<ConsumerIndex>& asked,
                    v1::SimulateCutoffResponse& response) {
    SetSeconds(scenario_.horizon_seconds, *response.mutable_horizon());
    AddTotal(result_.proven, *response.mutable_proven());
    AddTotal(result_.likely(), *response.mutable_likely());
    AddTotal(result_.not_excluded(), *response.mutable_not_excluded());
    AddContradictions(plan_.knowledge(), kContradictionsMax, *response.mutable_contradictions());
    AddPopulation(response);
    AddUnknownFacts(graph_, unknowns_.all(), kUnknownFactsMax, *response.mutable_unknown_facts());
    response.set_unknown_fact_count(static_cast<int64_t>(unknowns_.all().size()));
    AddAssumptions(asked, response);
    AddBaselineWarnings(response);
    std::vector<CutoffHit> begins;
    absl::Status status = AddConsumers(returned, response, begins);
    if (status.ok()) AddHits(plan_.knowledge(), scenario_, begins, *response.mutable_hits());
    return status;
  }

 private:
  // What the totals are parts of.
  void AddPopulation(v1::SimulateCutoffResponse& response) const {
    int64_t applications = 0, services = 0;
    for (ConsumerIndex consumer : graph_.consumers()) {
      applications += plan_.counted().IsApplication(consumer);
      services += plan_.counted().IsBusinessService(consumer);
    }
    response.set_application_count(applications);
    response.set_stand_in_route_count(plan_.counted().stand_ins());
    response.set_business_service_count(services);
  }

  void AddTotal(const engine::ReadingOutcome& outcomes, v1::Total& total) const {
    int64_t applications = 0, services = 0, stopped_applications = 0, stopped_services = 0;
    for (ConsumerIndex consumer : outcomes.impacted) {
      const bool stopped = outcomes.Find(consumer)->down_seconds > 0;
      const bool application = plan_.counted().IsApplication(consumer);
      const bool service = plan_.counted().IsBusinessService(consumer);
      applications += application;
      services += service;
      stopped_applications += application && stopped;
      stopped_services += service && stopped;
    }
    total.set_stopped_applications(stopped_applications);
    total.set_stopped_business_services(stopped_services);
    total.set_cost_minor(outcomes.cost_minor);
    total.set_impacted_count(applications + services);
    total.set_impacted_applications(applications);
    total.set_impacted_business_services(services);
    total.set_impact_index_ppm(static_cast<int32_t>(outcomes.impact_index_ppm));
    total.set_peak_index_ppm(static_cast<int32_t>(outcomes.peak_index_ppm));
    total.set_deployments_hit(static_cast<int64_t>(outcomes.hit.size()));
  }

  // Also what keeps a consumer up may be assumed.
  void AddAssumptions(const std::vector<ConsumerIndex>& asked, v1::SimulateCutoffResponse& response) const {
    AddStandIns(plan_.counted(), *response.mutable_assumptions());
    for (std::string& sentence : AssumptionsOf(graph_, asked)) {
      if (response.assumptions_size() < kAssumptionsMax) response.add_assumptions(std::move(sentence));
    }
  }

  void AddBaselineWarnings(v1::SimulateCutoffResponse& response) const {
    std::vector<std::string_view> names;
    for (ConsumerIndex consumer : result_.baseline_below_one)
      names.push_back(graph_.consumers().NameOf(consumer));
    std::sort(names.begin(), names.end());
    for (std::string_view name : names) {
      if (response.baseline_warnings_size() == kBaselineWarningsMax) return;
      response.add_baseline_warnings(std::string(name));
    }
  }

  absl::Status AddConsumers(const std::vector<ConsumerIndex>& returned, v1::SimulateCutoffResponse& response,
                            std::vector<CutoffHit>& begins) const {
    size_t bytes = response.ByteSizeLong();
    for (ConsumerIndex consumer : returned) {
      v1::ConsumerImpact& message = *response.add_consumers();
      if (absl::Status status = AddConsumer(consumer, message, begins); !status.ok()) return status;
      bytes += message.ByteSizeLong() + 8;
      if (bytes > kResponseBytesMax) {
        return base::Error(
            base::reason::LimitReached{.limit = absl::StrCat(kResponseBytesMax, " bytes")},
            "the answer is larger than a message may be; set max_consumers, or name consumers");
      }
    }
    return absl::OkStatus();
  }

  // `begins` gets the hits at which the causes begin.
  absl::Status AddConsumer(ConsumerIndex consumer, v1::ConsumerImpact& message,
                           std::vector<CutoffHit>& begins) const {
    message.set_consumer(std::string(graph_.consumers().NameOf(consumer)));
    absl::Status status =
        AddReading(Reading::kProven, result_.proven, consumer, *message.mutable_proven(), begins);
    if (!status.ok()) return status;
    *message.mutable_likely() = message.proven();
    if (result_.likely_apart.has_value()) {
      status = AddReading(Reading::kLikely, result_.likely(), consumer, *message.mutable_likely(), begins);
      if (!status.ok()) return status;
    }
    *message.mutable_not_excluded() = message.likely();
    if (result_.not_excluded_apart.has_value()) {
      status = AddReading(Reading::kNotExcluded, result_.not_excluded(), consumer,
                          *message.mutable_not_excluded(), begins);
      if (!status.ok()) return status;
    }
    // Whom nothing can hit rests on no unknown fact, though its tier may be one.
    if (message.not_excluded().lost_ppm_seconds() == 0) return absl::OkStatus();
    AddUnknownFacts(graph_, unknowns_.Of(consumer), kUnknownFactsOfConsumerMax,
                    *message.mutable_unknown_facts());
    return absl::OkStatus();
  }

  absl::Status AddReading(Reading reading, const engine::ReadingOutcome& outcomes, ConsumerIndex consumer,
                          v1::Impact& impact, std::vector<CutoffHit>& begins) const {
    impact.Clear();
    const engine::ConsumerRecord& record = graph_.consumers()[consumer].record();
    impact.set_priced(record.loss_is_priced || record.penalty_is_priced);
    const ConsumerOutcome* outcome = outcomes.Find(consumer);
    if (outcome == nullptr) return AddUnchanged(reading, consumer, impact);
    AddImpact(*outcome, impact, begins);
    return absl::OkStatus();
  }

  absl::Status AddUnchanged(Reading reading, ConsumerIndex consumer, v1::Impact& impact) const {
    const auto baseline = plan_.Baseline(reading, engine::Readiness::kImmediate);
    if (!baseline.ok()) return FromEngine(baseline.status());
    const int32_t level = (*baseline)->level[consumer.value];
    impact.set_base_level_ppm(level);
    impact.set_min_level_ppm(level);
    SetSeconds(0, *impact.mutable_down());
    SetSeconds(0, *impact.mutable_degraded());
    SetSeconds(0, *impact.mutable_longest_down());
    v1::Segment& segment = *impact.add_segments();
    SetSeconds(0, *segment.mutable_start());
    SetSeconds(scenario_.horizon_seconds, *segment.mutable_end());
    segment.set_level_ppm(level);
    return absl::OkStatus();
  }

  void AddImpact(const ConsumerOutcome& outcome, v1::Impact& impact, std::vector<CutoffHit>& begins) const {
    impact.set_base_level_ppm(outcome.base);
    impact.set_lost_ppm_seconds(outcome.lost_ppm_seconds);
    SetSeconds(outcome.down_seconds, *impact.mutable_down());
    SetSeconds(outcome.degraded_seconds, *impact.mutable_degraded());
    SetSeconds(outcome.longest_down_seconds, *impact.mutable_longest_down());
    if (outcome.first_impact_seconds)
      SetSeconds(*outcome.first_impact_seconds, *impact.mutable_first_impact());
    if (outcome.recovered_at_seconds) SetSeconds(*outcome.recovered_at_seconds, *impact.mutable_recovered());
    impact.set_rto_breach(outcome.rto_breach);
    impact.set_mtd_breach(outcome.mtd_breach);
    impact.set_cost_minor(outcome.cost_minor);
    int32_t least = outcome.segments.front().level;
    for (const engine::Segment& segment : outcome.segments) {
      least = std::min(least, segment.level);
      AddSegment(segment, *impact.add_segments(), begins);
    }
    impact.set_min_level_ppm(least);
  }

  void AddSegment(const engine::Segment& segment, v1::Segment& message,
                  std::vector<CutoffHit>& begins) const {
    SetSeconds(segment.start_seconds, *message.mutable_start());
    SetSeconds(segment.end_seconds, *message.mutable_end());
    message.set_level_ppm(segment.level);
    message.set_aftermath(segment.aftermath);
    for (const engine::Cause& cause : segment.causes) {
      const engine::Cutoff& cutoff = scenario_.cutoffs[cause.cutoff];
      begins.push_back({cause.cutoff, cause.path.front().deployment()});
      v1::Cause& shown = *message.add_causes();
      shown.set_cutoff(cutoff.id);
      for (engine::Target step : cause.path) shown.add_path(std::string(graph_.NameOf(step)));
      shown.set_loss_class(engine::IsProhibition(cutoff.kind) ? v1::LOSS_CLASS_PROHIBITED
                                                              : v1::LOSS_CLASS_UNAVAILABLE);
    }
  }

  const engine::Graph& graph_;
  const engine::EvaluationPlan& plan_;
  const engine::Scenario& scenario_;
  const engine::SimulationResult& result_;
  engine::UnknownReach& unknowns_;
};

}  // namespace

absl::Status ReportSimulation(Analysis& analysis, const v1::SimulateCutoffRequest& request,
                              std::function<bool()> cancelled, v1::SimulateCutoffResponse& response) {
  auto read = Read(analysis.graph(), request.scenario());
  if (!read.ok()) return read.status();
  if (const auto named =
          FindConsumers(analysis.graph(), request.consumers(), "consumers", NamedRoutes::kRefused);
      !named.ok()) {
    return named.status();
  }
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::SimulateOptions options;
  options.unknowns = false;  // Asked for below, by consumer too.
  options.limits.cancelled = std::move(cancelled);
  const auto returned = Returned(**plan, read->scenario, options, request);
  if (!returned.ok()) return FromEngine(returned.status());
  // Once more for the causes of these: the paths to all who are impaired can be a hundred times the answer.
  options.causes = !returned->consumers.empty();
  options.causes_of = returned->consumers;
  const auto result = engine::Simulate(**plan, read->scenario, options);
  if (!result.ok()) return FromEngine(result.status());
  const auto unknowns = engine::UnknownFinder::Create(**plan, read->scenario, options.limits);
  if (!unknowns.ok()) return FromEngine(unknowns.status());
  for (const std::string& sentence : read->assumptions) {
    if (response.assumptions_size() < kAssumptionsMax / 2) response.add_assumptions(sentence);
  }
  engine::UnknownReach reach(**plan, **unknowns, kUnknownFactsOfConsumerMax);
  response.set_impaired_count(static_cast<int64_t>(returned->impaired));
  absl::Status short_of = AddSaturations(**plan, read->scenario, options.limits, response);
  if (!short_of.ok()) return FromEngine(short_of);
  const std::vector<ConsumerIndex> asked = AskedAbout(analysis.graph(), request, result->touched);
  return Report(**plan, read->scenario, *result, reach).Fill(returned->consumers, asked, response);
}

}  // namespace linchpin::risk
