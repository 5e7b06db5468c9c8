#include "services/risk/domain/scores/ranking_sensitivity.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

constexpr size_t kClasses = std::size(engine::kAtomClasses);

// A consumer's lambda, and by how much it rises with the rate of each class: the shares of the atoms that
// take their rate from their class.
struct Line {
  double lambda = 0;
  std::array<double, kClasses> slope = {};
};

Line LineOf(const engine::ScoreBoard& board, engine::ConsumerIndex consumer) {
  Line line{.lambda = board.LambdaOf(Reading::kProven, consumer)};
  const int64_t tolerated = board.graph().consumers()[consumer].record().max_tolerable_downtime_seconds;
  for (const engine::ScoreTerm& term : board.TermsOf(Reading::kProven, consumer)) {
    const engine::ScoredAtom& atom = board.atoms()[term.atom];
    if (atom.hazard.source != engine::HazardSource::kClass) continue;
    line.slope[static_cast<size_t>(atom.atom.atom_class)] +=
        engine::ShareOfTolerance(term.down_seconds, tolerated);
  }
  return line;
}

// Of two neighbours, the upper one first: the rate at which they meet, if they do.
std::optional<double> Meeting(const Line& upper, const Line& lower, size_t at, double rate) {
  const double gap = upper.lambda - lower.lambda, closing = lower.slope[at] - upper.slope[at];
  if (gap <= 0 || closing == 0) return std::nullopt;
  const double meeting = rate + gap / closing;
  if (meeting < 0 || meeting > engine::kRatePerYearMax) return std::nullopt;
  return meeting;
}

std::string NameOf(const engine::ScoreBoard& board, uint32_t consumer) {
  return std::string(board.graph().consumers().NameOf({consumer}));
}

}  // namespace

void AddRankingSensitivities(const engine::ScoreBoard& board, std::span<const uint32_t> ranked,
                             google::protobuf::RepeatedPtrField<v1::RankingSensitivity>& added) {
  std::vector<Line> lines;
  for (uint32_t consumer : ranked) lines.push_back(LineOf(board, {consumer}));
  for (engine::AtomClass atom_class : engine::kAtomClasses) {
    const auto at = static_cast<size_t>(atom_class);
    if (std::none_of(lines.begin(), lines.end(), [at](const Line& line) { return line.slope[at] > 0; }))
      continue;
    v1::RankingSensitivity& message = *added.Add();
    message.set_hazard_class(HazardClassOf(atom_class));
    const double rate = board.hazards().OfClass(atom_class).rate_per_year;
    message.set_rate_per_year(rate);
    for (size_t i = 0; i + 1 < lines.size(); ++i) {
      const std::optional<double> meeting = Meeting(lines[i], lines[i + 1], at, rate);
      if (!meeting.has_value()) continue;
      const bool lower = *meeting < rate;
      if (lower && message.has_lower_rate() && message.lower_rate() >= *meeting) continue;
      if (!lower && message.has_higher_rate() && message.higher_rate() <= *meeting) continue;
      lower ? message.set_lower_rate(*meeting) : message.set_higher_rate(*meeting);
      auto& pair = lower ? *message.mutable_lower_pair() : *message.mutable_higher_pair();
      pair.Clear();
      *pair.Add() = NameOf(board, ranked[i]);
      *pair.Add() = NameOf(board, ranked[i + 1]);
    }
  }
}

}  // namespace linchpin::risk
