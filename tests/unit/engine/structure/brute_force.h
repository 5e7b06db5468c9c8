// Cut sets and importance by trying every set of atoms, each evaluated by itself: no formula, no diagram.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_STRUCTURE_BRUTE_FORCE_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_STRUCTURE_BRUTE_FORCE_H_

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/structure/failure_function.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {

class BruteForce {
 public:
  using KeySets = std::vector<std::vector<std::string>>;

  static constexpr size_t kAtomsMax = 9;

  BruteForce(const EvaluationPlan& plan, const FailureQuestion& question) : question_(question) {
    for (const AtomIndex* index : question.atoms) {
      for (const AtomIndex::Entry& entry : index->entries()) {
        if (index->HitsOf(entry, question.reading).empty()) continue;
        keys_.push_back(entry.key);
        cutoffs_.push_back(CutoffOf(plan.graph(), entry.atom));
      }
    }
    if (!is_small()) return;
    fails_.resize(size_t{1} << keys_.size());
    for (size_t bits = 0; bits < fails_.size(); ++bits) fails_[bits] = Evaluate(plan, bits);
    for (size_t bits = 0; bits < fails_.size(); ++bits) {
      bool minimal = fails_[bits];
      for (size_t a = 0; a < keys_.size() && minimal; ++a) minimal = !Has(bits, a) || !fails_[bits ^ 1u << a];
      if (minimal) minimal_.push_back(bits);
    }
  }

  // Else nothing was tried.
  bool is_small() const { return keys_.size() <= kAtomsMax; }
  const std::vector<std::string>& keys() const { return keys_; }

  // With these atoms lost, a bit for each of keys().
  bool Fails(size_t bits) const { return fails_[bits]; }

  // In the order of S8.2.
  KeySets CutSets(size_t size_max) const {
    KeySets sets;
    for (size_t bits : minimal_) {
      std::vector<std::string> set;
      for (size_t a = 0; a < keys_.size(); ++a) {
        if (Has(bits, a)) set.push_back(keys_[a]);
      }
      std::sort(set.begin(), set.end());
      if (set.size() <= size_max) sets.push_back(set);
    }
    std::sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) {
      return std::make_pair(a.size(), a) < std::make_pair(b.size(), b);
    });
    return sets;
  }

  // P(fail) with one atom fixed: -1 none, else its place, and to what.
  double Chance(const std::vector<double>& p, int fixed = -1, bool to = false) const {
    return Sum(p, fixed, to, [this](size_t bits) { return bool{fails_[bits]}; });
  }
  // P(some minimal cut set that contains the atom occurs).
  double ChanceOfPart(const std::vector<double>& p, size_t atom) const {
    return Sum(p, -1, false, [&](size_t bits) {
      return std::any_of(minimal_.begin(), minimal_.end(),
                         [&](size_t cut) { return Has(cut, atom) && (cut & bits) == cut; });
    });
  }

 private:
  static bool Has(size_t bits, size_t atom) { return (bits >> atom & 1) != 0; }

  bool Evaluate(const EvaluationPlan& plan, size_t bits) const {
    std::vector<Cutoff> cutoffs;
    for (size_t a = 0; a < cutoffs_.size(); ++a) {
      if (Has(bits, a)) cutoffs.push_back(cutoffs_[a]);
    }
    const auto outcome = EvaluateStatic(plan, cutoffs, question_.reading, question_.readiness);
    EXPECT_THAT(outcome, IsOk());
    const State& baseline = **plan.Baseline(question_.reading, question_.readiness);
    const auto fails = [&](ConsumerIndex consumer) {
      int32_t level = baseline.level[consumer.value];
      for (const auto& lowered : outcome->lowered)
        level = lowered.consumer == consumer ? lowered.level : level;
      return level <= question_.threshold_ppm;
    };
    return question_.together == FailureQuestion::Together::kAny
               ? std::any_of(question_.consumers.begin(), question_.consumers.end(), fails)
               : std::all_of(question_.consumers.begin(), question_.consumers.end(), fails);
  }

  template <typename Holds>
  double Sum(const std::vector<double>& p, int fixed, bool to, const Holds& holds) const {
    double sum = 0;
    for (size_t bits = 0; bits < fails_.size(); ++bits) {
      double term = holds(bits) ? 1 : 0;
      for (size_t a = 0; a < keys_.size() && term > 0; ++a) {
        const double of = static_cast<int>(a) == fixed ? (to ? 1 : 0) : p[a];
        term *= Has(bits, a) ? of : 1 - of;
      }
      sum += term;
    }
    return sum;
  }

  const FailureQuestion& question_;
  std::vector<std::string> keys_;
  std::vector<Cutoff> cutoffs_;
  std::vector<bool> fails_;
  std::vector<size_t> minimal_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_STRUCTURE_BRUTE_FORCE_H_
