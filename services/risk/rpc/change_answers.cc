#include "services/risk/rpc/change_answers.h"

#include <utility>

#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

absl::StatusOr<ChangeSide> ChangeAnswers::SideOf(kit::Call& call, const replica::View& view,
                                                 const std::string& table) {
  const absl::StatusOr<HazardSet> hazards = hazards_.At(view, table);
  if (!hazards.ok()) return hazards.status();
  ChangeSide side{cache_.Of(view), nullptr};
  auto scored = scorer_.Of(*side.analysis, *hazards, Cancelled(call));
  if (!scored.ok()) return scored.status();
  side.scored = *std::move(scored);
  return side;
}

absl::Status ChangeAnswers::AssessChange(kit::Call& call, const v1::AssessChangeRequest& request,
                                         v1::AssessChangeResponse& response) {
  const auto snapshot = snapshots_.Take(call, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto supposed = snapshots_.Suppose(snapshot->view, request.proposed());
  if (!supposed.ok()) return supposed.status();
  *response.mutable_proposed() = supposed->counts;
  const auto before = SideOf(call, *snapshot->view, request.hazard_table());
  if (!before.ok()) return before.status();
  const auto after = SideOf(call, *supposed->view, request.hazard_table());
  if (!after.ok()) return after.status();
  return ReportChange(*before, *after, request, home_, Cancelled(call), response);
}

}  // namespace linchpin::risk
