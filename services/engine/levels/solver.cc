#include "services/engine/levels/solver.h"

#include <algorithm>
#include <string>

#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

constexpr int64_t kCheckEvery = 4096;
constexpr int32_t kFull = static_cast<int32_t>(kOne);
// Up to here units * ONE * ONE stays below 2^63.
constexpr int64_t kNarrowUnitsMax = 9'000'000;

}  // namespace

Solver::Solver(const EvaluationPlan& plan, Reading reading, Readiness readiness, const State& baseline,
               const Limits& limits)
    : plan_(plan),
      graph_(plan.graph()),
      baseline_(baseline),
      reading_(reading),
      readiness_(readiness),
      limits_(limits),
      state_(baseline),
      deployment_level_(graph_.deployments().slots(), kFull),
      ready_(readiness == Readiness::kImmediate ? graph_.consumers().alternative_count() : 0, false),
      dirty_(plan.node_count()),
      is_waiting_(graph_.consumers().group_count(), false),
      consumer_is_changed_(graph_.consumers().slots(), false),
      deployment_is_changed_(graph_.deployments().slots(), false),
      changed_at_(graph_.consumers().slots(), 0),
      group_is_lifted_(graph_.consumers().group_count(), false),
      consumer_is_lifted_(graph_.consumers().slots(), false),
      pool_is_lifted_(plan.pool_count(), false) {}

Solver::GroupPosition Solver::PositionOf(ConsumerIndex consumer, uint32_t group) const {
  const ConsumerTable& table = graph_.consumers();
  const ConsumerChunk& chunk = table.chunk(consumer);
  const uint32_t row = chunk.group_begin[ConsumerTable::Local(consumer)] + group;
  return {&chunk, row, table.GroupBase(consumer) + row,
          table.AlternativeBase(consumer) + chunk.alternative_begin[row]};
}

bool Solver::IsReady(const GroupPosition& position, uint32_t k, const AlternativeTerms& terms) const {
  if (k == 0 || terms.switch_seconds == 0) return true;
  int64_t seconds = terms.switch_seconds;
  if (seconds == AlternativeTerms::kUnknownSwitch) {
    const std::span<const Target> targets = position.chunk->TargetsOf(position.row);
    seconds = plan_.SwitchSeconds(reading_, terms, targets[0], targets[k]);
    if (seconds == 0 || seconds == EvaluationPlan::kNeverReady) return seconds == 0;
  }
  return readiness_ == Readiness::kSustained || seconds <= elapsed_seconds_ ||
         ready_[position.alternative_number + k];
}

int64_t Solver::CapOf(const GroupTerms& terms, const AlternativeTerms& alternative, int32_t level) const {
  if (terms.units <= kNarrowUnitsMax) return terms.units * alternative.share_ppm * level / kOne;
  return static_cast<int64_t>(static_cast<unsigned __int128>(terms.units * alternative.share_ppm) * level /
                              kOne);
}

int64_t Solver::FilledBefore(const GroupPosition& position, uint32_t count) const {
  const ConsumerChunk& chunk = *position.chunk;
  const GroupTerms& terms = chunk.TermsOf(position.row);
  const int64_t demand = terms.units * kOne;
  const uint32_t first = chunk.alternative_begin[position.row];
  int64_t filled = 0;
  for (uint32_t k = 0; k < count && filled < demand; ++k) {
    const AlternativeTerms& alternative = chunk.AlternativeOf(first + k);
    if (!IsReady(position, k, alternative)) continue;
    const Target target = chunk.targets[first + k];
    if (target.is_consumer()) {
      filled += CapOf(terms, alternative, state_.level[target.consumer().value]);
    } else if (plan_.PoolOf(target.deployment()) == EvaluationPlan::kNoPool) {
      filled += CapOf(terms, alternative, deployment_level_[target.deployment().value]);
    } else {
      filled = std::max(filled, state_.filled[plan_.EntryOf(position.alternative_number + k)]);
    }
    filled = std::min(filled, demand);
  }
  return filled;
}

Solver::PoolFlow Solver::FlowOf(const PoolEntry& entry, uint32_t entry_number) const {
  const GroupPosition position = PositionOf(entry.consumer, entry.group);
  const GroupTerms& terms = position.chunk->TermsOf(position.row);
  const AlternativeTerms& alternative =
      position.chunk->AlternativeOf(position.chunk->alternative_begin[position.row] + entry.alternative);
  if (!IsReady(position, entry.alternative, alternative)) return {};
  const int64_t before = FilledBefore(position, entry.alternative);
  const int64_t asked = std::min(terms.units * kOne - before, terms.units * alternative.share_ppm);
  return {asked, std::clamp<int64_t>(state_.filled[entry_number] - before, 0, asked)};
}

int32_t Solver::Deliver(const GroupPosition& position) const {
  const ConsumerChunk& chunk = *position.chunk;
  const GroupTerms& terms = chunk.TermsOf(position.row);
  const int64_t demand = terms.units * kOne;
  const uint32_t first = chunk.alternative_begin[position.row],
                 last = chunk.alternative_begin[position.row + 1];
  int64_t filled = 0;
  unsigned __int128 delivered = 0;
  for (uint32_t row = first; row < last && filled < demand; ++row) {
    const AlternativeTerms& alternative = chunk.AlternativeOf(row);
    if (!IsReady(position, row - first, alternative)) continue;
    const Target target = chunk.targets[row];
    int64_t flow;
    if (target.is_consumer()) {
      flow = CapOf(terms, alternative, state_.level[target.consumer().value]);
    } else if (plan_.PoolOf(target.deployment()) == EvaluationPlan::kNoPool) {
      flow = CapOf(terms, alternative, deployment_level_[target.deployment().value]);
    } else {
      flow = std::max<int64_t>(
          0, state_.filled[plan_.EntryOf(position.alternative_number + row - first)] - filled);
    }
    flow = std::min(flow, demand - filled);
    // The ordinary case: the first alternative carries everything at full quality.
    if (flow == demand && alternative.quality_ppm == kFull) return kFull;
    filled += flow;
    delivered += static_cast<unsigned __int128>(flow) * static_cast<uint64_t>(alternative.quality_ppm);
  }
  if (terms.units <= kNarrowUnitsMax) return static_cast<int32_t>(static_cast<uint64_t>(delivered) / demand);
  return static_cast<int32_t>(delivered / static_cast<uint64_t>(demand));
}

void Solver::LowerDelivery(ConsumerIndex consumer, const GroupPosition& position, int32_t delivery) {
  const int32_t before = state_.delivery[position.number];
  if (delivery >= before) return;
  NoteChanged(consumer);
  Write(LogEntry::Field::kDelivery, state_.delivery, position.number, delivery);
  const GroupTerms& terms = position.chunk->TermsOf(position.row);
  if (!terms.essential) {
    const int64_t more = int64_t{terms.weight_ppm} * (before - delivery);
    Write(LogEntry::Field::kShortfall, state_.shortfall, consumer.value,
          state_.shortfall[consumer.value] + more);
  } else if (delivery < state_.essential[consumer.value]) {
    Write(LogEntry::Field::kEssential, state_.essential, consumer.value, delivery);
  } else {
    return;
  }
  dirty_.Push(plan_.RankOf(plan_.NodeOf(consumer)));
}

void Solver::Evaluate(ConsumerIndex consumer, const GroupPosition& position) {
  ++evaluations_;
  int32_t delivery = Deliver(position);
  if (waits_ != nullptr && !is_waiting_[position.number]) CollectWaitsOf(consumer, position);
  if (bridges_ != nullptr && position.chunk->TermsOf(position.row).bridge_seconds > 0) {
    const uint32_t group = position.row - position.chunk->group_begin[ConsumerTable::Local(consumer)];
    delivery = bridges_->Bridged(consumer, group, position.number, delivery);
  }
  LowerDelivery(consumer, position, delivery);
}

void Solver::CollectWaitsOf(ConsumerIndex consumer, const GroupPosition& position) {
  is_waiting_[position.number] = true;
  waiting_groups_.push_back(position.number);
  const ConsumerChunk& chunk = *position.chunk;
  const uint32_t group = position.row - chunk.group_begin[ConsumerTable::Local(consumer)];
  const uint32_t first = chunk.alternative_begin[position.row],
                 last = chunk.alternative_begin[position.row + 1];
  for (uint32_t row = first + 1; row < last; ++row) {
    const int64_t seconds =
        plan_.SwitchSeconds(reading_, chunk.AlternativeOf(row), chunk.targets[first], chunk.targets[row]);
    if (seconds <= std::max<int64_t>(0, elapsed_seconds_) || seconds == EvaluationPlan::kNeverReady) continue;
    waits_->push_back({consumer, group, position.alternative_number + row - first, seconds});
  }
}

bool Solver::IsAnyWaiting() const {
  for (const ConsumerIndex consumer : graph_.consumers()) {
    const uint32_t groups = graph_.consumers()[consumer].group_count();
    for (uint32_t group = 0; group < groups; ++group) {
      if (IsWaiting(PositionOf(consumer, group))) return true;
    }
  }
  return false;
}

bool Solver::IsWaiting(const GroupPosition& position) const {
  const ConsumerChunk& chunk = *position.chunk;
  const uint32_t first = chunk.alternative_begin[position.row];
  const std::span<const Target> targets = chunk.TargetsOf(position.row);
  for (uint32_t k = 1; k < targets.size(); ++k) {
    const AlternativeTerms& terms = chunk.AlternativeOf(first + k);
    if (IsReady(position, k, terms) ||
        plan_.SwitchSeconds(reading_, terms, targets[0], targets[k]) == EvaluationPlan::kNeverReady)
      continue;
    // What is filled before this one is filled before all behind it.
    return FilledBefore(position, k) < chunk.TermsOf(position.row).units * kOne;
  }
  return false;
}

void Solver::NoteChanged(ConsumerIndex consumer) {
  if (consumer_is_changed_[consumer.value]) return;
  consumer_is_changed_[consumer.value] = true;
  changed_consumers_.push_back(consumer);
}

void Solver::NoteChanged(DeploymentIndex deployment) {
  if (deployment_is_changed_[deployment.value]) return;
  deployment_is_changed_[deployment.value] = true;
  changed_deployments_.push_back(deployment);
}

void Solver::DirtyPoolsAfter(const GroupPosition& position, uint32_t alternative) {
  if (plan_.entry_count() == 0) return;
  const std::span<const Target> targets = position.chunk->TargetsOf(position.row);
  for (uint32_t k = alternative + 1; k < targets.size(); ++k) {
    if (targets[k].is_consumer()) continue;
    const uint32_t pool = plan_.PoolOf(targets[k].deployment());
    if (pool == EvaluationPlan::kNoPool) continue;
    const uint32_t rank = plan_.RankOf(plan_.NodeOfPool(pool));
    if (!in_first_pass_ || rank <= first_pass_rank_) dirty_.Push(rank);
  }
}

void Solver::EvaluateFrom(const Dependent& dependent) {
  const bool is_lost = levels_only_ && state_.essential[dependent.consumer_value] == 0;
  if (is_lost && plan_.entry_count() == 0) return;
  const GroupPosition position = PositionOf(dependent.consumer(), dependent.group());
  const bool later = in_first_pass_ && plan_.RankOf(plan_.NodeOf(dependent.consumer())) > first_pass_rank_;
  if (!later) Evaluate(dependent.consumer(), position);
  DirtyPoolsAfter(position, dependent.alternative());
}

int32_t Solver::LevelOf(ConsumerIndex consumer) const {
  const int64_t carried =
      std::min<int64_t>(state_.essential[consumer.value], kOne - state_.shortfall[consumer.value] / kOne);
  const int32_t raw = static_cast<int32_t>(std::max<int64_t>(0, carried));
  const ConsumerRecord& record = graph_.consumers().chunk(consumer).records[ConsumerTable::Local(consumer)];
  return raw >= record.min_viable_ppm ? raw : 0;
}

void Solver::SettleConsumer(ConsumerIndex consumer) {
  const int32_t level = LevelOf(consumer);
  if (level < state_.level[consumer.value]) LowerLevel(consumer, level);
}

void Solver::LowerLevel(ConsumerIndex consumer, int32_t level) {
  const int32_t before = state_.level[consumer.value];
  if (changed_at_[consumer.value] != epoch_) {
    changed_at_[consumer.value] = epoch_;
    changes_.push_back({consumer, before});
  }
  Write(LogEntry::Field::kLevel, state_.level, consumer.value, level);
  graph_.ForEachDependent(Target(consumer), [this](const Dependent& dependent) { EvaluateFrom(dependent); });
}

// Serves the groups in the serial order of S5. An entry is only lowered; one that stands at its bound already
// takes no less for it, so whatever the later entries find left is a bound too.
void Solver::SettlePool(uint32_t pool) {
  const DeploymentIndex deployment = plan_.DeploymentOfPool(pool);
  int64_t left =
      graph_.deployments()[deployment].capacity_units.value() * deployment_level_[deployment.value];
  const std::span<const PoolEntry> entries = plan_.PoolEntries(pool);
  evaluations_ += static_cast<int64_t>(entries.size());
  for (uint32_t i = 0; i < entries.size(); ++i) {
    const PoolEntry& entry = entries[i];
    const GroupPosition position = PositionOf(entry.consumer, entry.group);
    const GroupTerms& terms = position.chunk->TermsOf(position.row);
    const AlternativeTerms& alternative =
        position.chunk->AlternativeOf(position.chunk->alternative_begin[position.row] + entry.alternative);
    if (!IsReady(position, entry.alternative, alternative)) continue;
    const int64_t before = FilledBefore(position, entry.alternative);
    const int64_t wanted = std::min(terms.units * kOne - before, terms.units * alternative.share_ppm);
    const int64_t flow = std::min(wanted, left);
    left -= flow;
    const uint32_t number = plan_.PoolBegin(pool) + i;
    if (before + flow >= state_.filled[number]) continue;
    NoteChanged(entry.consumer);
    Write(LogEntry::Field::kFilled, state_.filled, number, before + flow);
    EvaluateFrom({entry.consumer.value, entry.group << Dependent::kAlternativeBits | entry.alternative});
  }
}

void Solver::Lower(DeploymentIndex deployment, int32_t level) {
  if (level >= deployment_level_[deployment.value]) return;
  NoteChanged(deployment);
  Write(LogEntry::Field::kDeployment, deployment_level_, deployment.value, level);
  const uint32_t pool = plan_.PoolOf(deployment);
  if (pool != EvaluationPlan::kNoPool) {
    dirty_.Push(plan_.RankOf(plan_.NodeOfPool(pool)));
    return;
  }
  graph_.ForEachDependent(Target(deployment),
                          [this](const Dependent& dependent) { EvaluateFrom(dependent); });
}

void Solver::Reevaluate(ConsumerIndex consumer, uint32_t group) {
  Evaluate(consumer, PositionOf(consumer, group));
}

absl::Status Solver::CheckLimits() {
  if (evaluations_ < next_check_) return absl::OkStatus();
  next_check_ = evaluations_ + kCheckEvery;
  if (evaluations_ > limits_.evaluations_max) {
    return absl::ResourceExhaustedError("the evaluation takes more steps than its limit allows");
  }
  if (limits_.cancelled && limits_.cancelled()) return absl::CancelledError("the evaluation was cancelled");
  return absl::OkStatus();
}

absl::Status Solver::Solve() {
  const uint32_t consumers = graph_.consumers().slots();
  int64_t patience = limits_.leap_after, leap_at = evaluations_ + patience;
  while (!dirty_.empty()) {
    if (absl::Status status = CheckLimits(); !status.ok()) return status;
    if (evaluations_ >= leap_at) {
      patience = Leap() ? limits_.leap_after : 2 * patience;
      leap_at = evaluations_ + patience;
      continue;
    }
    const uint32_t node = settling_ = plan_.NodeAt(dirty_.Pop());
    if (node < consumers) {
      SettleConsumer({node});
    } else {
      SettlePool(node - consumers);
    }
  }
  return absl::OkStatus();
}

void Solver::Mark(bool undoable) {
  changes_.clear();
  ++epoch_;
  logging_ |= undoable;
  marks_.push_back({log_.size(), undoable});
}

void Solver::Undo() {
  const size_t size = marks_.back().log_size;
  marks_.pop_back();
  while (log_.size() > size) {
    const LogEntry& entry = log_.back();
    switch (entry.field) {
      case LogEntry::Field::kLevel:
        state_.level[entry.index] = static_cast<int32_t>(entry.before);
        break;
      case LogEntry::Field::kEssential:
        state_.essential[entry.index] = static_cast<int32_t>(entry.before);
        break;
      case LogEntry::Field::kShortfall:
        state_.shortfall[entry.index] = entry.before;
        break;
      case LogEntry::Field::kDelivery:
        state_.delivery[entry.index] = static_cast<int32_t>(entry.before);
        break;
      case LogEntry::Field::kFilled:
        state_.filled[entry.index] = entry.before;
        break;
      case LogEntry::Field::kDeployment:
        deployment_level_[entry.index] = static_cast<int32_t>(entry.before);
        break;
    }
    log_.pop_back();
  }
  logging_ = std::any_of(marks_.begin(), marks_.end(), [](const LogMark& mark) { return mark.undoable; });
  changes_.clear();
  ++epoch_;
}

namespace {

// Only a cycle can take so long: without one, each node is settled once.
absl::Status TooSlow(const EvaluationPlan& plan, uint32_t node, const Limits& limits) {
  const Graph& graph = plan.graph();
  const std::string_view name =
      node < graph.consumers().slots()
          ? graph.consumers().NameOf({node})
          : std::string_view(
                graph.deployments()[plan.DeploymentOfPool(node - graph.consumers().slots())].name);
  return absl::ResourceExhaustedError(
      Join({"with nothing cut, the levels around a cycle of dependencies at ", name,
            " fall in steps too small to be followed (more than ", std::to_string(limits.evaluations_max),
            " evaluations); break the cycle, or lower a quality in it that is just below 1000000"}));
}

}  // namespace

absl::StatusOr<State> SolveFromTop(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                                   const Limits& limits) {
  const Graph& graph = plan.graph();
  State top;
  top.level.assign(graph.consumers().slots(), kFull);
  top.essential.assign(graph.consumers().slots(), kFull);
  top.shortfall.assign(graph.consumers().slots(), 0);
  top.delivery.assign(graph.consumers().group_count(), kFull);
  top.filled.resize(plan.entry_count());
  for (uint32_t pool = 0; pool < plan.pool_count(); ++pool) {
    uint32_t number = plan.PoolBegin(pool);
    for (const PoolEntry& entry : plan.PoolEntries(pool)) {
      top.filled[number++] = graph.consumers()[entry.consumer].group(entry.group).terms().units * kOne;
    }
  }
  Solver solver(plan, reading, readiness, top, limits);
  solver.SolveTop();
  const absl::Status status = solver.Solve();
  if (absl::IsResourceExhausted(status)) return TooSlow(plan, solver.settling_, limits);
  if (!status.ok()) return status;
  return std::move(solver.state_);
}

// One pass in the order of solving; what depends on a node is left to its own turn, except around cycles.
void Solver::SolveTop() {
  in_first_pass_ = true;
  const uint32_t consumers = graph_.consumers().slots();
  for (uint32_t rank = 0; rank < plan_.node_count(); ++rank) {
    first_pass_rank_ = rank;
    const uint32_t node = plan_.NodeAt(rank);
    if (node >= consumers) {
      SettlePool(node - consumers);
      continue;
    }
    const ConsumerIndex consumer{node};
    const uint32_t groups = graph_.consumers()[consumer].group_count();
    for (uint32_t group = 0; group < groups; ++group) Evaluate(consumer, PositionOf(consumer, group));
    SettleConsumer(consumer);
  }
  in_first_pass_ = false;
}

}  // namespace linchpin::engine
