#include "services/engine/concentration/attribution.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "services/engine/concentration/condensation.h"
#include "services/engine/concentration/split.h"
#include "services/engine/graph/counted.h"
#include "services/engine/graph/message.h"
#include "services/engine/levels/baseline_flows.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {
namespace {

using Uint128 = unsigned __int128;

constexpr int64_t kScaledWindowSeconds = 30 * 86'400;
constexpr uint64_t kInputMax = 1ULL << 63;
// What stands for "not observed" among scaled records.
constexpr uint64_t kUnseen = UINT64_MAX;
// In what the weight of one consumer is split to see where it goes.
constexpr uint64_t kFineUnit = 1ULL << 40;

absl::Status TooLarge(std::string_view what) {
  return absl::FailedPreconditionError(
      Join({"the figure is too large: ", what, "; measure a smaller population or another basis"}));
}

int64_t ValueOf(const Usage& usage, Basis basis) {
  if (basis == Basis::kRequests) return usage.requests;
  return basis == Basis::kTokens ? usage.tokens : usage.spend_minor;
}

}  // namespace

// One pass over one graph: what weight is where, and the scratch space of the splits.
class Attributor::Impl {
 public:
  Impl(std::shared_ptr<const Graph> graph, std::shared_ptr<const EvaluationPlan> plan)
      : graph_(std::move(graph)),
        plan_(std::move(plan)),
        condensation_(Condense(*graph_)),
        counted_(*graph_) {}

  const Graph& graph() const { return *graph_; }

  absl::StatusOr<Attribution> Attribute(Basis basis, const Population& population, const Limits& limits) {
    if (absl::Status status = Prepare(limits); !status.ok()) return status;
    record_status_ = absl::OkStatus();
    Attribution result;
    result.basis = basis;
    result.by_deployment.assign(graph_->deployments().slots(), 0);
    const bool passes_through = basis == Basis::kApplications || basis == Basis::kCriticality;
    absl::Status status =
        passes_through ? AttributeConsumers(population, result) : AttributeUsage(population, result);
    if (!status.ok()) return status;
    if (!record_status_.ok()) return record_status_;
    for (uint64_t weight : result.by_deployment) {
      result.total += weight;
      if (result.total >= kTotalWeightMax) return TooLarge("its weight is 2^56 or more");
    }
    const ConsumerTable& consumers = graph_->consumers();
    std::sort(result.cyclic.begin(), result.cyclic.end(), [&consumers](ConsumerIndex a, ConsumerIndex b) {
      return consumers.NameOf(a) < consumers.NameOf(b);
    });
    return result;
  }

  absl::StatusOr<std::vector<OwnWeight>> WeighEach(Basis basis, const Population& population,
                                                   const std::vector<double>& there) {
    if (absl::Status status = Prepare(Limits()); !status.ok()) return status;
    record_status_ = absl::OkStatus();
    const bool passes_through = basis == Basis::kApplications || basis == Basis::kCriticality;
    absl::StatusOr<std::vector<OwnWeight>> weights =
        passes_through ? WeighConsumers(basis, population, there) : WeighUsage(basis, population, there);
    splits_ = nullptr;
    if (weights.ok() && !record_status_.ok()) return record_status_;
    return weights;
  }

 private:
  using Splits = std::vector<std::pair<Target, uint64_t>>;

  // Where a unit of each consumer goes, from what is needed to who needs it.
  std::vector<OwnWeight> WeighConsumers(Basis basis, const Population& population,
                                        const std::vector<double>& there) {
    Splits splits;
    splits_ = &splits;
    Attribution unused;
    std::vector<OwnWeight> units(graph_->consumers().slots());
    for (const ConsumerIndex index : condensation_.order) {
      splits.clear();
      SplitConsumer(index, kFineUnit, nullptr, unused);
      for (const auto& [target, part] : splits) {
        const double share = static_cast<double>(part) / static_cast<double>(kFineUnit);
        const OwnWeight of_target = target.is_consumer() ? units[target.consumer().value]
                                                         : OwnWeight{1, there[target.deployment().value]};
        units[index.value].weight += share * of_target.weight;
        units[index.value].there += share * of_target.there;
      }
    }
    std::vector<OwnWeight> weights(units.size());
    for (const ConsumerIndex index : graph_->consumers()) {
      if (!Counts(index, population)) continue;
      const double own = static_cast<double>(kOne) *
                         static_cast<double>(basis == Basis::kApplications ? 1 : counted_.WeightOf(index));
      weights[index.value] = {own * units[index.value].weight, own * units[index.value].there};
    }
    return weights;
  }

  absl::StatusOr<std::vector<OwnWeight>> WeighUsage(Basis basis, const Population& population,
                                                    const std::vector<double>& there) {
    Splits splits;
    splits_ = &splits;
    Attribution unused;
    unused.basis = basis;
    std::vector<OwnWeight> weights(graph_->consumers().slots());
    for (const ConsumerIndex index : graph_->consumers()) {
      if (!Counts(index, population)) continue;
      splits.clear();
      for (uint32_t ordinal = 0; ordinal < graph_->consumers()[index].group_count(); ++ordinal) {
        if (absl::Status status = MeasureGroup(index, ordinal, unused); !status.ok()) return status;
      }
      for (const auto& [target, part] : splits) {
        weights[index.value].weight += static_cast<double>(part);
        weights[index.value].there += static_cast<double>(part) * there[target.deployment().value];
      }
    }
    return weights;
  }

  absl::Status Prepare(const Limits& limits) {
    if (flows_.has_value()) return absl::OkStatus();
    if (plan_ == nullptr) {
      auto plan = EvaluationPlan::Create(graph_);
      if (!plan.ok()) return plan.status();
      plan_ = *std::move(plan);
    }
    const auto baseline = plan_->Baseline(Reading::kNotExcluded, Readiness::kImmediate, limits);
    if (!baseline.ok()) return baseline.status();
    flows_.emplace(*plan_, **baseline);
    return absl::OkStatus();
  }

  bool Counts(ConsumerIndex index, const Population& population) const {
    const ConsumerView consumer = graph_->consumers()[index];
    const bool counted = population.consumer ? population.consumer(index)
                                             : counted_.IsApplication(index) ||
                                                   (population.business_services &&
                                                    consumer.record().kind == ConsumerKind::kBusinessService);
    if (!counted || !population.dependency) return counted;
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
      if (population.dependency(index, ordinal)) return true;
    }
    return false;
  }

  // --- APPLICATIONS and CRITICALITY.

  absl::Status AttributeConsumers(const Population& population, Attribution& result) {
    own_.assign(graph_->consumers().slots(), 0);
    passed_.assign(graph_->consumers().slots(), 0);
    Uint128 input = 0;
    for (ConsumerIndex index : graph_->consumers()) {
      if (!Counts(index, population)) continue;
      ++result.population;
      const int64_t units = result.basis == Basis::kApplications ? 1 : counted_.WeightOf(index);
      own_[index.value] = static_cast<uint64_t>(units) * kOne;
      input += own_[index.value];
    }
    if (input >= kInputMax) return TooLarge("the weights of its consumers add up to 2^63 or more");
    // Who needs comes before what is needed, so that all that reaches a consumer is there before it is split.
    for (auto at = condensation_.order.rbegin(); at != condensation_.order.rend(); ++at) {
      const uint64_t own = own_[at->value], passed = passed_[at->value];
      if (own == 0 && passed == 0) continue;
      if (HasCycle(*at)) result.cyclic.push_back(*at);
      if (!population.dependency || own == 0) {
        SplitConsumer(*at, own + passed, nullptr, result);
        continue;
      }
      SplitSelected(*at, own, passed, population, result);
    }
    return absl::OkStatus();
  }

  void SplitSelected(ConsumerIndex consumer, uint64_t own, uint64_t passed, const Population& population,
                     Attribution& result) {
    std::vector<bool> selected(graph_->consumers()[consumer].group_count());
    for (uint32_t ordinal = 0; ordinal < selected.size(); ++ordinal) {
      selected[ordinal] = population.dependency(consumer, ordinal);
    }
    if (std::find(selected.begin(), selected.end(), false) == selected.end()) {
      SplitConsumer(consumer, own + passed, nullptr, result);
      return;
    }
    SplitConsumer(consumer, own, &selected, result);
    if (passed > 0) SplitConsumer(consumer, passed, nullptr, result);
  }

  bool HasCycle(ConsumerIndex index) const {
    const ConsumerView consumer = graph_->consumers()[index];
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
      for (Target target : consumer.group(ordinal).targets()) {
        if (condensation_.InOwnCycle(index, target)) return true;
      }
    }
    return false;
  }

  bool HasWayOut(ConsumerIndex consumer, const GroupView& group) const {
    for (Target target : group.targets()) {
      if (!condensation_.InOwnCycle(consumer, target)) return true;
    }
    return false;
  }

  // Evenly over the essential dependencies that are left and selected (null: all are), over all of them if
  // none is essential.
  void SplitConsumer(ConsumerIndex index, uint64_t weight, const std::vector<bool>* selected,
                     Attribution& result) {
    const ConsumerView consumer = graph_->consumers()[index];
    ordinals_.clear();
    bool essential_only = false;
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
      const GroupView group = consumer.group(ordinal);
      if ((selected != nullptr && !(*selected)[ordinal]) || !HasWayOut(index, group)) continue;
      const bool essential = group.terms().essential;
      if (essential && !essential_only) {
        essential_only = true;
        ordinals_.clear();
      }
      if (essential || !essential_only) ordinals_.push_back(ordinal);
    }
    if (ordinals_.empty()) result.unattributed += weight;
    for (size_t place = 0; place < ordinals_.size(); ++place) {
      const uint64_t part = EvenPart(weight, ordinals_.size(), place);
      if (part > 0) SplitGroup(index, ordinals_[place], part, result);
    }
  }

  void SplitGroup(ConsumerIndex consumer, uint32_t ordinal, uint64_t weight, Attribution& result) {
    const GroupView group = graph_->consumers()[consumer].group(ordinal);
    if (group.size() == 1) {
      Rest(group.target(0), weight, result);
      return;
    }
    ConsumerShares(consumer, ordinal, group);
    Split(weight, shares_, parts_);
    for (uint32_t k = 0; k < group.size(); ++k) {
      if (parts_[k] > 0) Rest(group.target(k), parts_[k], result);
    }
  }

  // Leaves in shares_ what decides the split: requests, else tokens, else spend, else flows, else the first
  // one left.
  void ConsumerShares(ConsumerIndex consumer, uint32_t ordinal, const GroupView& group) {
    for (Basis basis : {Basis::kRequests, Basis::kTokens, Basis::kSpend}) {
      if (ScaledAlternatives(group, basis) == 0) continue;
      for (uint64_t& share : shares_) share = share == kUnseen ? 0 : share;
      if (LeaveOutCycle(consumer, group)) return;
    }
    flows_->FlowsOf(consumer, ordinal, shares_);
    if (LeaveOutCycle(consumer, group)) return;
    for (uint32_t k = 0; k < group.size(); ++k) {
      if (condensation_.InOwnCycle(consumer, group.target(k))) continue;
      shares_[k] = 1;
      return;
    }
  }

  // Whether any share above 0 is left.
  bool LeaveOutCycle(ConsumerIndex consumer, const GroupView& group) {
    bool any = false;
    for (uint32_t k = 0; k < group.size(); ++k) {
      if (condensation_.InOwnCycle(consumer, group.target(k))) shares_[k] = 0;
      any |= shares_[k] > 0;
    }
    return any;
  }

  void Rest(Target target, uint64_t weight, Attribution& result) {
    if (splits_ != nullptr) {
      splits_->emplace_back(target, weight);
    } else if (target.is_consumer()) {
      passed_[target.consumer().value] += weight;
    } else {
      result.by_deployment[target.deployment().value] += weight;
    }
  }

  // --- REQUESTS, TOKENS and SPEND.

  bool IsRoute(ConsumerIndex index) const {
    return graph_->consumers()[index].record().kind == ConsumerKind::kRoute;
  }

  absl::Status AttributeUsage(const Population& population, Attribution& result) {
    for (ConsumerIndex index : graph_->consumers()) {
      const bool counts = Counts(index, population);
      // What passes through a route was used by it; whoever uses the route is one of the population, or not
      // told.
      if (!counts && (population.consumer || !IsRoute(index))) continue;
      if (counts) ++result.population;
      const ConsumerView consumer = graph_->consumers()[index];
      for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
        if (counts && population.dependency && !population.dependency(index, ordinal)) continue;
        if (absl::Status status = MeasureGroup(index, ordinal, result); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status MeasureGroup(ConsumerIndex consumer, uint32_t ordinal, Attribution& result) {
    const GroupView group = graph_->consumers()[consumer].group(ordinal);
    const auto targets = group.targets();
    if (std::all_of(targets.begin(), targets.end(), [](Target target) { return target.is_consumer(); })) {
      return absl::OkStatus();
    }
    Uint128 weight = Scaled(group.usage(), result.basis);
    const Uint128 of_alternatives = ScaledAlternatives(group, result.basis);
    const bool alternatives_seen =
        std::any_of(shares_.begin(), shares_.end(), [](uint64_t share) { return share != kUnseen; });
    if (weight == kUnseen) {
      if (!alternatives_seen) {
        ++result.unmeasured;
        return absl::OkStatus();
      }
      weight = of_alternatives;
    }
    if (weight >= kInputMax || of_alternatives >= kInputMax)
      return TooLarge("30 days of one dependency come to 2^63 or more");
    if (of_alternatives > 0) {
      for (uint64_t& share : shares_) share = share == kUnseen ? 0 : share;
    } else {
      flows_->FlowsOf(consumer, ordinal, shares_);
      if (std::all_of(shares_.begin(), shares_.end(), [](uint64_t share) { return share == 0; }))
        shares_[0] = 1;
    }
    Split(static_cast<uint64_t>(weight), shares_, parts_);
    for (uint32_t k = 0; k < group.size(); ++k) {
      if (targets[k].is_consumer()) continue;  // Counted there already.
      if (splits_ != nullptr) {
        splits_->emplace_back(targets[k], parts_[k]);
        continue;
      }
      uint64_t& place = result.by_deployment[targets[k].deployment().value];
      if (parts_[k] >= kTotalWeightMax || (place += parts_[k]) >= kTotalWeightMax)
        return TooLarge("its weight is 2^56 or more");
    }
    return absl::OkStatus();
  }

  // Scaled to 30 days and floored; kUnseen where it was not observed. What is too large is remembered as an
  // error.
  uint64_t Scaled(const Usage& usage, Basis basis) {
    const int64_t value = ValueOf(usage, basis);
    if (value < 0 || usage.window_seconds <= 0) return kUnseen;
    const Uint128 scaled = Uint128(value) * kScaledWindowSeconds / Uint128(usage.window_seconds);
    if (scaled < kInputMax) return static_cast<uint64_t>(scaled);
    record_status_ = TooLarge("30 days of one usage record come to 2^63 or more");
    return 0;
  }

  // Leaves the scaled records of the alternatives in shares_ and returns their sum.
  Uint128 ScaledAlternatives(const GroupView& group, Basis basis) {
    shares_.assign(group.size(), kUnseen);
    Uint128 sum = 0;
    for (uint32_t k = 0; k < group.size(); ++k) {
      const Usage usage = group.usage(k);
      if (usage.empty()) continue;
      shares_[k] = Scaled(usage, basis);
      if (shares_[k] != kUnseen) sum += shares_[k];
    }
    return sum;
  }

  const std::shared_ptr<const Graph> graph_;
  std::shared_ptr<const EvaluationPlan> plan_;
  const Condensation condensation_;
  const Counted counted_;
  std::optional<BaselineFlows> flows_;
  absl::Status record_status_;  // Of the present basis.
  // By consumer slot: weight that it has of itself, and that came through others.
  std::vector<uint64_t> own_, passed_;
  std::vector<uint32_t> ordinals_;
  std::vector<uint64_t> shares_, parts_;
  Splits* splits_ = nullptr;  // Takes what would come to rest, in place of it.
};

Attributor::Attributor(std::shared_ptr<const Graph> graph)
    : impl_(std::make_unique<Impl>(std::move(graph), nullptr)) {}
Attributor::Attributor(std::shared_ptr<const EvaluationPlan> plan)
    : impl_(std::make_unique<Impl>(plan->shared_graph(), plan)) {}
Attributor::~Attributor() = default;
const Graph& Attributor::graph() const { return impl_->graph(); }
absl::StatusOr<Attribution> Attributor::Attribute(Basis basis, const Population& population) {
  return impl_->Attribute(basis, population, Limits());
}
absl::StatusOr<Attribution> Attributor::Attribute(Basis basis, const Population& population,
                                                  const Limits& limits) {
  return impl_->Attribute(basis, population, limits);
}
absl::StatusOr<std::vector<OwnWeight>> Attributor::WeighEach(Basis basis, const Population& population,
                                                             const std::vector<double>& there) {
  return impl_->WeighEach(basis, population, there);
}

}  // namespace linchpin::engine
