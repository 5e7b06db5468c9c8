#include "services/policy/rpc/past_findings.h"

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

std::shared_ptr<const FindingSet> SetOf(const replica::View& view) {
  auto set = std::make_shared<FindingSet>();
  set->computed.policy_revision = view.revision();
  set->computed.time = view.time();
  const resource::KindInfo& kind = *resource::FindKindOf(v1::Finding::descriptor());
  view.ForEach(kind, [&](const replica::DocumentRef& document) {
    // A finding has its own life in place of the fields that other documents get from the store.
    v1::Finding finding;
    if (!finding.ParseFromArray(document.body.data(), static_cast<int>(document.body.size()))) return;
    auto record = std::make_shared<const FindingRecord>(StoredRecord(std::move(finding)));
    set->computed.inventory_revision =
        std::max(set->computed.inventory_revision, record->computed.inventory_revision);
    set->gravest_first.Put(record);
    set->by_name.Put(std::move(record));
  });
  return set;
}

}  // namespace

void PastFindings::Await(kit::Call& call, const std::string& as_of, const std::string& min_revision,
                         kit::Done ready) const {
  if (as_of.find(':') == std::string::npos) {
    return ready(base::FieldError("as_of",
                                  "must be an RFC 3339 time, such as 2026-11-23T10:00:00Z: findings are "
                                  "computed between the revisions of the inventory"));
  }
  policies_.AwaitPast(call, as_of, min_revision, std::move(ready));
}

absl::StatusOr<std::shared_ptr<const FindingSet>> PastFindings::Take(kit::Call& call) {
  const auto view = std::static_pointer_cast<const replica::View>(call.attached());
  absl::MutexLock lock(&mutex_);
  if (view_.lock() != view || set_ == nullptr) {
    set_ = SetOf(*view);
    view_ = view;
  }
  return set_;
}

}  // namespace linchpin::policy
