// A failure function compiled for many sets of losses side by side, in machine words. Internal to the
// sampling of failures and the search of small cut sets.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_FORMULA_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_FORMULA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "services/engine/structure/failure_function.h"
#include "services/engine/structure/word_trials.h"

namespace linchpin::engine {

// The formula as steps of two levels. A gate that one other gate alone reads, of the other kind, is taken
// into that one's step, so that its value is never stored.
//
// Ownership: the function, which has a formula, must outlive it. Thread safety: const members may run at once, each on its own values.
class WordFormula {
 public:
  explicit WordFormula(const FailureFunction& function);

  // Each variable of the formula, and the place of its bits among the values: what is lost in which of the
  // trials.
  std::span<const std::pair<uint32_t, uint32_t>> variables() const { return variables_; }
  // Values with nothing lost.
  std::vector<TrialBits> MakeValues() const;
  // The trials in which the function is true, by the bits of the variables.
  const TrialBits& Evaluate(std::vector<TrialBits>& values) const;
  // How many values one evaluation reads.
  size_t read_count() const { return code_.size(); }

 private:
  void FindTakenIn();
  void AddStep(Gate gate);

  const Formula& formula_;
  const std::vector<Gate> below_;
  std::vector<bool> taken_in_;                            // By gate.
  std::vector<uint32_t> place_;                           // By gate.
  std::vector<std::pair<uint32_t, uint32_t>> variables_;  // Variable and place.
  std::vector<WordGate> steps_;
  std::vector<uint32_t> code_;
  std::optional<uint32_t> always_;  // The constant that is true, if it is used.
  size_t place_count_ = 0;
  uint32_t root_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_WORD_FORMULA_H_
