#include "services/engine/structure/level_steps.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace linchpin::engine {
namespace {

using Wide = unsigned __int128;

// What a group has after some of its alternatives: Q and the sum of f * quality of S5.
struct Filling {
  int64_t filled = 0;
  Wide delivered = 0;
  friend auto operator<=>(const Filling&, const Filling&) = default;
};

Filling After(const ReadyGroup& group, const ReadyAlternative& alternative, int32_t level,
              const Filling& before) {
  const int64_t cap = static_cast<int64_t>(static_cast<Wide>(group.units * alternative.share_ppm) *
                                           static_cast<uint32_t>(level) / kOne);
  const int64_t flow = std::min(cap, group.units * kOne - before.filled);
  return {before.filled + flow,
          before.delivered + static_cast<Wide>(flow) * static_cast<uint64_t>(alternative.quality_ppm)};
}

int32_t DeliveryOf(const ReadyGroup& group, const Filling& filling) {
  return static_cast<int32_t>(filling.delivered / static_cast<Wide>(group.units * kOne));
}

std::optional<std::set<int32_t>> DeliveryValues(const ReadyGroup& group) {
  std::set<Filling> fillings{{}};
  for (const ReadyAlternative& alternative : group.alternatives) {
    std::set<Filling> next;
    for (const Filling& filling : fillings) {
      for (int32_t level : alternative.target->values) next.insert(After(group, alternative, level, filling));
    }
    if (next.size() > kDeliveryStatesMax) return std::nullopt;
    fillings = std::move(next);
  }
  std::set<int32_t> values;
  for (const Filling& filling : fillings) values.insert(DeliveryOf(group, filling));
  return values;
}

// "delivery <= threshold", alternative by alternative. What is still to come only grows with a level, so the
// formula of a lower level implies that of a higher one, and OR over the steps says which holds.
class DeliveryFormula {
 public:
  DeliveryFormula(const ReadyGroup& group, int32_t threshold, Formula& formula)
      : group_(group), threshold_(threshold), formula_(formula) {}

  std::optional<Gate> Find() {
    const Gate gate = From(0, {});
    if (overflow_) return std::nullopt;
    return gate;
  }

 private:
  Gate From(size_t k, const Filling& filling) {
    if (overflow_ || DeliveryOf(group_, filling) > threshold_) return kFalseGate;
    if (k == group_.alternatives.size() || filling.filled == group_.units * kOne) return kTrueGate;
    const auto known = found_.find({k, filling});
    if (known != found_.end()) return known->second;
    const ReadyAlternative& alternative = group_.alternatives[k];
    std::vector<Gate> ways;
    for (size_t i = 0; i < alternative.target->values.size(); ++i) {
      if (alternative.target->at_most[i] == kFalseGate) continue;
      const Gate rest = From(k + 1, After(group_, alternative, alternative.target->values[i], filling));
      ways.push_back(formula_.And({alternative.target->at_most[i], rest}));
    }
    overflow_ |= found_.size() >= kDeliveryStatesMax;
    return found_[{k, filling}] = formula_.Or(std::move(ways));
  }

  const ReadyGroup& group_;
  const int32_t threshold_;
  Formula& formula_;
  std::map<std::pair<size_t, Filling>, Gate> found_;
  bool overflow_ = false;
};

// The optional groups of a consumer: sums of weight * (ONE - delivery), L of S5.
class Shortfall {
 public:
  static std::optional<Shortfall> Of(const std::vector<ReadyGroup>& groups) {
    Shortfall shortfall;
    for (const ReadyGroup& group : groups) {
      if (group.essential) continue;
      std::optional<std::set<int32_t>> values = DeliveryValues(group);
      if (!values.has_value()) return std::nullopt;
      shortfall.groups_.push_back({&group, std::vector<int32_t>(values->begin(), values->end())});
    }
    return shortfall;
  }

  std::optional<std::set<int64_t>> Sums() const {
    std::set<int64_t> sums{0};
    for (const auto& [group, deliveries] : groups_) {
      std::set<int64_t> next;
      for (int64_t sum : sums) {
        for (int32_t delivery : deliveries) next.insert(sum + group->weight_ppm * (kOne - delivery));
      }
      if (next.size() > kDeliveryStatesMax) return std::nullopt;
      sums = std::move(next);
    }
    return sums;
  }

  // "ONE - L // ONE <= threshold".
  std::optional<Gate> Formulate(int32_t threshold, Formula& formula) {
    if (groups_.empty()) return kFalseGate;
    found_.clear();
    return From(0, 0, threshold, formula);
  }

 private:
  std::optional<Gate> From(size_t at, int64_t sum, int32_t threshold, Formula& formula) {
    if (kOne - sum / kOne <= threshold) return kTrueGate;
    if (at == groups_.size()) return kFalseGate;
    if (const auto known = found_.find({at, sum}); known != found_.end()) return known->second;
    std::vector<Gate> ways;
    const auto& [group, deliveries] = groups_[at];
    for (int32_t delivery : deliveries) {
      const std::optional<Gate> rest =
          From(at + 1, sum + group->weight_ppm * (kOne - delivery), threshold, formula);
      const std::optional<Gate> here = DeliveryFormula(*group, delivery, formula).Find();
      if (!rest.has_value() || !here.has_value() || found_.size() >= kDeliveryStatesMax) return std::nullopt;
      ways.push_back(formula.And({*here, *rest}));
    }
    return found_[{at, sum}] = formula.Or(std::move(ways));
  }

  std::vector<std::pair<const ReadyGroup*, std::vector<int32_t>>> groups_;
  std::map<std::pair<size_t, int64_t>, Gate> found_;
};

}  // namespace

Gate LevelSteps::AtMost(int32_t threshold) const {
  const auto above = std::upper_bound(values.begin(), values.end(), threshold);
  return above == values.begin() ? kFalseGate : at_most[static_cast<size_t>(above - values.begin()) - 1];
}

std::optional<std::vector<int32_t>> LevelValues(const std::vector<ReadyGroup>& groups,
                                                int32_t min_viable_ppm) {
  std::set<int64_t> carried{kOne};  // Values of E.
  for (const ReadyGroup& group : groups) {
    if (!group.essential) continue;
    const std::optional<std::set<int32_t>> values = DeliveryValues(group);
    if (!values.has_value()) return std::nullopt;
    carried.insert(values->begin(), values->end());
  }
  const std::optional<Shortfall> shortfall = Shortfall::Of(groups);
  if (!shortfall.has_value()) return std::nullopt;
  const std::optional<std::set<int64_t>> sums = shortfall->Sums();
  if (!sums.has_value()) return std::nullopt;
  for (int64_t sum : *sums) carried.insert(std::max<int64_t>(0, kOne - sum / kOne));
  std::set<int32_t> levels;
  for (int64_t raw : carried) levels.insert(raw >= min_viable_ppm ? static_cast<int32_t>(raw) : 0);
  if (levels.size() > kLevelStepsMax) return std::nullopt;
  return std::vector<int32_t>(levels.begin(), levels.end());
}

std::optional<std::vector<Gate>> LevelFormulas(const std::vector<ReadyGroup>& groups, int32_t min_viable_ppm,
                                               const std::vector<int32_t>& values, Formula& formula) {
  std::optional<Shortfall> shortfall = Shortfall::Of(groups);
  if (!shortfall.has_value()) return std::nullopt;
  std::vector<Gate> gates;
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    // A level is at most this iff what is carried is, or is too little to be viable.
    const int32_t threshold = std::max(values[i], min_viable_ppm - 1);
    const std::optional<Gate> lost = shortfall->Formulate(threshold, formula);
    if (!lost.has_value()) return std::nullopt;
    std::vector<Gate> ways{*lost};
    for (const ReadyGroup& group : groups) {
      if (!group.essential) continue;
      const std::optional<Gate> short_of = DeliveryFormula(group, threshold, formula).Find();
      if (!short_of.has_value()) return std::nullopt;
      ways.push_back(*short_of);
    }
    gates.push_back(formula.Or(std::move(ways)));
  }
  gates.push_back(kTrueGate);
  return gates;
}

}  // namespace linchpin::engine
