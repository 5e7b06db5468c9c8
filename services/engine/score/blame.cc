#include "services/engine/score/blame.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace linchpin::engine {
namespace {

// What one settled instant says of the consumer.
struct Moment {
  int64_t t = 0;
  bool down = false;
  std::vector<BlamedGroup> groups;  // Who is to blame, if it is down; `share` is not set.
};

// Reads one consumer's groups off a solver.
class GroupReader {
 public:
  GroupReader(const Solver& solver, ConsumerIndex consumer)
      : solver_(solver), graph_(solver.plan().graph()), consumer_(consumer) {}

  bool IsDown() const {
    return solver_.state().level[consumer_.value] == 0 && solver_.baseline().level[consumer_.value] > 0;
  }

  std::vector<BlamedGroup> Blame() const {
    std::vector<uint32_t> fatal, short_of;
    const ConsumerView view = graph_.consumers()[consumer_];
    for (uint32_t group = 0; group < view.group_count(); ++group) {
      const int32_t delivery = DeliveryOf(solver_.state(), consumer_, group);
      const bool alone = delivery == 0 || delivery < view.record().min_viable_ppm;
      if (view.group(group).terms().essential && alone) fatal.push_back(group);
      if (delivery < DeliveryOf(solver_.baseline(), consumer_, group)) short_of.push_back(group);
    }
    std::vector<BlamedGroup> blamed;
    for (uint32_t group : fatal.empty() ? short_of : fatal) blamed.push_back(Describe(group));
    return blamed;
  }

 private:
  int32_t DeliveryOf(const State& state, ConsumerIndex consumer, uint32_t group) const {
    return state.delivery[graph_.consumers().GroupNumber(consumer, group)];
  }
  int32_t LevelOf(Target target) const {
    return target.is_consumer() ? solver_.state().level[target.consumer().value]
                                : solver_.DeploymentLevel(target.deployment());
  }

  Gap GapOf(const GroupView& group, uint32_t k, uint32_t number) const {
    if (LevelOf(group.target(k)) == 0) return Gap::kSharedFate;
    if (k == 0 || solver_.IsPrepared(number)) return Gap::kTooSmall;
    const int64_t seconds = solver_.plan().SwitchSeconds(solver_.reading(), group.alternative(k),
                                                         group.target(0), group.target(k));
    if (seconds == 0) return Gap::kTooSmall;
    return seconds == EvaluationPlan::kNeverReady ? Gap::kUnknownSwitch : Gap::kSlowSwitch;
  }

  BlamedGroup Describe(uint32_t ordinal) const {
    const GroupView group = graph_.consumers()[consumer_].group(ordinal);
    BlamedGroup blamed{.group = ordinal};
    const ConsumerChunk& chunk = graph_.consumers().chunk(consumer_);
    const uint32_t row = chunk.group_begin[ConsumerTable::Local(consumer_)] + ordinal;
    const uint32_t first = graph_.consumers().AlternativeBase(consumer_) + chunk.alternative_begin[row];
    for (uint32_t k = 0; k < group.size(); ++k) blamed.alternatives.push_back(GapOf(group, k, first + k));
    blamed.gap = GapOf(blamed.alternatives);
    blamed.path = PathFrom(ordinal);
    return blamed;
  }

  // Of a dependency, from its alternatives: a fallback that only takes time says more than one that is lost.
  static Gap GapOf(const std::vector<Gap>& alternatives) {
    if (alternatives.size() == 1) {
      return alternatives[0] == Gap::kSharedFate ? Gap::kNoFallback : Gap::kTooSmall;
    }
    for (Gap gap : {Gap::kSlowSwitch, Gap::kUnknownSwitch, Gap::kTooSmall}) {
      if (std::find(alternatives.begin(), alternatives.end(), gap) != alternatives.end()) return gap;
    }
    return Gap::kSharedFate;
  }

  // Down along what delivers less, by the first alternative that is below its best, to a deployment.
  std::vector<Target> PathFrom(uint32_t ordinal) const {
    std::vector<Target> path = {Target(consumer_)};
    absl::flat_hash_set<uint32_t> seen = {consumer_.value};
    ConsumerIndex at = consumer_;
    while (true) {
      const Target next = WorstOf(graph_.consumers()[at].group(ordinal));
      path.push_back(next);
      if (!next.is_consumer() || !seen.insert(next.consumer().value).second) return path;
      at = next.consumer();
      const std::optional<uint32_t> group = ShortOf(at);
      if (!group.has_value()) return path;
      ordinal = *group;
    }
  }
  Target WorstOf(const GroupView& group) const {
    uint32_t worst = 0;
    for (uint32_t k = 1; k < group.size(); ++k) {
      if (LevelOf(group.target(k)) < LevelOf(group.target(worst))) worst = k;
    }
    return group.target(worst);
  }
  std::optional<uint32_t> ShortOf(ConsumerIndex consumer) const {
    std::optional<uint32_t> found;
    const uint32_t count = graph_.consumers()[consumer].group_count();
    for (uint32_t group = 0; group < count; ++group) {
      const int32_t delivery = DeliveryOf(solver_.state(), consumer, group);
      if (delivery >= DeliveryOf(solver_.baseline(), consumer, group)) continue;
      if (!found.has_value() || delivery < DeliveryOf(solver_.state(), consumer, *found)) found = group;
    }
    return found;
  }

  const Solver& solver_;
  const Graph& graph_;
  const ConsumerIndex consumer_;
};

// The moments [first, last) of the longest time down; the first of several.
std::pair<size_t, size_t> LongestRun(const std::vector<Moment>& moments) {
  std::pair<size_t, size_t> longest = {0, 0};
  int64_t length = 0;
  for (size_t first = 0; first < moments.size();) {
    if (!moments[first].down) {
      ++first;
      continue;
    }
    size_t last = first;
    while (last < moments.size() && moments[last].down) ++last;
    const int64_t end = last < moments.size() ? moments[last].t : kYearSeconds;
    if (end - moments[first].t > length) {
      length = end - moments[first].t;
      longest = {first, last};
    }
    first = last;
  }
  return longest;
}

std::vector<BlamedGroup> Divide(std::vector<Moment> moments) {
  const auto [first, last] = LongestRun(moments);
  std::map<uint32_t, std::pair<int64_t, BlamedGroup>>
      by_group;  // With the longest moment that it is told of.
  double whole = 0;
  for (size_t i = first; i < last; ++i) {
    const int64_t length = (i + 1 < moments.size() ? moments[i + 1].t : kYearSeconds) - moments[i].t;
    if (moments[i].groups.empty()) continue;
    whole += static_cast<double>(length);
    const double part = static_cast<double>(length) / static_cast<double>(moments[i].groups.size());
    for (BlamedGroup& group : moments[i].groups) {
      auto& [longest, kept] = by_group[group.group];
      const double share = kept.share + part;
      if (length > longest) {
        longest = length;
        kept = std::move(group);
      }
      kept.share = share;
    }
  }
  std::vector<BlamedGroup> blamed;
  for (auto& [ordinal, entry] : by_group) {
    entry.second.share /= whole;
    blamed.push_back(std::move(entry.second));
  }
  return blamed;
}

}  // namespace

absl::StatusOr<std::vector<BlamedGroup>> BlameFinder::Find(Reading reading, ConsumerIndex consumer,
                                                           const AtomIndex& index,
                                                           const AtomIndex::Entry& entry,
                                                           const AtomHazard& hazard) {
  std::unique_ptr<Timeline>& timeline = timelines_[reading];
  if (timeline == nullptr) {
    absl::StatusOr<std::unique_ptr<Timeline>> made = Timeline::Create(plan_, reading, limits_);
    if (!made.ok()) return made.status();
    timeline = *std::move(made);
  }
  std::vector<Moment> moments;
  const auto settled = [&](int64_t t, const Solver& solver) {
    const GroupReader now(solver, consumer);
    moments.push_back({.t = t, .down = now.IsDown(), .groups = {}});
    if (moments.back().down) moments.back().groups = now.Blame();
  };
  const Scenario scenario{{CutoffOf(plan_.graph(), entry.atom, hazard)}, kYearSeconds};
  auto runs = timeline->RunDown(scenario, {index.HitsOf(entry, reading)}, settled);
  if (!runs.ok()) return runs.status();
  return Divide(std::move(moments));
}

}  // namespace linchpin::engine
