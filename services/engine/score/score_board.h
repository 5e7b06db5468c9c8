// The scores of all consumers of one graph, in every reading.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_BOARD_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_BOARD_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/score/hazards.h"
#include "services/engine/score/score.h"
#include "services/engine/score/score_chunk.h"

namespace linchpin::engine {

struct AtomLoss;

// The portfolio, or what one atom has of it.
struct PortfolioScore {
  int64_t applications = 0;
  double weight = 0;          // Of all applications.
  double score = 0;           // Mean of theirs, by weight; 0 without weight.
  std::vector<double> parts;  // By atom: they add up to the score.
  std::vector<double> falls;  // By vendor index: by what the score would fall without it.
};

// Ownership: shares the graph. Thread safety: immutable.
class ScoreBoard {
 public:
  // Simulates each atom alone, start 0, for a year, as its hazard says.
  // Errors: those of the baselines and of Limits, by atom; Cancelled.
  // Cost: that of FindDownRuns, and what it finds.
  static absl::StatusOr<std::shared_ptr<const ScoreBoard>> Create(const EvaluationPlan& plan,
                                                                  const AtomCache& atoms,
                                                                  const Hazards& hazards,
                                                                  const Limits& limits = {});

  // The board of the graph of `knowledge`, made from that of an earlier one whose consumers alone have
  // changed since; bit for bit what Create makes. `before` was read by the same rules. Null where that is not
  // so, or so much has changed that Create is the way. Errors: as Create. Cost: what each atom touches among
  // the consumers that the change can reach and what they stand on, and a sum over all chunks.
  static absl::StatusOr<std::shared_ptr<const ScoreBoard>> Update(const ScoreBoard& before,
                                                                  const Knowledge& knowledge,
                                                                  const AtomCache& atoms,
                                                                  const Hazards& hazards,
                                                                  const Limits& limits = {});

  // The same scores with the portfolio of those selected. Update takes no such board. Cost: a sum over all
  // chunks.
  std::shared_ptr<const ScoreBoard> Count(Selected selected) const;
  bool IsSelected(ConsumerIndex consumer) const { return selected_.empty() || selected_[consumer.value]; }

  const Graph& graph() const { return *graph_; }
  const Hazards& hazards() const { return hazards_; }
  // Of all classes, each by key. Terms name them by their place here.
  const std::vector<ScoredAtom>& atoms() const { return atoms_; }

  // Of a consumer, ascending by atom: those that take it down at some time.
  std::span<const ScoreTerm> TermsOf(Reading reading, ConsumerIndex consumer) const {
    return ChunkOf(consumer).of(reading).TermsOf(ConsumerTable::Local(consumer));
  }
  double LambdaOf(Reading reading, ConsumerIndex consumer) const {
    return ChunkOf(consumer).of(reading).lambda[ConsumerTable::Local(consumer)];
  }
  double ScoreOf(Reading reading, ConsumerIndex consumer) const {
    return engine::ScoreOf(LambdaOf(reading, consumer));
  }
  const PortfolioScore& Portfolio(Reading reading) const { return portfolio_[reading]; }

 private:
  explicit ScoreBoard(std::shared_ptr<const Graph> graph, const Hazards& hazards)
      : graph_(std::move(graph)), hazards_(hazards) {}
  const ScoreChunk& ChunkOf(ConsumerIndex consumer) const {
    return *chunks_[consumer.value / ConsumerChunk::kConsumers];
  }
  static std::vector<ScoredAtom> ScoredAtomsOf(const Graph& graph, const AtomCache& atoms,
                                               const Hazards& hazards);
  // Of the atoms on a board, in their order.
  static std::vector<AtomLoss> LossesOf(const AtomCache& atoms, const std::vector<ScoredAtom>& scored);
  void SumUp();

  std::shared_ptr<const Graph> graph_;
  Hazards hazards_;
  Selected selected_;
  std::vector<ScoredAtom> atoms_;
  std::vector<std::shared_ptr<const ScoreChunk>> chunks_;
  ByReading<PortfolioScore> portfolio_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_BOARD_H_
