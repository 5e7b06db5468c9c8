#include "services/serving/snapshots.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/replica/past_views.h"
#include "services/serving/request_fields.h"

namespace linchpin::serving {
namespace {

using View = std::shared_ptr<const replica::View>;
using Unknown = replica::ViewSource::Unknown;

constexpr char kMinRevision[] = "min_revision";
constexpr char kProposed[] = "proposed";
constexpr char kAsOf[] = "as_of";
constexpr int kRetryMs = 200;

void SetDuration(absl::Duration duration, google::protobuf::Duration& message) {
  const int64_t micros = absl::ToInt64Microseconds(duration);
  message.set_seconds(micros / 1'000'000);
  message.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

void SetTime(absl::Time time, google::protobuf::Timestamp& message) {
  const int64_t micros = absl::ToUnixMicros(time);
  message.set_seconds(micros / 1'000'000);
  message.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

}  // namespace

kit::Wait Snapshots::wait() const {
  // By value: what is bound to a method outlives whoever made it.
  return {.due =
              [self = *this](const kit::Message& request) {
                const RequestFields fields(request);
                return self.MustWait(fields.String(kMinRevision)) || !fields.String(kAsOf).empty();
              },
          .start =
              [self = *this](kit::Call& call, const kit::Message& request, kit::Done ready) {
                const RequestFields fields(request);
                const std::string& as_of = fields.String(kAsOf);
                const std::string& min_revision = fields.String(kMinRevision);
                if (as_of.empty()) return self.Await(call, min_revision, std::move(ready));
                self.AwaitPast(call, as_of, min_revision, std::move(ready));
              }};
}

void Snapshots::AwaitPast(kit::Call& call, const std::string& as_of, const std::string& min_revision,
                          kit::Done ready) const {
  if (!min_revision.empty()) {
    return ready(base::FieldError(kAsOf, "does not go with `min_revision`; send one of the two"));
  }
  replica::PastViews* const past = source_.past();
  if (past == nullptr) return ready(base::FieldError(kAsOf, "is not answered here: no history is at hand"));
  if (View held = past->Held(as_of)) {
    call.Attach(std::move(held));
    return ready(absl::OkStatus());
  }
  const auto made = [&call, ready = std::move(ready)](absl::StatusOr<View> view) {
    if (view.ok()) call.Attach(*std::move(view));
    ready(view.status());
  };
  past->Find(as_of, call.wait_until(), made, call.Canceller());
}

bool Snapshots::MustWait(const std::string& min_revision) const {
  if (min_revision.empty()) return false;
  const View view = source_.Current();
  const absl::StatusOr<int64_t> revision = source_.ParseRevisionToken(min_revision);
  return view == nullptr || !revision.ok() || view->revision() < *revision;
}

void Snapshots::Await(kit::Call& call, const std::string& min_revision, kit::Done ready) const {
  if (source_.Current() == nullptr) {
    // A token can be judged only once the history is known.
    const auto first = [self = *this, &call, min_revision, ready](const absl::StatusOr<View>& view) {
      view.ok() ? self.Await(call, min_revision, ready) : ready(view.status());
    };
    return source_.WhenReached(0, call.wait_until(), Unknown::kAwait, first, call.Canceller());
  }
  const absl::StatusOr<int64_t> revision = source_.ParseRevisionToken(min_revision);
  if (!revision.ok()) return ready(revision.status());
  const auto reached = [ready = std::move(ready)](const absl::StatusOr<View>& view) { ready(view.status()); };
  source_.WhenReached(*revision, call.wait_until(), Unknown::kRefuse, reached, call.Canceller());
}

absl::StatusOr<Snapshot> Snapshots::Take(kit::Call& call, Token token) const {
  if (View past = std::static_pointer_cast<const replica::View>(call.attached())) {
    Mark(call, past->revision(), absl::InfiniteDuration(), token);
    return Snapshot{std::move(past), absl::InfiniteDuration(), true};
  }
  // The age is read first: a view that comes in between is younger than said.
  const absl::Duration age = source_.Age();
  View view = source_.Current();
  if (view == nullptr) {
    return base::Error(base::reason::NotReady{}, "the documents have not been loaded yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  Mark(call, view->revision(), age, token);
  return Snapshot{std::move(view), age, false};
}

absl::StatusOr<Snapshot> Snapshots::Take(kit::Call& call, common::v1::Snapshot& described) const {
  absl::StatusOr<Snapshot> snapshot = Take(call);
  if (snapshot.ok()) Describe(*snapshot, described);
  return snapshot;
}

absl::StatusOr<Snapshot> Snapshots::Take(kit::Call& call, const kit::Message& request,
                                         common::v1::Snapshot& described) const {
  absl::StatusOr<Snapshot> snapshot = Take(call, described);
  const RequestFields fields(request);
  if (!snapshot.ok() || !fields.Has(kProposed)) return snapshot;
  const auto& changes = static_cast<const inventory::v1::ChangeSet&>(fields.Message(kProposed));
  absl::StatusOr<writing::HypotheticalView> supposed = Suppose(snapshot->view, changes, kProposed);
  if (!supposed.ok()) return supposed.status();
  snapshot->view = std::move(supposed->view);
  return snapshot;
}

absl::StatusOr<writing::HypotheticalView> Snapshots::Suppose(const View& base,
                                                             const inventory::v1::ChangeSet& changes,
                                                             std::string_view field) const {
  return writing::Suppose(base, changes, rules_, field);
}

void Snapshots::Mark(kit::Call& call, int64_t revision, absl::Duration age, Token token) const {
  call.Trailer("linchpin-revision", absl::StrCat(revision));
  if (token == Token::kYes) call.Trailer("linchpin-revision-token", source_.RevisionToken(revision));
  // Infinite for a moment after another history has come in place of the one that is still shown.
  if (age != absl::InfiniteDuration())
    call.Trailer("linchpin-age-ms", absl::StrCat(absl::ToInt64Milliseconds(age)));
}

void Snapshots::Describe(int64_t revision, absl::Duration age, common::v1::Snapshot& described) const {
  described.set_revision(revision);
  described.set_revision_token(source_.RevisionToken(revision));
  if (age != absl::InfiniteDuration()) SetDuration(age, *described.mutable_age());
}

void Snapshots::Describe(const Snapshot& snapshot, common::v1::Snapshot& described) const {
  Describe(snapshot.view->revision(), snapshot.age, described);
  if (snapshot.past) SetTime(snapshot.view->time(), *described.mutable_as_of_time());
}

}  // namespace linchpin::serving
