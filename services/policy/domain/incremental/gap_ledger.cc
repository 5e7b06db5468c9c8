#include "services/policy/domain/incremental/gap_ledger.h"

#include <algorithm>

#include "services/policy/domain/findings/finding_builder.h"

namespace linchpin::policy {
namespace {

// Whether the name was not there before.
bool Increase(std::string_view name, NamePool& pool, NameSet& names) {
  const auto found = names.Find(name);
  const bool is_new = found == names.end();
  names.Put(is_new ? NameSet::Entry{pool.Keep(name)} : NameSet::Entry{found->name, found->count + 1});
  return is_new;
}

// Whether the name is there no longer.
bool Decrease(std::string_view name, NameSet& names) {
  const auto found = names.Find(name);
  if (found == names.end()) return false;
  const bool is_last = found->count == 1;
  is_last ? names.Erase(name) : names.Put({found->name, found->count - 1});
  return is_last;
}

}  // namespace

void GapLedger::Begin(const std::vector<std::pair<const BoundRule*, const ScopeOutcome*>>& rules,
                      GapMembersPool& members) {
  std::map<GapKey, std::vector<const GapTally::Waiting*>> waiting;
  for (size_t place = 0; place < rules.size(); ++place) {
    const auto& [rule, outcome] = rules[place];
    for (const auto& [key, of_rule] : outcome->gaps.gaps()) {
      gaps_[key].rules[place] = {rule, of_rule.count, outcome->indeterminate, of_rule.why, of_rule.remedy};
      waiting[key].push_back(&of_rule);
    }
  }
  for (const auto& [key, of_rules] : waiting) gaps_[key].members = members.Of(of_rules);
}

void GapLedger::Add(const BoundRule& rule, size_t place, std::string_view subject,
                    const std::vector<GapFact>& facts,
                    const std::optional<v1::Explanation::Measure>& indeterminate) {
  for (const GapFact& fact : facts) {
    Kept& kept = gaps_[fact.key];
    Share& share = kept.rules[place];
    bool visible = share.count == 0 || indeterminate.has_value() || !fact.past.empty();
    share.rule = &rule;
    ++share.count;
    if (!share.indeterminate) share.indeterminate = indeterminate;
    if (share.why.empty()) {
      share.why = fact.past;
      share.remedy = fact.remedy;
    }
    if (fact.past.empty()) visible |= Increase(fact.resource, *names_, kept.members.resources);
    visible |= Increase(subject, *names_, kept.members.subjects);
    if (visible) touched_.insert(fact.key);
  }
}

void GapLedger::Remove(size_t place, std::string_view subject, const std::vector<GapFact>& facts) {
  for (const GapFact& fact : facts) {
    const auto gap = gaps_.find(fact.key);
    if (gap == gaps_.end()) continue;
    const auto share = gap->second.rules.find(place);
    bool visible = false;
    if (share != gap->second.rules.end() && --share->second.count == 0) {
      gap->second.rules.erase(share);
      visible = true;
    }
    if (fact.past.empty()) visible |= Decrease(fact.resource, gap->second.members.resources);
    visible |= Decrease(subject, gap->second.members.subjects);
    if (visible) touched_.insert(fact.key);
    if (gap->second.rules.empty()) gaps_.erase(gap);
  }
}

Gap GapLedger::GapOf(const Kept& kept) {
  Gap gap;
  for (const auto& [place, share] : kept.rules) {
    gap.severity = std::max(gap.severity, OneStepBelow(share.rule->severity));
    gap.rules.insert(share.rule->id);
    if (!gap.indeterminate) gap.indeterminate = share.indeterminate;
    if (gap.why.empty()) {
      gap.why = share.why;
      gap.remedy = share.remedy;
    }
  }
  gap.members = kept.members;
  return gap;
}

std::vector<std::pair<GapKey, Gap>> GapLedger::All() const {
  std::vector<std::pair<GapKey, Gap>> all;
  for (const auto& [key, kept] : gaps_) all.emplace_back(key, GapOf(kept));
  return all;
}

std::optional<Gap> GapLedger::Find(const GapKey& key) const {
  const auto found = gaps_.find(key);
  if (found == gaps_.end()) return std::nullopt;
  return GapOf(found->second);
}

void GapLedger::TouchKind(const std::string& kind) {
  for (const auto& [key, kept] : gaps_) {
    if (key.kind == kind) touched_.insert(key);
  }
}

}  // namespace linchpin::policy
