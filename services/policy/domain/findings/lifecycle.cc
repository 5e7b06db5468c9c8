#include "services/policy/domain/findings/lifecycle.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using v1::Finding;

// Decides why findings that are no longer found were resolved.
class Resolver {
 public:
  Resolver(const PolicySet& policies, const PolicySet* before, const replica::View& view,
           const Evaluation& evaluation)
      : policies_(policies), before_(before), view_(view), evaluation_(evaluation) {
    for (const RuleOutcome& rule : evaluation.rules) {
      if (rule.counts[v1::OUTCOME_ERROR] > 0) failed_[rule.assignment].insert(rule.rule);
    }
  }

  // Nothing: an error hides whether it still holds, and it stays as it is.
  std::optional<Finding::ResolvedReason> ReasonFor(const FindingRecord& record) const {
    if (policies_.IsDisabled(record.assignment)) return Finding::RESOLVED_REASON_ASSIGNMENT_DISABLED;
    if (policies_.FindActive(record.assignment) == nullptr) return Finding::RESOLVED_REASON_RULE_REMOVED;
    const auto digest = policies_.RuleDigest(record.assignment, record.rule);
    if (!record.rule.empty() && !digest) return Finding::RESOLVED_REASON_RULE_REMOVED;
    const resource::KindInfo* kind = resource::KindOfName(record.subject);
    const bool in_inventory = kind != nullptr && kind->area == resource::Area::kInventory;
    if (in_inventory && !view_.Contains(record.subject)) return Finding::RESOLVED_REASON_SUBJECT_DELETED;
    if (HiddenByError(record)) return std::nullopt;
    if (RuleChanged(record)) return Finding::RESOLVED_REASON_RULE_CHANGED;
    if (record.type == Finding::TYPE_VIOLATION) return ReasonByOutcome(record);
    return evaluation_.gaps_cut.contains(record.name) ? Finding::RESOLVED_REASON_TRUNCATED
                                                      : Finding::RESOLVED_REASON_FIXED;
  }

 private:
  bool HiddenByError(const FindingRecord& record) const {
    const auto failed = failed_.find(record.assignment);
    if (failed == failed_.end() || record.type == Finding::TYPE_EVALUATION_ERROR) return false;
    if (record.rule.empty()) return true;  // Of all rules of the assignment.
    if (!failed->second.contains(record.rule)) return false;
    if (!policies_.FindActive(record.assignment)->bound.ok() || record.type == Finding::TYPE_SUMMARY)
      return true;
    const WatchedOutcome* watched = OutcomeOf(record);
    return watched != nullptr && watched->outcome == v1::OUTCOME_ERROR;
  }

  const WatchedOutcome* OutcomeOf(const FindingRecord& record) const {
    return evaluation_.watched.Find(record.assignment, record.rule, record.subject);
  }

  Finding::ResolvedReason ReasonByOutcome(const FindingRecord& record) const {
    const WatchedOutcome* watched = OutcomeOf(record);
    if (watched == nullptr) return Finding::RESOLVED_REASON_OUT_OF_SCOPE;
    switch (watched->outcome) {
      case v1::OUTCOME_NOT_APPLICABLE:
        return Finding::RESOLVED_REASON_OUT_OF_SCOPE;
      case v1::OUTCOME_PASS:
        return Finding::RESOLVED_REASON_FIXED;
      case v1::OUTCOME_VIOLATION:
        // Others of the subject are found; whether this one has gone is certain where nothing else is open.
        if (watched->truncated) return Finding::RESOLVED_REASON_TRUNCATED;
        return watched->indeterminate ? Finding::RESOLVED_REASON_INDETERMINATE
                                      : Finding::RESOLVED_REASON_FIXED;
      default:
        return Finding::RESOLVED_REASON_INDETERMINATE;
    }
  }

  bool RuleChanged(const FindingRecord& record) const {
    if (before_ == nullptr) return false;
    if (!record.rule.empty()) {
      const auto digest = before_->RuleDigest(record.assignment, record.rule);
      return digest && digest != policies_.RuleDigest(record.assignment, record.rule);
    }
    // A data gap belongs to all rules of the assignment.
    const AssignedPolicy* policy = policies_.FindActive(record.assignment);
    const AssignedPolicy* old = before_->FindActive(record.assignment);
    if (old == nullptr) return false;
    if (old->rules != policy->rules) return true;
    for (const std::string& rule : policy->rules) {
      if (before_->RuleDigest(record.assignment, rule) != policies_.RuleDigest(record.assignment, rule))
        return true;
    }
    return false;
  }

  const PolicySet& policies_;
  const PolicySet* before_;
  const replica::View& view_;
  const Evaluation& evaluation_;
  std::map<std::string, std::set<std::string>> failed_;  // Rules with errors, by assignment.
};

// A finding that an error hides: it may still hold.
FindingRecord Hidden(const FindingRecord& old, absl::Time seen) {
  FindingRecord record = old;
  record.seen_only = true;
  record.last_seen = std::max(old.last_seen, seen);
  record.hidden = true;
  return record;
}

}  // namespace

LifecycleStep Advance(const FindingMap& previous, Evaluation evaluation, const PolicySet& policies,
                      const PolicySet* before, const replica::View& view, const LifecycleOptions& options) {
  LifecycleStep step;
  const Resolver resolver(policies, before, view, evaluation);
  for (Finding& finding : evaluation.findings) {
    FindingRecord found = RecordOf(std::move(finding), evaluation.now);
    const auto old = previous.find(found.name);
    step.findings.Put(Found(std::move(found), old == previous.end() ? nullptr : old->second,
                            options.last_seen_every, step));
  }
  const ComputedAt at{evaluation.inventory_revision, evaluation.policy_revision, evaluation.now};
  for (const auto& [name, old] : previous) {
    if (step.findings.contains(name)) continue;
    if (!Holds(*old)) {
      if (evaluation.now - old->state_time > options.resolved_kept) {
        step.forgotten.emplace_back(name);
      } else {
        step.findings.Put(old);
      }
      continue;
    }
    step.findings.Put(old);
    // What is found of a waiver comes and goes with it.
    if (old->type == Finding::TYPE_WAIVER_EXPIRING) continue;
    if (const auto reason = resolver.ReasonFor(*old)) {
      Put(Resolved(*old, *reason, options.seen, at), step);
      ++step.resolved;
    } else if (!old->hidden) {
      Put(Hidden(*old, options.seen), step);
    }
  }
  Settle(step);
  return step;
}

LifecycleStep AdvancePart(const FindingMap& previous, Evaluation evaluation,
                          const std::vector<std::string>& gone, const PolicySet& policies,
                          const replica::View& view, const LifecycleOptions& options) {
  LifecycleStep step;
  step.findings = previous;
  const Resolver resolver(policies, &policies, view, evaluation);
  for (Finding& finding : evaluation.findings) {
    FindingRecord found = RecordOf(std::move(finding), evaluation.now);
    const auto known = previous.find(found.name);
    const FindingPointer old = known == previous.end() ? nullptr : known->second;
    FindingPointer next = Found(std::move(found), old, options.last_seen_every, step);
    if (next != old) step.findings.Put(std::move(next));
  }
  const ComputedAt at{evaluation.inventory_revision, evaluation.policy_revision, evaluation.now};
  for (const std::string& name : gone) {
    const auto old = previous.find(name);
    if (old == previous.end() || !Holds(*old->second)) continue;
    // No rule is an error: Update refuses where one is.
    Put(Resolved(*old->second, *resolver.ReasonFor(*old->second), options.seen, at), step);
    ++step.resolved;
  }
  Settle(step);
  return step;
}

void Refresh(absl::Time now, const LifecycleOptions& options, LifecycleStep& step) {
  std::vector<FindingPointer> unwritten;
  for (const auto& [name, finding] : step.findings) {
    if (!Holds(*finding)) {
      if (now - finding->state_time > options.resolved_kept) step.forgotten.emplace_back(name);
    } else if (!finding->hidden && now >= finding->last_seen + options.last_seen_every) {
      unwritten.push_back(finding);
    }
  }
  for (const std::string& name : step.forgotten) step.findings.Erase(name);
  for (const FindingPointer& finding : unwritten) {
    FindingRecord record = *finding;
    record.seen_only = true;
    record.last_seen = now;
    Put(std::move(record), step);
  }
  Settle(step);
}

FindingMap WithLivesOf(const FindingMap& stored, FindingMap own) {
  for (const auto& [name, theirs] : stored) {
    const auto mine = own.find(name);
    if (mine == own.end()) {
      if (!Holds(*theirs)) own.Put(theirs);
      continue;
    }
    const FindingRecord& record = *mine->second;
    if (record.state == theirs->state && record.content_hash == theirs->content_hash &&
        record.content == theirs->content)
      own.Put(theirs);
  }
  return own;
}

}  // namespace linchpin::policy
