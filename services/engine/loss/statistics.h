// What the losses of all trials say together (S9).
#ifndef LINCHPIN_SERVICES_ENGINE_LOSS_STATISTICS_H_
#define LINCHPIN_SERVICES_ENGINE_LOSS_STATISTICS_H_

#include <cstdint>
#include <vector>

#include "services/engine/graph/facts.h"

namespace linchpin::engine {

// The losses of all trials, one each, in minor units (or in any other unit that adds up).
// Thread safety: immutable once made. Cost: a sort.
class LossStatistics {
 public:
  // `losses` are 0 or more, at least one.
  explicit LossStatistics(std::vector<int64_t> losses);

  int64_t trials() const { return static_cast<int64_t>(sorted_.size()); }
  // The expected annual loss.
  double mean() const { return mean_; }
  // s / sqrt(n), s with n - 1; 0 for one trial.
  double standard_error() const { return standard_error_; }
  // Share of trials with any loss.
  double probability_of_loss() const;
  int64_t max() const { return sorted_.back(); }

  // The k-th smallest loss, k = max(1, ceil(level_ppm * n / ONE)). `level_ppm` from 0 to below ONE.
  int64_t ValueAtRisk(int64_t level_ppm) const;
  // The mean of what lies above it: [ (sum of losses ranked above k) / n + (k/n - a) * VaR ] / (1 - a).
  double ConditionalValueAtRisk(int64_t level_ppm) const;

  // At each distinct loss, the share of trials with a greater one; ascending by loss. With more than
  // `points_max` of them those are kept that lie nearest to equal steps of share, the first and the last
  // always.
  struct Point {
    int64_t loss = 0;
    double exceeded_ratio = 0;
  };
  std::vector<Point> Exceedance(size_t points_max) const;

 private:
  size_t RankOf(int64_t level_ppm) const;

  std::vector<int64_t> sorted_;
  double mean_ = 0;
  double standard_error_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LOSS_STATISTICS_H_
