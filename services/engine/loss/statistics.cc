#include "services/engine/loss/statistics.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace linchpin::engine {

LossStatistics::LossStatistics(std::vector<int64_t> losses) : sorted_(std::move(losses)) {
  std::sort(sorted_.begin(), sorted_.end());
  // Sums of integers are exact, and so alike whatever the order of the trials.
  __int128 sum = 0;
  for (int64_t loss : sorted_) sum += loss;
  const auto n = static_cast<double>(sorted_.size());
  mean_ = static_cast<double>(sum) / n;
  if (sorted_.size() < 2) return;
  double squares = 0;
  for (int64_t loss : sorted_) {
    const double difference = static_cast<double>(loss) - mean_;
    squares += difference * difference;
  }
  standard_error_ = std::sqrt(squares / (n - 1) / n);
}

double LossStatistics::probability_of_loss() const {
  const auto some = sorted_.end() - std::upper_bound(sorted_.begin(), sorted_.end(), 0);
  return static_cast<double>(some) / static_cast<double>(sorted_.size());
}

size_t LossStatistics::RankOf(int64_t level_ppm) const {
  const __int128 product = static_cast<__int128>(level_ppm) * trials();
  const auto rank = static_cast<int64_t>((product + kOne - 1) / kOne);
  return static_cast<size_t>(std::clamp<int64_t>(rank, 1, trials()));
}

int64_t LossStatistics::ValueAtRisk(int64_t level_ppm) const { return sorted_[RankOf(level_ppm) - 1]; }

double LossStatistics::ConditionalValueAtRisk(int64_t level_ppm) const {
  const size_t rank = RankOf(level_ppm);
  __int128 above = 0;
  for (size_t i = rank; i < sorted_.size(); ++i) above += sorted_[i];
  const auto n = static_cast<double>(sorted_.size());
  const double level = static_cast<double>(level_ppm) / static_cast<double>(kOne);
  const double value = static_cast<double>(sorted_[rank - 1]);
  return (static_cast<double>(above) / n + (static_cast<double>(rank) / n - level) * value) / (1 - level);
}

std::vector<LossStatistics::Point> LossStatistics::Exceedance(size_t points_max) const {
  std::vector<Point> all;
  const auto n = static_cast<double>(sorted_.size());
  for (size_t i = 0; i < sorted_.size(); ++i) {
    if (i + 1 < sorted_.size() && sorted_[i + 1] == sorted_[i]) continue;
    all.push_back({sorted_[i], static_cast<double>(sorted_.size() - i - 1) / n});
  }
  if (all.size() <= points_max || points_max < 2) return all;
  std::vector<Point> thinned;
  for (size_t i = 0; i < points_max; ++i) thinned.push_back(all[i * (all.size() - 1) / (points_max - 1)]);
  return thinned;
}

}  // namespace linchpin::engine
