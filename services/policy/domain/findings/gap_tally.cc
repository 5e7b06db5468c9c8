#include "services/policy/domain/findings/gap_tally.h"

#include <algorithm>

#include "services/policy/domain/findings/finding_builder.h"

namespace linchpin::policy {

const GapTally::Place& GapTally::PlaceOf(const MissingFact& fact, const replica::View& view) {
  key_.assign(fact.resource);
  key_.push_back(fact.beyond_depth ? '\1' : '\0');
  key_.append(fact.path);
  const auto found = places_.find(key_);
  if (found != places_.end()) return found->second;
  Place& place = places_[key_];
  const std::optional<GapKey> key = GapKeyOf(fact, view);
  if (!key) return place;
  place.waiting = &gaps_[*key];
  if (fact.past.empty()) place.resource = view.Find(fact.resource)->name;
  return place;
}

void GapTally::Add(std::string_view subject, const MissingFacts& missing, const replica::View& view) {
  for (const MissingFact& fact : missing) {
    const Place& place = PlaceOf(fact, view);
    if (place.waiting == nullptr) continue;
    Waiting& waiting = *place.waiting;
    if (waiting.subjects.empty() || waiting.subjects.back().first != subject)
      waiting.subjects.emplace_back(subject, 0);
    ++waiting.subjects.back().second;
    ++waiting.count;
    if (fact.past.empty()) {
      ++waiting.resources[place.resource];
    } else if (waiting.why.empty()) {
      waiting.why = fact.past;
      waiting.remedy = fact.remedy;
    }
  }
}

void GapTally::Append(GapTally next) {
  for (auto& [key, other] : next.gaps_) {
    Waiting& waiting = gaps_[key];
    waiting.subjects.insert(waiting.subjects.end(), other.subjects.begin(), other.subjects.end());
    for (const auto& [resource, count] : other.resources) waiting.resources[resource] += count;
    waiting.count += other.count;
    if (!waiting.why.empty()) continue;
    waiting.why = std::move(other.why);
    waiting.remedy = std::move(other.remedy);
  }
}

namespace {

template <typename Names>
void AddTo(std::vector<NameSet::Entry>& entries, const Names& names) {
  for (const auto& [name, count] : names) entries.push_back({name, count});
}

}  // namespace

// Names in order, each once, with the sum of its counts.
NameSet GapMembersPool::Sum(std::vector<NameSet::Entry> entries) const {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<NameSet::Entry> sums;
  for (const NameSet::Entry& entry : entries) {
    if (!sums.empty() && sums.back().name == entry.name) {
      sums.back().count += entry.count;
    } else {
      sums.push_back({keep_ ? keep_(entry.name) : entry.name, entry.count});
    }
  }
  return NameSet::FromSorted(std::move(sums));
}

const GapMembers& GapMembersPool::Of(const std::vector<const GapTally::Waiting*>& waiting) {
  const auto [entry, added] = known_.try_emplace(waiting);
  if (!added) return entry->second;
  std::vector<NameSet::Entry> resources, subjects;
  for (const GapTally::Waiting* one : waiting) {
    AddTo(resources, one->resources);
    AddTo(subjects, one->subjects);
  }
  entry->second = {Sum(std::move(resources)), Sum(std::move(subjects))};
  return entry->second;
}

void AssignmentGaps::Add(const BoundRule& rule, const GapTally& tally,
                         const std::optional<v1::Explanation::Measure>& indeterminate) {
  for (const auto& [key, waiting] : tally.gaps()) {
    Gathered& gathered = gaps_[key];
    gathered.gap.severity = std::max(gathered.gap.severity, OneStepBelow(rule.severity));
    gathered.gap.rules.insert(rule.id);
    if (!gathered.gap.indeterminate) gathered.gap.indeterminate = indeterminate;
    gathered.waiting.push_back(&waiting);
    if (!gathered.gap.why.empty()) continue;
    gathered.gap.why = waiting.why;
    gathered.gap.remedy = waiting.remedy;
  }
}

std::vector<std::pair<GapKey, Gap>> AssignmentGaps::Gaps(GapMembersPool& pool) const {
  std::vector<std::pair<GapKey, Gap>> gaps;
  for (const auto& [key, gathered] : gaps_) {
    gaps.emplace_back(key, gathered.gap);
    gaps.back().second.members = pool.Of(gathered.waiting);
  }
  return gaps;
}

}  // namespace linchpin::policy
