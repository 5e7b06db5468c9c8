#include "services/risk/rpc/loss_answers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/risk/domain/reports/loss_report.h"
#include "services/risk/domain/scenarios/preset_report.h"
#include "services/risk/domain/scores/score_report.h"
#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr size_t kRetirementsMax = 1000;

int64_t CountApplications(const Analysis& analysis) {
  int64_t count = 0;
  const engine::ConsumerTable& consumers = analysis.graph().consumers();
  for (engine::ConsumerIndex consumer : consumers) {
    count += consumers[consumer].record().kind == engine::ConsumerKind::kApplication &&
             analysis.counted().IsSelected(consumer);
  }
  return count;
}

}  // namespace

LossAnswers::LossAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, HazardFeed& hazards,
                         LossOptions options)
    : snapshots_(snapshots), cache_(cache), hazards_(hazards), options_(std::move(options)) {}

absl::Status LossAnswers::EstimateLosses(kit::Call& call, const v1::EstimateLossesRequest& request,
                                         kit::StreamWriter<v1::EstimateLossesResponse>& writer) {
  v1::EstimateLossesResponse last;
  v1::LossResult& result = *last.mutable_result();
  const auto snapshot = snapshots_.Take(call, request, *result.mutable_basis()->mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto hazards = hazards_.At(*snapshot->view, request.hazard_table());
  if (!hazards.ok()) return hazards.status();
  const Slot slot(estimates_, options_.estimates_max);
  if (!slot.taken()) return Slot::Refused("estimates");
  const auto analysis = cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.selector());
  if (!analysis.ok()) return analysis.status();
  TellSelection(**analysis, *result.mutable_basis());
  Describe(*hazards, *result.mutable_basis());
  result.mutable_basis()->set_application_count(CountApplications(**analysis));
  result.set_currency(options_.currency);
  ProgressStream<v1::EstimateLossesResponse> stream(call, writer);
  LossHooks hooks;
  hooks.threads = options_.threads;
  hooks.progress = [&](int64_t done, int64_t total) {
    stream.Tell([&](v1::EstimateLossesResponse& message) {
      message.mutable_progress()->set_done(done);
      message.mutable_progress()->set_total(total);
    });
  };
  hooks.cancelled = [&stream] { return stream.Gone(); };
  if (absl::Status status = ReportLosses(**analysis, *hazards, request, hooks, result); !status.ok())
    return status;
  return stream.End(last);
}

absl::Status LossAnswers::GetHazards(kit::Call& call, const v1::GetHazardsRequest& request,
                                     v1::GetHazardsResponse& response) {
  const auto snapshot = snapshots_.Take(call, request, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto hazards = hazards_.At(*snapshot->view, request.hazard_table());
  if (!hazards.ok()) return hazards.status();
  response.set_hazard_table(hazards->table);
  response.set_hazard_table_version(hazards->version);
  for (const v1::Hazard& row : hazards->classes) *response.add_hazards() = row;
  for (const auto& [key, row] : hazards->by_atom) *response.add_hazards() = row;
  std::vector<std::pair<absl::Time, std::string>> dated;
  for (const auto& [model, time] : hazards->retirements) dated.emplace_back(time, model);
  std::sort(dated.begin(), dated.end());
  dated.resize(std::min(dated.size(), kRetirementsMax));
  for (const auto& [time, model] : dated) {
    v1::GetHazardsResponse::Retirement& retirement = *response.add_retirements();
    retirement.set_model(model);
    retirement.mutable_retirement_time()->set_seconds(absl::ToUnixSeconds(time));
  }
  return absl::OkStatus();
}

absl::Status LossAnswers::GetScenarioPreset(kit::Call& call, const v1::GetScenarioPresetRequest& request,
                                            v1::GetScenarioPresetResponse& response) {
  const auto snapshot = snapshots_.Take(call, request, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto hazards = hazards_.At(*snapshot->view);
  if (!hazards.ok()) return hazards.status();
  return ReportPreset(*cache_.Of(*snapshot->view), hazards->retirements, hazards_.Now(), request, response);
}

}  // namespace linchpin::risk
