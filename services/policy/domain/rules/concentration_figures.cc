#include "services/policy/domain/rules/concentration_figures.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "services/engine/concentration/outside.h"

namespace linchpin::policy {
namespace {

using engine::Bounded;
using engine::Concentration;
using engine::Uint128;
using engine::WeightedGroup;

constexpr std::string_view kOutside = "outside";

bool IsOutside(const WeightedGroup& group, const CountrySet& home) {
  const auto country = engine::Country::Parse(group.key);
  return country && !home.Contains(*country);
}

uint64_t OutsideWeight(const Concentration& concentration, const CountrySet& home) {
  uint64_t outside = 0;
  for (const WeightedGroup& group : concentration.groups) {
    if (IsOutside(group, home)) outside += group.weight;
  }
  return outside;
}

std::vector<engine::Country> CountriesOf(const CountrySet& set) {
  std::vector<engine::Country> countries;
  for (const std::string& code : set.Codes()) countries.push_back(*engine::Country::Parse(code));
  return countries;
}

// Lower: what lies outside whatever the unknown facts are; upper: what may; the value: what probably does.
Figure ShareOutside(const engine::Knowledge& knowledge, const Concentration& concentration,
                    const CountrySet& home, engine::FactsRead read) {
  const std::vector<engine::Country> countries = CountriesOf(home);
  const auto weigh = [&](engine::FactsRead as) {
    return engine::WeighOutside(knowledge, concentration, countries, as);
  };
  const engine::OutsideWeight outside = weigh(read);
  uint64_t likely = weigh(engine::FactsRead::kLikely).certain;
  const Uint128 total = concentration.total;
  return {std::string(kOutside),
          {{likely, total}, {outside.certain, total}, {Uint128{outside.certain} + outside.open, total}}};
}

// Is a large share what violates?
bool IsFromAbove(const ConcentrationSpec& spec) {
  return spec.violates_when != v1::COMPARATOR_LT && spec.violates_when != v1::COMPARATOR_LE;
}

// What is unknown could be one more group, of any size up to its own; a small one, or none at all.
Figure UnknownShare(const Concentration& concentration, const ConcentrationSpec& spec) {
  const std::string unknown(engine::kUnknownKey);
  if (IsFromAbove(spec)) {
    // What is one of a few groups is no further one.
    Bounded share = *concentration.Share(unknown);
    share.upper.numerator = concentration.other_weight;
    share.value.numerator = std::min(share.value.numerator, share.upper.numerator);
    return {unknown, share};
  }
  // Lower: the smallest item alone; upper: all of it in the largest group.
  const uint64_t largest = concentration.groups.empty() ? 0 : concentration.groups.front().weight;
  const Uint128 total = concentration.total;
  return {unknown,
          {{concentration.unknown_weight - concentration.likely_weight, total},
           {concentration.unknown.back().weight, total},
           {Uint128{largest} + concentration.unknown_weight, total}}};
}

// The share of a set of groups, whoever belongs: least with only the certain members on its side and every
// other member against it, most the other way round. A part on both sides of the fraction goes to it whole.
Bounded ShareForAnyMembers(const Concentration& certain, uint64_t certain_known, const Concentration& all,
                           uint64_t all_known, uint64_t rounding) {
  // A weight of any population and the same weight of the certain members are each off by `rounding` at most.
  const Uint128 slack = Uint128{2} * rounding;
  const auto less = [](Uint128 a, Uint128 b) { return a > b ? a - b : Uint128{0}; };
  const Uint128 low = less(certain_known, slack);
  const Uint128 against = Uint128{all.total} - all_known + slack;
  const Uint128 high = Uint128{all_known} + all.unknown_weight + slack;
  const Uint128 remaining = less(Uint128{certain.total} - certain_known - certain.unknown_weight, slack);
  return {{all_known, all.total},
          {low, std::max<Uint128>(low + against, 1)},
          {high, std::max<Uint128>(high + remaining, 1)}};
}

uint64_t TopWeight(const std::vector<WeightedGroup>& groups, int k,
                   const std::unordered_map<std::string_view, uint64_t>* by_key) {
  uint64_t sum = 0;
  for (int i = 0; i < k && i < static_cast<int>(groups.size()); ++i) {
    sum += by_key == nullptr ? groups[i].weight : by_key->at(groups[i].key);
  }
  return sum;
}

}  // namespace

std::vector<Figure> FiguresOf(const engine::Knowledge& knowledge, const Concentration& concentration,
                              const ConcentrationSpec& spec, engine::FactsRead read) {
  std::vector<Figure> figures;
  if (concentration.total == 0) return figures;
  switch (spec.metric) {
    case v1::METRIC_TOP_K_SHARE:
      return {{"", *concentration.TopShare(spec.k)}};
    case v1::METRIC_HHI:
      return {{"", *concentration.Hhi()}};
    case v1::METRIC_EFFECTIVE_NUMBER:
      return {{"", *concentration.EffectiveNumber()}};
    case v1::METRIC_COUNT_DISTINCT:
      return {{"", *concentration.CountDistinct()}};
    default:
      break;
  }
  if (spec.home) return {ShareOutside(knowledge, concentration, *spec.home, read)};
  for (const WeightedGroup& group : concentration.groups) {
    // A group that perhaps has nothing at all is not too small.
    if (group.weight > 0 || IsFromAbove(spec))
      figures.push_back({group.key, *concentration.Share(group.key)});
  }
  if (concentration.unknown_weight > 0) figures.push_back(UnknownShare(concentration, spec));
  return figures;
}

std::vector<Figure> FiguresForAnyMembers(const Concentration& certain, const Concentration& all,
                                         uint64_t rounding, const ConcentrationSpec& spec) {
  if (certain.total == 0) return {};
  std::unordered_map<std::string_view, uint64_t> of_all;
  for (const WeightedGroup& group : all.groups) of_all[group.key] = group.weight;
  // What the certain members have is within that of all, but for rounding.
  for (const WeightedGroup& group : certain.groups) of_all.try_emplace(group.key, 0);
  if (spec.metric == v1::METRIC_TOP_K_SHARE) {
    // The largest groups of the certain members have at most the share of the largest of any population.
    Bounded bounded = ShareForAnyMembers(certain, TopWeight(certain.groups, spec.k, nullptr), all,
                                         TopWeight(certain.groups, spec.k, &of_all), rounding);
    bounded.value = all.TopShare(spec.k)->value;
    bounded.upper = {1, 1};
    return {{"", bounded}};
  }
  if (spec.metric != v1::METRIC_SHARE) return {};
  if (spec.home) {
    return {{std::string(kOutside), ShareForAnyMembers(certain, OutsideWeight(certain, *spec.home), all,
                                                       OutsideWeight(all, *spec.home), rounding)}};
  }
  std::vector<Figure> figures;
  for (const WeightedGroup& group : certain.groups) {
    figures.push_back(
        {group.key, ShareForAnyMembers(certain, group.weight, all, of_all.at(group.key), rounding)});
  }
  return figures;
}

uint64_t RoundingOf(const engine::Graph& graph, engine::Basis basis, engine::Dimension dimension) {
  uint64_t parts = 0;
  const auto add = [&parts](uint64_t count) { parts += count > 1 ? count : 0; };
  // Usage is split where it was observed, whoever else is counted.
  if (basis == engine::Basis::kApplications || basis == engine::Basis::kCriticality) {
    for (const engine::ConsumerIndex index : graph.consumers()) {
      const engine::ConsumerView consumer = graph.consumers()[index];
      add(consumer.group_count());
      for (uint32_t group = 0; group < consumer.group_count(); ++group) add(consumer.group(group).size());
    }
  }
  for (const engine::DeploymentIndex index : graph.deployments()) {
    add(engine::ValuesOf(graph, index, dimension).size());
  }
  return parts;
}

}  // namespace linchpin::policy
