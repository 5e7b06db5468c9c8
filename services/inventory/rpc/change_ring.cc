#include "services/inventory/rpc/change_ring.h"

#include <algorithm>
#include <utility>

namespace linchpin::inventory {

RevisionChanges::RevisionChanges(int64_t revision, std::vector<store::Change> changes)
    : revision_(revision), changes_(std::move(changes)) {
  for (const store::Change& change : changes_) {
    bytes_ +=
        static_cast<int64_t>(sizeof(change) + change.resource.name.size() + change.resource.body.size());
  }
}

absl::Time RevisionChanges::time() const {
  return changes_.empty() ? absl::UnixEpoch() : changes_.front().resource.update_time;
}

void ChangeRing::Add(absl::Span<const store::Change> changes) {
  std::vector<Revision> added;
  for (size_t i = 0; i < changes.size();) {
    const int64_t revision = changes[i].resource.revision;
    std::vector<store::Change> of_revision;
    for (; i < changes.size() && changes[i].resource.revision == revision; ++i)
      of_revision.push_back(changes[i]);
    added.push_back(std::make_shared<const RevisionChanges>(revision, std::move(of_revision)));
  }
  absl::MutexLock lock(&mutex_);
  for (Revision& revision : added) {
    if (revisions_.empty() && before_ < 0) before_ = revision->revision() - 1;
    last_ = revision->revision();
    bytes_ += revision->bytes();
    revisions_.push_back(std::move(revision));
  }
  while (bytes_ > bytes_max_ && revisions_.size() > 1) {
    before_ = revisions_.front()->revision();
    bytes_ -= revisions_.front()->bytes();
    revisions_.pop_front();
  }
  changed_.NotifyAll();
}

void ChangeRing::Reset(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  revisions_.clear();
  bytes_ = 0;
  before_ = revision;
  last_ = revision;
  ++wakes_;
  changed_.NotifyAll();
}

void ChangeRing::WakeAll() {
  absl::MutexLock lock(&mutex_);
  ++wakes_;
  changed_.NotifyAll();
}

int64_t ChangeRing::last() const {
  absl::MutexLock lock(&mutex_);
  return last_;
}

ChangeRing::Outcome ChangeRing::Read(int64_t after, int limit, base::SteadyTime deadline,
                                     std::vector<Revision>& revisions) const {
  absl::MutexLock lock(&mutex_);
  const int64_t wakes = wakes_;
  changed_.Await(mutex_, deadline,
                 [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return last_ > after || wakes_ != wakes; });
  if (last_ <= after) return Outcome::kTimeout;
  if (after < before_) return Outcome::kBehind;
  // Revisions follow each other without gaps, but only their order is relied upon.
  auto first = std::upper_bound(
      revisions_.begin(), revisions_.end(), after,
      [](int64_t wanted, const Revision& revision) { return wanted < revision->revision(); });
  for (; first != revisions_.end() && limit > 0; ++first, --limit) revisions.push_back(*first);
  return Outcome::kRevisions;
}

}  // namespace linchpin::inventory
