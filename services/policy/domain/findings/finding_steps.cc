#include "services/policy/domain/findings/finding_steps.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "services/policy/domain/binding/message_template.h"

namespace linchpin::policy {
namespace {

using v1::Finding;

// In words, for people.
const char* ReasonWords(Finding::ResolvedReason reason) {
  switch (reason) {
    case Finding::RESOLVED_REASON_FIXED:
      return "the cause has gone";
    case Finding::RESOLVED_REASON_SUBJECT_DELETED:
      return "the subject was deleted";
    case Finding::RESOLVED_REASON_RULE_REMOVED:
      return "the rule, policy or assignment was deleted";
    case Finding::RESOLVED_REASON_RULE_CHANGED:
      return "the rule, its parameters or a set were changed";
    case Finding::RESOLVED_REASON_ASSIGNMENT_DISABLED:
      return "the assignment was disabled";
    case Finding::RESOLVED_REASON_OUT_OF_SCOPE:
      return "the subject is no longer selected";
    case Finding::RESOLVED_REASON_TRUNCATED:
      return "the rule has more findings than are kept one by one";
    case Finding::RESOLVED_REASON_INDETERMINATE:
      return "facts that decide have become unknown";
    case Finding::RESOLVED_REASON_WAIVER_OVER:
      return "the waiver has ended, ends later now, or covers nothing any more";
    default:
      return "";
  }
}

// Drops the oldest beyond the limit.
std::string Trimmed(const std::string& transitions) {
  Finding only;
  only.ParseFromString(transitions);
  const int surplus = only.transitions_size() - kTransitionsMax;
  if (surplus <= 0) return transitions;
  only.mutable_transitions()->DeleteSubrange(0, surplus);
  only.set_earlier_transition_count(only.earlier_transition_count() + surplus);
  return only.SerializeAsString();
}

}  // namespace

void AddTransition(FindingRecord& record, Finding::State from, const Cause& cause, absl::Time time,
                   const ComputedAt& at) {
  Finding only;
  v1::FindingTransition& transition = *only.add_transitions();
  SetTime(time, transition.mutable_time());
  transition.set_from(from);
  transition.set_to(record.state);
  transition.set_severity(record.severity);
  transition.set_episode(record.episode);
  transition.set_principal(cause.principal);
  transition.set_reason(CutText(cause.reason, kReasonBytesMax));
  transition.set_inventory_revision(at.inventory_revision);
  transition.set_policy_revision(at.policy_revision);
  // Serialized messages that follow each other are one message.
  record.transitions = Trimmed(record.transitions + only.SerializeAsString());
}

FindingPointer Found(FindingRecord found, const FindingPointer& old, absl::Duration last_seen_every,
                     LifecycleStep& step) {
  const absl::Time now = found.last_seen;
  if (old == nullptr) {
    ++step.opened;
    AddTransition(found, Finding::STATE_UNSPECIFIED, {"", "it was found"}, now, found.computed);
  } else if (!Holds(*old)) {
    ++step.opened;
    found.episode = old->episode + 1;
    found.transitions = old->transitions;
    AddTransition(found, old->state, {"", "it was found again"}, now, found.computed);
  } else {
    const bool same = found.content_hash == old->content_hash && found.content == old->content;
    if (same && !old->hidden && now < old->last_seen + last_seen_every) return old;
    found.episode = old->episode;
    found.first_seen = old->first_seen;
    found.state = old->state;
    found.state_time = old->state_time;
    found.waiver = old->waiver;
    found.acknowledgement = old->acknowledgement;
    found.transitions = old->transitions;
    found.seen_only = same && !old->hidden;
    if (found.seen_only) found.computed = old->computed;
    if (found.severity != old->severity) {
      const char* what = found.severity > old->severity ? "it became more severe" : "it became less severe";
      AddTransition(found, old->state, {"", what}, now, found.computed);
    }
  }
  auto record = std::make_shared<const FindingRecord>(std::move(found));
  step.changed.push_back(record);
  return record;
}

FindingRecord Resolved(const FindingRecord& old, Finding::ResolvedReason reason, absl::Time seen,
                       const ComputedAt& at) {
  FindingRecord record = old;
  record.seen_only = false;
  if (!old.hidden) record.last_seen = std::max(old.last_seen, seen);
  record.hidden = false;
  record.state = Finding::STATE_RESOLVED;
  record.resolved_reason = reason;
  record.state_time = at.time;
  record.waiver.clear();
  record.acknowledgement = nullptr;
  AddTransition(record, old.state, {"", ReasonWords(reason)}, at.time, at);
  return record;
}

void Put(FindingRecord record, LifecycleStep& step) {
  auto pointer = std::make_shared<const FindingRecord>(std::move(record));
  step.findings.Put(pointer);
  step.changed.push_back(std::move(pointer));
}

void Settle(LifecycleStep& step) {
  std::stable_sort(step.changed.begin(), step.changed.end(),
                   [](const FindingPointer& a, const FindingPointer& b) { return a->name < b->name; });
  std::vector<FindingPointer> last;
  for (FindingPointer& finding : step.changed) {
    if (!last.empty() && last.back()->name == finding->name) {
      last.back() = std::move(finding);
    } else {
      last.push_back(std::move(finding));
    }
  }
  step.changed = std::move(last);
}

}  // namespace linchpin::policy
