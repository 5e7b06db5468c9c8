// The scores of 256 consumers: one immutable piece of a score board, shared between boards where nothing
// changed.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_CHUNK_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_CHUNK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/graph/counted.h"
#include "services/engine/graph/graph.h"
#include "services/engine/levels/reading.h"
#include "services/engine/score/hazards.h"

namespace linchpin::engine {

// One atom on a board.
struct ScoredAtom {
  Atom atom;
  std::string key;
  AtomHazard hazard;
  uint32_t vendor =
      UINT32_MAX;  // To whom it belongs: the vendor itself, a host's provider, a model's developer.

  friend bool operator==(const ScoredAtom&, const ScoredAtom&) = default;
};

// One atom that takes one consumer down.
struct ScoreTerm {
  uint32_t atom = 0;
  uint32_t down_seconds = 0;  // Longest time at level 0 without a break, at most a year.

  friend bool operator==(const ScoreTerm&, const ScoreTerm&) = default;
};

struct ScoreChunk {
  // A sum over the applications of the chunk, each times its weight: by atom, or by vendor.
  using Sums = std::vector<std::pair<uint32_t, double>>;

  // In one reading.
  struct Figures {
    std::vector<uint32_t> begin;  // One more than consumers, into terms.
    std::vector<ScoreTerm> terms;
    std::vector<double> lambda;
    double score_sum = 0;
    Sums parts;  // Ascending by atom.
    Sums falls;  // Ascending by vendor.

    std::span<const ScoreTerm> TermsOf(uint32_t local) const {
      return {terms.data() + begin[local], terms.data() + begin[local + 1]};
    }
  };

  // Readings that agree share one.
  ByReading<std::shared_ptr<const Figures>> readings;
  int64_t applications = 0;
  double weight = 0;

  const Figures& of(Reading reading) const { return *readings[reading]; }
};

// The terms of a consumer in a reading, ascending by atom.
using TermSource = std::function<std::span<const ScoreTerm>(Reading reading, ConsumerIndex consumer)>;

// Fills in what follows from the terms. Sums are over the applications that are selected, by slot; empty:
// all.
std::shared_ptr<const ScoreChunk> MakeScoreChunk(const Graph& graph, const std::vector<ScoredAtom>& atoms,
                                                 uint32_t number, const TermSource& terms,
                                                 const Selected& selected = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_CHUNK_H_
