#include "services/risk/domain/board/events.h"

#include <algorithm>
#include <utility>

#include "services/base/text.h"
#include "services/risk/domain/reports/simulation_report.h"
#include "services/risk/domain/reports/sweep_report.h"
#include "services/risk/domain/scenarios/atom_cutoff.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr int kEventsMax = 3;
constexpr int kConsumersShown = 12;
constexpr int64_t kHorizonSeconds = 7 * 86'400;
// Losses looked at: beyond the countries at home there are enough for the worst.
constexpr int kAtomsSwept = 600;

v1::SweepCutoffsRequest SweepRequest() {
  v1::SweepCutoffsRequest request;
  for (const v1::AtomClass atom_class :
       {v1::ATOM_CLASS_VENDOR, v1::ATOM_CLASS_HOST, v1::ATOM_CLASS_WEIGHTS, v1::ATOM_CLASS_SERVICES})
    request.add_atom_classes(atom_class);
  request.set_max_atoms(kAtomsSwept);
  request.set_max_consumers(kConsumersShown);
  return request;
}

// Nobody asks a board what happens if the country at home bans its own weights.
bool IsOfHome(const std::string& key, const std::vector<std::string>& home) {
  return std::any_of(home.begin(), home.end(), [&key](const std::string& country) {
    return key == base::Cat({"weights:", country}) || key == base::Cat({"services:", country});
  });
}

absl::Status AddEvent(Analysis& analysis, const v1::AtomImpact& impact, const std::string& currency,
                      const std::function<bool()>& cancelled, v1::Report& report) {
  v1::ReportEvent& event = *report.add_events();
  *event.mutable_impact() = impact;
  v1::SimulateCutoffRequest request;
  v1::Scenario& scenario = *request.mutable_scenario();
  *scenario.add_cutoffs() = *CutoffOfKey(impact.key());
  scenario.mutable_horizon()->set_seconds(kHorizonSeconds);
  request.set_max_consumers(report.events_size() == 1 ? kConsumersTraced : kConsumersShown);
  *event.mutable_scenario() = scenario;
  event.mutable_outcome()->set_currency(currency);
  return ReportSimulation(analysis, request, cancelled, *event.mutable_outcome());
}

}  // namespace

absl::Status ReportEvents(Analysis& analysis, const std::vector<std::string>& home,
                          const std::string& currency, const std::function<bool()>& cancelled,
                          v1::Report& report) {
  v1::SweepResult sweep;
  SweepHooks hooks;
  hooks.cancelled = cancelled;
  if (absl::Status status = ReportSweep(analysis, SweepRequest(), hooks, sweep); !status.ok()) return status;
  int64_t left_out = 0;
  for (const v1::AtomImpact& impact : sweep.atoms()) {
    const bool hits =
        impact.immediate().not_excluded().impacted() > 0 || impact.sustained().not_excluded().impacted() > 0;
    if (!hits || IsOfHome(impact.key(), home)) {
      ++left_out;
      continue;
    }
    if (report.events_size() == kEventsMax) continue;
    if (absl::Status status = AddEvent(analysis, impact, currency, cancelled, report); !status.ok())
      return status;
  }
  report.set_event_count(sweep.atom_count() - left_out);
  return absl::OkStatus();
}

void Trim(v1::Report& report) {
  for (v1::ReportEvent& event : *report.mutable_events()) {
    auto& consumers = *event.mutable_outcome()->mutable_consumers();
    if (consumers.size() > kConsumersShown)
      consumers.DeleteSubrange(kConsumersShown, consumers.size() - kConsumersShown);
    event.mutable_outcome()->clear_hits();
  }
}

}  // namespace linchpin::risk
