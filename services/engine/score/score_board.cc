#include "services/engine/score/score_board.h"

#include <utility>

#include "services/engine/score/down_runs.h"

namespace linchpin::engine {
namespace {

uint32_t VendorOf(const Graph& graph, const Atom& atom) {
  switch (atom.atom_class) {
    case AtomClass::kVendor:
      return atom.index;
    case AtomClass::kHost: {
      const Fact<VendorIndex>& provider = graph.hosts()[{atom.index}].provider;
      return provider.has_value() ? provider.value().value : UINT32_MAX;
    }
    case AtomClass::kModel: {
      const std::optional<VendorIndex> developer = graph.models()[{atom.index}].developer;
      return developer.has_value() ? developer->value : UINT32_MAX;
    }
    case AtomClass::kLicence:
    case AtomClass::kWeights:
    case AtomClass::kServices:
      break;
  }
  return UINT32_MAX;
}

// The runs of all atoms, turned round: by consumer.
class TermTable {
 public:
  TermTable(uint32_t consumers, const std::vector<ByReading<DownRuns>>& runs) {
    for (Reading reading : kReadings) {
      std::vector<uint32_t>& begin = begin_[reading];
      begin.assign(consumers + 2, 0);
      for (const auto& of_atom : runs) {
        for (const DownRun& run : *of_atom[reading]) ++begin[run.consumer.value + 2];
      }
      for (size_t i = 2; i < begin.size(); ++i) begin[i] += begin[i - 1];
      terms_[reading].resize(begin.back());
      for (uint32_t atom = 0; atom < runs.size(); ++atom) {
        for (const DownRun& run : *runs[atom][reading]) {
          terms_[reading][begin[run.consumer.value + 1]++] = {atom, static_cast<uint32_t>(run.seconds)};
        }
      }
    }
  }

  std::span<const ScoreTerm> Of(Reading reading, ConsumerIndex consumer) const {
    const ScoreTerm* terms = terms_[reading].data();
    return {terms + begin_[reading][consumer.value], terms + begin_[reading][consumer.value + 1]};
  }

 private:
  ByReading<std::vector<uint32_t>> begin_;
  ByReading<std::vector<ScoreTerm>> terms_;
};

}  // namespace

std::vector<ScoredAtom> ScoreBoard::ScoredAtomsOf(const Graph& graph, const AtomCache& atoms,
                                                  const Hazards& hazards) {
  std::vector<ScoredAtom> scored;
  for (AtomClass atom_class : kAtomClasses) {
    for (const AtomIndex::Entry& entry : atoms.Of(atom_class).entries()) {
      scored.push_back(
          {entry.atom, entry.key, hazards.Of(atom_class, entry.key), VendorOf(graph, entry.atom)});
    }
  }
  return scored;
}

std::vector<AtomLoss> ScoreBoard::LossesOf(const AtomCache& atoms, const std::vector<ScoredAtom>& scored) {
  std::vector<AtomLoss> losses;
  for (AtomClass atom_class : kAtomClasses) {
    const AtomIndex& index = atoms.Of(atom_class);
    for (const AtomIndex::Entry& entry : index.entries()) {
      losses.push_back({&index, &entry, scored[losses.size()].hazard});
    }
  }
  return losses;
}

absl::StatusOr<std::shared_ptr<const ScoreBoard>> ScoreBoard::Create(const EvaluationPlan& plan,
                                                                     const AtomCache& atoms,
                                                                     const Hazards& hazards,
                                                                     const Limits& limits) {
  const Graph& graph = plan.graph();
  std::shared_ptr<ScoreBoard> board(new ScoreBoard(plan.shared_graph(), hazards));
  board->atoms_ = ScoredAtomsOf(graph, atoms, hazards);
  const auto runs = FindDownRuns(plan, LossesOf(atoms, board->atoms_), limits);
  if (!runs.ok()) return runs.status();
  const TermTable table(graph.consumers().slots(), *runs);
  const TermSource terms = [&table](Reading reading, ConsumerIndex consumer) {
    return table.Of(reading, consumer);
  };
  for (uint32_t number = 0; number * ConsumerChunk::kConsumers < graph.consumers().slots(); ++number) {
    board->chunks_.push_back(MakeScoreChunk(graph, board->atoms_, number, terms));
  }
  board->SumUp();
  return board;
}

std::shared_ptr<const ScoreBoard> ScoreBoard::Count(Selected selected) const {
  std::shared_ptr<ScoreBoard> board(new ScoreBoard(graph_, hazards_));
  board->selected_ = std::move(selected);
  board->atoms_ = atoms_;
  const TermSource terms = [this](Reading reading, ConsumerIndex consumer) {
    return TermsOf(reading, consumer);
  };
  for (uint32_t number = 0; number < chunks_.size(); ++number) {
    board->chunks_.push_back(MakeScoreChunk(*graph_, atoms_, number, terms, board->selected_));
  }
  board->SumUp();
  return board;
}

void ScoreBoard::SumUp() {
  for (Reading reading : kReadings) {
    PortfolioScore& portfolio = portfolio_[reading];
    portfolio = {};
    portfolio.parts.assign(atoms_.size(), 0);
    portfolio.falls.assign(graph_->vendors().slots(), 0);
    for (const auto& chunk : chunks_) {
      const ScoreChunk::Figures& part = chunk->of(reading);
      portfolio.applications += chunk->applications;
      portfolio.weight += chunk->weight;
      portfolio.score += part.score_sum;
      for (const auto& [atom, sum] : part.parts) portfolio.parts[atom] += sum;
      for (const auto& [vendor, sum] : part.falls) portfolio.falls[vendor] += sum;
    }
    const double scale = portfolio.weight > 0 ? 1 / portfolio.weight : 0;
    portfolio.score *= scale;
    for (double& part : portfolio.parts) part *= scale;
    for (double& fall : portfolio.falls) fall *= scale;
  }
}

}  // namespace linchpin::engine
