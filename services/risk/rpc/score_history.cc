#include "services/risk/rpc/score_history.h"

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr char kLease[] = "scores";
constexpr char kPrefix[] = "scoreRecords/";
constexpr absl::Duration kWritePatience = absl::Seconds(30);
constexpr int kForgottenMax = 500;  // At a time.

std::string RandomHolder() {
  absl::BitGen random;
  return absl::StrCat("risk-", absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

store::Upsert UpsertOf(const v1::ScoreRecord& record, bool with_json) {
  store::Upsert upsert;
  upsert.name = record.name();
  upsert.kind = "ScoreRecord";
  upsert.body = resource::StableBytes(record);
  if (with_json) upsert.json = resource::WriteJson(record, 0);
  return upsert;
}

// Calls `visit` for every record, oldest first, from the name `from` on.
template <typename Visit>
void ForEachRecord(const replica::View& view, const std::string& from, const Visit& visit) {
  v1::ScoreRecord record;
  for (auto at = view.Seek(*resource::FindKindOf(v1::ScoreRecord::descriptor()), from); at.valid();
       at.Next()) {
    if (replica::ParseInto(at.document(), record)) visit(record);
  }
}

// What the records say of one score or dimension.
template <typename Point, typename Subject>
std::vector<Point> PointsOf(const replica::View& view, const Subject& subject, absl::Time start, size_t max) {
  std::vector<Point> points;
  const std::string from = start == absl::InfinitePast() ? "" : ScoreRecordName(start, 0);
  ForEachRecord(view, from, [&](const v1::ScoreRecord& record) {
    Point point;
    if (ReadPoint(record, subject, point)) points.push_back(std::move(point));
  });
  if (points.size() > max) points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(max));
  return points;
}

}  // namespace

ScoreHistory::ScoreHistory(store::ResourceStore& store, store::Committer& committer,
                           replica::ViewSource& view, Options options)
    : store_(store), committer_(committer), view_(view), options_(options), holder_(RandomHolder()) {}

ScoreHistory::~ScoreHistory() {
  if (lease_) store_.ReleaseLease(*lease_).IgnoreError();
}

bool ScoreHistory::RenewLease() {
  absl::StatusOr<store::Lease> lease = store_.AcquireLease(kLease, holder_, options_.lease);
  if (!lease.ok()) {
    if (lease.status().code() == absl::StatusCode::kAborted) lease_.reset();
    return lease_.has_value();
  }
  // The token rises with each holder: another's, and what is stored may be news.
  if (!last_token_ || lease->token != *last_token_) is_read_ = false;
  last_token_ = lease->token;
  lease_ = *std::move(lease);
  return true;
}

absl::Status ScoreHistory::Note(const Scored& scored, const ConcentrationList& figures, int64_t revision,
                                absl::Time now) {
  if (!RenewLease()) return absl::OkStatus();
  const auto view = view_.Current();
  if (view == nullptr) return absl::OkStatus();
  if (!is_read_) {
    chronicle_.Clear();
    ForEachRecord(*view, "", [this](const v1::ScoreRecord& record) { chronicle_.Read(record); });
    is_read_ = true;
  }
  const std::vector<v1::ScoreRecord> due = chronicle_.Due(scored, figures, revision, now);
  std::vector<std::string> forgotten = Outdated(now);
  if (due.empty() && forgotten.empty()) return absl::OkStatus();
  absl::Status status = Write(due, std::move(forgotten));
  if (!status.ok()) is_read_ = false;
  return status;
}

std::vector<std::string> ScoreHistory::Outdated(absl::Time now) const {
  const std::string first_kept = ScoreRecordName(now - options_.retention, 0);
  std::vector<std::string> names = view_.Current()->NamesWithPrefix(kPrefix, kForgottenMax);
  std::erase_if(names, [&first_kept](const std::string& name) { return name >= first_kept; });
  return names;
}

absl::Status ScoreHistory::Write(const std::vector<v1::ScoreRecord>& records,
                                 std::vector<std::string> forgotten) {
  store::Write write;
  write.principal = "risk";
  write.method = "ListScores";
  write.target = absl::StrCat(records.size() + forgotten.size(), " score records");
  write.deadline = absl::Now() + kWritePatience;
  write.fence = store::Fence{kLease, lease_->token};
  store::Decision decision;
  for (const v1::ScoreRecord& record : records) {
    decision.upserts.push_back(UpsertOf(record, options_.with_json));
    write.bytes += static_cast<int64_t>(decision.upserts.back().body.size());
  }
  decision.deletes = std::move(forgotten);
  write.decide = [decision = std::move(decision)](const store::StateReader&) { return decision; };
  const auto result = committer_.Commit(std::move(write));
  if (result.status().code() == absl::StatusCode::kAborted) lease_.reset();
  return result.status();
}

std::vector<v1::ScorePoint> ReadHistory(const replica::View& view, const std::string& name, absl::Time start,
                                        size_t max) {
  return PointsOf<v1::ScorePoint>(view, name, start, max);
}

std::vector<v1::ConcentrationPoint> ReadHistory(const replica::View& view, common::v1::Dimension dimension,
                                                absl::Time start, size_t max) {
  return PointsOf<v1::ConcentrationPoint>(view, dimension, start, max);
}

}  // namespace linchpin::risk
