#include "services/replica/past_views.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/replica/view_editor.h"

namespace linchpin::replica {
namespace {

using ViewPointer = std::shared_ptr<const View>;

constexpr int kRetryMs = 200;

DocumentEdit EditOf(const store::Change& change) {
  DocumentEdit edit;
  edit.deleted = change.deleted;
  edit.document.name = change.resource.name;
  edit.document.revision = change.resource.revision;
  edit.document.create_time_us = absl::ToUnixMicros(change.resource.create_time);
  edit.document.update_time_us = absl::ToUnixMicros(change.resource.update_time);
  edit.document.body = change.resource.body;
  return edit;
}

absl::Status NotReady() {
  return base::Error(base::reason::NotReady{}, "the documents have not been loaded yet; try again")
      .RetryAfterMs(kRetryMs);
}

}  // namespace

PastViews::PastViews(const ViewSource& source, PastSource& past, PastOptions options)
    : source_(source),
      past_(past),
      options_(std::move(options)),
      jobs_({options_.waiting_max, [this] { WeighAndTidy(); }}) {}

std::shared_ptr<const View> PastViews::Held(std::string_view as_of) const {
  const absl::StatusOr<int64_t> revision = source_.ParseRevisionToken(as_of);
  if (!revision.ok() || as_of.empty()) return nullptr;
  ViewPointer present = source_.Current();
  if (present != nullptr && present->revision() == *revision) return present;
  absl::MutexLock lock(&mutex_);
  if (history_id_ != source_.history_id()) return nullptr;
  for (const Kept& kept : kept_) {
    if (kept.view->revision() == *revision) return kept.view;
  }
  return nullptr;
}

void PastViews::Find(std::string as_of, base::SteadyTime deadline, Reached reached,
                     const ViewSource::OnCancel& on_cancel) {
  auto view = std::make_shared<ViewPointer>();
  const auto work = [this, view, as_of = std::move(as_of)] {
    absl::StatusOr<ViewPointer> made = Make(as_of);
    if (made.ok()) *view = *std::move(made);
    return made.status();
  };
  const auto done = [view, reached = std::move(reached)](const absl::Status& status) {
    status.ok() ? reached(*view) : reached(status);
  };
  jobs_.Run(work, deadline, done, on_cancel);
}

absl::StatusOr<ViewPointer> PastViews::Make(const std::string& as_of) {
  DropForeign();
  ViewPointer present = source_.Current();
  if (present == nullptr) return NotReady();
  const absl::StatusOr<AsOf> asked = ParseAsOf(source_, as_of, options_.now());
  if (!asked.ok()) return asked.status();
  const absl::StatusOr<store::RevisionPoint> point = past_.Resolve(*asked);
  if (!point.ok()) return point.status();
  if (point->revision == present->revision()) return present;
  if (ViewPointer kept = FindKept(point->revision)) return kept;
  absl::StatusOr<ViewPointer> made = MakeFrom(*Nearest(present, point->revision), *point);
  // A view that is kept may be older than all that can still be read.
  if (absl::IsOutOfRange(made.status())) made = MakeFrom(*present, *point);
  if (made.ok()) Keep(*made, *present);
  return made;
}

absl::StatusOr<ViewPointer> PastViews::MakeFrom(const View& base, const store::RevisionPoint& point) {
  const absl::StatusOr<std::vector<store::Change>> changes =
      past_.Read(base.revision(), point.revision, options_.bytes_max);
  if (!changes.ok()) return changes.status();
  std::vector<DocumentEdit> edits;
  edits.reserve(changes->size());
  for (const store::Change& change : *changes) edits.push_back(EditOf(change));
  ViewEditor editor(base);
  editor.Apply(edits, point.revision, point.time);
  return editor.Finish();
}

ViewPointer PastViews::FindKept(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  for (auto at = kept_.begin(); at != kept_.end(); ++at) {
    if (at->view->revision() != revision) continue;
    at->used = base::SteadyNow();
    kept_.splice(kept_.begin(), kept_, at);
    return kept_.front().view;
  }
  return nullptr;
}

ViewPointer PastViews::Nearest(ViewPointer present, int64_t revision) const {
  const auto distance = [revision](const View& view) { return std::abs(view.revision() - revision); };
  absl::MutexLock lock(&mutex_);
  ViewPointer nearest = std::move(present);
  for (const Kept& kept : kept_) {
    if (distance(*kept.view) < distance(*nearest)) nearest = kept.view;
  }
  return nearest;
}

void PastViews::Keep(ViewPointer view, const View& present) {
  const auto bytes = static_cast<int64_t>(view->BytesBeyond(present));
  absl::MutexLock lock(&mutex_);
  ++made_;
  kept_.push_front({std::move(view), bytes, base::SteadyNow()});
  Tidy();
}

void PastViews::DropForeign() {
  absl::MutexLock lock(&mutex_);
  std::string history_id = source_.history_id();
  if (history_id == history_id_) return;
  history_id_ = std::move(history_id);
  kept_.clear();
}

void PastViews::Tidy() {
  const base::SteadyTime now = base::SteadyNow();
  kept_.remove_if([&](const Kept& kept) { return now - kept.used > options_.idle; });
  int64_t bytes = 0;
  size_t views = 0;
  kept_.remove_if([&](const Kept& kept) {
    bytes += kept.bytes;
    return ++views > options_.views_max || bytes > options_.bytes_max;
  });
}

void PastViews::WeighAndTidy() {
  DropForeign();
  const ViewPointer present = source_.Current();
  absl::MutexLock lock(&mutex_);
  for (Kept& kept : kept_) {
    if (present != nullptr) kept.bytes = static_cast<int64_t>(kept.view->BytesBeyond(*present));
  }
  Tidy();
}

PastViews::Stats PastViews::stats() const {
  absl::MutexLock lock(&mutex_);
  Stats stats;
  stats.views = static_cast<int64_t>(kept_.size());
  for (const Kept& kept : kept_) stats.bytes += kept.bytes;
  stats.made = made_;
  return stats;
}

}  // namespace linchpin::replica
