#include "services/engine/levels/evaluation_plan.h"

#include <algorithm>

#include "services/engine/levels/solver.h"

namespace linchpin::engine {
namespace {

// How often who waits for a baseline looks whether it is still wanted.
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

// Visits every dependency of a node one at a time, so that a depth-first walk can pause at any of them.
class NeedsCursor {
 public:
  explicit NeedsCursor(uint32_t node) : node_(node) {}
  uint32_t node() const { return node_; }

  // The next node that this one needs; UINT32_MAX at the end.
  uint32_t Next(const EvaluationPlan& plan) {
    return node_ < plan.graph().consumers().slots() ? NextOfConsumer(plan) : NextOfPool(plan);
  }

 private:
  static uint32_t NodeOfTarget(const EvaluationPlan& plan, Target target) {
    if (target.is_consumer()) return plan.NodeOf(target.consumer());
    const uint32_t pool = plan.PoolOf(target.deployment());
    return pool == EvaluationPlan::kNoPool ? UINT32_MAX : plan.NodeOfPool(pool);
  }
  uint32_t NextOfConsumer(const EvaluationPlan& plan) {
    const ConsumerChunk& chunk = plan.graph().consumers().chunk({node_});
    const uint32_t local = ConsumerTable::Local({node_});
    const uint32_t first = chunk.alternative_begin[chunk.group_begin[local]];
    const uint32_t last = chunk.alternative_begin[chunk.group_begin[local + 1]];
    while (first + at_ < last) {
      const uint32_t needed = NodeOfTarget(plan, chunk.targets[first + at_++]);
      if (needed != UINT32_MAX) return needed;
    }
    return UINT32_MAX;
  }
  // A pool needs whatever decides how much of a demand is left when it is reached.
  uint32_t NextOfPool(const EvaluationPlan& plan) {
    const auto entries = plan.PoolEntries(node_ - plan.graph().consumers().slots());
    for (; at_ < entries.size(); ++at_, before_ = 0) {
      const PoolEntry& entry = entries[at_];
      const GroupView group = plan.graph().consumers()[entry.consumer].group(entry.group);
      while (before_ < entry.alternative) {
        const uint32_t needed = NodeOfTarget(plan, group.target(before_++));
        if (needed != UINT32_MAX) return needed;
      }
    }
    return UINT32_MAX;
  }

  uint32_t node_;
  uint32_t at_ = 0;
  uint32_t before_ = 0;
};

// Tarjan's strongly connected components without recursion. Components come out needed-first.
class Ranking {
 public:
  explicit Ranking(const EvaluationPlan& plan, uint32_t nodes)
      : plan_(plan), number_(nodes, 0), low_(nodes, 0), order_() {
    order_.reserve(nodes);
    for (uint32_t node = 0; node < nodes; ++node) {
      if (number_[node] == 0) Walk(node);
    }
  }
  std::vector<uint32_t> TakeOrder() { return std::move(order_); }

 private:
  static constexpr uint32_t kDone = UINT32_MAX;  // As a low number: the component is out.

  void Walk(uint32_t start) {
    std::vector<NeedsCursor> path;
    Open(start, path);
    while (!path.empty()) {
      NeedsCursor& cursor = path.back();
      const uint32_t node = cursor.node();
      const uint32_t needed = cursor.Next(plan_);
      if (needed == UINT32_MAX) {
        path.pop_back();
        Close(node);
        if (!path.empty()) Lower(path.back().node(), low_[node]);
      } else if (number_[needed] == 0) {
        Open(needed, path);
      } else {
        Lower(node, low_[needed] == kDone ? kDone : number_[needed]);
      }
    }
  }
  void Open(uint32_t node, std::vector<NeedsCursor>& path) {
    number_[node] = low_[node] = ++count_;
    stack_.push_back(node);
    path.emplace_back(node);
  }
  void Lower(uint32_t node, uint32_t low) { low_[node] = std::min(low_[node], low); }
  void Close(uint32_t node) {
    if (low_[node] != number_[node]) return;
    uint32_t member;
    do {
      member = stack_.back();
      stack_.pop_back();
      low_[member] = kDone;
      order_.push_back(member);
    } while (member != node);
  }

  const EvaluationPlan& plan_;
  std::vector<uint32_t> number_;  // 0: not met.
  std::vector<uint32_t> low_;
  std::vector<uint32_t> stack_;
  std::vector<uint32_t> order_;
  uint32_t count_ = 0;
};

// Place of each consumer in the order (priority, name).
std::vector<uint32_t> SerialOrder(const Graph& graph) {
  std::vector<ConsumerIndex> order;
  for (ConsumerIndex consumer : graph.consumers()) order.push_back(consumer);
  std::sort(order.begin(), order.end(), [&graph](ConsumerIndex a, ConsumerIndex b) {
    const int64_t pa = graph.consumers()[a].record().priority, pb = graph.consumers()[b].record().priority;
    return pa != pb ? pa < pb : graph.consumers().NameOf(a) < graph.consumers().NameOf(b);
  });
  std::vector<uint32_t> place(graph.consumers().slots());
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i].value] = i;
  return place;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const EvaluationPlan>> EvaluationPlan::Create(
    std::shared_ptr<const Knowledge> knowledge) {
  std::shared_ptr<EvaluationPlan> plan(new EvaluationPlan(std::move(knowledge)));
  plan->Fill();
  return std::shared_ptr<const EvaluationPlan>(std::move(plan));
}

absl::StatusOr<std::shared_ptr<const EvaluationPlan>> EvaluationPlan::Count(Selected selected) const {
  std::shared_ptr<EvaluationPlan> part(new EvaluationPlan(knowledge_, std::move(selected)));
  part->all_ = shared_from_this();
  part->Fill();
  return std::shared_ptr<const EvaluationPlan>(std::move(part));
}

void EvaluationPlan::Fill() {
  FindPools();
  FindUnknownSwitches();
  Rank();
}

void EvaluationPlan::FindPools() {
  pool_of_.assign(graph_->deployments().slots(), kNoPool);
  for (DeploymentIndex deployment : graph_->deployments()) {
    if (!graph_->deployments()[deployment].has_finite_capacity()) continue;
    pool_of_[deployment.value] = static_cast<uint32_t>(pool_deployment_.size());
    pool_deployment_.push_back(deployment);
  }
  pool_begin_.assign(1, 0);
  if (pool_deployment_.empty()) return;
  const std::vector<uint32_t> place = SerialOrder(*graph_);
  for (DeploymentIndex deployment : pool_deployment_) {
    graph_->ForEachDependent(Target(deployment), [this](const Dependent& dependent) {
      entries_.push_back({dependent.consumer(), dependent.group(), dependent.alternative()});
    });
    std::sort(entries_.begin() + pool_begin_.back(), entries_.end(),
              [&](const PoolEntry& a, const PoolEntry& b) {
                return std::make_tuple(place[a.consumer.value], a.group, a.alternative) <
                       std::make_tuple(place[b.consumer.value], b.group, b.alternative);
              });
    pool_begin_.push_back(static_cast<uint32_t>(entries_.size()));
  }
  entry_of_.reserve(entries_.size());
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    const PoolEntry& entry = entries_[i];
    const ConsumerChunk& chunk = graph_->consumers().chunk(entry.consumer);
    const uint32_t group = chunk.group_begin[ConsumerTable::Local(entry.consumer)] + entry.group;
    entry_of_[graph_->consumers().AlternativeBase(entry.consumer) + chunk.alternative_begin[group] +
              entry.alternative] = i;
  }
}

void EvaluationPlan::FindUnknownSwitches() {
  const ConsumerTable& table = graph_->consumers();
  for (uint32_t first = 0; first < table.slots(); first += ConsumerChunk::kConsumers) {
    const ConsumerChunk& chunk = table.chunk({first});
    const bool may = std::any_of(
        chunk.alternative_terms.begin(), chunk.alternative_terms.end(),
        [](const auto& terms) { return terms.switch_seconds == AlternativeTerms::kUnknownSwitch; });
    if (!may) continue;
    for (uint32_t group = 0; group < chunk.groups(); ++group) {
      for (uint32_t row = chunk.alternative_begin[group] + 1; row < chunk.alternative_begin[group + 1];
           ++row) {
        has_unknown_switch_ |= chunk.AlternativeOf(row).switch_seconds == AlternativeTerms::kUnknownSwitch;
      }
    }
  }
}

void EvaluationPlan::Rank() {
  const uint32_t nodes = graph_->consumers().slots() + pool_count();
  node_at_ = Ranking(*this, nodes).TakeOrder();
  rank_of_.resize(nodes);
  for (uint32_t rank = 0; rank < nodes; ++rank) rank_of_[node_at_[rank]] = rank;
}

EvaluationPlan::Made& EvaluationPlan::MadeOf(Reading reading, Readiness readiness) const {
  return made_[2 * static_cast<int>(FactsOf(reading)) + (readiness == Readiness::kImmediate ? 0 : 1)];
}

absl::StatusOr<bool> EvaluationPlan::Claim(const Limits& limits, Made& made) const {
  absl::MutexLock lock(&made.mutex);
  const auto over = [&made]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(made.mutex) {
    return made.stage != Made::Stage::kRunning;
  };
  while (!made.changed.Await(made.mutex, base::SteadyNow() + kLookEvery, over)) {
    if (limits.cancelled && limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
  }
  if (made.stage == Made::Stage::kDone) return false;
  made.stage = Made::Stage::kRunning;
  return true;
}

absl::StatusOr<const State*> EvaluationPlan::Baseline(Reading reading, Readiness readiness,
                                                      const Limits& limits) const {
  const auto state = SharedBaseline(reading, readiness, limits);
  if (!state.ok()) return state.status();
  return state->get();
}

absl::StatusOr<std::shared_ptr<const State>> EvaluationPlan::Solve(Reading reading, Readiness readiness,
                                                                   const Limits& limits) const {
  if (all_ != nullptr) return all_->SharedBaseline(reading, readiness, limits);
  absl::StatusOr<State> state = SolveFromTop(*this, reading, readiness, limits);
  if (!state.ok()) return state.status();
  return std::make_shared<const State>(*std::move(state));
}

absl::StatusOr<std::shared_ptr<const State>> EvaluationPlan::SharedBaseline(Reading reading,
                                                                            Readiness readiness,
                                                                            const Limits& limits) const {
  Made& made = MadeOf(reading, readiness);
  const absl::StatusOr<bool> mine = Claim(limits, made);
  if (!mine.ok()) return mine.status();
  if (*mine) {
    Limits own = limits;
    own.evaluations_max = std::min(limits.evaluations_max, kBaselineEvaluationsMax);
    absl::StatusOr<std::shared_ptr<const State>> state = Solve(reading, readiness, own);
    const absl::Status status = state.status();
    Keep(std::move(state), own, made);
    if (!status.ok()) return status;
  }
  if (!made.status.ok()) return made.status;
  return made.state;
}

// What holds for everybody is kept; after anything else the next who asks tries again.
void EvaluationPlan::Keep(absl::StatusOr<std::shared_ptr<const State>> state, const Limits& limits,
                          Made& made) const {
  const bool final = state.ok() || (absl::IsResourceExhausted(state.status()) &&
                                    limits.evaluations_max == kBaselineEvaluationsMax);
  if (final) made.status = state.status();
  if (state.ok()) {
    made.state = *std::move(state);
    for (ConsumerIndex consumer : graph_->consumers()) {
      made.sums.weight_times_base +=
          __int128{counted_.WeightOf(consumer)} * made.state->level[consumer.value];
    }
  }
  absl::MutexLock lock(&made.mutex);
  made.stage = final ? Made::Stage::kDone : Made::Stage::kOpen;
  made.changed.NotifyAll();
}

absl::StatusOr<const WordPlan*> EvaluationPlan::Words(Reading reading, Readiness readiness,
                                                      const Limits& limits) const {
  const absl::StatusOr<const State*> baseline = Baseline(reading, readiness, limits);
  if (!baseline.ok()) return baseline.status();
  Made& made = MadeOf(reading, readiness);
  std::call_once(made.words_once, [&] {
    made.words = std::make_unique<const WordPlan>(*this, FactsOf(reading), readiness, **baseline);
  });
  return made.words.get();
}

const Weighted& EvaluationPlan::Sums(Reading reading, Readiness readiness) const {
  return MadeOf(reading, readiness).sums;
}

absl::StatusOr<std::vector<ConsumerIndex>> EvaluationPlan::BaselineWarnings(Reading reading,
                                                                            const Limits& limits) const {
  absl::StatusOr<const State*> state = Baseline(reading, Readiness::kImmediate, limits);
  if (!state.ok()) return state.status();
  std::vector<ConsumerIndex> below;
  for (ConsumerIndex consumer : graph_->consumers()) {
    if ((*state)->level[consumer.value] < kOne) below.push_back(consumer);
  }
  return below;
}

}  // namespace linchpin::engine
