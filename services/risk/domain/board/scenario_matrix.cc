#include "services/risk/domain/board/scenario_matrix.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/base/text.h"
#include "services/engine/simulation/simulate.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/scenarios/preset_library.h"
#include "services/risk/domain/scenarios/preset_report.h"
#include "services/risk/domain/scenarios/scenario_reader.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::ConsumerIndex;
using engine::Reading;

constexpr int kColumnsMax = 8;
constexpr size_t kStoredMax = 3;

// The share of its service that a consumer loses over the horizon.
int32_t LostPpm(const engine::ReadingOutcome& outcomes, ConsumerIndex consumer, int64_t horizon_seconds) {
  const engine::ConsumerOutcome* outcome = outcomes.Find(consumer);
  if (outcome == nullptr || outcome->base == 0) return 0;
  return static_cast<int32_t>(
      engine::IndexPpm(outcome->lost_ppm_seconds, __int128{outcome->base} * horizon_seconds));
}

class Maker {
 public:
  Maker(const engine::EvaluationPlan& plan, v1::ScenarioMatrix& matrix) : plan_(plan), matrix_(matrix) {
    const engine::Counted& who = plan.counted();
    for (ConsumerIndex consumer : plan.graph().consumers()) {
      if (who.IsBusinessService(consumer)) rows_.push_back({consumer, {}});
    }
    matrix.set_applications(rows_.empty());
    if (!rows_.empty()) return;
    for (ConsumerIndex consumer : plan.graph().consumers()) {
      if (who.IsApplication(consumer)) rows_.push_back({consumer, {}});
    }
  }

  void Add(const MatrixScenario& tried, const engine::Scenario& scenario,
           const engine::SimulationResult& result) {
    v1::ScenarioMatrix::Column& column = *matrix_.add_columns();
    column.set_name(tried.name);
    column.set_display_name(tried.display_name);
    column.mutable_horizon()->set_seconds(scenario.horizon_seconds);
    for (Row& row : rows_) {
      v1::ScenarioMatrix::Cell cell;
      cell.set_proven_ppm(LostPpm(result.proven, row.consumer, scenario.horizon_seconds));
      cell.set_likely_ppm(LostPpm(result.likely(), row.consumer, scenario.horizon_seconds));
      cell.set_not_excluded_ppm(LostPpm(result.not_excluded(), row.consumer, scenario.horizon_seconds));
      const engine::ConsumerOutcome* likely = result.likely().Find(row.consumer);
      cell.set_beyond_tolerance(likely != nullptr && likely->mtd_breach);
      row.cells.push_back(std::move(cell));
    }
  }

  void Finish(size_t rows_max) {
    const auto rank = [this](const Row& row) {
      int64_t likely = 0, open = 0;
      for (const v1::ScenarioMatrix::Cell& cell : row.cells) {
        likely += cell.likely_ppm();
        open += cell.not_excluded_ppm();
      }
      return std::make_tuple(-likely, -open, plan_.graph().consumers().NameOf(row.consumer));
    };
    matrix_.set_row_count(static_cast<int64_t>(rows_.size()));
    const size_t count = std::min(rows_max, rows_.size());
    std::partial_sort(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(count), rows_.end(),
                      [&rank](const Row& a, const Row& b) { return rank(a) < rank(b); });
    for (size_t i = 0; i < count; ++i) {
      v1::ScenarioMatrix::Row& row = *matrix_.add_rows();
      row.set_consumer(std::string(plan_.graph().consumers().NameOf(rows_[i].consumer)));
      for (v1::ScenarioMatrix::Cell& cell : rows_[i].cells) *row.add_cells() = std::move(cell);
    }
  }

 private:
  struct Row {
    ConsumerIndex consumer;
    std::vector<v1::ScenarioMatrix::Cell> cells;
  };
  const engine::EvaluationPlan& plan_;
  v1::ScenarioMatrix& matrix_;
  std::vector<Row> rows_;
};

void AddStored(const replica::View& records, std::vector<MatrixScenario>& scenarios) {
  size_t added = 0;
  v1::Scenario scenario;
  records.ForEach(*resource::FindKindOf(v1::Scenario::descriptor()), [&](const replica::DocumentRef& ref) {
    if (added == kStoredMax || !replica::ParseInto(ref, scenario)) return;
    ++added;
    scenarios.push_back({scenario.name(), scenario.display_name(), scenario});
  });
}

}  // namespace

std::vector<MatrixScenario> ScenariosToTry(const Analysis& analysis, const v1::Report& report,
                                           const replica::View& records, const RetirementTimes& retirements,
                                           absl::Time now) {
  std::vector<MatrixScenario> scenarios;
  for (const v1::ReportEvent& event : report.events())
    scenarios.push_back({event.impact().key(), "", event.scenario()});
  AddStored(records, scenarios);
  for (const Preset& preset : Presets()) {
    v1::GetScenarioPresetRequest request;
    request.set_id(std::string(preset.id));
    v1::GetScenarioPresetResponse response;
    if (!ReportPreset(analysis, retirements, now, request, response).ok()) continue;  // It does not apply.
    scenarios.push_back(
        {base::Cat({"presets/", preset.id}), std::string(preset.display_name), response.preset().scenario()});
  }
  return scenarios;
}

absl::Status ReportMatrix(Analysis& analysis, const std::vector<MatrixScenario>& scenarios, size_t rows_max,
                          const std::function<bool()>& cancelled, v1::ScenarioMatrix& matrix) {
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  Maker maker(**plan, matrix);
  engine::SimulateOptions options;
  options.causes = options.unknowns = false;
  options.limits.cancelled = cancelled;
  int64_t omitted = 0;
  for (const MatrixScenario& tried : scenarios) {
    const auto read = Read(analysis.graph(), tried.scenario);
    if (!read.ok() || matrix.columns_size() == kColumnsMax) {
      ++omitted;
      continue;
    }
    const auto result = engine::Simulate(**plan, read->scenario, options);
    if (!result.ok()) return FromEngine(result.status());
    maker.Add(tried, read->scenario, *result);
  }
  matrix.set_omitted_column_count(omitted);
  maker.Finish(rows_max);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
