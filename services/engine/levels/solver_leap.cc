// Around a cycle levels can fall by a millionth a round. Then a bound of them all is found at once, and the
// solver goes on from there: it is above the greatest fix-point, so that nothing but the time changes.
#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "services/engine/levels/cycle_bound.h"
#include "services/engine/levels/solver.h"

namespace linchpin::engine {
namespace {

// A cycle of more consumers than this is not looked at.
constexpr size_t kMembersMax = 4000;
constexpr double kWhole = static_cast<double>(kOne);

using Members = absl::flat_hash_map<uint32_t, uint32_t>;  // By consumer: the place in the order found.

// All that `step` leads to from `from`, itself included; nothing if it is too much.
template <typename Step>
std::optional<Members> Reach(ConsumerIndex from, const Step& step) {
  Members met{{from.value, 0}};
  std::vector<ConsumerIndex> open{from};
  while (!open.empty()) {
    const ConsumerIndex at = open.back();
    open.pop_back();
    step(at, [&](ConsumerIndex next) {
      if (met.try_emplace(next.value, static_cast<uint32_t>(met.size())).second) open.push_back(next);
    });
    if (met.size() > kMembersMax) return std::nullopt;
  }
  return met;
}

// Consumers that need each other and this one, ascending; nothing if there are none or too many.
std::vector<ConsumerIndex> CycleAround(const Graph& graph, ConsumerIndex consumer) {
  const auto down = Reach(consumer, [&graph](ConsumerIndex at, const auto& visit) {
    const ConsumerView view = graph.consumers()[at];
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      for (Target target : view.group(g).targets()) {
        if (target.is_consumer()) visit(target.consumer());
      }
    }
  });
  if (!down.has_value()) return {};
  const auto both = Reach(consumer, [&](ConsumerIndex at, const auto& visit) {
    graph.ForEachDependent(Target(at), [&](const Dependent& dependent) {
      if (down->contains(dependent.consumer_value)) visit(dependent.consumer());
    });
  });
  std::vector<ConsumerIndex> members;
  if (!both.has_value() || both->size() < 2) return members;
  for (const auto& [member, place] : *both) members.push_back({member});
  std::sort(members.begin(), members.end());
  return members;
}

}  // namespace

// The affine bounds of S5 for the levels of the members, read at the current state: of a minimum any operand
// is a bound, and that one is taken that is least now.
class Solver::CycleReader {
 public:
  CycleReader(const Solver& solver, const std::vector<ConsumerIndex>& members) : solver_(solver) {
    for (ConsumerIndex member : members)
      place_of_.emplace(member.value, static_cast<uint32_t>(place_of_.size()));
  }

  AffineBound BoundOf(ConsumerIndex consumer) const {
    const State& state = solver_.state_;
    const int64_t carried = kOne - state.shortfall[consumer.value] / kOne;
    return state.essential[consumer.value] <= carried ? OfEssential(consumer) : OfOthers(consumer);
  }

 private:
  AffineBound OfEssential(ConsumerIndex consumer) const {
    const uint32_t groups = solver_.graph_.consumers()[consumer].group_count();
    std::optional<uint32_t> least;
    int32_t delivery = 0;
    for (uint32_t g = 0; g < groups; ++g) {
      const GroupPosition position = solver_.PositionOf(consumer, g);
      if (!position.chunk->TermsOf(position.row).essential) continue;
      const int32_t of_group = solver_.state_.delivery[position.number];
      if (!least.has_value() || of_group < delivery) least = g, delivery = of_group;
    }
    AffineBound bound;
    if (least.has_value()) {
      AddDelivery(solver_.PositionOf(consumer, *least), 1, bound);
    } else {
      bound.constant = kWhole;
    }
    return bound;
  }

  // ONE less the shortfall, which is rounded down.
  AffineBound OfOthers(ConsumerIndex consumer) const {
    AffineBound bound{.constant = kWhole + 1};
    const uint32_t groups = solver_.graph_.consumers()[consumer].group_count();
    for (uint32_t g = 0; g < groups; ++g) {
      const GroupPosition position = solver_.PositionOf(consumer, g);
      const GroupTerms& terms = position.chunk->TermsOf(position.row);
      if (terms.essential) continue;
      bound.constant -= terms.weight_ppm;
      AddDelivery(position, terms.weight_ppm / kWhole, bound);
    }
    return bound;
  }

  // Adds `times` what the group is delivered: the sum over its alternatives of how much the quality falls
  // behind it times what the group has after it.
  void AddDelivery(const GroupPosition& position, double times, AffineBound& bound) const {
    const ConsumerChunk& chunk = *position.chunk;
    const GroupTerms& terms = chunk.TermsOf(position.row);
    if (solver_.bridges_ != nullptr && terms.bridge_seconds > 0) {
      bound.constant += times * solver_.state_.delivery[position.number];
      return;
    }
    const uint32_t first = chunk.alternative_begin[position.row];
    const auto count = static_cast<uint32_t>(chunk.TargetsOf(position.row).size());
    std::vector<uint32_t> ready;
    for (uint32_t k = 0; k < count; ++k) {
      if (solver_.IsReady(position, k, chunk.AlternativeOf(first + k))) ready.push_back(k);
    }
    AffineBound had;  // As a share of ONE.
    for (size_t i = 0; i < ready.size(); ++i) {
      had = After(position, ready[i], had);
      const double quality = chunk.AlternativeOf(first + ready[i]).quality_ppm;
      const double next = i + 1 < ready.size() ? chunk.AlternativeOf(first + ready[i + 1]).quality_ppm : 0;
      const double factor = times * (quality - next) / kWhole;
      bound.constant += factor * had.constant;
      for (const auto& [place, of] : had.terms) bound.Add(place, factor * of);
    }
  }

  // What the group has after alternative k, as a share of ONE, given a bound of what it has before.
  AffineBound After(const GroupPosition& position, uint32_t k, const AffineBound& before) const {
    const ConsumerChunk& chunk = *position.chunk;
    const GroupTerms& terms = chunk.TermsOf(position.row);
    const double demand = static_cast<double>(terms.units) * kWhole;
    if (solver_.FilledBefore(position, k + 1) >= terms.units * kOne) return {.constant = kWhole};
    const uint32_t row = chunk.alternative_begin[position.row] + k;
    const double share = chunk.AlternativeOf(row).share_ppm / kWhole;
    const Target target = chunk.targets[row];
    AffineBound after = before;
    if (!target.is_consumer()) {
      const uint32_t pool = solver_.plan_.PoolOf(target.deployment());
      if (pool != EvaluationPlan::kNoPool) {
        const uint32_t entry = solver_.plan_.EntryOf(position.alternative_number + k);
        return {.constant = static_cast<double>(solver_.state_.filled[entry]) / demand * kWhole};
      }
      after.constant += share * solver_.deployment_level_[target.deployment().value];
      return after;
    }
    const auto member = place_of_.find(target.consumer().value);
    if (member == place_of_.end()) {
      after.constant += share * solver_.state_.level[target.consumer().value];
    } else {
      after.Add(member->second, share);
    }
    return after;
  }

  const Solver& solver_;
  Members place_of_;
};

bool Solver::Leap() {
  if (settling_ >= graph_.consumers().slots()) return false;
  const std::vector<ConsumerIndex> members = CycleAround(graph_, {settling_});
  if (members.empty()) return false;
  const CycleReader reader(*this, members);
  std::vector<AffineBound> bounds;
  for (ConsumerIndex member : members) bounds.push_back(reader.BoundOf(member));
  const auto highest = BoundCycle(bounds);
  if (!highest.has_value()) return false;
  bool fell = false;
  for (size_t i = 0; i < members.size(); ++i) {
    if (std::floor((*highest)[i]) >= state_.level[members[i].value]) continue;
    LowerLevel(members[i], static_cast<int32_t>((*highest)[i]));
    fell = true;
  }
  return fell;
}

}  // namespace linchpin::engine
