// The arithmetic of the risk score: from hazards and down runs to a figure from 0 to 100.
//
// score = 100 * (1 - exp(-lambda)), lambda the sum over atoms u of r_u * s_u: r_u its yearly rate, s_u the
// share of what the consumer tolerates that one loss of u takes, min(1, longest down run / MTD). A loss on a
// date is certain: in place of r_u * s_u it adds -ln(1 - s_u), so that alone it scores 100 * s_u.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "services/engine/score/hazards.h"

namespace linchpin::engine {

// Of this formula. Grows when equal inputs give another score.
inline constexpr int kScoreFormulaVersion = 1;
// The most that a certain loss takes for granted, so that lambda stays finite: 1 - 10^-9.
inline constexpr double kCertainShareMax = 1 - 1e-9;

// s_u: 1 at an MTD of 0, if it is down at all.
inline double ShareOfTolerance(int64_t down_seconds, int64_t tolerated_seconds) {
  if (down_seconds <= 0) return 0;
  if (down_seconds >= tolerated_seconds) return 1;
  return static_cast<double>(down_seconds) / static_cast<double>(tolerated_seconds);
}

// What one atom adds to lambda.
inline double LambdaOf(const AtomHazard& hazard, double share) {
  if (!hazard.certain()) return hazard.hazard.rate_per_year * share;
  return -std::log1p(-std::min(share, kCertainShareMax));
}

// 0 to 100.
inline double ScoreOf(double lambda) { return -100 * std::expm1(-lambda); }

// The part of `score` that one atom has: parts add up to the score.
inline double PartOf(double score, double lambda_of_atom, double lambda) {
  return lambda > 0 ? score * (lambda_of_atom / lambda) : 0;
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_H_
