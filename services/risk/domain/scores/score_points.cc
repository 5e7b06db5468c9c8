#include "services/risk/domain/scores/score_points.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

std::vector<AtomPoints> OfPortfolio(const engine::ScoreBoard& board, const ScoreSubject& subject) {
  std::vector<AtomPoints> all;
  for (uint32_t atom = 0; atom < board.atoms().size(); ++atom) {
    if (subject.kind == ScoreSubject::Kind::kVendor && board.atoms()[atom].vendor != subject.index) continue;
    AtomPoints points{.atom = atom};
    double sum = 0;
    for (Reading reading : engine::kReadings) {
      sum += points.points[reading] = board.Portfolio(reading).parts[atom];
    }
    if (sum > 0) all.push_back(points);
  }
  return all;
}

std::vector<AtomPoints> OfConsumer(const engine::ScoreBoard& board, engine::ConsumerIndex consumer) {
  const int64_t tolerated = board.graph().consumers()[consumer].record().max_tolerable_downtime_seconds;
  std::map<uint32_t, AtomPoints> by_atom;
  for (Reading reading : engine::kReadings) {
    const double lambda = board.LambdaOf(reading, consumer), score = engine::ScoreOf(lambda);
    for (const engine::ScoreTerm& term : board.TermsOf(reading, consumer)) {
      AtomPoints& points = by_atom[term.atom];
      points.atom = term.atom;
      points.down_seconds[reading] = term.down_seconds;
      const double share = engine::ShareOfTolerance(term.down_seconds, tolerated);
      points.points[reading] =
          engine::PartOf(score, engine::LambdaOf(board.atoms()[term.atom].hazard, share), lambda);
    }
  }
  std::vector<AtomPoints> all;
  for (const auto& [atom, points] : by_atom) {
    if (!(points.points == PerReading())) all.push_back(points);
  }
  return all;
}

}  // namespace

bool IsAbove(const PerReading& a, const PerReading& b) {
  return std::tie(a.likely, a.proven, a.not_excluded) > std::tie(b.likely, b.proven, b.not_excluded);
}

void SetPoints(const PerReading& values, v1::ScorePoints& points) {
  points.set_proven(values.proven);
  points.set_likely(values.likely);
  points.set_not_excluded(values.not_excluded);
}

std::vector<AtomPoints> PointsOf(const engine::ScoreBoard& board, const ScoreSubject& subject) {
  std::vector<AtomPoints> all = subject.kind == ScoreSubject::Kind::kConsumer
                                    ? OfConsumer(board, engine::ConsumerIndex{subject.index})
                                    : OfPortfolio(board, subject);
  std::stable_sort(all.begin(), all.end(), [&board](const AtomPoints& a, const AtomPoints& b) {
    if (!(a.points == b.points)) return IsAbove(a.points, b.points);
    return board.atoms()[a.atom].key < board.atoms()[b.atom].key;
  });
  return all;
}

}  // namespace linchpin::risk
