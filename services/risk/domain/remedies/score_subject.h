// The score that remedies are to lower: of the portfolio, of one consumer, or the mean of several.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_SCORE_SUBJECT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_SCORE_SUBJECT_H_

#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/levels/reading.h"
#include "services/risk/domain/scores/score_points.h"

namespace linchpin::risk {

// By consumer index, in each reading.
using Lambdas = engine::ByReading<std::vector<double>>;

// Thread safety: immutable.
class RemedySubject {
 public:
  // `consumers`: empty for the portfolio.
  RemedySubject(const engine::Graph& graph, std::vector<engine::ConsumerIndex> consumers);

  // Added up in the order of a score board, so that equal lambdas give the same figure bit for bit.
  PerReading ScoreOf(const Lambdas& lambdas) const;
  // What a point of this consumer's score is of the whole; 0 of whom it does not count.
  double ShareOf(engine::ConsumerIndex consumer) const { return share_[consumer.value]; }
  // Whom it counts, ascending.
  const std::vector<engine::ConsumerIndex>& consumers() const { return consumers_; }

 private:
  double ScoreOf(const std::vector<double>& lambdas) const;

  std::vector<engine::ConsumerIndex> consumers_;
  std::vector<double> weight_;  // Of each of them.
  std::vector<double> share_;   // By consumer index.
  double whole_ = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_SCORE_SUBJECT_H_
