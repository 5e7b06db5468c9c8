#include "services/risk/domain/remedies/score_subject.h"

#include <algorithm>
#include <utility>

#include "services/engine/graph/consumer_chunk.h"
#include "services/engine/score/score.h"

namespace linchpin::risk {

using engine::ConsumerChunk;
using engine::ConsumerIndex;

RemedySubject::RemedySubject(const engine::Graph& graph, std::vector<ConsumerIndex> consumers)
    : consumers_(std::move(consumers)), share_(graph.consumers().slots(), 0) {
  if (consumers_.empty()) {
    for (ConsumerIndex consumer : graph.consumers()) {
      const bool counts = graph.consumers()[consumer].record().kind == engine::ConsumerKind::kApplication;
      if (counts) consumers_.push_back(consumer);
    }
  }
  std::sort(consumers_.begin(), consumers_.end());
  consumers_.erase(std::unique(consumers_.begin(), consumers_.end()), consumers_.end());
  for (ConsumerIndex consumer : consumers_) {
    weight_.push_back(static_cast<double>(graph.consumers()[consumer].record().weight));
    whole_ += weight_.back();
  }
  // Of one consumer its weight says nothing.
  if (consumers_.size() == 1) weight_[0] = whole_ = 1;
  for (size_t i = 0; i < consumers_.size() && whole_ > 0; ++i)
    share_[consumers_[i].value] = weight_[i] / whole_;
}

PerReading RemedySubject::ScoreOf(const Lambdas& lambdas) const {
  PerReading score;
  for (engine::Reading reading : engine::kReadings) score[reading] = ScoreOf(lambdas[reading]);
  return score;
}

double RemedySubject::ScoreOf(const std::vector<double>& lambdas) const {
  double sum = 0, of_chunk = 0;
  uint32_t chunk = 0;
  for (size_t i = 0; i < consumers_.size(); ++i) {
    const uint32_t number = consumers_[i].value / ConsumerChunk::kConsumers;
    if (number != chunk) sum += of_chunk, of_chunk = 0, chunk = number;
    of_chunk += weight_[i] * engine::ScoreOf(lambdas[consumers_[i].value]);
  }
  sum += of_chunk;
  return whole_ > 0 ? sum * (1 / whole_) : 0;
}

}  // namespace linchpin::risk
