#include "services/engine/questions/loss_block.h"

#include <algorithm>
#include <optional>

#include "services/engine/levels/solver.h"
#include "services/engine/simulation/word_sweep.h"

namespace linchpin::engine {
namespace {

static_assert(kBlockAtoms == WordSweep::kAtomsMax);

class BlockLoserImpl final : public BlockLoser {
 public:
  BlockLoserImpl(const EvaluationPlan& evaluation, Reading reading, const State& baseline,
                 const WordPlan& plan, const Limits& limits)
      : evaluation_(evaluation), reading_(reading), baseline_(baseline) {
    options_.limits = limits;
    words_ = std::make_unique<WordSweep>(evaluation, plan, reading, baseline, options_);
  }

  const std::vector<int32_t>& base() const override { return baseline_.level; }

  absl::StatusOr<LossBlock> Lose(const AtomIndex& index, std::span<const AtomIndex::Entry> entries) override {
    LossBlock block;
    block.down.assign(evaluation_.graph().consumers().slots(), AtomBits{});
    std::vector<std::vector<DeploymentIndex>> hits;
    for (const AtomIndex::Entry& entry : entries) hits.push_back(index.HitsOf(entry, reading_));
    words_->TellLevels([&block](size_t atom, ConsumerIndex consumer, int32_t level) {
      block.levels[consumer.value].emplace_back(static_cast<uint32_t>(atom), level);
    });
    const auto impacts = words_->Lose(hits);
    if (!impacts.ok()) return impacts.status();
    TakeDown(*impacts, block);
    for (uint32_t atom = 0; atom < hits.size(); ++atom) {
      if ((*impacts)[atom].has_value()) continue;
      if (absl::Status status = LoseBySolver(atom, hits[atom], block); !status.ok()) return status;
    }
    return block;
  }

 private:
  void TakeDown(const std::vector<std::optional<AtomImpact>>& impacts, LossBlock& block) const {
    AtomBits by_words{};
    for (size_t atom = 0; atom < impacts.size(); ++atom) {
      if (impacts[atom].has_value()) by_words[atom / 64] |= uint64_t{1} << atom % 64;
    }
    words_->ForEachDown([&](ConsumerIndex consumer, std::span<const uint64_t> words) {
      AtomBits& down = block.down[consumer.value];
      for (size_t w = 0; w < words.size(); ++w) down[w] = words[w] & by_words[w];
    });
  }

  absl::Status LoseBySolver(uint32_t atom, const std::vector<DeploymentIndex>& hits, LossBlock& block) {
    if (solver_ == nullptr) {
      solver_ =
          std::make_unique<Solver>(evaluation_, reading_, Readiness::kSustained, baseline_, options_.limits);
      solver_->ReadLevelsOnly();
    }
    solver_->Mark(/*undoable=*/true);
    for (DeploymentIndex deployment : hits) solver_->Lower(deployment, 0);
    if (absl::Status status = solver_->Solve(); !status.ok()) return status;
    for (const Solver::Change& change : solver_->changes()) {
      const int32_t level = solver_->state().level[change.consumer.value];
      block.levels[change.consumer.value].emplace_back(atom, level);
    }
    solver_->Undo();
    return absl::OkStatus();
  }

  const EvaluationPlan& evaluation_;
  const Reading reading_;
  const State& baseline_;
  SweepOptions options_;
  std::unique_ptr<WordSweep> words_;
  std::unique_ptr<Solver> solver_;  // Made for the first atom that needs it.
};

}  // namespace

absl::StatusOr<std::unique_ptr<BlockLoser>> BlockLoser::Create(const EvaluationPlan& evaluation,
                                                               Reading reading, const Limits& limits) {
  const auto baseline = evaluation.Baseline(reading, Readiness::kSustained, limits);
  if (!baseline.ok()) return baseline.status();
  const auto plan = evaluation.Words(reading, Readiness::kSustained, limits);
  if (!plan.ok()) return plan.status();
  return std::make_unique<BlockLoserImpl>(evaluation, reading, **baseline, **plan, limits);
}

}  // namespace linchpin::engine
