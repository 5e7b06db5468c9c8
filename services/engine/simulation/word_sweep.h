// Hundreds of atoms lost each alone, in one pass of machine words. Internal to Sweep.
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_WORD_SWEEP_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_WORD_SWEEP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/levels/word_plan.h"
#include "services/engine/simulation/sweep.h"

namespace linchpin::engine {

// Bit a of a consumer's words says that it is down when atom a is lost; a second set of words says that it
// may have changed at all. Consumers that have changed and are not down are the only ones that need numbers;
// they are solved one by one, in the order of solving. Atoms whose loss reaches a pool that can run short, or
// a cycle with such numbers in it, are left to the solver.
//
// Thread safety: one thread at a time. What it is made from must outlive it.
class WordSweep {
 public:
  // The most atoms of one pass.
  static constexpr size_t kAtomsMax = 512;

  WordSweep(const EvaluationPlan& evaluation, const WordPlan& plan, Reading reading, const State& baseline,
            const SweepOptions& options);

  // What the loss of each does, given the deployments that it hits; nothing for one that needs the solver. At
  // most kAtomsMax. Errors: those of Limits, which count over all calls.
  // Cost: the alternatives of the whole graph, once, and the numbers.
  absl::StatusOr<std::vector<std::optional<AtomImpact>>> Lose(
      const std::vector<std::vector<DeploymentIndex>>& hits);

  // Hears of each consumer that has changed and is not down, atom by atom, during Lose. To be set before.
  using LevelVisitor = std::function<void(size_t atom, ConsumerIndex, int32_t level)>;
  void TellLevels(LevelVisitor visitor) { visitor_ = std::move(visitor); }
  // After Lose: the atoms, as bits, that take each consumer down; of atoms that need the solver, nothing to
  // rely on.
  template <typename Visit>
  void ForEachDown(const Visit& visit) const {
    for (uint32_t i = 0; i < plan_.consumer_count(); ++i) {
      const size_t place = size_t{plan_.consumer_begin()} + i;
      visit(plan_.Consumer(i), std::span<const uint64_t>(down_.data() + place * words_, words_));
    }
  }

 private:
  template <int kWords>
  friend class WordPass;

  const EvaluationPlan& evaluation_;
  const WordPlan& plan_;
  const Reading reading_;
  const State& baseline_;
  const SweepOptions& options_;
  const __int128 whole_;
  LevelVisitor visitor_;
  int64_t evaluations_ = 0;
  size_t words_ = 1;               // Of each place, in the latest pass.
  std::vector<uint64_t> down_;     // By place, kWords each.
  std::vector<uint64_t> changed_;  // Likewise; unless all are plain.
  std::vector<int32_t> number_;    // Of consumers, by place in the order: the level, of one atom.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_WORD_SWEEP_H_
