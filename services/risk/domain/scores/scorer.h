// The scores of the newest revision, computed when first asked for and then kept.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORER_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORER_H_

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/engine/score/score_board.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// A board, what it was computed with, and its rankings.
// Thread safety: all members may run at once.
class Scored {
 public:
  Scored(HazardSet hazards, std::shared_ptr<const engine::ScoreBoard> board)
      : hazards_(std::move(hazards)), board_(std::move(board)) {}

  const HazardSet& hazards() const { return hazards_; }
  const engine::ScoreBoard& board() const { return *board_; }
  const engine::Graph& graph() const { return board_->graph(); }
  // The same with the portfolio and the rankings of those selected.
  std::shared_ptr<const Scored> Count(const Selection& selection) const {
    return std::make_shared<const Scored>(hazards_, board_->Count(selection.selected));
  }

  // Index values of consumers or vendors, highest score first: by likely, then proven, then not excluded,
  // then by name. Vendors without any score are left out. Sorted when first asked for.
  const std::vector<uint32_t>& Ranking(linchpin::risk::v1::ScoreKind kind) const;

 private:
  std::vector<uint32_t> Rank(linchpin::risk::v1::ScoreKind kind) const;

  const HazardSet hazards_;
  const std::shared_ptr<const engine::ScoreBoard> board_;
  mutable std::array<std::once_flag, 4> once_;
  mutable std::array<std::vector<uint32_t>, 4> rankings_;
};

// Ownership: none. Thread safety: all members may run at once; who asks for what is being computed waits, but
// for scores of a hypothetical analysis, which are computed beside the others and not kept.
class Scorer {
 public:
  // Errors: RESOURCE_EXHAUSTED, LIMIT_REACHED; CANCELLED once `cancelled` returns true (null: never).
  absl::StatusOr<std::shared_ptr<const Scored>> Of(Analysis& analysis, const HazardSet& hazards,
                                                   const std::function<bool()>& cancelled);

 private:
  // The newest, and the one before: of another table of hazards, say.
  using TwoScored = std::array<std::shared_ptr<const Scored>, 2>;

  TwoScored Newest();
  // From one of `before` where that is enough, else from nothing.
  static absl::StatusOr<std::shared_ptr<const Scored>> Compute(const TwoScored& before, Analysis& analysis,
                                                               const HazardSet& hazards,
                                                               const std::function<bool()>& cancelled);

  absl::Mutex mutex_;
  TwoScored kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORER_H_
