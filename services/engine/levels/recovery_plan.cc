#include "services/engine/levels/recovery_plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/levels/ready.h"

namespace linchpin::engine {
namespace {

// Rounds around a cycle after which floors that still fall are given up.
constexpr int kRoundsMax = 8;

}  // namespace

class RecoveryPlan::Maker {
 public:
  Maker(const EvaluationPlan& plan, Reading reading, RecoveryPlan& made)
      : plan_(plan), table_(plan.graph().consumers()), reading_(reading), made_(made) {}

  void Make() {
    FindShortPools();
    EntryOf(0);
    Order();
    FindFloors();
    Number();
    for (ConsumerIndex consumer : made_.consumers_) AddConsumer(consumer);
    RankSwitches();
  }

 private:
  // Of the order: up to where it reaches, and whether it is a cycle or a single consumer.
  struct Component {
    uint32_t end;
    bool is_cycle;
  };

  void FindShortPools() {
    is_short_.assign(plan_.graph().deployments().slots(), false);
    for (uint32_t pool = 0; pool < plan_.pool_count(); ++pool) {
      const DeploymentIndex deployment = plan_.DeploymentOfPool(pool);
      is_short_[deployment.value] = CanRunShort(plan_, reading_, Readiness::kSustained, deployment);
    }
  }

  void Order() {
    position_of_.assign(table_.slots(), 0);
    for (uint32_t rank = 0; rank < plan_.node_count(); ++rank) {
      const uint32_t node = plan_.NodeAt(rank);
      if (node >= table_.slots() || !table_.IsLive({node})) continue;
      position_of_[node] = static_cast<uint32_t>(order_.size());
      order_.push_back({node});
    }
  }

  // Calls `visit(row of the alternative, seconds to switch)` for those of a group that can be ready.
  template <typename Visit>
  void ForEachOption(const ConsumerChunk& chunk, uint32_t group, const Visit& visit) const {
    const uint32_t first = chunk.alternative_begin[group], last = chunk.alternative_begin[group + 1];
    visit(first, int64_t{0});
    for (uint32_t row = first + 1; row < last; ++row) {
      const int64_t seconds =
          plan_.SwitchSeconds(reading_, chunk.AlternativeOf(row), chunk.targets[first], chunk.targets[row]);
      if (seconds != EvaluationPlan::kNeverReady) visit(row, seconds);
    }
  }

  // --- Floors ---------------------------------------------------------------------------------------------
  void FindFloors() {
    floor_.assign(table_.slots(), static_cast<int32_t>(kOne));
    for (uint32_t i = 0; i < order_.size();) {
      const auto [end, is_cycle] = ComponentAt(i);
      const bool fell = Lower(i, end);
      if (fell && is_cycle && !LowerUntilStable(i, end)) {
        for (uint32_t at = i; at < end; ++at) floor_[order_[at].value] = 0;
      }
      components_.push_back({end, is_cycle});
      i = end;
    }
  }

  // What is needed comes first, so that a need that points behind or at its consumer closes a cycle;
  // everything between the two is part of it.
  Component ComponentAt(uint32_t i) const {
    uint32_t end = i + 1;
    bool is_cycle = false;
    for (uint32_t at = i; at < end; ++at) {
      const ConsumerChunk& chunk = table_.chunk(order_[at]);
      const uint32_t local = ConsumerTable::Local(order_[at]);
      const uint32_t first = chunk.alternative_begin[chunk.group_begin[local]];
      const uint32_t last = chunk.alternative_begin[chunk.group_begin[local + 1]];
      for (uint32_t row = first; row < last; ++row) {
        if (!chunk.targets[row].is_consumer()) continue;
        const uint32_t needed = position_of_[chunk.targets[row].consumer().value];
        if (needed < at) continue;
        is_cycle = true;
        end = std::max(end, needed + 1);
      }
    }
    return {end, is_cycle};
  }

  // From the top downwards; whether some floor fell.
  bool Lower(uint32_t begin, uint32_t end) {
    bool fell = false;
    for (uint32_t at = begin; at < end; ++at) {
      const int32_t floor = FloorOf(order_[at]);
      fell |= floor < std::exchange(floor_[order_[at].value], floor);
    }
    return fell;
  }
  bool LowerUntilStable(uint32_t begin, uint32_t end) {
    for (int round = 0; round < kRoundsMax; ++round) {
      if (!Lower(begin, end)) return true;
    }
    return false;
  }

  // Step 3 of S5, with every group that is not essential at 0 and every other at its own floor.
  int32_t FloorOf(ConsumerIndex consumer) const {
    const ConsumerChunk& chunk = table_.chunk(consumer);
    const uint32_t local = ConsumerTable::Local(consumer);
    int64_t floor = kOne, may_miss = 0;
    for (uint32_t group = chunk.group_begin[local]; group < chunk.group_begin[local + 1]; ++group) {
      const GroupTerms& terms = chunk.TermsOf(group);
      if (!terms.essential) {
        may_miss += terms.weight_ppm;
      } else if (terms.bridge_seconds > 0) {
        return 0;
      } else {
        floor = std::min(floor, FloorOf(chunk, group));
      }
    }
    floor = std::min(floor, kOne - may_miss);
    return floor >= std::max<int64_t>(1, chunk.records[local].min_viable_ppm) ? static_cast<int32_t>(floor)
                                                                              : 0;
  }

  // Of a group: the least that one of its alternatives delivers alone. More that are up never deliver less.
  int64_t FloorOf(const ConsumerChunk& chunk, uint32_t group) const {
    int64_t least = kOne;
    const int64_t units = chunk.TermsOf(group).units;
    ForEachOption(chunk, group, [&](uint32_t row, int64_t /*seconds*/) {
      const AlternativeTerms& terms = chunk.AlternativeOf(row);
      const auto asked = static_cast<unsigned __int128>(units * terms.share_ppm);
      const auto flow = asked * static_cast<uint64_t>(FloorOf(chunk.targets[row])) / kOne;
      const auto delivered = flow * static_cast<uint64_t>(terms.quality_ppm);
      least = std::min(least, static_cast<int64_t>(delivered / static_cast<uint64_t>(units * kOne)));
    });
    return least;
  }
  int32_t FloorOf(Target target) const {
    if (target.is_consumer()) return floor_[target.consumer().value];
    return is_short_[target.deployment().value] ? 0 : static_cast<int32_t>(kOne);
  }

  // --- Places and options ---------------------------------------------------------------------------------
  void Number() {
    place_of_.assign(table_.slots(), kNoPlace);
    uint32_t i = 0;
    for (const Component& component : components_) {
      for (; i < component.end; ++i) Number(order_[i]);
      made_.component_end_.resize(made_.consumer_count(), made_.consumer_count());
      made_.is_cycle_.resize(made_.consumer_count(), component.is_cycle);
    }
    std::sort(made_.undecided_.begin(), made_.undecided_.end());
    made_.place_count_ = made_.consumer_count();
    made_.place_of_deployment_.assign(plan_.graph().deployments().slots(), kNoPlace);
  }

  void Number(ConsumerIndex consumer) {
    if (floor_[consumer.value] == 0) return made_.undecided_.push_back(consumer);
    place_of_[consumer.value] = made_.consumer_count();
    made_.consumers_.push_back(consumer);
    made_.is_plain_.push_back(floor_[consumer.value] == kOne);
  }

  void AddConsumer(ConsumerIndex consumer) {
    const ConsumerChunk& chunk = table_.chunk(consumer);
    const uint32_t local = ConsumerTable::Local(consumer);
    for (uint32_t group = chunk.group_begin[local]; group < chunk.group_begin[local + 1]; ++group) {
      if (!chunk.TermsOf(group).essential) continue;
      ForEachOption(chunk, group, [&](uint32_t row, int64_t seconds) {
        made_.options_.push_back({PlaceOf(chunk.targets[row]), EntryOf(seconds)});
      });
      made_.options_.back().code |= kLastBit;
    }
    made_.begin_.push_back(static_cast<uint32_t>(made_.options_.size()));
  }
  uint32_t PlaceOf(Target target) {
    if (target.is_consumer()) return place_of_[target.consumer().value];
    uint32_t& place = made_.place_of_deployment_[target.deployment().value];
    if (place == kNoPlace) place = made_.place_count_++;
    return place;
  }

  // Of a switch time, in the order in which they are met.
  uint32_t EntryOf(int64_t seconds) {
    const auto [entry, is_new] =
        entry_of_.try_emplace(seconds, static_cast<uint32_t>(made_.switches_.size()));
    if (is_new) made_.switches_.push_back(seconds);
    return entry->second;
  }
  // From entries to ranks.
  void RankSwitches() {
    std::sort(made_.switches_.begin(), made_.switches_.end());
    std::vector<uint32_t> rank_of(made_.switches_.size());
    for (uint32_t rank = 0; rank < rank_of.size(); ++rank) rank_of[entry_of_[made_.switches_[rank]]] = rank;
    for (Option& option : made_.options_) option.rank = rank_of[option.rank];
  }

  const EvaluationPlan& plan_;
  const ConsumerTable& table_;
  const Reading reading_;
  RecoveryPlan& made_;
  std::vector<bool> is_short_;         // By deployment.
  std::vector<ConsumerIndex> order_;   // Of solving.
  std::vector<uint32_t> position_of_;  // In order_, by consumer.
  std::vector<Component> components_;
  std::vector<int32_t> floor_;      // By consumer.
  std::vector<uint32_t> place_of_;  // By consumer.
  absl::flat_hash_map<int64_t, uint32_t> entry_of_;
};

RecoveryPlan::RecoveryPlan(const EvaluationPlan& plan, Reading reading) {
  Maker(plan, reading, *this).Make();
}

}  // namespace linchpin::engine
