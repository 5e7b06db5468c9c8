#include "services/policy/rpc/finding_board.h"

#include <algorithm>
#include <utility>

namespace linchpin::policy {
namespace {

// What a message has beyond the content of the record: its state, times and revisions.
constexpr size_t kLifeBytesMax = 256;

// A finding about a dependency is about the consumer that it belongs to.
bool IsOrIsOf(std::string_view name, std::string_view subject) {
  return name == subject || (name.size() > subject.size() && name.substr(0, subject.size()) == subject &&
                             name[subject.size()] == '/');
}

bool IsAbout(const FindingRecord& record, const FindingSet& set, std::string_view subject) {
  if (IsOrIsOf(record.subject, subject)) return true;
  // A data gap that holds knows all that it concerns, not only the sample that it names.
  const auto gap = set.gaps.find(record.name);
  if (gap != set.gaps.end() && Holds(record)) return gap->second.Concern(subject);
  return std::any_of(record.related.begin(), record.related.end(),
                     [&](const std::string& name) { return IsOrIsOf(name, subject); });
}

bool IsOfRule(const FindingRecord& record, const std::string& rule) {
  return record.rule == rule ||
         std::find(record.waiting.begin(), record.waiting.end(), rule) != record.waiting.end();
}

}  // namespace

const FindingRecord* FindingSet::Find(std::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second.get();
}

bool FindingFilter::TakesState(v1::Finding::State of) const {
  if (state != v1::Finding::STATE_UNSPECIFIED) return of == state;
  return of == v1::Finding::STATE_OPEN || of == v1::Finding::STATE_ACKNOWLEDGED;
}

bool FindingFilter::TakesButState(const FindingRecord& record, const FindingSet& set) const {
  return record.severity >= min_severity && (owner.empty() || record.owner == owner) &&
         (type == v1::Finding::TYPE_UNSPECIFIED || record.type == type) &&
         (certainty == v1::CERTAINTY_UNSPECIFIED || record.certainty == certainty) &&
         (assignment.empty() || record.assignment == assignment) &&
         (policy.empty() || record.policy == policy) && (rule.empty() || IsOfRule(record, rule)) &&
         (subject.empty() || IsAbout(record, set, subject));
}

FindingPage PageOf(const FindingSet& set, const FindingFilter& filter, v1::Severity after_severity,
                   std::string_view after_name, const PageLimits& limits) {
  FindingPage page;
  FindingRecord after;
  after.severity = after_severity;
  after.name = std::string(after_name);
  size_t bytes = 0;
  for (const FindingPointer& finding : set.gravest_first) {
    if (!filter.TakesButState(*finding, set)) continue;
    page.waived += finding->state == v1::Finding::STATE_WAIVED ? 1 : 0;
    if (!filter.TakesState(finding->state)) continue;
    ++page.total;
    if (!after.name.empty() && !GraverThan(after, *finding)) continue;
    if (page.more) continue;
    bytes += finding->content.size() + kLifeBytesMax;
    const bool full =
        static_cast<int>(page.findings.size()) == limits.findings_max || bytes > limits.bytes_max;
    if (full && !page.findings.empty()) {
      page.more = true;
    } else {
      page.findings.push_back(finding);
    }
  }
  return page;
}

void FindingBoard::Publish(std::shared_ptr<const FindingSet> set) {
  {
    absl::MutexLock lock(&mutex_);
    set_ = std::move(set);
    current_as_of_ = std::max(current_as_of_, set_->computed.time);
  }
  waiters_.Look();
}

void FindingBoard::Confirm(absl::Time time) {
  absl::MutexLock lock(&mutex_);
  current_as_of_ = time;
}

absl::Time FindingBoard::CurrentAsOf() const {
  absl::MutexLock lock(&mutex_);
  return current_as_of_;
}

std::shared_ptr<const FindingSet> FindingBoard::Current() const {
  absl::MutexLock lock(&mutex_);
  return set_;
}

bool FindingBoard::HasReached(int64_t inventory_revision, int64_t policy_revision) const {
  absl::MutexLock lock(&mutex_);
  return set_ != nullptr && set_->computed.inventory_revision >= inventory_revision &&
         set_->computed.policy_revision >= policy_revision;
}

void FindingBoard::WhenReached(int64_t inventory_revision, int64_t policy_revision, base::SteadyTime deadline,
                               std::function<void()> over, const replica::ViewSource::OnCancel& on_cancel) {
  const auto reached = [this, inventory_revision, policy_revision] {
    return HasReached(inventory_revision, policy_revision);
  };
  const uint64_t waiter = waiters_.Add(reached, deadline, std::move(over));
  if (on_cancel) on_cancel([this, waiter] { waiters_.GiveUp(waiter); });
}

}  // namespace linchpin::policy
