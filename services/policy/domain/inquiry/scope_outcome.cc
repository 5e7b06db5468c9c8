#include "services/policy/domain/inquiry/scope_outcome.h"

#include <algorithm>
#include <iterator>

namespace linchpin::policy {
namespace {

constexpr auto kNamed = static_cast<size_t>(kRelatedMax);

// Of all or of the first alone; the order of equal ones is that of subjects.
template <typename Instant>
void AddInstant(Instant instant, bool all, std::vector<Instant>& instants) {
  if (all || instants.empty()) {
    instants.push_back(std::move(instant));
  } else if (instant < instants.front()) {
    instants.front() = std::move(instant);
  }
}

template <typename T>
void AppendTo(std::vector<T> from, std::vector<T>& to) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
}

void AppendFirst(const std::vector<std::string_view>& from, std::vector<std::string_view>& to) {
  for (const std::string_view name : from) {
    if (to.size() < kNamed) to.push_back(name);
  }
}

void AddTo(const OutcomeCounts& from, OutcomeCounts& to) {
  for (size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

}  // namespace

int64_t ScopeOutcome::Take(std::string_view subject, const SubjectResult& result, const OutcomeLimits& limits,
                           const replica::View& view) {
  ++counts[result.outcome];
  likely[result.outcome] += result.likely ? 1 : 0;
  violations += result.violation_count;
  if (asked.size() < kNamed) asked.push_back(subject);
  if (result.due) AddInstant(std::pair(*result.due, subject), limits.all_instants, dues);
  if (result.outcome == v1::OUTCOME_PASS && result.passes_until)
    AddInstant(*result.passes_until, limits.all_instants, passes);
  if (result.outcome == v1::OUTCOME_INDETERMINATE) {
    gaps.Add(subject, result.missing, view);
    if (!indeterminate) indeterminate = result.indeterminate;
  }
  if (result.outcome == v1::OUTCOME_ERROR) {
    if (error_subjects.empty()) error = result.error;
    AppendFirst({subject}, error_subjects);
  }
  const auto room = static_cast<size_t>(limits.findings_max - kept_count);
  const size_t keep = std::min(room, result.violations.size());
  if (keep == 0) return 0;
  kept.push_back({subject, {result.violations.begin(), result.violations.begin() + keep}});
  kept_count += static_cast<int64_t>(keep);
  return static_cast<int64_t>(keep);
}

void ScopeOutcome::TakeAlone(std::string_view subject, const SubjectResult& result,
                             const OutcomeLimits& limits, const replica::View& view) {
  const int64_t keeps = Take(subject, result, limits, view);
  noted.push_back({subject, result.outcome, result.open, result.violation_count, keeps, 0});
  listed.push_back({subject, result.outcome, result.likely});
}

void ScopeOutcome::Fail(std::string_view what) {
  ScopeOutcome failed;
  failed.counts[v1::OUTCOME_NOT_APPLICABLE] = counts[v1::OUTCOME_NOT_APPLICABLE];
  failed.likely[v1::OUTCOME_NOT_APPLICABLE] = likely[v1::OUTCOME_NOT_APPLICABLE];
  failed.counts[v1::OUTCOME_ERROR] = asked_count();
  failed.visits = visits;
  failed.error = std::string(what);
  failed.asked = failed.error_subjects = std::move(asked);
  for (Noted& one : noted) failed.noted.push_back({one.subject, v1::OUTCOME_ERROR});
  for (Listed& one : listed) {
    const bool skipped = one.outcome == v1::OUTCOME_NOT_APPLICABLE;
    failed.listed.push_back(skipped ? one : Listed{one.subject, v1::OUTCOME_ERROR, false});
  }
  *this = std::move(failed);
}

int64_t ScopeOutcome::asked_count() const {
  int64_t sum = 0;
  for (size_t i = 0; i < counts.size(); ++i) sum += i == v1::OUTCOME_NOT_APPLICABLE ? 0 : counts[i];
  return sum;
}

void ScopeOutcome::Append(ScopeOutcome next, const OutcomeLimits& limits) {
  const int64_t room = limits.findings_max - kept_count;
  AddTo(next.counts, counts);
  AddTo(next.likely, likely);
  violations += next.violations;
  visits += next.visits;
  int64_t kept_next = 0;
  for (Kept& one : next.kept) {
    const int64_t left = room - kept_next;
    if (left <= 0) break;
    if (static_cast<int64_t>(one.violations.size()) > left) one.violations.resize(static_cast<size_t>(left));
    kept_next += static_cast<int64_t>(one.violations.size());
    kept.push_back(std::move(one));
  }
  for (Noted& one : next.noted) {
    one.kept = std::clamp<int64_t>(room - one.kept_before, 0, one.kept);
    one.kept_before += kept_count;
  }
  kept_count += kept_next;
  AppendTo(std::move(next.noted), noted);
  gaps.Append(std::move(next.gaps));
  if (!indeterminate) indeterminate = std::move(next.indeterminate);
  if (error_subjects.empty()) error = std::move(next.error);
  AppendFirst(next.error_subjects, error_subjects);
  AppendFirst(next.asked, asked);
  for (auto& due : next.dues) AddInstant(due, limits.all_instants, dues);
  for (const absl::Time pass : next.passes) AddInstant(pass, limits.all_instants, passes);
  AppendTo(std::move(next.listed), listed);
}

}  // namespace linchpin::policy
