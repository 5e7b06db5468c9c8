#include "services/risk/domain/scores/assumptions.h"

#include <array>
#include <cstdint>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::risk {
namespace {

using engine::ConsumerIndex;
using engine::DeploymentIndex;
using engine::Graph;

enum Sort {
  kContinuity,
  kTier,
  kLossRate,
  kPenalty,
  kEssential,
  kWeight,
  kUnits,
  kRouteUnits,
  kBridge,
  kQuality,
  kShare,
  kSwitch,
  kCapacity,
  kIntermediaries,
  kOrigin,
  kWeightOfTier,
  kWeightOfNoTier,
  kSorts,
};

// "<count> <what>" (what is absent), then what is taken.
struct Wording {
  std::string_view one, many, taken;
};
constexpr std::array<Wording, kSorts> kWordings = {{
    {"consumer states no continuity or only a part of it",
     "consumers state no continuity or only a part of it", "the rest is taken from the tier"},
    {"consumer has no tier", "consumers have no tier", "the values of tier 3 are taken"},
    {"consumer states no loss rate", "consumers state no loss rate", "its loss is not priced"},
    {"consumer states no penalty", "consumers state no penalty", "it is not priced"},
    {"dependency does not say whether it is essential", "dependencies do not say whether they are essential",
     "essential is assumed"},
    {"dependency that is not essential has no weight", "dependencies that are not essential have no weight",
     "the whole consumer is assumed"},
    {"dependency states no units", "dependencies state no units", "1 is assumed"},
    {"route states no units", "routes state no units", "those of what puts it first are taken"},
    {"dependency states no bridge", "dependencies state no bridge", "0 seconds are assumed"},
    {"alternative states no quality", "alternatives state no quality", "full quality is assumed"},
    {"alternative states no share", "alternatives state no share", "the whole demand is assumed"},
    {"alternative states no switch time", "alternatives state no switch time",
     "it is taken from the activation"},
    {"deployment states no capacity", "deployments state no capacity", "unlimited is assumed"},
    {"deployment states no intermediaries", "deployments state no intermediaries", "none is assumed"},
    {"model states no country of origin", "models state no country of origin",
     "it is taken from the developer"},
    {"consumer states no weight", "consumers state no weight", "it is taken from the tier"},
    {"consumer states neither weight nor tier", "consumers state neither weight nor tier",
     "the weight of tier 3 is taken"},
}};

class Counter {
 public:
  explicit Counter(const Graph& graph) : graph_(graph) {}

  void AddConsumer(ConsumerIndex index) {
    const engine::ConsumerView consumer = graph_.consumers()[index];
    const engine::ConsumerRecord& record = consumer.record();
    Count(kContinuity, record.tier != 0 && record.derived != 0, consumer.name());
    Count(kTier, record.rests_on_unknown_tier(), consumer.name());
    Count(kLossRate, !record.loss_is_priced, consumer.name());
    Count(kPenalty, !record.penalty_is_priced, consumer.name());
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal)
      AddGroup(consumer, consumer.group(ordinal));
  }

  void AddDeployments() {
    std::set<engine::ModelIndex> models;
    for (DeploymentIndex index : deployments_) {
      const engine::Deployment& deployment = graph_.deployments()[index];
      Count(kCapacity, deployment.capacity_units.is_unknown(), deployment.name);
      Count(kIntermediaries, deployment.intermediaries.is_unknown(), deployment.name);
      if (deployment.model.has_value()) models.insert(*deployment.model);
    }
    AddModels(models);
  }

  // What a figure of concentration takes of a consumer.
  void AddWeight(ConsumerIndex index) {
    const engine::ConsumerView consumer = graph_.consumers()[index];
    const engine::ConsumerRecord& record = consumer.record();
    if ((record.derived & engine::kWeightDerived) == 0) return;
    Count(record.tier == 0 ? kWeightOfNoTier : kWeightOfTier, true, consumer.name());
  }
  void AddSplits(ConsumerIndex index) {
    const engine::ConsumerView consumer = graph_.consumers()[index];
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal)
      AddSplit(consumer, consumer.group(ordinal));
  }
  void AddOrigins() {
    std::set<engine::ModelIndex> models;
    for (DeploymentIndex index : deployments_) {
      const auto model = graph_.deployments()[index].model;
      if (!model.has_value() || models.contains(*model)) continue;
      for (const engine::LineageMember& member : engine::LineageOf(graph_, *model, engine::Reach::kWeights))
        models.insert(member.model);
    }
    AddModels(models);
  }
  int64_t count(Sort sort) const { return counts_[sort]; }

  std::vector<std::string> Sentences() const {
    std::vector<std::string> sentences;
    for (int sort = 0; sort < kSorts; ++sort) {
      const int64_t count = counts_[sort];
      if (count == 0) continue;
      const Wording& wording = kWordings[sort];
      sentences.push_back(absl::StrCat(count, " ", std::string(count == 1 ? wording.one : wording.many), " (",
                                       count == 1 ? "" : "one is ", examples_[sort], "); ",
                                       std::string(wording.taken), "."));
    }
    return sentences;
  }

 private:
  void AddModels(const std::set<engine::ModelIndex>& models) {
    for (engine::ModelIndex model : models)
      Count(kOrigin, graph_.OriginOf(model).derived, graph_.models()[model].name);
  }

  // Which dependencies take the weight, and the flows by which alternatives share it.
  void AddSplit(const engine::ConsumerView& consumer, const engine::GroupView& group) {
    const engine::GroupTerms& terms = group.terms();
    const std::string name = NameOf(consumer, group);
    Count(kEssential, (terms.assumed & engine::kEssentialAssumed) != 0, name);
    bool finite = false;
    for (uint32_t k = 0; k < group.size(); ++k) {
      if (!group.target(k).is_consumer()) {
        const DeploymentIndex deployment = group.target(k).deployment();
        deployments_.insert(deployment);
        finite |= graph_.deployments()[deployment].has_finite_capacity();
      }
      if (group.size() == 1) return;  // Nothing is shared out.
      const uint8_t assumed = group.alternative(k).assumed;
      Count(kShare, (assumed & engine::kShareAssumed) != 0, name);
      Count(kSwitch, k > 0 && (assumed & engine::kSwitchFromActivation) != 0, name);
    }
    Count(UnitsSort(consumer), finite && (terms.assumed & engine::kUnitsAssumed) != 0, name);
  }

  void AddGroup(const engine::ConsumerView& consumer, const engine::GroupView& group) {
    const engine::GroupTerms& terms = group.terms();
    const auto count = [&](Sort sort, bool absent) {
      if (absent) Count(sort, true, NameOf(consumer, group));
    };
    count(kEssential, (terms.assumed & engine::kEssentialAssumed) != 0);
    count(kWeight, !terms.essential && (terms.assumed & engine::kWeightAssumed) != 0);
    count(UnitsSort(consumer), (terms.assumed & engine::kUnitsAssumed) != 0);
    count(kBridge, (terms.assumed & engine::kBridgeAssumed) != 0);
    for (uint32_t k = 0; k < group.size(); ++k) {
      const uint8_t assumed = group.alternative(k).assumed;
      count(kQuality, (assumed & engine::kQualityAssumed) != 0);
      count(kShare, (assumed & engine::kShareAssumed) != 0);
      count(kSwitch, k > 0 && (assumed & engine::kSwitchFromActivation) != 0);
      if (!group.target(k).is_consumer()) deployments_.insert(group.target(k).deployment());
    }
  }

  static bool IsRoute(const engine::ConsumerView& consumer) {
    return consumer.record().kind == engine::ConsumerKind::kRoute;
  }
  static Sort UnitsSort(const engine::ConsumerView& consumer) {
    return IsRoute(consumer) ? kRouteUnits : kUnits;
  }
  // A route's one group is the route itself.
  static std::string NameOf(const engine::ConsumerView& consumer, const engine::GroupView& group) {
    if (IsRoute(consumer)) return std::string(consumer.name());
    return absl::StrCat(std::string(consumer.name()), "/dependencies/", std::string(group.id()));
  }

  void Count(Sort sort, bool absent, std::string_view example) {
    if (!absent) return;
    if (++counts_[sort] == 1 || example < examples_[sort]) examples_[sort] = example;
  }

  const Graph& graph_;
  std::set<DeploymentIndex> deployments_;
  std::array<int64_t, kSorts> counts_{};
  std::array<std::string, kSorts> examples_;
};

}  // namespace

std::vector<ConsumerIndex> WithDependedOn(const Graph& graph, const std::vector<ConsumerIndex>& consumers) {
  std::vector<bool> seen(graph.consumers().slots());
  std::vector<ConsumerIndex> reached;
  const auto reach = [&](ConsumerIndex consumer) {
    if (!seen[consumer.value]) reached.push_back(consumer);
    seen[consumer.value] = true;
  };
  for (ConsumerIndex consumer : consumers) reach(consumer);
  for (size_t next = 0; next < reached.size(); ++next) {
    const engine::ConsumerView consumer = graph.consumers()[reached[next]];
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
      for (engine::Target target : consumer.group(ordinal).targets()) {
        if (target.is_consumer()) reach(target.consumer());
      }
    }
  }
  return reached;
}

FigureAssumptions AssumptionsOfFigures(const Graph& graph, const std::vector<ConsumerIndex>& consumers,
                                       bool criticality) {
  Counter counter(graph);
  if (criticality) {
    for (ConsumerIndex consumer : consumers) counter.AddWeight(consumer);
  }
  for (ConsumerIndex consumer : WithDependedOn(graph, consumers)) counter.AddSplits(consumer);
  counter.AddOrigins();
  return {counter.Sentences(), counter.count(kWeightOfNoTier)};
}

std::vector<std::string> AssumptionsOf(const Graph& graph, const std::vector<ConsumerIndex>& consumers) {
  Counter counter(graph);
  for (ConsumerIndex consumer : consumers) counter.AddConsumer(consumer);
  counter.AddDeployments();
  return counter.Sentences();
}

void AddStandIns(const engine::Counted& counted, google::protobuf::RepeatedPtrField<std::string>& sentences) {
  if (counted.stand_ins() == 0) return;
  *sentences.Add() = absl::StrCat("No application is declared; ", counted.stand_ins(),
                                  counted.stand_ins() == 1 ? " route that nothing depends on stands in."
                                                           : " routes that nothing depends on stand in.");
}

}  // namespace linchpin::risk
