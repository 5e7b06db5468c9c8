#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/levels/affected.h"
#include "services/engine/score/down_runs.h"
#include "services/engine/score/score_board.h"

namespace linchpin::engine {
namespace {

// If more consumers than this must be simulated anew, all are.
constexpr size_t kNeededMax = 20'000;

// The terms of the affected consumers, by the index that they have in the whole graph.
class FreshTerms {
 public:
  explicit FreshTerms(const std::vector<ConsumerIndex>& affected) {
    for (Reading reading : kReadings) {
      for (ConsumerIndex consumer : affected) terms_[reading][consumer.value];
    }
  }

  void Add(Reading reading, ConsumerIndex consumer, const ScoreTerm& term) {
    const auto found = terms_[reading].find(consumer.value);
    if (found != terms_[reading].end()) found->second.push_back(term);
  }
  const std::vector<ScoreTerm>* Find(Reading reading, ConsumerIndex consumer) const {
    const auto found = terms_[reading].find(consumer.value);
    return found == terms_[reading].end() ? nullptr : &found->second;
  }

 private:
  ByReading<absl::flat_hash_map<uint32_t, std::vector<ScoreTerm>>> terms_;
};

// Loses every atom on the part of the graph that the affected consumers need.
absl::StatusOr<FreshTerms> Simulate(const Knowledge& knowledge, const std::vector<ConsumerIndex>& needed,
                                    const std::vector<ConsumerIndex>& affected,
                                    const std::vector<AtomLoss>& losses, const Limits& limits) {
  const std::shared_ptr<const Graph> part = knowledge.graph().Restrict(needed);
  auto plan = EvaluationPlan::Create(knowledge.On(part));
  if (!plan.ok()) return plan.status();
  const auto runs = FindDownRuns(**plan, losses, limits, UsedDeployments(*part));
  if (!runs.ok()) return runs.status();
  FreshTerms terms(affected);
  for (uint32_t atom = 0; atom < runs->size(); ++atom) {
    for (Reading reading : kReadings) {
      for (const DownRun& run : *(*runs)[atom][reading]) {
        terms.Add(reading, needed[run.consumer.value], {atom, static_cast<uint32_t>(run.seconds)});
      }
    }
  }
  return terms;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ScoreBoard>> ScoreBoard::Update(const ScoreBoard& before,
                                                                     const Knowledge& knowledge,
                                                                     const AtomCache& atoms,
                                                                     const Hazards& hazards,
                                                                     const Limits& limits) {
  const std::shared_ptr<const ScoreBoard> nothing;
  if (!(before.hazards_ == hazards)) return nothing;
  const std::shared_ptr<const Graph>& graph = knowledge.shared_graph();
  const auto affected = AffectedConsumers(before.graph(), *graph, kNeededMax);
  if (!affected.has_value()) return nothing;
  const auto needed = NeededConsumers(*graph, *affected, kNeededMax);
  if (!needed.has_value()) return nothing;
  std::shared_ptr<ScoreBoard> board(new ScoreBoard(graph, hazards));
  board->atoms_ = ScoredAtomsOf(*graph, atoms, hazards);
  // An atom that comes or goes moves the places of all behind it.
  if (board->atoms_ != before.atoms_) return nothing;
  const auto fresh = Simulate(knowledge, *needed, *affected, LossesOf(atoms, board->atoms_), limits);
  if (!fresh.ok()) return fresh.status();
  const TermSource terms = [&](Reading reading, ConsumerIndex consumer) -> std::span<const ScoreTerm> {
    if (const std::vector<ScoreTerm>* found = fresh->Find(reading, consumer)) return *found;
    return before.TermsOf(reading, consumer);
  };
  board->chunks_ = before.chunks_;
  board->chunks_.resize((graph->consumers().slots() + ConsumerChunk::kConsumers - 1) /
                        ConsumerChunk::kConsumers);
  std::vector<uint32_t> changed;
  for (ConsumerIndex consumer : *affected) changed.push_back(consumer.value / ConsumerChunk::kConsumers);
  for (uint32_t number = 0; number < board->chunks_.size(); ++number) {
    const ConsumerIndex first{number * ConsumerChunk::kConsumers};
    const bool same = first.value < before.graph().consumers().slots() &&
                      &before.graph().consumers().chunk(first) == &graph->consumers().chunk(first) &&
                      !std::binary_search(changed.begin(), changed.end(), number);
    if (!same) board->chunks_[number] = MakeScoreChunk(*graph, board->atoms_, number, terms);
  }
  board->SumUp();
  return std::shared_ptr<const ScoreBoard>(std::move(board));
}

}  // namespace linchpin::engine
