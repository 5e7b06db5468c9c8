// Properties of attribution and concentration over small random worlds.
#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/concentration/foreign.h"
#include "services/engine/concentration/value_domain.h"
#include "services/engine/levels/baseline_flows.h"
#include "services/engine/levels/evaluation_plan.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/concentration/naive_flows.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

constexpr int kWorlds = 300;
constexpr Basis kAllBases[] = {Basis::kApplications, Basis::kCriticality, Basis::kRequests, Basis::kTokens,
                               Basis::kSpend};

class WorldMaker {
 public:
  explicit WorldMaker(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t n) { return random_() % n; }
  bool Chance(int percent) { return static_cast<int>(Below(100)) < percent; }
  std::optional<Country> AnyCountry() {
    constexpr const char* kCodes[] = {"", "US", "CN", "FR"};
    return Country::Parse(kCodes[Below(4)]);
  }

  // Vendors, hosts, models and deployments, with unknown facts and known nones among them.
  void AddSupply(Supply& supply) {
    for (int i = 0; i < 4; ++i) {
      VendorFacts vendor{"vendors/v" + std::to_string(i), AnyCountry(), Fact<std::string>::None()};
      if (Chance(30)) vendor.parent = Fact<std::string>::Unknown();
      if (i > 0 && Chance(40)) vendor.parent = "vendors/v" + std::to_string(Below(i));
      supply.changes.vendors.push_back(vendor);
    }
    for (int i = 0; i < 3; ++i) {
      HostFacts host{"hosts/h" + std::to_string(i), {}, AnyCountry()};
      if (Chance(60)) host.provider = "vendors/v" + std::to_string(Below(4));
      if (Chance(20)) host.provider = Fact<std::string>::None();
      supply.changes.hosts.push_back(host);
    }
    supply.changes.licences.push_back({"licences/l", std::nullopt});
    for (int i = 0; i < 6; ++i) AddModel(supply, i);
    for (int i = 0; i < 6; ++i) {
      DeploymentFacts& deployment = supply.Deployment("d" + std::to_string(i));
      if (Chance(85)) deployment.model = "models/m" + std::to_string(Below(6));
      if (Chance(70)) deployment.host = "hosts/h" + std::to_string(Below(3));
      if (Chance(30)) {
        deployment.mode = HostingMode::kSelfHosted;
      } else if (Chance(70)) {
        deployment.mode = HostingMode::kThirdPartyHosted;
        deployment.operator_vendor = "vendors/v" + std::to_string(Below(4));
      }
      if (Chance(30)) deployment.capacity_units = static_cast<int64_t>(Below(20));
    }
  }

  // Consumers that need deployments and each other, cycles included.
  void AddDemand(Supply& supply) {
    std::vector<std::string> names;
    for (int i = 0; i < 6; ++i) {
      const std::string id = "c" + std::to_string(i);
      const bool application = Chance(70);
      (application ? supply.Application(id, 1 + Below(4)) : supply.BusinessService(id, 1 + Below(4)))
          .continuity.weight = static_cast<int64_t>(Below(50));
      names.push_back((application ? "applications/" : "businessServices/") + id);
    }
    for (const std::string& name : names) {
      const int groups = static_cast<int>(Below(4));
      for (int g = 0; g < groups; ++g) {
        std::vector<std::string> targets;
        const int alternatives = 1 + static_cast<int>(Below(3));
        for (int k = 0; k < alternatives; ++k) {
          targets.push_back(Chance(75) ? "deployments/d" + std::to_string(Below(6))
                                       : names[Below(names.size())]);
        }
        AddGroup(supply.Needs(name, "g" + std::to_string(g), targets));
      }
    }
  }

 private:
  void AddModel(Supply& supply, int i) {
    ModelFacts& model = supply.Model("m" + std::to_string(i));
    model.origin = AnyCountry();
    if (Chance(70)) model.developer = "vendors/v" + std::to_string(Below(4));
    if (Chance(50)) model.licence = "licences/l";
    if (Chance(20)) model.licence = Fact<std::string>::None();
    if (Chance(50)) model.derivations = Fact<std::vector<DerivationFacts>>::None();
    if (i < 2 || !Chance(60)) return;
    std::vector<DerivationFacts> derivations;
    const int bases = 1 + static_cast<int>(Below(3));
    for (int b = 0; b < bases; ++b) {
      std::optional<Relation> relation;
      if (Chance(85)) relation = Chance(80) ? Relation::kMerge : Relation::kDistilled;
      derivations.push_back({"models/m" + std::to_string(Below(i)), relation});
    }
    model.derivations = derivations;
  }

  void AddGroup(GroupFacts& group) {
    group.essential = Chance(70);
    group.units = 1 + static_cast<int64_t>(Below(9));
    if (Chance(40)) group.usage = AnyUsage();
    for (size_t k = 0; k < group.alternatives.size(); ++k) {
      AlternativeFacts& alternative = group.alternatives[k];
      if (Chance(50)) alternative.share_ppm = static_cast<int64_t>(Below(kOne + 1));
      if (Chance(30)) alternative.switch_seconds.reset();
      if (Chance(30)) alternative.usage = AnyUsage();
    }
  }

  Usage AnyUsage() {
    Usage usage{.window_seconds = 1 + static_cast<int64_t>(Below(90 * 86'400))};
    if (Chance(70)) usage.requests = static_cast<int64_t>(Below(1'000'000));
    if (Chance(60)) usage.tokens = static_cast<int64_t>(Below(1'000'000'000));
    if (Chance(60)) usage.spend_minor = static_cast<int64_t>(Below(100'000));
    return usage;
  }

  std::mt19937_64 random_;
};

std::shared_ptr<const Graph> RandomGraph(uint64_t seed) {
  Supply supply;
  WorldMaker maker(seed);
  maker.AddSupply(supply);
  maker.AddDemand(supply);
  return supply.Build();
}

TEST(ConcentrationProperty, WeightIsNeitherLostNorMade) {
  for (uint64_t seed = 0; seed < kWorlds; ++seed) {
    const auto graph = RandomGraph(seed);
    const auto knowledge = Knowledge::Create(graph);
    Attributor attributor(graph);
    for (Basis basis : kAllBases) {
      const auto attribution = attributor.Attribute(basis);
      ASSERT_THAT(attribution, IsOk());
      uint64_t input = 0;
      for (ConsumerIndex index : graph->consumers()) {
        const ConsumerRecord& record = graph->consumers()[index].record();
        if (record.kind != ConsumerKind::kApplication) continue;
        input += kOne * (basis == Basis::kApplications ? 1 : record.weight);
      }
      if (basis == Basis::kApplications || basis == Basis::kCriticality) {
        EXPECT_EQ(attribution->total + attribution->unattributed, input) << seed;
      }
      for (Dimension dimension : kAllDimensions) {
        const Concentration figure = Concentrate(*knowledge, *attribution, dimension);
        uint64_t sum = figure.unknown_weight, unknown = 0;
        for (const WeightedGroup& group : figure.groups) sum += group.weight;
        for (const UnknownItem& item : figure.unknown) unknown += item.weight;
        EXPECT_EQ(sum, attribution->total) << seed;
        EXPECT_EQ(unknown, figure.unknown_weight) << seed;
      }
      const ForeignWeight foreign = WeighForeign(*knowledge, *attribution, {*Country::Parse("FR")});
      EXPECT_EQ(foreign.foreign + foreign.home + foreign.unknown, attribution->total) << seed;
    }
  }
}

TEST(ConcentrationProperty, EachConsumerWeighsWhatItAddsToTheWhole) {
  for (uint64_t seed = 0; seed < kWorlds; ++seed) {
    const auto graph = RandomGraph(seed);
    Population counted;
    counted.consumer = [&](ConsumerIndex index) {
      return graph->consumers()[index].record().kind == ConsumerKind::kApplication;
    };
    Attributor attributor(graph);
    for (Basis basis : kAllBases) {
      const auto attribution = attributor.Attribute(basis, counted);
      ASSERT_THAT(attribution, IsOk());
      for (const DeploymentIndex deployment : graph->deployments()) {
        std::vector<double> there(graph->deployments().slots(), 0);
        there[deployment.value] = 1;
        const auto each = attributor.WeighEach(basis, counted, there);
        ASSERT_THAT(each, IsOk());
        OwnWeight sum;
        for (const OwnWeight& own : *each) {
          sum.weight += own.weight;
          sum.there += own.there;
        }
        // Whole numbers are split in fewer steps for all together than for each.
        EXPECT_NEAR(sum.weight, static_cast<double>(attribution->total), 100) << seed;
        EXPECT_NEAR(sum.there, static_cast<double>(attribution->by_deployment[deployment.value]), 100)
            << seed;
      }
    }
  }
}

TEST(ConcentrationProperty, FlowsAreThoseOfS5PassByPass) {
  for (uint64_t seed = 0; seed < kWorlds; ++seed) {
    const auto graph = RandomGraph(seed);
    const NaiveFlows naive(*graph);
    const auto plan = EvaluationPlan::Create(graph);
    ASSERT_THAT(plan, IsOk());
    const auto baseline = (*plan)->Baseline(Reading::kNotExcluded, Readiness::kImmediate);
    ASSERT_THAT(baseline, IsOk());
    const BaselineFlows flows(**plan, **baseline);
    std::vector<uint64_t> found;
    for (ConsumerIndex index : graph->consumers()) {
      for (uint32_t ordinal = 0; ordinal < graph->consumers()[index].group_count(); ++ordinal) {
        flows.FlowsOf(index, ordinal, found);
        EXPECT_EQ(found, naive.Of(index, ordinal)) << seed << " " << graph->consumers().NameOf(index);
      }
    }
  }
}

// Puts every unknown item into some group that it can be of or, where it may be of any, one of its own, in
// every way, and looks at the figures that result.
class Completions {
 public:
  Completions(const Knowledge& knowledge, const Concentration& figure)
      : figure_(figure),
        hhi_(figure.Hhi()),
        top_(figure.TopShare(2)),
        effective_(figure.EffectiveNumber()),
        distinct_(figure.CountDistinct()) {
    for (const WeightedGroup& group : figure.groups) weights_.push_back(group.weight);
    const ValueDomains domains(knowledge, figure.dimension);
    for (DeploymentIndex index : knowledge.graph().deployments()) {
      for (const UnknownValue& value : ValuesOf(knowledge, index, figure.dimension).unknown) {
        Choice& choice = choices_[std::string(value.resource)];
        choice.may_be_other = !domains.Proven(value).listed;
        choice.groups.clear();
        for (const WeightedGroup& group : figure.groups)
          choice.groups.push_back(domains.MayBe(value, group.key));
      }
    }
  }
  void CheckAll(size_t item = 0) {
    if (item == figure_.unknown.size()) {
      Check();
      return;
    }
    const Choice& choice = choices_.at(figure_.unknown[item].resource);
    // A group known, one that an earlier item opened, or a new one.
    for (size_t group = 0; group <= weights_.size(); ++group) {
      const bool opens = group == weights_.size();
      if (group < choice.groups.size() ? !choice.groups[group] : !choice.may_be_other) {
        if (opens) break;
        continue;
      }
      if (opens) weights_.push_back(0);
      weights_[group] += figure_.unknown[item].weight;
      CheckAll(item + 1);
      weights_[group] -= figure_.unknown[item].weight;
      if (opens) {
        weights_.pop_back();
        break;
      }
    }
  }
  int checked() const { return checked_; }

 private:
  static void Inside(const Fraction& value, const Bounded& bounds) {
    EXPECT_TRUE(Compare(bounds.lower, value) <= 0);
    EXPECT_TRUE(Compare(value, bounds.upper) <= 0);
  }
  void Check() {
    ++checked_;
    Uint128 squares = 0;
    for (uint64_t weight : weights_) squares += Uint128{weight} * weight;
    const Uint128 whole = Uint128{figure_.total} * figure_.total;
    Inside({10'000 * squares, whole}, *hhi_);
    Inside({whole, squares}, *effective_);
    const auto distinct = std::count_if(weights_.begin(), weights_.end(), [](uint64_t w) { return w > 0; });
    Inside({static_cast<Uint128>(distinct), 1}, *distinct_);
    std::vector<uint64_t> sorted = weights_;
    std::sort(sorted.rbegin(), sorted.rend());
    Inside({sorted[0] + (sorted.size() > 1 ? sorted[1] : 0), figure_.total}, *top_);
    for (size_t group = 0; group < figure_.groups.size(); ++group) {
      Inside({weights_[group], figure_.total}, *figure_.Share(figure_.groups[group].key));
    }
  }

  struct Choice {
    bool may_be_other = false;
    std::vector<bool> groups;  // By place in the figure.
  };

  const Concentration& figure_;
  std::map<std::string, Choice> choices_;  // By resource.
  const std::optional<Bounded> hhi_, top_, effective_, distinct_;
  std::vector<uint64_t> weights_;
  int checked_ = 0;
};

TEST(ConcentrationProperty, BoundsBracketEveryCompletionOfTheUnknownItems) {
  int checked = 0;
  for (uint64_t seed = 0; seed < kWorlds; ++seed) {
    const auto graph = RandomGraph(seed);
    const auto knowledge = Knowledge::Create(graph);
    const auto attribution = Attributor(graph).Attribute(Basis::kApplications);
    ASSERT_THAT(attribution, IsOk());
    for (Dimension dimension : kAllDimensions) {
      const Concentration figure = Concentrate(*knowledge, *attribution, dimension);
      if (figure.total == 0 || figure.unknown.size() > 5) continue;
      Completions completions(*knowledge, figure);
      completions.CheckAll();
      checked += completions.checked();
      ASSERT_FALSE(::testing::Test::HasFailure())
          << "seed " << seed << " dimension " << static_cast<int>(dimension);
    }
  }
  EXPECT_GT(checked, 10'000);
}

TEST(ConcentrationProperty, BoundsBracketTheFigureOnceOperatorsAreStated) {
  // The same world with every unknown operator filled in at random lies within the bounds of the one without.
  for (uint64_t seed = 0; seed < kWorlds; ++seed) {
    Supply supply;
    WorldMaker maker(seed);
    maker.AddSupply(supply);
    maker.AddDemand(supply);
    const auto open = supply.Build();
    for (DeploymentFacts& deployment : supply.changes.deployments) {
      if (deployment.mode.has_value()) continue;
      deployment.mode = maker.Chance(20) ? HostingMode::kSelfHosted : HostingMode::kThirdPartyHosted;
      if (deployment.mode == HostingMode::kThirdPartyHosted) {
        deployment.operator_vendor = "vendors/v" + std::to_string(maker.Below(4));
      }
    }
    const auto stated = supply.Build();
    const auto before = Attributor(open).Attribute(Basis::kApplications);
    const auto after = Attributor(stated).Attribute(Basis::kApplications);
    ASSERT_THAT(before, IsOk());
    ASSERT_THAT(after, IsOk());
    EXPECT_EQ(before->by_deployment, after->by_deployment);
    const Concentration bounds = Concentrate(*Knowledge::Create(open), *before, Dimension::kOperator);
    const Concentration figure = Concentrate(*Knowledge::Create(stated), *after, Dimension::kOperator);
    EXPECT_EQ(figure.unknown_weight, 0u);
    if (figure.total == 0) continue;
    EXPECT_TRUE(Compare(bounds.Hhi()->lower, figure.Hhi()->value) <= 0) << seed;
    EXPECT_TRUE(Compare(figure.Hhi()->value, bounds.Hhi()->upper) <= 0) << seed;
  }
}

TEST(ConcentrationProperty, DoesNotDependOnTheOrderInWhichTheGraphWasMade) {
  for (uint64_t seed = 0; seed < kWorlds; ++seed) {
    Supply supply;
    WorldMaker maker(seed);
    maker.AddSupply(supply);
    maker.AddDemand(supply);
    const auto once = supply.Build();
    // The same things one by one, in another order, with one deleted and made again.
    GraphChanges things = supply.changes;
    std::mt19937_64 random(seed);
    std::shuffle(things.consumers.begin(), things.consumers.end(), random);
    std::shuffle(things.groups.begin(), things.groups.end(), random);
    GraphChanges ground;
    ground.vendors = things.vendors;
    ground.hosts = things.hosts;
    ground.licences = things.licences;
    ground.models = things.models;
    ground.deployments.assign(things.deployments.rbegin(), things.deployments.rend());
    ground.consumers = things.consumers;
    auto graph = Graph::Empty()->Apply(ground);
    ASSERT_THAT(graph, IsOk());
    for (const GroupFacts& group : things.groups) {
      GraphChanges one;
      one.groups.push_back(group);
      graph = (*graph)->Apply(one);
      ASSERT_THAT(graph, IsOk());
    }
    if (!things.groups.empty()) {
      GraphChanges gone, back;
      gone.deleted_groups.emplace_back(things.groups[0].consumer, things.groups[0].id);
      back.groups.push_back(things.groups[0]);
      graph = (*graph)->Apply(gone);
      graph = (*graph)->Apply(back);
      ASSERT_THAT(graph, IsOk());
    }
    for (Basis basis : kAllBases) {
      const auto a = Attributor(once).Attribute(basis);
      const auto b = Attributor(*graph).Attribute(basis);
      ASSERT_THAT(a, IsOk());
      ASSERT_THAT(b, IsOk());
      EXPECT_EQ(a->unattributed, b->unattributed) << seed;
      EXPECT_EQ(a->unmeasured, b->unmeasured) << seed;
      for (DeploymentIndex index : once->deployments()) {
        const std::string& name = once->deployments()[index].name;
        EXPECT_EQ(a->by_deployment[index.value], b->by_deployment[(*graph)->deployments().Find(name)->value])
            << seed << " " << name;
      }
    }
  }
}

}  // namespace
}  // namespace linchpin::engine
