#include "services/inventory/rpc/history_answers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/inventory/rpc/change_pages.h"
#include "services/replica/past_source.h"
#include "services/resource/kinds.h"
#include "services/serving/list_query.h"
#include "services/serving/page_token.h"

namespace linchpin::inventory {
namespace {

constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 1000;
constexpr int kChanges = 20;
constexpr size_t kPartBytes = size_t{256} << 10;
constexpr absl::Duration kTick = absl::Microseconds(1);
constexpr int kRetryMs = 1000;

bool IsCollection(std::string_view name) {
  const auto& kinds = resource::Kinds();
  return std::any_of(kinds.begin(), kinds.end(), [&](const resource::KindInfo* kind) {
    return kind->area == resource::Area::kInventory && !kind->nested && kind->collection == name;
  });
}

bool IsResource(std::string_view name) {
  const resource::KindInfo* kind = resource::KindOfName(name);
  return kind != nullptr && kind->area == resource::Area::kInventory;
}

// Checks `name` and `kind`, which both requests have.
template <typename Request>
absl::Status CheckNarrowing(const Request& request) {
  if (!request.name().empty() && !IsResource(request.name()) && !IsCollection(request.name())) {
    return base::FieldError("name",
                            "is neither the name of a resource of the inventory, such as `vendors/openai`, "
                            "nor a collection, such as `vendors`");
  }
  const resource::KindInfo* kind = resource::FindKind(request.kind());
  if (!request.kind().empty() && (kind == nullptr || kind->area != resource::Area::kInventory)) {
    return base::FieldError("kind",
                            "is not a kind of the inventory; write it as `Vendor` or `BusinessService`");
  }
  return absl::OkStatus();
}

bool IsUnder(std::string_view name, std::string_view parent) {
  return parent.empty() || name == parent ||
         (name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == '/');
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Status DiffTooLarge(size_t bytes_max) {
  const size_t mebibytes = bytes_max >> 20;
  return base::Error(base::reason::LimitReached{.limit = mebibytes},
                     absl::StrCat("the two revisions differ by more than ", mebibytes,
                                  " MiB; narrow the question by `name` or `kind`, or take revisions that are "
                                  "nearer to each other"));
}

// Gathers the parts of one answer.
class DiffParts {
 public:
  DiffParts(const v1::DiffRevisionsRequest& request, bool back, size_t bytes_max)
      : request_(request), back_(back), bytes_max_(bytes_max), parts_(1) {}

  v1::DiffRevisionsResponse& first() { return parts_.front(); }
  const std::vector<v1::DiffRevisionsResponse>& parts() const { return parts_; }

  absl::Status Add(store::Difference difference) {
    if (!IsUnder(difference.name(), request_.name())) return absl::OkStatus();
    const auto& kind = difference.before ? difference.before->kind : difference.after->kind;
    if (!request_.kind().empty() && kind != request_.kind()) return absl::OkStatus();
    if (back_) std::swap(difference.before, difference.after);
    v1::ResourceChange change;
    if (!DescribeChange(difference.before, difference.after, request_.include_documents(), change)) {
      return absl::OkStatus();
    }
    const size_t bytes = change.ByteSizeLong();
    if (part_bytes_ > 0 && part_bytes_ + bytes > kPartBytes) {
      parts_.emplace_back();
      part_bytes_ = 0;
    }
    part_bytes_ += bytes;
    bytes_ += bytes;
    *parts_.back().add_changes() = std::move(change);
    return bytes_ > bytes_max_ ? DiffTooLarge(bytes_max_) : absl::OkStatus();
  }

 private:
  const v1::DiffRevisionsRequest& request_;
  const bool back_;
  const size_t bytes_max_;
  std::vector<v1::DiffRevisionsResponse> parts_;
  size_t part_bytes_ = 0;
  size_t bytes_ = 0;
};

// Holds one of a number of places.
class Permit {
 public:
  Permit(std::atomic<int>& count, int max) : count_(count), taken_(count.fetch_add(1) < max) {}
  ~Permit() { count_.fetch_sub(1); }
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& count_;
  const bool taken_;
};

}  // namespace

absl::StatusOr<int64_t> HistoryAnswers::FirstNotBefore(absl::Time time) {
  const absl::StatusOr<int64_t> before = store_.RevisionAt(time - kTick);
  if (!before.ok()) return before.status();
  const absl::StatusOr<absl::Time> committed = store_.TimeOfRevision(*before);
  if (!committed.ok()) return committed.status();
  // The oldest that can be read answers for all before it.
  return *committed >= time ? *before : *before + 1;
}

absl::Status HistoryAnswers::NarrowByTime(const v1::ListChangesRequest& request, store::HistoryQuery& query) {
  if (request.has_start_time()) {
    const absl::StatusOr<int64_t> from = FirstNotBefore(TimeOf(request.start_time()));
    if (!from.ok()) return from.status();
    query.from = std::max<int64_t>(1, *from);
  }
  if (!request.has_end_time()) return absl::OkStatus();
  if (request.has_start_time() && TimeOf(request.start_time()) >= TimeOf(request.end_time())) {
    return base::FieldError("end_time", "is not after `start_time`");
  }
  const absl::StatusOr<int64_t> below = FirstNotBefore(TimeOf(request.end_time()));
  if (!below.ok()) return below.status();
  query.below = std::min(query.below, *below);
  return absl::OkStatus();
}

kit::Wait HistoryAnswers::list_wait() {
  return {.due = [](const kit::Message&) { return true; },
          .start =
              [this](kit::Call& call, const kit::Message& message, kit::Done ready) {
                const auto& request = static_cast<const v1::ListChangesRequest&>(message);
                const auto reached = [this, &call, &request,
                                      ready = std::move(ready)](const absl::Status& status) {
                  status.ok() ? StartList(call, request, ready) : ready(status);
                };
                snapshots_.Await(call, request.min_revision(), reached);
              }};
}

void HistoryAnswers::StartList(kit::Call& call, const v1::ListChangesRequest& request, kit::Done ready) {
  if (request.page_size() < 0) return ready(base::FieldError("page_size", "must not be negative"));
  if (absl::Status status = CheckNarrowing(request); !status.ok()) return ready(status);
  // The call must live until this returns, and the job may outlive it.
  const kit::Done call_kept = ready;
  auto page = std::make_shared<v1::ListChangesResponse>();
  const absl::Duration age = snapshots_.source().Age();
  const int64_t revision = snapshots_.source().Current()->revision();
  snapshots_.Describe(revision, age, *page->mutable_inventory());
  snapshots_.Mark(call, revision, age);
  const auto work = [this, page, request, revision] { return ReadPage(request, revision + 1, *page); };
  const auto done = [&call, page, ready = std::move(ready)](const absl::Status& status) {
    if (status.ok()) call.Attach(page);
    ready(status);
  };
  jobs_.Run(work, call.wait_until(), done, call.Canceller());
}

absl::Status HistoryAnswers::ListChanges(kit::Call& call, const v1::ListChangesRequest&,
                                         v1::ListChangesResponse& response) {
  response = *std::static_pointer_cast<const v1::ListChangesResponse>(call.attached());
  return absl::OkStatus();
}

absl::Status HistoryAnswers::ReadPage(const v1::ListChangesRequest& request, int64_t below,
                                      v1::ListChangesResponse& response) {
  ChangeQuery query;
  query.history.below = below;
  query.history.name = request.name();
  query.history.kind = request.kind();
  query.principal = request.principal();
  query.revisions = request.page_size() == 0 ? kPageSize : std::min(request.page_size(), kPageSizeMax);
  query.changes_per_revision = request.max_changes() == 0 ? kChanges : request.max_changes();
  query.changes_max = limits_.changes_max;
  query.bytes_max = limits_.page_bytes;
  query.revisions_examined = limits_.revisions_examined;
  if (absl::Status status = NarrowByTime(request, query.history); !status.ok()) return status;
  const serving::PageTokens tokens(snapshots_.source().history_id(), page_token_secret_);
  const std::string digest = serving::DigestOfQuery(request);
  if (!request.page_token().empty()) {
    const absl::StatusOr<std::string> opened = tokens.Open(digest, request.page_token());
    if (!opened.ok()) return opened.status();
    int64_t place = 0;
    if (absl::SimpleAtoi(*opened, &place)) query.history.below = std::min(query.history.below, place);
  }
  const absl::StatusOr<ChangePage> page = ReadChangePage(store_, query, response);
  if (!page.ok()) return page.status();
  if (page->next_below > 0) response.set_next_page_token(tokens.Seal(digest, absl::StrCat(page->next_below)));
  const absl::StatusOr<store::StoreInfo> info = store_.Info();
  if (!info.ok()) return info.status();
  const absl::StatusOr<absl::Time> oldest = store_.TimeOfRevision(info->oldest_revision);
  if (!oldest.ok()) return oldest.status();
  SetPoint({info->oldest_revision, *oldest}, *response.mutable_oldest());
  return absl::OkStatus();
}

absl::StatusOr<store::RevisionPoint> HistoryAnswers::PointOf(const std::string& as_of,
                                                             std::string_view field) {
  replica::StorePast past(store_);
  if (as_of.empty()) {
    const absl::StatusOr<store::StoreInfo> info = store_.Info();
    return info.ok() ? store::PointAtRevision(store_, info->revision) : info.status();
  }
  const absl::StatusOr<replica::AsOf> parsed = replica::ParseAsOf(snapshots_.source(), as_of, now_(), field);
  return parsed.ok() ? past.Resolve(*parsed) : parsed.status();
}

absl::Status HistoryAnswers::DiffRevisions(kit::Call& call, const v1::DiffRevisionsRequest& request,
                                           kit::StreamWriter<v1::DiffRevisionsResponse>& writer) {
  if (absl::Status status = CheckNarrowing(request); !status.ok()) return status;
  if (request.from().empty()) return base::FieldError("from", "is required: a revision or a time");
  const Permit place(diffs_, limits_.diffs_max);
  if (!place.taken()) {
    return base::Error(base::reason::Overloaded{}, "too many differences are being computed; try again")
        .RetryAfterMs(kRetryMs);
  }
  const absl::StatusOr<store::RevisionPoint> from = PointOf(request.from(), "from");
  if (!from.ok()) return from.status();
  const absl::StatusOr<store::RevisionPoint> to = PointOf(request.to(), "to");
  if (!to.ok()) return to.status();
  DiffParts parts(request, to->revision < from->revision, limits_.diff_bytes);
  SetPoint(*from, *parts.first().mutable_from());
  SetPoint(*to, *parts.first().mutable_to());
  const absl::Status read = store_.ReadDifference(
      std::min(from->revision, to->revision), std::max(from->revision, to->revision),
      [&](store::Difference difference) {
        return call.Cancelled() ? absl::CancelledError() : parts.Add(std::move(difference));
      });
  if (!read.ok()) return read;
  for (const v1::DiffRevisionsResponse& part : parts.parts()) {
    if (!writer.Write(part)) return absl::CancelledError("the caller has gone");
  }
  return absl::OkStatus();
}

}  // namespace linchpin::inventory
