#include "services/policy/domain/incremental/gap_ledger.h"

#include <algorithm>

#include "services/policy/domain/findings/finding_builder.h"

namespace linchpin::policy {
namespace {

void Increase(std::string_view name, NamePool& pool, NameSet& names) {
  const auto found = names.Find(name);
  names.Put(found == names.end() ? NameSet::Entry{pool.Keep(name)}
                                 : NameSet::Entry{found->name, found->count + 1});
}

void Decrease(std::string_view name, NameSet& names) {
  const auto found = names.Find(name);
  if (found == names.end()) return;
  if (found->count == 1) {
    names.Erase(name);
  } else {
    names.Put({found->name, found->count - 1});
  }
}

}  // namespace

void GapLedger::Add(const BoundRule& rule, size_t place, std::string_view subject,
                    const SubjectResult& result, const replica::View& view) {
  for (const MissingFact& fact : result.missing) {
    const auto key = GapKeyOf(fact, view);
    if (!key) continue;
    Kept& kept = gaps_[*key];
    Share& share = kept.rules[place];
    share.rule = &rule;
    ++share.count;
    if (!share.indeterminate) share.indeterminate = result.indeterminate;
    if (share.why.empty()) {
      share.why = fact.past;
      share.remedy = fact.remedy;
    }
    if (fact.past.empty()) Increase(fact.resource, *names_, kept.members.resources);
    Increase(subject, *names_, kept.members.subjects);
    touched_.insert(*key);
  }
}

void GapLedger::Remove(const BoundRule&, size_t place, std::string_view subject, const SubjectResult& result,
                       const replica::View& view) {
  for (const MissingFact& fact : result.missing) {
    const auto key = GapKeyOf(fact, view);
    const auto gap = key ? gaps_.find(*key) : gaps_.end();
    if (gap == gaps_.end()) continue;
    touched_.insert(*key);
    const auto share = gap->second.rules.find(place);
    if (share != gap->second.rules.end() && --share->second.count == 0) gap->second.rules.erase(share);
    if (fact.past.empty()) Decrease(fact.resource, gap->second.members.resources);
    Decrease(subject, gap->second.members.subjects);
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
