// Figures of a score in all readings, by atom.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_POINTS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_POINTS_H_

#include <cstdint>
#include <vector>

#include "linchpin/risk/v1/score.pb.h"
#include "services/engine/score/score_board.h"
#include "services/risk/domain/scores/score_report.h"

namespace linchpin::risk {

// One figure in each reading.
using PerReading = engine::ByReading<double>;

// True if `a` comes before `b` in rankings: larger by likely, then by proven, then by not excluded.
bool IsAbove(const PerReading& a, const PerReading& b);

void SetPoints(const PerReading& values, linchpin::risk::v1::ScorePoints& points);

// What one atom contributes to a score.
struct AtomPoints {
  uint32_t atom = 0;  // On the board.
  PerReading points = {};
  engine::ByReading<uint32_t> down_seconds = {};  // Of consumers.
};

// All contributions to a score, largest first, then by key. Of a vendor: those of its atoms to the portfolio.
std::vector<AtomPoints> PointsOf(const engine::ScoreBoard& board, const ScoreSubject& subject);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_POINTS_H_
