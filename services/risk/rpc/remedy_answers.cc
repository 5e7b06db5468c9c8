#include "services/risk/rpc/remedy_answers.h"

#include <utility>

#include "services/risk/domain/remedies/draft_inventory.h"
#include "services/risk/domain/remedies/remedy_report.h"
#include "services/risk/domain/reports/shared_fate_report.h"
#include "services/risk/domain/scores/score_report.h"
#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;

namespace {

// What is offered and the inventory does not hold.
inventory::ChangeSet OfferedBy(const v1::SuggestRemediesRequest& request, const replica::View& view) {
  inventory::ChangeSet changes;
  for (const inventory::Resource& resource : request.offered()) {
    if (!view.Contains(NameIn(resource))) *changes.add_operations()->mutable_upsert() = resource;
  }
  return changes;
}

}  // namespace

RemedyAnswers::RemedyAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, Scorer& scorer,
                             HazardFeed& hazards, RemedyAnswersOptions options)
    : snapshots_(snapshots),
      cache_(cache),
      scorer_(scorer),
      hazards_(hazards),
      options_(std::move(options)) {}

absl::Status RemedyAnswers::SuggestRemedies(kit::Call& call, const v1::SuggestRemediesRequest& request,
                                            kit::StreamWriter<v1::SuggestRemediesResponse>& writer) {
  v1::SuggestRemediesResponse last;
  v1::RemedyResult& result = *last.mutable_result();
  const auto snapshot = snapshots_.Take(call, request, *result.mutable_basis()->mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto hazards = hazards_.At(*snapshot->view, request.hazard_table());
  if (!hazards.ok()) return hazards.status();
  const Slot slot(searches_, options_.searches_max);
  if (!slot.taken()) return Slot::Refused("searches for remedies");
  ProgressStream<v1::SuggestRemediesResponse> stream(call, writer);
  RemedyHooks hooks{.home = options_.home, .threads = options_.threads};
  if (const auto offered = OfferedBy(request, *snapshot->view); offered.operations_size() > 0) {
    auto supposed = snapshots_.Suppose(snapshot->view, offered, "offered");
    if (!supposed.ok()) return supposed.status();
    hooks.offered = std::move(supposed->view);
  }
  hooks.cancelled = [&stream] { return stream.Gone(); };
  hooks.progress = [&stream](int64_t tried, int picked) {
    stream.Tell([&](v1::SuggestRemediesResponse& message) {
      message.mutable_progress()->set_tried(tried);
      message.mutable_progress()->set_picked(picked);
    });
  };
  const auto analysis = cache_.Of(*snapshot->view);
  const auto selected = cache_.Select(analysis, *snapshot->view, request.selector());
  if (!selected.ok()) return selected.status();
  TellSelection(**selected, *result.mutable_basis());
  const auto scored = scorer_.Of(*analysis, *hazards, hooks.cancelled);
  if (!scored.ok()) return scored.status();
  Describe(**scored, *result.mutable_basis());
  result.set_currency(options_.currency);
  absl::Status status =
      ReportRemedies(snapshot->view, *analysis, **scored, Narrowed(**selected, request), hooks, result);
  return status.ok() ? stream.End(last) : status;
}

absl::Status RemedyAnswers::ListSharedFates(kit::Call& call, const v1::ListSharedFatesRequest& request,
                                            v1::ListSharedFatesResponse& response) {
  const auto snapshot = snapshots_.Take(call, request, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto analysis = cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.selector());
  if (!analysis.ok()) return analysis.status();
  TellSelection(**analysis, response);
  return ReportSharedFates(**analysis, request, Cancelled(call), response);
}

}  // namespace linchpin::risk
