#include "services/engine/score/score_chunk.h"

#include <algorithm>

#include "services/engine/score/score.h"

namespace linchpin::engine {
namespace {

constexpr uint32_t kNobody = UINT32_MAX;

// Whether a consumer is one of those that sums are over.
bool SumsUp(const ConsumerTable& consumers, ConsumerIndex consumer, const Selected& selected) {
  return consumers[consumer].record().kind == ConsumerKind::kApplication &&
         (selected.empty() || selected[consumer.value]);
}

// Adds up by key, in the order of keys.
class Summer {
 public:
  void Add(uint32_t key, double value) { sums_.emplace_back(key, value); }
  ScoreChunk::Sums Finish() {
    std::stable_sort(sums_.begin(), sums_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    ScoreChunk::Sums merged;
    for (const auto& [key, value] : sums_) {
      if (merged.empty() || merged.back().first != key) merged.emplace_back(key, 0);
      merged.back().second += value;
    }
    return merged;
  }

 private:
  ScoreChunk::Sums sums_;
};

// The figures of one chunk in one reading on their way. First all consumers are added, then they are weighed.
class FiguresMaker {
 public:
  FiguresMaker(const Graph& graph, const std::vector<ScoredAtom>& atoms, uint32_t first,
               const Selected& selected)
      : consumers_(graph.consumers()), atoms_(atoms), first_(first), selected_(selected) {
    made_.begin.push_back(0);
  }

  void Add(std::span<const ScoreTerm> terms) {
    made_.terms.insert(made_.terms.end(), terms.begin(), terms.end());
    made_.begin.push_back(static_cast<uint32_t>(made_.terms.size()));
  }
  bool IsAs(const ScoreChunk::Figures& other) const {
    return made_.begin == other.begin && made_.terms == other.terms;
  }

  std::shared_ptr<const ScoreChunk::Figures> Finish() {
    for (uint32_t local = 0; local < ConsumerChunk::kConsumers; ++local) Weigh(local);
    made_.parts = parts_.Finish();
    made_.falls = falls_.Finish();
    made_.terms.shrink_to_fit();
    return std::make_shared<const ScoreChunk::Figures>(std::move(made_));
  }

 private:
  void Weigh(uint32_t local) {
    made_.lambda.push_back(0);
    const std::span<const ScoreTerm> terms = made_.TermsOf(local);
    if (terms.empty()) return;
    const ConsumerRecord& record = consumers_[{first_ + local}].record();
    lambdas_.clear();
    for (const ScoreTerm& term : terms) {
      const double share = ShareOfTolerance(term.down_seconds, record.max_tolerable_downtime_seconds);
      lambdas_.push_back(LambdaOf(atoms_[term.atom].hazard, share));
      made_.lambda.back() += lambdas_.back();
    }
    if (SumsUp(consumers_, {first_ + local}, selected_)) Sum(static_cast<double>(record.weight), terms);
  }

  void Sum(double weight, std::span<const ScoreTerm> terms) {
    const double lambda = made_.lambda.back(), score = ScoreOf(lambda);
    made_.score_sum += weight * score;
    of_vendor_.clear();
    for (size_t i = 0; i < terms.size(); ++i) {
      parts_.Add(terms[i].atom, weight * PartOf(score, lambdas_[i], lambda));
      const uint32_t vendor = atoms_[terms[i].atom].vendor;
      if (vendor != kNobody) of_vendor_.emplace_back(vendor, lambdas_[i]);
    }
    std::stable_sort(of_vendor_.begin(), of_vendor_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < of_vendor_.size();) {
      const uint32_t vendor = of_vendor_[i].first;
      double without = lambda;
      for (; i < of_vendor_.size() && of_vendor_[i].first == vendor; ++i) without -= of_vendor_[i].second;
      falls_.Add(vendor, weight * (score - ScoreOf(std::max(0.0, without))));
    }
  }

  const ConsumerTable& consumers_;
  const std::vector<ScoredAtom>& atoms_;
  const uint32_t first_;
  const Selected& selected_;
  ScoreChunk::Figures made_;
  Summer parts_, falls_;
  std::vector<double> lambdas_;
  ScoreChunk::Sums of_vendor_;
};

}  // namespace

std::shared_ptr<const ScoreChunk> MakeScoreChunk(const Graph& graph, const std::vector<ScoredAtom>& atoms,
                                                 uint32_t number, const TermSource& terms,
                                                 const Selected& selected) {
  auto chunk = std::make_shared<ScoreChunk>();
  const uint32_t first = number * ConsumerChunk::kConsumers;
  const ConsumerTable& consumers = graph.consumers();
  std::shared_ptr<const ScoreChunk::Figures> last;
  for (Reading reading : kReadings) {
    FiguresMaker maker(graph, atoms, first, selected);
    for (uint32_t value = first; value < first + ConsumerChunk::kConsumers; ++value) {
      maker.Add(consumers.IsLive({value}) ? terms(reading, {value}) : std::span<const ScoreTerm>());
    }
    if (last == nullptr || !maker.IsAs(*last)) last = maker.Finish();
    chunk->readings[reading] = last;
  }
  for (uint32_t value = first; value < first + ConsumerChunk::kConsumers; ++value) {
    if (!consumers.IsLive({value}) || !SumsUp(consumers, {value}, selected)) continue;
    ++chunk->applications;
    chunk->weight += static_cast<double>(consumers[{value}].record().weight);
  }
  return chunk;
}

}  // namespace linchpin::engine
