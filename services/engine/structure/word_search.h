// Small cut sets by trying every set of a size, hundreds at a time. Internal to FindCutSets.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_SEARCH_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_SEARCH_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/structure/failure_function.h"
#include "services/engine/structure/word_formula.h"

namespace linchpin::engine {

// For some hundred variables and sets of up to three of them this is several times faster than a diagram,
// which is for all else.
//
// Ownership: the function, which has a formula, must outlive it. Thread safety: one thread at a time.
class WordSearch {
 public:
  static constexpr uint32_t kSizeMax = 3;

  explicit WordSearch(const FailureFunction& function);

  // Whether trying every set of up to `size_max` variables stays within some ten milliseconds.
  bool IsCheap(uint32_t size_max) const;

  // The minimal sets of up to `size_max` variables, at most kSizeMax, that make the function true: by size,
  // each ascending. Errors: Cancelled.
  absl::StatusOr<std::vector<std::vector<uint32_t>>> FindSets(uint32_t size_max,
                                                              const std::function<bool()>& cancelled);

 private:
  // Sets that begin with the candidates of `prefix` and end with one after another of those from `last` on,
  // in the trials from `trial`.
  struct Run {
    std::vector<uint32_t> prefix;
    uint32_t last;
    uint32_t trial;
    uint32_t count;
  };

  bool FailsWithNothingLost();
  void TrySize(uint32_t size);
  void Extend(uint32_t from, uint32_t left, std::vector<uint32_t>& prefix);
  void AddRuns(const std::vector<uint32_t>& prefix, uint32_t last);
  void EvaluateRuns();
  void SetBits(const Run& run);
  void TakeFailures(const Run& run, const TrialBits& fails);
  bool HasFailingPair(const std::vector<uint32_t>& prefix, uint32_t last) const;
  void DropSingles();
  void MarkPairs();

  const WordFormula formula_;
  std::vector<TrialBits> values_;
  // The variables that may be in a set of the size that is tried, ascending, and their places among the
  // values. Runs name them by their index.
  std::vector<std::pair<uint32_t, uint32_t>> candidates_;
  std::vector<bool> pair_fails_;  // By index and index; empty before the pairs are known.
  std::vector<Run> runs_;         // Of at most one block of trials.
  uint32_t trial_count_ = 0;      // Of runs_.
  std::vector<std::vector<uint32_t>> found_;
  std::function<bool()> cancelled_;
  uint32_t block_count_ = 0;
  bool stopped_ = false;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_SEARCH_H_
