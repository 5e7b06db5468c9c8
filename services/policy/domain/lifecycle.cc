#include "services/policy/domain/lifecycle.h"

#include <memory>
#include <set>
#include <utility>

#include "services/policy/domain/world.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using v1::Finding;

// Decides why findings that are no longer found were resolved.
class Resolver {
 public:
  Resolver(const PolicySet& policies, const PolicySet* before, const replica::View& view,
           const Evaluation& evaluation)
      : policies_(policies), before_(before), view_(view), world_(view, evaluation.now) {
    for (const Finding& finding : evaluation.findings) {
      if (finding.type() == Finding::TYPE_SUMMARY) truncated_.emplace(finding.assignment(), finding.rule());
    }
  }

  Finding::ResolvedReason ReasonFor(const FindingRecord& record) const {
    if (policies_.IsDisabled(record.assignment)) return Finding::RESOLVED_REASON_ASSIGNMENT_DISABLED;
    if (policies_.FindActive(record.assignment) == nullptr) return Finding::RESOLVED_REASON_RULE_REMOVED;
    const auto digest = policies_.RuleDigest(record.assignment, record.rule);
    if (!record.rule.empty() && !digest) return Finding::RESOLVED_REASON_RULE_REMOVED;
    const resource::KindInfo* kind = resource::KindOfName(record.subject);
    const bool in_inventory = kind != nullptr && kind->area == resource::Area::kInventory;
    if (in_inventory && !view_.Contains(record.subject)) return Finding::RESOLVED_REASON_SUBJECT_DELETED;
    if (truncated_.contains({record.assignment, record.rule})) return Finding::RESOLVED_REASON_TRUNCATED;
    if (RuleChanged(record)) return Finding::RESOLVED_REASON_RULE_CHANGED;
    if (in_inventory && OutOfScope(record)) return Finding::RESOLVED_REASON_OUT_OF_SCOPE;
    return Finding::RESOLVED_REASON_FIXED;
  }

 private:
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

  bool OutOfScope(const FindingRecord& record) const {
    const BoundRule* rule = policies_.FindRule(record.assignment, record.rule);
    if (rule == nullptr || rule->select.selects_all()) return false;
    const auto ref = view_.Find(record.subject);
    const auto document = ref->kind->New();
    Subject subject;
    subject.name = ref->name;
    if (replica::ParseInto(*ref, *document)) subject.document = document.get();
    std::unique_ptr<google::protobuf::Message> consumer;
    if (rule->select.reads_consumer()) {
      subject.consumer_name = resource::ParentName(ref->name);
      if (const auto parent = view_.Find(subject.consumer_name)) {
        consumer = parent->kind->New();
        if (replica::ParseInto(*parent, *consumer)) subject.consumer = consumer.get();
      }
    }
    MissingFacts missing;
    return rule->select.Selects(subject, world_, missing) == engine::Truth::kFalse;
  }

  const PolicySet& policies_;
  const PolicySet* before_;
  const replica::View& view_;
  const World world_;
  std::set<std::pair<std::string, std::string>> truncated_;  // Assignment and rule.
};

// A finding that is found, with the one of that name before; null: there was none.
FindingPointer Found(FindingRecord found, const FindingPointer& old, const LifecycleOptions& options,
                     LifecycleStep& step) {
  if (old == nullptr) {
    ++step.opened;
  } else if (old->state == Finding::STATE_RESOLVED) {
    found.episode = old->episode + 1;
    ++step.opened;
  } else {
    const bool same = found.content_hash == old->content_hash && found.content == old->content;
    if (same && found.last_seen < old->last_seen + options.last_seen_every) return old;
    found.episode = old->episode;
    found.first_seen = old->first_seen;
    found.state_time = old->state_time;
  }
  auto record = std::make_shared<const FindingRecord>(std::move(found));
  step.changed.push_back(record);
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
    std::string name = found.name;
    step.findings[std::move(name)] =
        Found(std::move(found), old == previous.end() ? nullptr : old->second, options, step);
  }
  for (const auto& [name, old] : previous) {
    if (step.findings.contains(name)) continue;
    if (old->state == Finding::STATE_RESOLVED) {
      if (evaluation.now - old->state_time > options.resolved_kept) {
        step.forgotten.push_back(name);
      } else {
        step.findings.emplace(name, old);
      }
      continue;
    }
    FindingRecord resolved = *old;
    resolved.state = Finding::STATE_RESOLVED;
    resolved.resolved_reason = resolver.ReasonFor(*old);
    resolved.state_time = evaluation.now;
    ++step.resolved;
    step.changed.push_back(std::make_shared<const FindingRecord>(std::move(resolved)));
    step.findings.emplace(name, step.changed.back());
  }
  std::sort(step.changed.begin(), step.changed.end(),
            [](const FindingPointer& a, const FindingPointer& b) { return a->name < b->name; });
  return step;
}

}  // namespace linchpin::policy
