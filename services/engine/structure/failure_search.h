// Failing asked of the solver, set by set: where numbers bind and no formula says all.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_SEARCH_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_SEARCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/levels/solver.h"
#include "services/engine/structure/decision_diagram.h"
#include "services/engine/structure/failure_function.h"

namespace linchpin::engine {

// Bounds of one search.
struct SearchLimits {
  int64_t questions_max = 50'000;    // Sets whose levels are solved.
  int64_t changes_max = 20'000'000;  // Levels that change on the way, in all: some seconds.
};

// Evaluates sets of variables of one function one after the other.
// Ownership: the function must outlive it. Thread safety: one thread at a time.
class FailureSearch {
 public:
  // Errors: those of the baseline.
  static absl::StatusOr<std::unique_ptr<FailureSearch>> Create(const FailureFunction& function,
                                                               const Limits& limits = {});

  // Does losing these variables fail the consumers? Errors: those of Limits, counted over all calls.
  absl::StatusOr<bool> Fails(const std::vector<uint32_t>& variables);

  // Counts anew what may be asked.
  void Begin(const SearchLimits& search);
  // Whether that suffices for one more set.
  bool MayAsk() const { return asked_ < questions_max_ && changes_ < changes_max_; }

  // The function as a diagram over `variable_at`, found by asking for one variable after the other and going
  // on only where what is still open can decide. kNoNode if `search` or the diagram's limit does not suffice.
  absl::StatusOr<DiagramNode> FindDiagram(const std::vector<uint32_t>& variable_at,
                                          const SearchLimits& search, DecisionDiagram& diagram);

  struct Found {
    std::vector<std::vector<uint32_t>> sets;  // Minimal, each ascending.
    uint32_t complete_to = 0;                 // All of this size and less are there.
    bool has_size_0 = true;                   // False if not even the empty set could be asked.
  };
  // Minimal sets of up to `size_max` variables, by size; those that contain one found are not asked.
  absl::StatusOr<Found> FindSets(uint32_t size_max, const SearchLimits& search);

 private:
  FailureSearch(const FailureFunction& function, const State& baseline, const Limits& limits);
  bool Decide() const;
  absl::StatusOr<DiagramNode> Branch(uint32_t place, std::vector<uint32_t>& lost);
  absl::Status Extend(uint32_t from, uint32_t left, std::vector<uint32_t>& set, Found& found);

  const FailureFunction& function_;
  Solver solver_;
  int64_t asked_ = 0;
  int64_t questions_max_ = 0;
  int64_t changes_ = 0;
  int64_t changes_max_ = 0;
  const std::vector<uint32_t>* variable_at_ = nullptr;
  DecisionDiagram* diagram_ = nullptr;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_SEARCH_H_
