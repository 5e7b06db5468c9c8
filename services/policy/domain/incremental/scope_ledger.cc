#include "services/policy/domain/incremental/scope_ledger.h"

#include <algorithm>
#include <iterator>

#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

bool Has(const std::vector<Discriminators>& kept, const Discriminators& one) {
  return std::find(kept.begin(), kept.end(), one) != kept.end();
}

std::string FindingName(const ScopeLedger::Member& member, std::string_view subject,
                        const Discriminators& discriminators) {
  return "findings/" + Fingerprint(member.policy->assignment, member.policy->policy, member.rule().id,
                                   subject, discriminators);
}

const MissingFacts& MissingOf(const SubjectResult* result) {
  static const MissingFacts* const none = new MissingFacts;
  return result != nullptr && result->outcome == v1::OUTCOME_INDETERMINATE ? result->missing : *none;
}

bool HasMeasure(const SubjectResult* result) { return result != nullptr && result->indeterminate; }

// The gaps of those facts that are not in `other`, or count at one end alone. Both are in order.
std::vector<GapFact> FactsApart(const MissingFacts& facts, const MissingFacts& other,
                                const replica::View& view, const StepViews& views) {
  std::vector<GapFact> apart;
  auto at = other.begin();
  for (const MissingFact& fact : facts) {
    while (at != other.end() && *at < fact) ++at;
    if (at != other.end() && *at == fact && !views.moved.contains(fact.resource)) continue;
    if (auto key = GapKeyOf(fact, view))
      apart.push_back({*std::move(key), fact.resource, fact.past, fact.remedy});
  }
  std::sort(apart.begin(), apart.end());
  return apart;
}

// A fact counts as often as it is there.
void DropCommon(std::vector<GapFact>& a, std::vector<GapFact>& b) {
  std::vector<GapFact> only_a, only_b;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only_a));
  std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(only_b));
  a = std::move(only_a);
  b = std::move(only_b);
}

// Whether findings on the subject answer to whom they did.
bool HasSameOwner(std::string_view subject, const StepViews& views) {
  return !views.owned_otherwise.contains(subject) &&
         !views.owned_otherwise.contains(resource::ParentName(subject));
}

}  // namespace

void ScopePart::Skip(bool is_likely) {
  ++counts[v1::OUTCOME_NOT_APPLICABLE];
  likely[v1::OUTCOME_NOT_APPLICABLE] += is_likely ? 1 : 0;
}

void ScopePart::Take(std::string_view subject, const SubjectResult& result, int64_t visits_of_it) {
  ++counts[result.outcome];
  likely[result.outcome] += result.likely ? 1 : 0;
  violations += result.violation_count;
  visits += visits_of_it;
  entries.push_back({subject, result});
}

RuleOutcome ScopeLedger::OutcomeOf(const AssignedRule& rule) const {
  RuleOutcome outcome{rule.policy->assignment, rule.policy->policy, rule.rule().id, counts_, likely_, {}};
  int64_t asked = 0;
  for (int i = 0; i < RuleOutcome::kOutcomes; ++i) asked += i == v1::OUTCOME_NOT_APPLICABLE ? 0 : counts_[i];
  // An empty population is no pass.
  if (asked == 0) outcome.counts[v1::OUTCOME_NO_DATA] = 1;
  if (passes_.first() != absl::InfiniteFuture()) outcome.passes_until = passes_.first();
  return outcome;
}

void ScopeLedger::Begin(const ScopeOutcome& outcome) {
  counts_ = outcome.counts;
  likely_ = outcome.likely;
  violations_ = outcome.violations;
  visits_ = outcome.visits;
  for (const absl::Time pass : outcome.passes) passes_.Add(pass);
  for (const ScopeOutcome::Kept& kept : outcome.kept) {
    // Subjects come in order.
    Kept& of_subject = kept_.try_emplace(kept_.end(), std::string(kept.subject))->second;
    for (const Violation& violation : kept.violations) of_subject.push_back(violation.discriminators);
  }
  kept_count_ = outcome.kept_count;
  summarized_ = violations_ > kept_count_;
}

void ScopeLedger::Summarize(FindingStep& step) {
  const bool more = violations_ > kept_count_;
  for (const Member& member : members_) {
    v1::Finding summary = SummaryFinding(member.policy->assignment, member.policy->policy, member.rule().id,
                                         member.rule().severity, kept_count_, violations_);
    if (more) {
      step.found.push_back(std::move(summary));
    } else if (summarized_) {
      step.gone.push_back(summary.name());
    }
  }
  summarized_ = more;
}

void ScopeLedger::Count(const ScopePart& part, int64_t sign) {
  for (int i = 0; i < RuleOutcome::kOutcomes; ++i) {
    counts_[i] += sign * part.counts[i];
    likely_[i] += sign * part.likely[i];
  }
  violations_ += sign * part.violations;
  visits_ += sign * part.visits;
}

bool ScopeLedger::Replace(const ScopePart& before, const ScopePart& after, const StepViews& views,
                          FindingStep& step) {
  const bool was_more = violations_ > kept_count_;
  Count(before, -1);
  Count(after, 1);
  if (has_errors() || before.counts[v1::OUTCOME_ERROR] > 0 || visits_ > SubjectWalk::kVisitsMax) return false;
  ReplaceInstants(before, after);
  ReplaceGaps(before, after, views);
  if (!ReplaceFindings(before, after, views, step) || !passes_.is_known()) return false;
  // What is kept was all there was, and is so still, or the rest lies beyond it.
  if (!was_more && violations_ > kept_count_) return false;
  if (was_more || summarized_) Summarize(step);
  return true;
}

void ScopeLedger::ReplaceInstants(const ScopePart& before, const ScopePart& after) {
  for (const ScopePart::Entry& entry : before.entries) {
    if (entry.result.outcome == v1::OUTCOME_PASS && entry.result.passes_until)
      passes_.Remove(*entry.result.passes_until);
  }
  for (const ScopePart::Entry& entry : after.entries) {
    if (entry.result.outcome == v1::OUTCOME_PASS && entry.result.passes_until)
      passes_.Add(*entry.result.passes_until);
  }
}

void ScopeLedger::ReplaceGaps(const ScopePart& before, const ScopePart& after, const StepViews& views) {
  auto was = before.entries.begin();
  auto is = after.entries.begin();
  while (was != before.entries.end() || is != after.entries.end()) {
    const bool only_was =
        is == after.entries.end() || (was != before.entries.end() && was->subject < is->subject);
    const bool only_is =
        was == before.entries.end() || (is != after.entries.end() && is->subject < was->subject);
    const SubjectResult* const result = only_is ? nullptr : &(was++)->result;
    const std::string_view subject = only_was ? std::prev(was)->subject : is->subject;
    const SubjectResult* const next = only_was ? nullptr : &(is++)->result;
    ReplaceGapsOf(subject, result, next, views);
  }
}

void ScopeLedger::ReplaceGapsOf(std::string_view subject, const SubjectResult* before,
                                const SubjectResult* after, const StepViews& views) {
  const MissingFacts &was = MissingOf(before), &is = MissingOf(after);
  // A measure that is left open is told anew. Of all else, what stays is left alone.
  const bool has_measure = HasMeasure(before) || HasMeasure(after);
  const MissingFacts none;
  std::vector<GapFact> gone = FactsApart(was, has_measure ? none : is, views.before, views);
  std::vector<GapFact> come = FactsApart(is, has_measure ? none : was, views.after, views);
  if (!has_measure) DropCommon(gone, come);
  if (gone.empty() && come.empty()) return;
  for (const Member& member : members_) {
    member.gaps->Remove(member.place, subject, gone);
    if (come.empty()) continue;
    member.gaps->Add(member.rule(), member.place, subject, come, after->indeterminate);
  }
}

bool ScopeLedger::ReplaceFindings(const ScopePart& before, const ScopePart& after, const StepViews& views,
                                  FindingStep& step) {
  std::map<std::string_view, const SubjectResult*> violated;
  for (const ScopePart::Entry& entry : before.entries) {
    if (entry.result.violation_count > 0) violated[entry.subject] = &entry.result;
  }
  const SubjectResult nothing;
  for (const ScopePart::Entry& entry : after.entries) {
    const auto had = violated.find(entry.subject);
    if (had == violated.end() && entry.result.violation_count == 0) continue;
    const SubjectResult& was = had == violated.end() ? nothing : *had->second;
    if (!TakeFindings(entry.subject, was, entry.result, views, step)) return false;
    if (had != violated.end()) violated.erase(had);
  }
  // Those that are skipped now, or do not exist any more.
  for (const auto& [subject, was] : violated) {
    if (!TakeFindings(subject, *was, nothing, views, step)) return false;
  }
  return true;
}

ScopeLedger::Kept ScopeLedger::Keep(std::string_view subject, const std::vector<Violation>& violations,
                                    absl::FunctionRef<bool(const Violation&)> stays, FindingStep& step) {
  Kept kept;
  for (const Violation& violation : violations) {
    if (room() <= 0) break;
    ++kept_count_;
    kept.push_back(violation.discriminators);
    if (stays(violation)) continue;
    for (const Member& member : members_)
      step.found.push_back(ViolationFinding(*member.policy, member.rule(), subject, violation));
  }
  return kept;
}

bool ScopeLedger::TakeFindings(std::string_view subject, const SubjectResult& before,
                               const SubjectResult& after, const StepViews& views, FindingStep& step) {
  const auto at = kept_.find(subject);
  const Kept was = at == kept_.end() ? Kept() : at->second;
  if (summarized_) {
    const bool beyond = at == kept_.end() && !kept_.empty() && subject > kept_.rbegin()->first;
    if (beyond) return true;
    if (after.violation_count != before.violation_count ||
        static_cast<int64_t>(was.size()) != before.violation_count)
      return false;
  }
  if (at != kept_.end()) kept_.erase(at);
  kept_count_ -= static_cast<int64_t>(was.size());
  const bool same_owner = HasSameOwner(subject, views);
  const auto stays = [&](const Violation& violation) {
    return same_owner && Has(was, violation.discriminators) &&
           std::any_of(before.violations.begin(), before.violations.end(),
                       [&violation](const Violation& other) { return SayTheSame(other, violation); });
  };
  Kept now = Keep(subject, after.violations, stays, step);
  for (const Discriminators& discriminators : was) {
    if (Has(now, discriminators)) continue;
    for (const Member& member : members_) step.gone.push_back(FindingName(member, subject, discriminators));
  }
  if (!now.empty()) kept_.emplace(subject, std::move(now));
  return true;
}

}  // namespace linchpin::policy
