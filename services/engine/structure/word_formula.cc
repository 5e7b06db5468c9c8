#include "services/engine/structure/word_formula.h"

#include <algorithm>

namespace linchpin::engine {

WordFormula::WordFormula(const FailureFunction& function)
    : formula_(function.formula()),
      below_(formula_.Below(function.root())),
      taken_in_(formula_.size(), false) {
  FindTakenIn();
  place_.assign(formula_.size(), 0);
  for (Gate gate : below_) {
    if (taken_in_[gate]) continue;
    place_[gate] = static_cast<uint32_t>(place_count_++);
    if (formula_.kind(gate) == Formula::Kind::kVariable)
      variables_.emplace_back(formula_.variable(gate), place_[gate]);
    if (gate == kTrueGate) always_ = place_[gate];
    if (!formula_.arguments(gate).empty()) AddStep(gate);
  }
  root_ = place_[function.root()];
}

std::vector<TrialBits> WordFormula::MakeValues() const {
  std::vector<TrialBits> values(place_count_);
  if (always_.has_value()) std::fill_n(values[*always_].word, kWordsPerBlock, ~uint64_t{0});
  return values;
}

const TrialBits& WordFormula::Evaluate(std::vector<TrialBits>& values) const {
  EvaluateGates(steps_, code_.data(), values.data());
  return values[root_];
}

// From the root down, so that of each reader it is known already whether it is taken in.
void WordFormula::FindTakenIn() {
  std::vector<uint32_t> readers(formula_.size(), 0);
  for (Gate gate : below_) {
    for (Gate argument : formula_.arguments(gate)) ++readers[argument];
  }
  for (auto gate = below_.rbegin(); gate != below_.rend(); ++gate) {
    for (Gate argument : formula_.arguments(*gate)) {
      taken_in_[argument] = !taken_in_[*gate] && readers[argument] == 1 &&
                            !formula_.arguments(argument).empty() &&
                            formula_.kind(argument) != formula_.kind(*gate);
    }
  }
}

void WordFormula::AddStep(Gate gate) {
  const auto begin = static_cast<uint32_t>(code_.size());
  for (Gate argument : formula_.arguments(gate)) {
    if (!taken_in_[argument]) {
      code_.push_back(place_[argument]);
    } else {
      for (Gate inner : formula_.arguments(argument)) code_.push_back(place_[inner]);
    }
    code_.back() |= WordGate::kLastBit;
  }
  steps_.push_back(
      {place_[gate], begin, static_cast<uint32_t>(code_.size()), formula_.kind(gate) == Formula::Kind::kOr});
}

}  // namespace linchpin::engine
