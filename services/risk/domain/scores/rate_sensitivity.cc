#include "services/risk/domain/scores/rate_sensitivity.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "services/risk/domain/scores/hazard_set.h"
#include "services/risk/domain/scores/score_points.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

constexpr size_t kClasses = std::size(engine::kAtomClasses);

// What one class does to a score.
struct Follow {
  PerReading slope = {};
  PerReading without = {};
  PerReading twice = {};
};
using ByClass = std::array<Follow, kClasses>;

// Sums of shares by class, of the atoms that take their rate from it.
std::array<double, kClasses> SharesOf(const engine::ScoreBoard& board, Reading reading,
                                      engine::ConsumerIndex consumer) {
  std::array<double, kClasses> shares = {};
  const int64_t tolerated = board.graph().consumers()[consumer].record().max_tolerable_downtime_seconds;
  for (const engine::ScoreTerm& term : board.TermsOf(reading, consumer)) {
    const engine::ScoredAtom& atom = board.atoms()[term.atom];
    if (atom.hazard.source != engine::HazardSource::kClass) continue;
    shares[static_cast<size_t>(atom.atom.atom_class)] +=
        engine::ShareOfTolerance(term.down_seconds, tolerated);
  }
  return shares;
}

// d score / d rate = 100 * exp(-lambda) * sum of shares.
void AddConsumer(const engine::ScoreBoard& board, engine::ConsumerIndex consumer, double weight,
                 ByClass& sums) {
  for (Reading reading : engine::kReadings) {
    const double lambda = board.LambdaOf(reading, consumer), score = engine::ScoreOf(lambda);
    const std::array<double, kClasses> shares = SharesOf(board, reading, consumer);
    for (engine::AtomClass atom_class : engine::kAtomClasses) {
      const auto of = static_cast<size_t>(atom_class);
      const double rate = board.hazards().OfClass(atom_class).rate_per_year;
      sums[of].slope[reading] += weight * (100 - score) * shares[of];
      sums[of].without[reading] += weight * engine::ScoreOf(std::max(0.0, lambda - rate * shares[of]));
      sums[of].twice[reading] += weight * engine::ScoreOf(lambda + rate * shares[of]);
    }
  }
}

ByClass FollowOf(const engine::ScoreBoard& board, const ScoreSubject& subject) {
  ByClass sums = {};
  if (subject.kind == ScoreSubject::Kind::kConsumer) {
    AddConsumer(board, {subject.index}, 1, sums);
    return sums;
  }
  const double whole = board.Portfolio(Reading::kProven).weight;
  if (whole <= 0) return sums;
  for (engine::ConsumerIndex consumer : board.graph().consumers()) {
    const engine::ConsumerRecord& record = board.graph().consumers()[consumer].record();
    if (record.kind != engine::ConsumerKind::kApplication || !board.IsSelected(consumer)) continue;
    AddConsumer(board, consumer, static_cast<double>(record.weight) / whole, sums);
  }
  return sums;
}

// The rate of a class at which the largest contribution to lambda is another atom's.
struct NewDriver {
  double rate;
  uint32_t atom;
};
std::optional<NewDriver> NewDriverOf(const engine::ScoreBoard& board, engine::ConsumerIndex consumer,
                                     engine::AtomClass atom_class) {
  const int64_t tolerated = board.graph().consumers()[consumer].record().max_tolerable_downtime_seconds;
  struct Largest {
    double value = -1;
    double share = 0;
    uint32_t atom = 0;
  } inside, outside;  // Of the class, by share; of all else, by what it adds to lambda.
  for (const engine::ScoreTerm& term : board.TermsOf(Reading::kProven, consumer)) {
    const engine::ScoredAtom& atom = board.atoms()[term.atom];
    const double share = engine::ShareOfTolerance(term.down_seconds, tolerated);
    const bool of_class =
        atom.hazard.source == engine::HazardSource::kClass && atom.atom.atom_class == atom_class;
    Largest& largest = of_class ? inside : outside;
    const double value = of_class ? share : engine::LambdaOf(atom.hazard, share);
    if (value > largest.value) largest = {value, share, term.atom};
  }
  if (inside.value <= 0 || outside.value <= 0) return std::nullopt;
  const double rate = outside.value / inside.share;
  if (rate > engine::kRatePerYearMax) return std::nullopt;
  const bool leads_now = board.hazards().OfClass(atom_class).rate_per_year * inside.share > outside.value;
  return NewDriver{rate, leads_now ? outside.atom : inside.atom};
}

bool IsNothing(const Follow& follow) { return follow.slope == PerReading(); }

}  // namespace

void AddRateSensitivities(const engine::ScoreBoard& board, const ScoreSubject& subject,
                          google::protobuf::RepeatedPtrField<v1::RateSensitivity>& added) {
  if (subject.kind == ScoreSubject::Kind::kVendor) return;
  const ByClass follow = FollowOf(board, subject);
  for (engine::AtomClass atom_class : engine::kAtomClasses) {
    const Follow& of_class = follow[static_cast<size_t>(atom_class)];
    if (IsNothing(of_class)) continue;
    v1::RateSensitivity& message = *added.Add();
    message.set_hazard_class(HazardClassOf(atom_class));
    message.set_rate_per_year(board.hazards().OfClass(atom_class).rate_per_year);
    SetPoints(of_class.slope, *message.mutable_slope());
    SetPoints(of_class.without, *message.mutable_score_without());
    SetPoints(of_class.twice, *message.mutable_score_at_twice());
    if (subject.kind != ScoreSubject::Kind::kConsumer) continue;
    const std::optional<NewDriver> driver = NewDriverOf(board, {subject.index}, atom_class);
    if (!driver.has_value()) continue;
    message.set_rate_of_new_driver(driver->rate);
    message.set_new_driver(board.atoms()[driver->atom].key);
  }
}

}  // namespace linchpin::risk
