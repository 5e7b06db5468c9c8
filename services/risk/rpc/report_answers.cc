#include "services/risk/rpc/report_answers.h"

#include <memory>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/risk/domain/board/board_report.h"
#include "services/risk/rpc/long_call.h"
#include "services/risk/rpc/score_history.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using Writer = kit::StreamWriter<v1::GetReportResponse>;

constexpr size_t kPointsMax = 400;

// History is of the whole portfolio: it tells nothing of a selection.
void AddHistory(const replica::View& records, v1::Report& report) {
  for (v1::ScorePoint& point : ReadHistory(records, "portfolio", absl::InfinitePast(), kPointsMax))
    *report.add_score_history() = std::move(point);
  for (const v1::Concentration& figure : report.concentration().concentrations()) {
    v1::ConcentrationSeries& series = *report.add_concentration_history();
    series.set_dimension(figure.dimension());
    for (v1::ConcentrationPoint& point :
         ReadHistory(records, figure.dimension(), absl::InfinitePast(), kPointsMax))
      *series.add_points() = std::move(point);
  }
}

}  // namespace

ReportAnswers::ReportAnswers(const serving::Snapshots& snapshots, replica::ViewSource& records,
                             AnalysisCache& cache, Scorer& scorer, HazardFeed& hazards, ReportOptions options)
    : snapshots_(snapshots),
      records_(records),
      cache_(cache),
      scorer_(scorer),
      hazards_(hazards),
      options_(std::move(options)) {}

absl::Status ReportAnswers::GetReport(kit::Call& call, const v1::GetReportRequest& request, Writer& writer) {
  const Slot slot(reports_, options_.reports_max);
  if (!slot.taken()) {
    return base::Error(base::reason::Overloaded{}, "too many reports are being computed; try again")
        .RetryAfterMs(1000);
  }
  v1::GetReportResponse last;
  if (absl::Status status = Compute(call, request, writer, *last.mutable_report()); !status.ok())
    return status;
  return writer.Write(last) ? absl::OkStatus() : absl::CancelledError("nobody waits for the report");
}

absl::Status ReportAnswers::Compute(kit::Call& call, const v1::GetReportRequest& request, Writer& writer,
                                    v1::Report& report) {
  const auto snapshot = snapshots_.Take(call, request, *report.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto hazards = hazards_.At(*snapshot->view, request.hazard_table());
  if (!hazards.ok()) return hazards.status();
  const auto records = records_.Current();  // Loaded, as the hazards are there.
  const auto all = cache_.Of(*snapshot->view);
  const auto analysis = cache_.Select(all, *snapshot->view, request.selector());
  if (!analysis.ok()) return analysis.status();
  const auto all_scored = scorer_.Of(*all, *hazards, Cancelled(call));
  if (!all_scored.ok()) return all_scored.status();
  const Selection* selection = (*analysis)->selection();
  const auto scored = selection == nullptr ? *all_scored : (*all_scored)->Count(*selection);
  std::atomic<bool> gone = false;
  BoardHooks hooks;
  hooks.progress = [&](int64_t done, int64_t total, std::string_view part) {
    v1::GetReportResponse message;
    message.mutable_progress()->set_done(done);
    message.mutable_progress()->set_total(total);
    message.mutable_progress()->set_part(std::string(part));
    gone = gone || !writer.Write(message);
  };
  hooks.cancelled = [&gone, &call] { return gone.load() || call.Cancelled(); };
  const BoardBasis basis{snapshot->view, *all,          **all_scored,      **analysis,     *scored,
                         *records,       options_.home, options_.currency, hazards_.Now(), options_.threads};
  if (absl::Status status = ReportBoard(basis, request, hooks, report); !status.ok()) return status;
  if (selection == nullptr) AddHistory(*records, report);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
