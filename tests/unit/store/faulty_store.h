// A store that fails when told to, for what real engines do once in a blue moon.
#ifndef LINCHPIN_TESTS_UNIT_STORE_FAULTY_STORE_H_
#define LINCHPIN_TESTS_UNIT_STORE_FAULTY_STORE_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/store/commit/group_transaction.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {

// What the next commits do instead of what they should.
struct Fault {
  absl::Status status;
  bool commits_all_the_same = false;
  // Only for groups of at least so many writes (audit rows).
  size_t group_min = 1;
};

// Thread safety: faults are queued before the writes they are for.
class FaultyStore : public ResourceStore {
 public:
  explicit FaultyStore(std::unique_ptr<ResourceStore> store) : store_(std::move(store)) {}

  std::deque<Fault> commit_faults;
  std::deque<absl::Status> begin_faults;
  int begun = 0;
  int looked_up = 0;
  // Called before a commit is passed on. May be null.
  std::function<void()> before_commit;
  // What a ping answers, in place of the store. May be null.
  std::function<absl::Status()> ping;
  // What the clock of the database shows, in place of that of the store.
  std::optional<absl::Time> clock;
  // Called by AbandonGroup. May be null.
  std::function<void()> abandon;
  // Wakes go through `wake` alone, and a group begins where the head says that it is: as on a database that
  // is asked nothing until the commit.
  bool trusting = false;
  std::function<void(int64_t)> wake;

  absl::StatusOr<StoreInfo> Info() override { return store_->Info(); }
  absl::Status Ping() override { return ping ? ping() : store_->Ping(); }
  absl::StatusOr<absl::Time> ReadClock() override { return clock ? *clock : store_->ReadClock(); }
  absl::StatusOr<int64_t> Scan(const ScanOptions& options,
                               absl::FunctionRef<absl::Status(StoredResource)> callback) override {
    return store_->Scan(options, callback);
  }
  absl::StatusOr<std::optional<StoredResource>> Get(std::string_view name,
                                                    std::optional<int64_t> as_of) override {
    return store_->Get(name, as_of);
  }
  absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) override {
    return store_->ReadChanges(after, limit);
  }
  std::unique_ptr<Subscription> Subscribe(std::function<void(int64_t)> told) override {
    if (!trusting) return store_->Subscribe(std::move(told));
    wake = std::move(told);
    return nullptr;
  }
  absl::Status Compact(int64_t before) override { return store_->Compact(before); }
  absl::StatusOr<int64_t> RevisionAt(absl::Time time) override { return store_->RevisionAt(time); }
  absl::Status ReadDifference(int64_t older, int64_t newer,
                              absl::FunctionRef<absl::Status(Difference)> callback) override {
    return store_->ReadDifference(older, newer, callback);
  }
  absl::Status ReadHistory(const HistoryQuery& query,
                           absl::FunctionRef<bool(const HistoryEntry&)> callback) override {
    return store_->ReadHistory(query, callback);
  }
  absl::StatusOr<std::vector<std::optional<StoredResource>>> GetVersions(
      const std::vector<VersionKey>& keys) override {
    return store_->GetVersions(keys);
  }
  absl::StatusOr<std::vector<AuditRow>> ReadAuditOfRevisions(int64_t low, int64_t high) override {
    return store_->ReadAuditOfRevisions(low, high);
  }
  absl::StatusOr<absl::Time> TimeOfRevision(int64_t revision) override {
    return store_->TimeOfRevision(revision);
  }
  absl::StatusOr<int64_t> ExpireRequests(absl::Time before) override {
    return store_->ExpireRequests(before);
  }
  absl::StatusOr<std::vector<AuditRow>> ReadAudit(int64_t after, int64_t limit) override {
    return store_->ReadAudit(after, limit);
  }
  absl::StatusOr<Lease> AcquireLease(std::string_view name, std::string_view holder,
                                     absl::Duration ttl) override {
    return store_->AcquireLease(name, holder, ttl);
  }
  absl::Status ReleaseLease(const Lease& lease) override { return store_->ReleaseLease(lease); }
  absl::Status RenewHistory() override { return store_->RenewHistory(); }
  absl::StatusOr<std::unique_ptr<GroupTransaction>> BeginGroup(int64_t head_revision) override;
  void AbandonGroup() override {
    if (abandon) abandon();
  }

 private:
  std::unique_ptr<ResourceStore> store_;
};

// Forwards, but for the commit.
class FaultyGroup : public GroupTransaction {
 public:
  FaultyGroup(FaultyStore& store, std::unique_ptr<GroupTransaction> group, int64_t head_revision)
      : store_(store), group_(std::move(group)), counters_(group_->counters()) {
    if (store.trusting) counters_.revision = head_revision;
  }

  const Counters& counters() const override { return counters_; }
  absl::Time now() const override { return store_.clock ? *store_.clock : group_->now(); }
  absl::StatusOr<ChangeBatch> ReadChanges(int64_t after, int64_t limit) override {
    return group_->ReadChanges(after, limit);
  }
  absl::StatusOr<std::vector<RequestRecord>> FindRequests(const std::vector<RequestKey>& keys) override {
    ++store_.looked_up;
    return group_->FindRequests(keys);
  }
  absl::StatusOr<int64_t> LeaseToken(std::string_view lease) override { return group_->LeaseToken(lease); }
  absl::StatusOr<bool> WasCommitted(const GroupMark& mark) override { return group_->WasCommitted(mark); }
  absl::Status Commit(const GroupRows& rows, int64_t writer,
                      const std::function<void()>& handed_over) override {
    if (store_.before_commit) store_.before_commit();
    if (store_.commit_faults.empty() || rows.audit.size() < store_.commit_faults.front().group_min) {
      return group_->Commit(rows, writer, handed_over);
    }
    Fault fault = store_.commit_faults.front();
    store_.commit_faults.pop_front();
    if (fault.commits_all_the_same) group_->Commit(rows, writer, handed_over).IgnoreError();
    return fault.status;
  }

 private:
  FaultyStore& store_;
  std::unique_ptr<GroupTransaction> group_;
  Counters counters_;
};

inline absl::StatusOr<std::unique_ptr<GroupTransaction>> FaultyStore::BeginGroup(int64_t head_revision) {
  ++begun;
  if (!begin_faults.empty()) {
    absl::Status fault = begin_faults.front();
    begin_faults.pop_front();
    return fault;
  }
  absl::StatusOr<std::unique_ptr<GroupTransaction>> group = store_->BeginGroup(head_revision);
  if (!group.ok()) return group.status();
  return std::make_unique<FaultyGroup>(*this, *std::move(group), head_revision);
}

}  // namespace linchpin::store

#endif  // LINCHPIN_TESTS_UNIT_STORE_FAULTY_STORE_H_
