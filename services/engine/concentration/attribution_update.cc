#include "services/engine/concentration/attribution_update.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/engine/concentration/weight_splitter.h"
#include "services/engine/levels/affected.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {
namespace {

using Uint128 = unsigned __int128;

std::vector<ConsumerIndex> LiveOf(const Graph& graph, const std::vector<ConsumerIndex>& consumers) {
  std::vector<ConsumerIndex> live;
  std::copy_if(consumers.begin(), consumers.end(), std::back_inserter(live),
               [&graph](ConsumerIndex consumer) { return graph.consumers().IsLive(consumer); });
  return live;
}

void Append(const std::vector<ConsumerIndex>& more, std::vector<ConsumerIndex>& all) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

KeptAttribution::KeptAttribution(Attribution attribution) : attribution_(std::move(attribution)) {
  for (uint32_t slot = 0; slot < attribution_.passed.size(); ++slot) {
    if (attribution_.passed[slot] > 0) passed_[slot] = attribution_.passed[slot];
  }
  attribution_.passed = {};
}

struct AttributionUpdate::Side {
  Side(std::shared_ptr<const Graph> graph, std::vector<ConsumerIndex> consumers)
      : whole(std::move(graph)), concerned(std::move(consumers)), counted(*whole) {}

  absl::Status Prepare(const Knowledge& knowledge) {
    auto plan = EvaluationPlan::Create(knowledge.On(whole->Restrict(concerned)));
    if (!plan.ok()) return plan.status();
    splitter = std::make_unique<WeightSplitter>((*plan)->shared_graph(), *plan);
    return splitter->Prepare(Limits());
  }
  ConsumerIndex WholeOf(ConsumerIndex of_part) const { return concerned[of_part.value]; }

  const std::shared_ptr<const Graph> whole;
  const std::vector<ConsumerIndex> concerned;  // Consumer i of the part is concerned[i].
  const Counted counted;                       // By the whole: in the part, routes might seem to stand in.
  std::unique_ptr<WeightSplitter> splitter;    // Of the part.
};

// Puts the weight of one side in, or takes it out.
struct AttributionUpdate::Sums {
  void Add(uint64_t weight, uint64_t& place) const { place = comes ? place + weight : place - weight; }
  void Count(int64_t& place) const { place += comes ? 1 : -1; }

  // Who needs comes before what is needed where weight is put in, so that all that reaches a consumer is
  // there before it is split; where it is taken out, after it, so that it still is.
  void AddConsumers(Side& side) {
    std::vector<ConsumerIndex> order = side.splitter->condensation().order;
    if (comes) std::reverse(order.begin(), order.end());
    for (const ConsumerIndex of_part : order) {
      const ConsumerIndex consumer = side.WholeOf(of_part);
      const bool counts = members(consumer);
      if (counts) Count(sum.population);
      const auto through = passed.find(consumer.value);
      const uint64_t weight = (counts ? OwnWeightOf(side.counted, consumer, sum.basis) : 0) +
                              (through == passed.end() ? 0 : through->second);
      if (weight == 0) continue;
      if (comes && side.splitter->HasCycle(of_part)) sum.cyclic.push_back(consumer);
      const bool split =
          side.splitter->SplitConsumer(of_part, weight, nullptr, [&](Target target, uint64_t part) {
            Add(part, target.is_consumer() ? passed[side.WholeOf(target.consumer()).value]
                                           : sum.by_deployment[target.deployment().value]);
          });
      if (!split) Add(weight, sum.unattributed);
    }
  }

  absl::Status AddUsage(Side& side) {
    const Graph& part = side.splitter->graph();
    for (const ConsumerIndex of_part : part.consumers()) {
      if (!members(side.WholeOf(of_part))) continue;
      Count(sum.population);
      for (uint32_t ordinal = 0; ordinal < part.consumers()[of_part].group_count(); ++ordinal) {
        if (absl::Status status = AddUsageOf(side, of_part, ordinal); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddUsageOf(Side& side, ConsumerIndex of_part, uint32_t ordinal) {
    bool fits = true;
    const auto rest = [&](Target target, uint64_t weight) {
      uint64_t& place = sum.by_deployment[target.deployment().value];
      fits = fits && weight < kTotalWeightMax;
      if (fits) Add(weight, place);
      fits = fits && place < kTotalWeightMax;
    };
    const absl::StatusOr<bool> measured = side.splitter->SplitUsage(of_part, ordinal, sum.basis, rest);
    if (!measured.ok()) return measured.status();
    if (!*measured) Count(sum.unmeasured);
    return fits ? absl::OkStatus() : FigureTooLarge("its weight is 2^56 or more");
  }

  absl::Status AddAll(Side& side) {
    side.splitter->Restart();
    if (WeighsConsumers(sum.basis)) {
      AddConsumers(side);
    } else if (absl::Status status = AddUsage(side); !status.ok()) {
      return status;
    }
    return side.splitter->record_status();
  }

  const Members& members;
  const bool comes;
  Attribution& sum;
  absl::flat_hash_map<uint32_t, uint64_t>& passed;
};

AttributionUpdate::AttributionUpdate(std::unique_ptr<Side> before, std::unique_ptr<Side> after)
    : before_(std::move(before)), after_(std::move(after)) {}
AttributionUpdate::~AttributionUpdate() = default;

absl::StatusOr<std::unique_ptr<AttributionUpdate>> AttributionUpdate::Create(
    std::shared_ptr<const Graph> before, std::shared_ptr<const Graph> after, const Knowledge& knowledge,
    std::span<const ConsumerIndex> counted_otherwise, size_t max) {
  auto differ = AffectedConsumers(*before, *after, max);
  if (!differ.has_value()) return nullptr;
  Append(GoneConsumers(*before, *after), *differ);
  differ->insert(differ->end(), counted_otherwise.begin(), counted_otherwise.end());
  const auto needed_before = NeededConsumers(*before, LiveOf(*before, *differ), max);
  const auto needed_after = NeededConsumers(*after, LiveOf(*after, *differ), max);
  if (!needed_before.has_value() || !needed_after.has_value()) return nullptr;
  // Of each side the same, as far as it is there: what leads out of the one leads out of the other.
  std::vector<ConsumerIndex> concerned;
  std::set_union(needed_before->begin(), needed_before->end(), needed_after->begin(), needed_after->end(),
                 std::back_inserter(concerned));
  auto was = std::make_unique<Side>(before, LiveOf(*before, concerned));
  auto is = std::make_unique<Side>(after, LiveOf(*after, concerned));
  if (was->counted.stand_ins() > 0 || is->counted.stand_ins() > 0) return nullptr;
  if (absl::Status status = was->Prepare(knowledge); !status.ok()) return status;
  if (absl::Status status = is->Prepare(knowledge); !status.ok()) return status;
  return std::unique_ptr<AttributionUpdate>(new AttributionUpdate(std::move(was), std::move(is)));
}

absl::Status AttributionUpdate::Apply(const Members& before, const Members& after, KeptAttribution& kept) {
  Attribution& sum = kept.attribution_;
  std::erase_if(sum.cyclic, [this](ConsumerIndex consumer) {
    return std::binary_search(before_->concerned.begin(), before_->concerned.end(), consumer);
  });
  absl::Status status = Sums{before, /*comes=*/false, sum, kept.passed_}.AddAll(*before_);
  if (status.ok()) status = Sums{after, /*comes=*/true, sum, kept.passed_}.AddAll(*after_);
  if (!status.ok()) return status;
  absl::erase_if(kept.passed_, [](const auto& passed) { return passed.second == 0; });
  if (status = SumUp(*after_->whole, sum); !status.ok()) return status;
  if (Uint128{sum.total} + sum.unattributed >= kInputWeightMax)
    return FigureTooLarge("the weights of its consumers add up to 2^63 or more");
  return absl::OkStatus();
}

}  // namespace linchpin::engine
