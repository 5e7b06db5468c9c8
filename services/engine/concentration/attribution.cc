#include "services/engine/concentration/attribution.h"

#include <algorithm>
#include <utility>

#include "services/engine/concentration/weight_splitter.h"
#include "services/engine/graph/counted.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {
namespace {

using Uint128 = unsigned __int128;

// In what the weight of one consumer is split to see where it goes.
constexpr uint64_t kFineUnit = 1ULL << 40;

}  // namespace

absl::Status SumUp(const Graph& graph, Attribution& attribution) {
  attribution.total = 0;
  for (uint64_t weight : attribution.by_deployment) {
    attribution.total += weight;
    if (attribution.total >= kTotalWeightMax) return FigureTooLarge("its weight is 2^56 or more");
  }
  const ConsumerTable& consumers = graph.consumers();
  std::sort(
      attribution.cyclic.begin(), attribution.cyclic.end(),
      [&consumers](ConsumerIndex a, ConsumerIndex b) { return consumers.NameOf(a) < consumers.NameOf(b); });
  return absl::OkStatus();
}

// What weight is where, on the way through one graph.
class Attributor::Impl {
 public:
  Impl(std::shared_ptr<const Graph> graph, std::shared_ptr<const EvaluationPlan> plan)
      : graph_(*graph), splitter_(std::move(graph), std::move(plan)), counted_(graph_) {}

  const Graph& graph() const { return graph_; }

  absl::StatusOr<Attribution> Attribute(Basis basis, const Population& population, const Limits& limits) {
    if (absl::Status status = Begin(limits); !status.ok()) return status;
    Attribution result;
    result.basis = basis;
    result.by_deployment.assign(graph_.deployments().slots(), 0);
    absl::Status status =
        WeighsConsumers(basis) ? AttributeConsumers(population, result) : AttributeUsage(population, result);
    if (!status.ok()) return status;
    if (!splitter_.record_status().ok()) return splitter_.record_status();
    if (absl::Status summed = SumUp(graph_, result); !summed.ok()) return summed;
    return result;
  }

  absl::StatusOr<std::vector<OwnWeight>> WeighEach(Basis basis, const Population& population,
                                                   const std::vector<double>& there) {
    if (absl::Status status = Begin(Limits()); !status.ok()) return status;
    absl::StatusOr<std::vector<OwnWeight>> weights = WeighsConsumers(basis)
                                                         ? WeighConsumers(basis, population, there)
                                                         : WeighUsage(basis, population, there);
    if (weights.ok() && !splitter_.record_status().ok()) return splitter_.record_status();
    return weights;
  }

 private:
  absl::Status Begin(const Limits& limits) {
    splitter_.Restart();
    return splitter_.Prepare(limits);
  }

  // Where a unit of each consumer goes, from what is needed to who needs it.
  std::vector<OwnWeight> WeighConsumers(Basis basis, const Population& population,
                                        const std::vector<double>& there) {
    std::vector<OwnWeight> units(graph_.consumers().slots());
    for (const ConsumerIndex index : splitter_.condensation().order) {
      OwnWeight& unit = units[index.value];
      splitter_.SplitConsumer(index, kFineUnit, nullptr, [&](Target target, uint64_t part) {
        const double share = static_cast<double>(part) / static_cast<double>(kFineUnit);
        const OwnWeight of_target = target.is_consumer() ? units[target.consumer().value]
                                                         : OwnWeight{1, there[target.deployment().value]};
        unit.weight += share * of_target.weight;
        unit.there += share * of_target.there;
      });
    }
    std::vector<OwnWeight> weights(units.size());
    for (const ConsumerIndex index : graph_.consumers()) {
      if (!Counts(index, population)) continue;
      const double own = static_cast<double>(OwnWeightOf(counted_, index, basis));
      weights[index.value] = {own * units[index.value].weight, own * units[index.value].there};
    }
    return weights;
  }

  absl::StatusOr<std::vector<OwnWeight>> WeighUsage(Basis basis, const Population& population,
                                                    const std::vector<double>& there) {
    std::vector<OwnWeight> weights(graph_.consumers().slots());
    for (const ConsumerIndex index : graph_.consumers()) {
      if (!Counts(index, population)) continue;
      OwnWeight& own = weights[index.value];
      for (uint32_t ordinal = 0; ordinal < graph_.consumers()[index].group_count(); ++ordinal) {
        const auto split = splitter_.SplitUsage(index, ordinal, basis, [&](Target target, uint64_t part) {
          own.weight += static_cast<double>(part);
          own.there += static_cast<double>(part) * there[target.deployment().value];
        });
        if (!split.ok()) return split.status();
      }
    }
    return weights;
  }

  bool Counts(ConsumerIndex index, const Population& population) const {
    const ConsumerView consumer = graph_.consumers()[index];
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

  absl::Status AttributeConsumers(const Population& population, Attribution& result) {
    own_.assign(graph_.consumers().slots(), 0);
    result.passed.assign(graph_.consumers().slots(), 0);
    Uint128 input = 0;
    for (ConsumerIndex index : graph_.consumers()) {
      if (!Counts(index, population)) continue;
      ++result.population;
      own_[index.value] = OwnWeightOf(counted_, index, result.basis);
      input += own_[index.value];
    }
    if (input >= kInputWeightMax)
      return FigureTooLarge("the weights of its consumers add up to 2^63 or more");
    // Who needs comes before what is needed, so that all that reaches a consumer is there before it is split.
    const std::vector<ConsumerIndex>& order = splitter_.condensation().order;
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      const uint64_t own = own_[at->value], passed = result.passed[at->value];
      if (own == 0 && passed == 0) continue;
      if (splitter_.HasCycle(*at)) result.cyclic.push_back(*at);
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
    std::vector<bool> selected(graph_.consumers()[consumer].group_count());
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

  void SplitConsumer(ConsumerIndex consumer, uint64_t weight, const std::vector<bool>* selected,
                     Attribution& result) {
    const auto rest = [&result](Target target, uint64_t part) {
      (target.is_consumer() ? result.passed[target.consumer().value]
                            : result.by_deployment[target.deployment().value]) += part;
    };
    if (!splitter_.SplitConsumer(consumer, weight, selected, rest)) result.unattributed += weight;
  }

  bool IsRoute(ConsumerIndex index) const {
    return graph_.consumers()[index].record().kind == ConsumerKind::kRoute;
  }

  absl::Status AttributeUsage(const Population& population, Attribution& result) {
    for (ConsumerIndex index : graph_.consumers()) {
      const bool counts = Counts(index, population);
      // What passes through a route was used by it; whoever uses the route is one of the population, or not
      // told.
      if (!counts && (population.consumer || !IsRoute(index))) continue;
      if (counts) ++result.population;
      const ConsumerView consumer = graph_.consumers()[index];
      for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
        if (counts && population.dependency && !population.dependency(index, ordinal)) continue;
        if (absl::Status status = AddUsage(index, ordinal, result); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddUsage(ConsumerIndex consumer, uint32_t ordinal, Attribution& result) {
    bool fits = true;
    const auto rest = [&](Target target, uint64_t part) {
      uint64_t& place = result.by_deployment[target.deployment().value];
      fits = fits && part < kTotalWeightMax && (place += part) < kTotalWeightMax;
    };
    const absl::StatusOr<bool> measured = splitter_.SplitUsage(consumer, ordinal, result.basis, rest);
    if (!measured.ok()) return measured.status();
    result.unmeasured += *measured ? 0 : 1;
    return fits ? absl::OkStatus() : FigureTooLarge("its weight is 2^56 or more");
  }

  const Graph& graph_;
  WeightSplitter splitter_;
  const Counted counted_;
  std::vector<uint64_t> own_;  // By consumer slot.
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
