#include "services/engine/structure/word_search.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace linchpin::engine {
namespace {

constexpr auto kBlock = static_cast<uint32_t>(kTrialsPerBlock);
// Blocks between looks at whether the caller has gone.
constexpr uint32_t kCheckEvery = 64;
// Values of a block that are read in all; about as many a second as a diagram needs ten milliseconds for.
constexpr double kReadsMax = 16e6;

void SetRange(uint32_t begin, uint32_t end, TrialBits& bits) {
  for (uint32_t at = begin; at < end;) {
    const uint32_t until = std::min(end, (at / 64 + 1) * 64), width = until - at;
    const uint64_t ones = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
    bits.word[at / 64] |= ones << (at % 64);
    at = until;
  }
}

// C(n, k), k small.
double Choose(double n, uint32_t k) {
  double ways = 1;
  for (uint32_t i = 0; i < k; ++i) ways *= (n - i) / (i + 1);
  return ways;
}

}  // namespace

WordSearch::WordSearch(const FailureFunction& function)
    : formula_(function),
      values_(formula_.MakeValues()),
      candidates_(formula_.variables().begin(), formula_.variables().end()) {
  std::sort(candidates_.begin(), candidates_.end());
}

bool WordSearch::IsCheap(uint32_t size_max) const {
  if (size_max > kSizeMax) return false;
  const auto variables = static_cast<double>(candidates_.size());
  const double blocks = Choose(variables, size_max) / kBlock;
  return blocks * (static_cast<double>(formula_.read_count()) + variables) <= kReadsMax;
}

absl::StatusOr<std::vector<std::vector<uint32_t>>> WordSearch::FindSets(
    uint32_t size_max, const std::function<bool()>& cancelled) {
  cancelled_ = cancelled;
  if (FailsWithNothingLost()) return std::vector<std::vector<uint32_t>>{{}};
  for (uint32_t size = 1; size <= std::min(size_max, kSizeMax); ++size) {
    TrySize(size);
    if (stopped_) return absl::CancelledError("the evaluation was cancelled");
    if (size == 1) DropSingles();
    if (size == 2) MarkPairs();
  }
  return std::move(found_);
}

bool WordSearch::FailsWithNothingLost() { return (formula_.Evaluate(values_).word[0] & 1) != 0; }

void WordSearch::TrySize(uint32_t size) {
  std::vector<uint32_t> prefix;
  Extend(0, size, prefix);
  EvaluateRuns();
}

// Adds every set of `left` more candidates from `from` on. What begins with a pair that fails is not minimal.
void WordSearch::Extend(uint32_t from, uint32_t left, std::vector<uint32_t>& prefix) {
  if (left == 1) return AddRuns(prefix, from);
  for (uint32_t next = from; next + left <= candidates_.size() && !stopped_; ++next) {
    if (HasFailingPair(prefix, next)) continue;
    prefix.push_back(next);
    Extend(next + 1, left - 1, prefix);
    prefix.pop_back();
  }
}

void WordSearch::AddRuns(const std::vector<uint32_t>& prefix, uint32_t last) {
  while (last < candidates_.size()) {
    const uint32_t count = std::min(kBlock - trial_count_, static_cast<uint32_t>(candidates_.size()) - last);
    runs_.push_back({prefix, last, trial_count_, count});
    trial_count_ += count;
    last += count;
    if (trial_count_ == kBlock) EvaluateRuns();
  }
}

void WordSearch::EvaluateRuns() {
  if (block_count_++ % kCheckEvery == 0 && cancelled_ && cancelled_()) stopped_ = true;
  for (const auto& [variable, place] : candidates_) values_[place] = {};
  for (const Run& run : runs_) SetBits(run);
  const TrialBits fails = formula_.Evaluate(values_);
  for (const Run& run : runs_) TakeFailures(run, fails);
  runs_.clear();
  trial_count_ = 0;
}

void WordSearch::SetBits(const Run& run) {
  for (uint32_t candidate : run.prefix)
    SetRange(run.trial, run.trial + run.count, values_[candidates_[candidate].second]);
  for (uint32_t i = 0; i < run.count; ++i) {
    const uint32_t trial = run.trial + i;
    values_[candidates_[run.last + i].second].word[trial / 64] |= uint64_t{1} << (trial % 64);
  }
}

void WordSearch::TakeFailures(const Run& run, const TrialBits& fails) {
  TrialBits of_run;
  SetRange(run.trial, run.trial + run.count, of_run);
  for (uint32_t word = run.trial / 64; word <= (run.trial + run.count - 1) / 64; ++word) {
    for (uint64_t left = fails.word[word] & of_run.word[word]; left != 0; left &= left - 1) {
      const uint32_t trial = word * 64 + static_cast<uint32_t>(std::countr_zero(left));
      const uint32_t last = run.last + trial - run.trial;
      if (HasFailingPair(run.prefix, last)) continue;
      std::vector<uint32_t>& set = found_.emplace_back();
      for (uint32_t candidate : run.prefix) set.push_back(candidates_[candidate].first);
      set.push_back(candidates_[last].first);
    }
  }
}

// Whether some candidate of the prefix fails together with `last` already.
bool WordSearch::HasFailingPair(const std::vector<uint32_t>& prefix, uint32_t last) const {
  if (pair_fails_.empty()) return false;
  return std::any_of(prefix.begin(), prefix.end(),
                     [&](uint32_t candidate) { return pair_fails_[candidate * candidates_.size() + last]; });
}

// What fails alone is in no larger minimal set.
void WordSearch::DropSingles() {
  std::erase_if(candidates_, [this](const std::pair<uint32_t, uint32_t>& candidate) {
    const bool alone = std::any_of(found_.begin(), found_.end(), [&](const std::vector<uint32_t>& set) {
      return set.front() == candidate.first;
    });
    if (alone) values_[candidate.second] = {};
    return alone;
  });
}

void WordSearch::MarkPairs() {
  pair_fails_.assign(candidates_.size() * candidates_.size(), false);
  const auto index_of = [this](uint32_t variable) {
    const auto at = std::lower_bound(candidates_.begin(), candidates_.end(), std::pair(variable, 0u));
    return static_cast<size_t>(at - candidates_.begin());
  };
  for (const std::vector<uint32_t>& set : found_) {
    if (set.size() == 2) pair_fails_[index_of(set[0]) * candidates_.size() + index_of(set[1])] = true;
  }
}

}  // namespace linchpin::engine
