#include "services/risk/rpc/risk_answers.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/risk/domain/reports/concentration_report.h"
#include "services/risk/domain/reports/hit_report.h"
#include "services/risk/domain/reports/simulation_report.h"
#include "services/risk/domain/reports/sweep_report.h"
#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using base::SteadyTime;

}  // namespace

RiskAnswers::RiskAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, RiskOptions options)
    : snapshots_(snapshots), cache_(cache), options_(std::move(options)) {}

template <typename Request, typename Answer>
absl::StatusOr<std::shared_ptr<Analysis>> RiskAnswers::Begin(kit::Call& call, const Request& request,
                                                             Answer& answer) {
  const absl::StatusOr<serving::Snapshot> snapshot =
      snapshots_.Take(call, request, *answer.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  auto analysis = cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.selector());
  if (analysis.ok()) TellSelection(**analysis, answer);
  return analysis;
}

absl::Status RiskAnswers::GetConcentration(kit::Call& call, const v1::GetConcentrationRequest& request,
                                           v1::GetConcentrationResponse& response) {
  const auto analysis = Begin(call, request, response);
  if (!analysis.ok()) return analysis.status();
  return ReportConcentration(**analysis, request, options_.home, Cancelled(call), response);
}

absl::Status RiskAnswers::SimulateCutoff(kit::Call& call, const v1::SimulateCutoffRequest& request,
                                         v1::SimulateCutoffResponse& response) {
  const absl::StatusOr<serving::Snapshot> snapshot =
      snapshots_.Take(call, request, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto analysis = cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.selector());
  if (!analysis.ok()) return analysis.status();
  TellSelection(**analysis, response);
  response.set_currency(options_.currency);
  const SteadyTime begin = base::SteadyNow();
  const absl::Status status = ReportSimulation(**analysis, request, Cancelled(call), response);
  AddSources(*snapshot->view, *response.mutable_hits());
  Observe(status, begin);
  return status;
}

absl::Status RiskAnswers::SweepCutoffs(kit::Call& call, const v1::SweepCutoffsRequest& request,
                                       kit::StreamWriter<v1::SweepCutoffsResponse>& writer) {
  v1::SweepCutoffsResponse last;
  v1::SweepResult& result = *last.mutable_result();
  const auto analysis = Begin(call, request, result);
  if (!analysis.ok()) return analysis.status();
  const Slot slot(sweeps_, options_.sweeps_max);
  if (!slot.taken()) {
    return base::Error(base::reason::Overloaded{}, "too many sweeps are running; try again")
        .RetryAfterMs(1000);
  }
  const SteadyTime begin = base::SteadyNow();
  SteadyTime shown = SteadyTime::InfinitePast();
  bool gone = false;
  SweepHooks hooks;
  hooks.progress = [&](int64_t done, int64_t total) {
    const SteadyTime now = base::SteadyNow();
    if (gone || now - shown < kProgressInterval) return;
    shown = now;
    v1::SweepCutoffsResponse message;
    message.mutable_progress()->set_done(done);
    message.mutable_progress()->set_total(total);
    gone = !writer.Write(message);
  };
  hooks.cancelled = [&gone, cancelled = Cancelled(call)] { return gone || cancelled(); };
  absl::Status status = ReportSweep(**analysis, request, hooks, result);
  if (status.ok() && !writer.Write(last)) status = absl::CancelledError("the caller has gone");
  Observe(status, begin);
  return status;
}

void RiskAnswers::Observe(const absl::Status& status, SteadyTime begin) const {
  if (!options_.simulated) return;
  options_.simulated(absl::AsciiStrToLower(absl::StatusCodeToString(status.code())),
                     base::SteadyNow() - begin);
}

}  // namespace linchpin::risk
