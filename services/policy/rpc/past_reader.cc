#include "services/policy/rpc/past_reader.h"

#include <future>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/steady.h"
#include "services/replica/past_views.h"

namespace linchpin::policy {
namespace {

using ViewPointer = std::shared_ptr<const replica::View>;

constexpr absl::Duration kWait = absl::Seconds(10);

std::string AsOfText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<ViewPointer> ViewAt(replica::PastViews& past, absl::Time instant) {
  auto found = std::make_shared<std::promise<absl::StatusOr<ViewPointer>>>();
  std::future<absl::StatusOr<ViewPointer>> view = found->get_future();
  past.Find(AsOfText(instant), base::SteadyNow() + kWait,
            [found](absl::StatusOr<ViewPointer> reached) { found->set_value(std::move(reached)); });
  return view.get();
}

absl::Time BeginOfHistory(const absl::Status& status) {
  const auto details = base::DetailsOf(status);
  if (!details) return absl::InfiniteFuture();
  const auto text = details->metadata.find("oldest_time");
  absl::Time time;
  std::string error;
  if (text == details->metadata.end() || !absl::ParseTime(absl::RFC3339_full, text->second, &time, &error))
    return absl::InfiniteFuture();
  return time;
}

PastMoment MomentOf(const absl::Status& status) {
  PastMoment moment;
  if (base::Is<base::reason::BeforeHistory>(status)) {
    moment.missing = PastMoment::Missing::kBeforeHistory;
    moment.begins = BeginOfHistory(status);
  } else if (base::Is<base::reason::RevisionCompacted>(status)) {
    moment.missing = PastMoment::Missing::kCompacted;
  } else {
    moment.missing = PastMoment::Missing::kFailed;
    moment.error = std::string(status.message());
  }
  return moment;
}

// Later reads of the same history say the same: what is past does not change, and what is gone does not come
// back.
bool IsSettled(const PastMoment& moment) {
  switch (moment.missing) {
    case PastMoment::Missing::kNone:
    case PastMoment::Missing::kCompacted:
      return true;
    case PastMoment::Missing::kBeforeHistory:
      return moment.begins != absl::InfiniteFuture();
    case PastMoment::Missing::kNoHistory:
    case PastMoment::Missing::kFailed:
      return false;
  }
  return false;
}

PastMoment Read(const replica::ViewSource& inventory, const ViewPointer& present, absl::Time instant) {
  // Nothing has been written since.
  if (present->revision() > 0 && present->time() <= instant)
    return {.missing = PastMoment::Missing::kNone, .view = present};
  replica::PastViews* const past = inventory.past();
  if (past == nullptr) return {};
  absl::StatusOr<ViewPointer> view = ViewAt(*past, instant);
  if (!view.ok()) return MomentOf(view.status());
  return {.missing = PastMoment::Missing::kNone, .view = *std::move(view)};
}

}  // namespace

std::shared_ptr<const PastInventory> ReadPast(const replica::ViewSource& inventory,
                                              const std::set<absl::Time>& instants,
                                              const ViewPointer& present, const PastInventory* known) {
  if (instants.empty()) return nullptr;
  const std::string history_id = inventory.history_id();
  const bool same = known != nullptr && known->history_id() == history_id;
  PastInventory::Moments moments;
  for (const absl::Time instant : instants) {
    const PastMoment& before = MomentAt(same ? known : nullptr, instant);
    moments.emplace(instant, IsSettled(before) ? before : Read(inventory, present, instant));
  }
  return std::make_shared<const PastInventory>(history_id, std::move(moments));
}

}  // namespace linchpin::policy
