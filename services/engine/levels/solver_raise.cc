// Lifting what may rise to its top: the closure of S4 read upwards. See the class comment of Solver.
#include "services/engine/levels/solver.h"

#include <algorithm>

namespace linchpin::engine {

void Solver::LiftDependents(Target target) {
  graph_.ForEachDependent(
      target, [this](const Dependent& dependent) { LiftGroup(dependent.consumer(), dependent.group()); });
}

// Not what has everything already; but a group that lives on its bridge may be delivered again, and one that
// shares pools may come to take less from one of them.
bool Solver::CanRise(const GroupPosition& position) const {
  if (state_.delivery[position.number] < kOne) return true;
  if (bridges_ != nullptr && position.chunk->TermsOf(position.row).bridge_seconds > 0) return true;
  if (plan_.pool_count() == 0) return false;
  const std::span<const Target> targets = position.chunk->TargetsOf(position.row);
  return std::any_of(targets.begin(), targets.end(), [this](Target target) {
    return !target.is_consumer() && plan_.PoolOf(target.deployment()) != EvaluationPlan::kNoPool;
  });
}

// A group that rises lifts its consumer, what needs that, and what others can take from the pools behind it,
// since it takes less from them.
void Solver::LiftGroup(ConsumerIndex first_consumer, uint32_t first_group) {
  std::vector<std::pair<ConsumerIndex, uint32_t>> open{{first_consumer, first_group}};
  auto push_dependents = [&](Target target) {
    graph_.ForEachDependent(target, [&](const Dependent& dependent) {
      if (!group_is_lifted_[graph_.consumers().GroupNumber(dependent.consumer(), dependent.group())]) {
        open.emplace_back(dependent.consumer(), dependent.group());
      }
    });
  };
  while (!open.empty()) {
    const auto [consumer, group] = open.back();
    open.pop_back();
    const GroupPosition position = PositionOf(consumer, group);
    if (group_is_lifted_[position.number] || !CanRise(position)) continue;
    group_is_lifted_[position.number] = true;
    lifted_groups_.emplace_back(consumer, group);
    if (!consumer_is_lifted_[consumer.value]) {
      consumer_is_lifted_[consumer.value] = true;
      lifted_consumers_.push_back(consumer);
      if (state_.level[consumer.value] < kOne) push_dependents(Target(consumer));
    }
    for (const Target target : position.chunk->TargetsOf(position.row)) {
      if (target.is_consumer()) continue;
      const uint32_t pool = plan_.PoolOf(target.deployment());
      if (pool == EvaluationPlan::kNoPool || pool_is_lifted_[pool]) continue;
      pool_is_lifted_[pool] = true;
      lifted_pools_.push_back(pool);
      push_dependents(target);
    }
  }
}

bool Solver::IsFilledBefore(ConsumerIndex consumer, uint32_t group, uint32_t alternative_number) const {
  const GroupPosition position = PositionOf(consumer, group);
  return FilledBefore(position, alternative_number - position.alternative_number) ==
         position.chunk->TermsOf(position.row).units * kOne;
}

void Solver::Drop() {
  for (const auto& [consumer, group] : lifted_groups_) {
    const GroupPosition position = PositionOf(consumer, group);
    state_.delivery[position.number] = static_cast<int32_t>(kOne);
    const std::span<const Target> targets = position.chunk->TargetsOf(position.row);
    for (uint32_t k = 0; k < targets.size(); ++k) {
      if (targets[k].is_consumer() || plan_.PoolOf(targets[k].deployment()) == EvaluationPlan::kNoPool)
        continue;
      state_.filled[plan_.EntryOf(position.alternative_number + k)] =
          position.chunk->TermsOf(position.row).units * kOne;
    }
  }
  for (const ConsumerIndex consumer : lifted_consumers_) {
    NoteChanged(consumer);
    if (changed_at_[consumer.value] != epoch_) {
      changed_at_[consumer.value] = epoch_;
      changes_.push_back({consumer, state_.level[consumer.value]});
    }
    state_.level[consumer.value] = static_cast<int32_t>(kOne);
    RecomputeSums(consumer);
    dirty_.Push(plan_.RankOf(plan_.NodeOf(consumer)));
  }
  for (const uint32_t pool : lifted_pools_) {
    dirty_.Push(plan_.RankOf(plan_.NodeOfPool(pool)));
    pool_is_lifted_[pool] = false;
  }
  for (const auto& [consumer, group] : lifted_groups_) {
    const GroupPosition position = PositionOf(consumer, group);
    group_is_lifted_[position.number] = false;
    Evaluate(consumer, position);
  }
  for (const ConsumerIndex consumer : lifted_consumers_) consumer_is_lifted_[consumer.value] = false;
  lifted_groups_.clear();
  lifted_consumers_.clear();
  lifted_pools_.clear();
}

void Solver::RecomputeSums(ConsumerIndex consumer) {
  const uint32_t groups = graph_.consumers()[consumer].group_count();
  int32_t essential = static_cast<int32_t>(kOne);
  int64_t shortfall = 0;
  for (uint32_t group = 0; group < groups; ++group) {
    const GroupPosition position = PositionOf(consumer, group);
    const GroupTerms& terms = position.chunk->TermsOf(position.row);
    const int32_t delivery = state_.delivery[position.number];
    if (terms.essential) {
      essential = std::min(essential, delivery);
    } else {
      shortfall += int64_t{terms.weight_ppm} * (kOne - delivery);
    }
  }
  state_.essential[consumer.value] = essential;
  state_.shortfall[consumer.value] = shortfall;
}

void Solver::SetReady(uint32_t alternative_number) {
  if (ready_[alternative_number]) return;
  ready_[alternative_number] = true;
  changed_ready_.push_back(alternative_number);
}

void Solver::SetDeployment(DeploymentIndex deployment, int32_t level) {
  NoteChanged(deployment);
  deployment_level_[deployment.value] = level;
}

void Solver::Restore() {
  dirty_.Clear();
  marks_.clear();
  log_.clear();
  logging_ = false;
  changes_.clear();
  ++epoch_;
  elapsed_seconds_ = -1;
  for (const ConsumerIndex consumer : changed_consumers_) RestoreOne(consumer);
  for (const DeploymentIndex deployment : changed_deployments_) {
    deployment_level_[deployment.value] = static_cast<int32_t>(kOne);
    deployment_is_changed_[deployment.value] = false;
  }
  for (const uint32_t alternative : changed_ready_) ready_[alternative] = false;
  for (const uint32_t group : waiting_groups_) is_waiting_[group] = false;
  changed_consumers_.clear();
  changed_deployments_.clear();
  changed_ready_.clear();
  waiting_groups_.clear();
}

void Solver::RestoreOne(ConsumerIndex consumer) {
  consumer_is_changed_[consumer.value] = false;
  state_.level[consumer.value] = baseline_.level[consumer.value];
  state_.essential[consumer.value] = baseline_.essential[consumer.value];
  state_.shortfall[consumer.value] = baseline_.shortfall[consumer.value];
  const uint32_t groups = graph_.consumers()[consumer].group_count();
  for (uint32_t group = 0; group < groups; ++group) {
    const GroupPosition position = PositionOf(consumer, group);
    state_.delivery[position.number] = baseline_.delivery[position.number];
    const std::span<const Target> targets = position.chunk->TargetsOf(position.row);
    for (uint32_t k = 0; k < targets.size(); ++k) {
      if (targets[k].is_consumer() || plan_.PoolOf(targets[k].deployment()) == EvaluationPlan::kNoPool)
        continue;
      const uint32_t entry = plan_.EntryOf(position.alternative_number + k);
      state_.filled[entry] = baseline_.filled[entry];
    }
  }
}

}  // namespace linchpin::engine
