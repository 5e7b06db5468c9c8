#include "services/policy/rpc/waiver_answers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/policy/domain/waivers/waiver_book.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/resource/kinds.h"
#include "services/serving/list_query.h"
#include "services/serving/page_token.h"

namespace linchpin::policy {
namespace {

constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 1000;

absl::Status CheckListRequest(const v1::ListWaiversRequest& request) {
  if (request.page_size() < 0) return base::FieldError("page_size", "must not be negative");
  if (!request.filter().empty()) {
    return base::Error(base::reason::FilterUnsupported{},
                       "filter expressions are not supported; narrow by `state`");
  }
  if (!request.order_by().empty() && request.order_by() != "name")
    return base::FieldError("order_by", "waivers are ordered by `name`");
  return absl::OkStatus();
}

}  // namespace

WaiverAnswers::WaiverAnswers(const serving::Snapshots& policies, PolicyFeed& feed, const FindingBoard& board,
                             std::string page_token_secret, std::function<absl::Time()> now)
    : policies_(policies),
      feed_(feed),
      board_(board),
      page_token_secret_(std::move(page_token_secret)),
      now_(std::move(now)) {}

void WaiverAnswers::Dress(v1::Waiver& waiver) const {
  const absl::Time now = now_();
  waiver.set_state(StateAt(waiver, now));
  waiver.clear_matching_finding_count();
  waiver.clear_waived_finding_count();
  const auto set = board_.Current();
  const auto policies = feed_.Current();
  if (set == nullptr || set->knowledge == nullptr || policies == nullptr) return;
  const WaiverBook book({waiver});
  const BoundWaiver& bound = book.waivers().front();
  const World world(*set->view, *set->knowledge, now);
  const WaiverBook::Moment moment{*policies, world};
  int64_t matching = 0, waived = 0;
  const auto count = [&](const FindingRecord& finding) {
    if (!Holds(finding) || !WaiverBook::IsAbout(bound, finding, world)) return;
    ++matching;
    waived += WaiverBook::Objection(bound, finding, moment).empty() ? 1 : 0;
  };
  if (waiver.target().findings().empty()) {
    for (const FindingPointer& finding : set->gravest_first) count(*finding);
  }
  for (const std::string& name : waiver.target().findings()) {
    if (const FindingRecord* finding = set->Find(name)) count(*finding);
  }
  waiver.set_matching_finding_count(matching);
  waiver.set_waived_finding_count(waived);
}

absl::Status WaiverAnswers::GetWaiver(kit::Call& call, const v1::GetWaiverRequest& request,
                                      v1::Waiver& response) {
  const auto snapshot = policies_.Take(call);
  if (!snapshot.ok()) return snapshot.status();
  const resource::KindInfo& kind = *resource::FindKindOf(v1::Waiver::descriptor());
  if (absl::Status status = resource::CheckName(kind, request.name()); !status.ok()) return status;
  auto waiver = snapshot->view->Parse<v1::Waiver>(request.name());
  if (!waiver) return base::NotFound(request.name());
  response = *std::move(waiver);
  Dress(response);
  return absl::OkStatus();
}

absl::Status WaiverAnswers::ListWaivers(kit::Call& call, const v1::ListWaiversRequest& request,
                                        v1::ListWaiversResponse& response) {
  if (absl::Status status = CheckListRequest(request); !status.ok()) return status;
  const auto snapshot = policies_.Take(call);
  if (!snapshot.ok()) return snapshot.status();
  const serving::PageTokens tokens(policies_.source().history_id(), page_token_secret_);
  const std::string digest = serving::DigestOfQuery(request);
  std::string after;
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> opened = tokens.Open(digest, request.page_token());
    if (!opened.ok()) return opened.status();
    after = *std::move(opened);
  }
  const int page_size = request.page_size() == 0 ? kPageSize : std::min(request.page_size(), kPageSizeMax);
  const absl::Time now = now_();
  int total = 0;
  bool more = false;
  snapshot->view->ForEach(
      *resource::FindKindOf(v1::Waiver::descriptor()), [&](const replica::DocumentRef& ref) {
        v1::Waiver waiver;
        if (!replica::ParseInto(ref, waiver)) return;
        if (request.state() != v1::Waiver::STATE_UNSPECIFIED && StateAt(waiver, now) != request.state())
          return;
        ++total;
        if (waiver.name() <= after) return;
        more = response.waivers_size() == page_size;
        if (more) return;
        *response.add_waivers() = std::move(waiver);
      });
  for (v1::Waiver& waiver : *response.mutable_waivers()) Dress(waiver);
  response.set_total_size(total);
  if (more) response.set_next_page_token(tokens.Seal(digest, response.waivers().rbegin()->name()));
  return absl::OkStatus();
}

}  // namespace linchpin::policy
