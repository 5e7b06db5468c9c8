#include "services/engine/structure/failure_sample.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/engine/graph/message.h"
#include "services/engine/loss/draws.h"
#include "services/engine/loss/loss_source.h"
#include "services/engine/structure/failure_search.h"
#include "services/engine/structure/word_formula.h"
#include "services/engine/structure/word_trials.h"

namespace linchpin::engine {
namespace {

constexpr auto kBlock = static_cast<int64_t>(kTrialsPerBlock);
// Blocks between looks at whether the caller has gone.
constexpr int kCheckEvery = 16;

int64_t BlocksOf(int64_t trials) { return (trials + kBlock - 1) / kBlock; }

// The trials of a block that count: all, but for the last block.
TrialBits Counted(int64_t first, int64_t trials) {
  TrialBits bits;
  for (int64_t i = 0; i < std::min(kBlock, trials - first); ++i) bits.word[i / 64] |= uint64_t{1} << (i % 64);
  return bits;
}

// What is drawn for each variable: it is lost if any of its atoms is.
class Sources {
 public:
  static absl::StatusOr<Sources> Of(const FailureFunction& function, const SampleOptions& options) {
    Sources made;
    for (const AtomGroup& variable : function.variables()) {
      std::vector<WordSource>& sources = made.by_variable_.emplace_back();
      for (const std::string& key : variable.keys) {
        const double p = options.chance(key);
        if (!(p >= 0 && p <= 1))
          return absl::InvalidArgumentError(
              Join({"the chance of ", key, " is ", std::to_string(p), "; it must lie between 0 and 1"}));
        const auto ppb = static_cast<int64_t>(std::floor(p * static_cast<double>(kPpbOne)));
        sources.push_back(WordSource::Of(Fnv1a64(key), ppb));
      }
    }
    return made;
  }

  void Draw(const TrialStates& states, uint32_t variable, TrialBits& bits) const {
    bits = {};
    for (const WordSource& source : by_variable_[variable]) DrawSource(states, source, bits);
  }

 private:
  std::vector<std::vector<WordSource>> by_variable_;
};

// All blocks, shared by the threads: each takes the next until none is left.
class WordRun {
 public:
  WordRun(const FailureFunction& function, const Sources& sources, const SampleOptions& options)
      : formula_(function), sources_(sources), options_(options) {}

  absl::StatusOr<FailureSample> Finish() {
    std::vector<std::thread> others;
    for (int i = 1; i < options_.threads; ++i) others.emplace_back([this] { Work(); });
    Work();
    for (std::thread& other : others) other.join();
    if (cancelled_) return absl::CancelledError("the evaluation was cancelled");
    absl::MutexLock lock(&mutex_);
    return FailureSample{options_.trials, failures_};
  }

 private:
  void Work() {
    std::vector<TrialBits> values = formula_.MakeValues();
    int64_t failures = 0;
    const auto& cancelled = options_.limits.evaluation.cancelled;
    while (!cancelled_) {
      const int64_t begin = next_.fetch_add(kCheckEvery);
      const int64_t end = std::min(begin + kCheckEvery, BlocksOf(options_.trials));
      if (begin >= end) break;
      if (cancelled && cancelled()) cancelled_ = true;
      for (int64_t block = begin; block < end; ++block) failures += CountBlock(block * kBlock, values);
    }
    absl::MutexLock lock(&mutex_);
    failures_ += failures;
  }

  int64_t CountBlock(int64_t first, std::vector<TrialBits>& values) const {
    const TrialStates states = TrialStates::Of(options_.seed, static_cast<uint64_t>(first));
    for (const auto& [variable, place] : formula_.variables()) sources_.Draw(states, variable, values[place]);
    const TrialBits& fails = formula_.Evaluate(values);
    const TrialBits counted = Counted(first, options_.trials);
    int64_t count = 0;
    for (size_t w = 0; w < kWordsPerBlock; ++w) count += std::popcount(fails.word[w] & counted.word[w]);
    return count;
  }

  const WordFormula formula_;
  const Sources& sources_;
  const SampleOptions& options_;
  std::atomic<int64_t> next_{0};
  std::atomic<bool> cancelled_{false};
  absl::Mutex mutex_;
  int64_t failures_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Without a formula: every set that is drawn is asked once.
class SolvedRun {
 public:
  SolvedRun(const FailureFunction& function, const Sources& sources, const SampleOptions& options)
      : function_(function), sources_(sources), options_(options) {}

  absl::StatusOr<std::optional<FailureSample>> Finish() {
    auto search = FailureSearch::Create(function_, options_.limits.evaluation);
    if (!search.ok()) return search.status();
    search_ = *std::move(search);
    search_->Begin(options_.limits.search);
    FailureSample sample{std::min(options_.trials, kSolvedTrialsMax), 0};
    for (int64_t first = 0; first < sample.trials; first += kBlock) {
      for (const std::vector<uint32_t>& lost : LostIn(first, sample.trials)) {
        const absl::StatusOr<bool> fails = Fails(lost);
        if (!fails.ok()) return fails.status();
        if (!search_->MayAsk()) return std::optional<FailureSample>();
        sample.failures += *fails;
      }
    }
    return sample;
  }

 private:
  // The variables that are lost in each trial of a block.
  std::vector<std::vector<uint32_t>> LostIn(int64_t first, int64_t trials) const {
    const TrialStates states = TrialStates::Of(options_.seed, static_cast<uint64_t>(first));
    std::vector<std::vector<uint32_t>> lost(static_cast<size_t>(std::min(kBlock, trials - first)));
    for (uint32_t variable = 0; variable < function_.variables().size(); ++variable) {
      TrialBits bits;
      sources_.Draw(states, variable, bits);
      for (size_t trial = 0; trial < lost.size(); ++trial) {
        if ((bits.word[trial / 64] >> (trial % 64) & 1) != 0) lost[trial].push_back(variable);
      }
    }
    return lost;
  }

  absl::StatusOr<bool> Fails(const std::vector<uint32_t>& lost) {
    const auto [known, is_new] = known_.try_emplace(lost, false);
    if (!is_new) return known->second;
    const absl::StatusOr<bool> fails = search_->Fails(lost);
    if (fails.ok()) known->second = *fails;
    return fails;
  }

  const FailureFunction& function_;
  const Sources& sources_;
  const SampleOptions& options_;
  std::unique_ptr<FailureSearch> search_;
  std::map<std::vector<uint32_t>, bool> known_;
};

}  // namespace

double FailureSample::ratio() const {
  return trials > 0 ? static_cast<double>(failures) / static_cast<double>(trials) : 0;
}

double FailureSample::standard_error() const {
  return trials > 0 ? std::sqrt(ratio() * (1 - ratio()) / static_cast<double>(trials)) : 0;
}

absl::StatusOr<std::optional<FailureSample>> SampleFailures(const FailureFunction& function,
                                                            const SampleOptions& options) {
  if (options.trials < 1 || options.trials > kSampleTrialsMax) {
    return Invalid({"trials is ", std::to_string(options.trials), " but must be from 1 to ",
                    std::to_string(kSampleTrialsMax)});
  }
  const absl::StatusOr<Sources> sources = Sources::Of(function, options);
  if (!sources.ok()) return sources.status();
  if (!function.has_formula()) return SolvedRun(function, *sources, options).Finish();
  const absl::StatusOr<FailureSample> sample = WordRun(function, *sources, options).Finish();
  if (!sample.ok()) return sample.status();
  return std::optional<FailureSample>(*sample);
}

}  // namespace linchpin::engine
