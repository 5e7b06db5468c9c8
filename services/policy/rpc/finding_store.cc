#include "services/policy/rpc/finding_store.h"

#include <iterator>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "services/policy/domain/findings/disposition.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::policy {
namespace {

constexpr char kLease[] = "findings";

std::string RandomHolder() {
  absl::BitGen random;
  return absl::StrCat("policy-", absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

store::Upsert UpsertOf(const FindingRecord& record, bool with_json) {
  v1::Finding finding = FindingOf(record, {}, WithTransitions::kYes);
  finding.clear_revision();
  store::Upsert upsert;
  upsert.name = record.name;
  upsert.kind = "Finding";
  upsert.body = resource::StableBytes(finding);
  if (with_json) upsert.json = resource::WriteJson(finding, 0);
  return upsert;
}

}  // namespace

FindingStore::FindingStore(store::ResourceStore& store, store::Committer& committer, Options options)
    : store_(store), committer_(committer), options_(options), holder_(RandomHolder()) {}

FindingStore::~FindingStore() {
  if (lease_) store_.ReleaseLease(*lease_).IgnoreError();
}

bool FindingStore::RenewLease() {
  absl::StatusOr<store::Lease> lease = store_.AcquireLease(kLease, holder_, options_.lease);
  if (lease.ok()) {
    // The token rises by one with each holder: by one only, and the lease had lapsed with nobody else taking
    // it.
    const bool others = !last_token_ || lease->token > *last_token_ + 1;
    last_token_ = lease->token;
    lease_ = *std::move(lease);
    return others;
  }
  // While the database is away nobody else can take it, and the fence refuses writes that come too late.
  if (lease.status().code() == absl::StatusCode::kAborted) lease_.reset();
  return false;
}

void FindingStore::Add(const std::vector<FindingPointer>& changed,
                       const std::vector<std::string>& forgotten) {
  for (const FindingPointer& finding : changed) {
    // What waits has changed since it was written; that it was seen once more must not hide it from watchers.
    if (finding->seen_only && waiting_.contains(finding->name)) continue;
    waiting_[finding->name] = finding;
  }
  for (const std::string& name : forgotten) waiting_[name] = nullptr;
}

store::Write FindingStore::MakeWrite(std::vector<FindingPointer> changed, std::vector<std::string> forgotten,
                                     absl::Time deadline) const {
  store::Write write;
  write.principal = "policy";
  write.method = "EvaluatePolicies";
  write.target = absl::StrCat(changed.size() + forgotten.size(), " findings");
  write.deadline = deadline;
  write.fence = store::Fence{kLease, lease_->token};
  store::Decision decision;
  for (const FindingPointer& finding : changed) {
    decision.upserts.push_back(UpsertOf(*finding, options_.with_json));
    write.bytes += static_cast<int64_t>(decision.upserts.back().body.size());
  }
  for (const std::string& name : forgotten) decision.deletes.push_back(AcknowledgementOf(name));
  std::move(forgotten.begin(), forgotten.end(), std::back_inserter(decision.deletes));
  write.decide = [decision = std::move(decision)](const store::StateReader&) { return decision; };
  return write;
}

absl::Status FindingStore::Flush(absl::Time deadline) {
  while (lease_ && !waiting_.empty()) {
    std::vector<FindingPointer> changed;
    std::vector<std::string> forgotten;
    auto end = waiting_.begin();
    for (int i = 0; i < options_.batch_findings_max && end != waiting_.end(); ++i, ++end) {
      if (end->second == nullptr) {
        forgotten.push_back(end->first);
      } else {
        changed.push_back(end->second);
      }
    }
    const int64_t count = static_cast<int64_t>(changed.size() + forgotten.size());
    const auto result = committer_.Commit(MakeWrite(std::move(changed), std::move(forgotten), deadline));
    if (!result.ok()) {
      if (result.status().code() == absl::StatusCode::kAborted) lease_.reset();
      return result.status();
    }
    written_ += count;
    waiting_.erase(waiting_.begin(), end);
  }
  return absl::OkStatus();
}

}  // namespace linchpin::policy
