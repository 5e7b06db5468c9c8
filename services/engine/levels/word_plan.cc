#include "services/engine/levels/word_plan.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/levels/ready.h"

namespace linchpin::engine {

WordPlan::WordPlan(const EvaluationPlan& plan, Reading reading, Readiness readiness, const State& baseline) {
  const Graph& graph = plan.graph();
  consumer_begin_ = graph.deployments().slots();
  is_short_.assign(graph.deployments().slots(), false);
  for (uint32_t pool = 0; pool < plan.pool_count(); ++pool) {
    const DeploymentIndex deployment = plan.DeploymentOfPool(pool);
    is_short_[deployment.value] = CanRunShort(plan, reading, readiness, deployment);
  }
  Order(plan);
  codes_.reserve(graph.consumers().alternative_count());
  begin_.reserve(consumers_.size() + 1);
  group_begin_.reserve(consumers_.size() + 1);
  for (ConsumerIndex consumer : consumers_) AddConsumer(plan, reading, readiness, baseline, consumer);
  FindCycles();
  FindAlike(plan, baseline);
  place_of_ = {};
  is_short_ = {};
}

void WordPlan::Order(const EvaluationPlan& plan) {
  const ConsumerTable& table = plan.graph().consumers();
  place_of_.assign(table.slots(), UINT32_MAX);
  for (uint32_t rank = 0; rank < plan.node_count(); ++rank) {
    const uint32_t node = plan.NodeAt(rank);
    if (node >= table.slots() || !table.IsLive({node})) continue;
    place_of_[node] = place_count();
    consumers_.push_back({node});
  }
}

void WordPlan::AddConsumer(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                           const State& baseline, ConsumerIndex consumer) {
  const ConsumerView view = plan.graph().consumers()[consumer];
  uint8_t traits = 0;
  const auto is_full = [&](Target target) {
    return target.is_consumer() ? baseline.level[target.consumer().value] == kOne
                                : !is_short_[target.deployment().value];
  };
  for (uint32_t g = 0; g < view.group_count(); ++g) {
    const GroupView group = view.group(g);
    bool is_plain = group.terms().essential, first_carries = false;
    for (uint32_t k = 0; k < group.size(); ++k) {
      const AlternativeTerms& terms = group.alternative(k);
      if (!IsReadyIn(plan, reading, readiness, group, k)) continue;
      const Target target = group.target(k);
      const bool carries = terms.share_ppm == kOne && terms.quality_ppm == kOne && is_full(target);
      first_carries |= k == 0 && carries;
      is_plain &= carries;
      if (!target.is_consumer() && is_short_[target.deployment().value]) traits |= kPool;
      codes_.push_back(target.is_consumer() ? place_of_[target.consumer().value] : target.deployment().value);
    }
    codes_.back() |= kLastBit;
    if (!is_plain) traits |= kNumbers;
    groups_.push_back({group.terms().essential, first_carries, g});
  }
  if ((traits & kNumbers) == 0) groups_.resize(group_begin_.back());  // Nobody asks for those of a plain one.
  all_plain_ &= (traits & kNumbers) == 0;
  traits_.push_back(traits);
  begin_.push_back(static_cast<uint32_t>(codes_.size()));
  group_begin_.push_back(static_cast<uint32_t>(groups_.size()));
}

// What is needed comes first, so that a need that points behind or at its consumer closes a cycle; everything
// between the two is part of it.
void WordPlan::FindCycles() {
  component_end_.resize(consumers_.size());
  for (uint32_t i = 0; i < consumers_.size();) {
    uint32_t end = i + 1;
    bool is_cycle = false;
    for (uint32_t at = i; at < end; ++at) {
      for (uint32_t code : CodesOf(at)) {
        const uint32_t place = code & kPlaceMask;
        if (place < consumer_begin_ + at) continue;
        is_cycle = true;
        end = std::max(end, place - consumer_begin_ + 1);
      }
    }
    for (uint32_t at = i; at < end; ++at) {
      component_end_[at] = end;
      if (is_cycle) traits_[at] |= kCycle;
    }
    all_plain_ &= !is_cycle;
    i = end;
  }
}

void WordPlan::FindAlike(const EvaluationPlan& plan, const State& baseline) {
  absl::flat_hash_map<std::pair<int64_t, int32_t>, uint32_t> known;
  for (ConsumerIndex consumer : consumers_) {
    if (!plan.counted().IsCounted(consumer)) {
      alike_of_.push_back(kNotCounted);
      continue;
    }
    const Alike alike{plan.counted().WeightOf(consumer), baseline.level[consumer.value]};
    const auto [entry, is_new] =
        known.try_emplace({alike.weight, alike.base}, static_cast<uint32_t>(known.size()));
    if (is_new && alike_.size() < kAlikeMax) alike_.push_back(alike);
    alike_of_.push_back(std::min(entry->second, kAlikeMax));
  }
}

}  // namespace linchpin::engine
