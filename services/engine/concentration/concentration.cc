#include "services/engine/concentration/concentration.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/concentration/split.h"
#include "services/engine/concentration/value_domain.h"

namespace linchpin::engine {
namespace {

// Adds up weight by value.
class Tally {
 public:
  struct Item {
    UnknownValue value;
    uint64_t weight = 0;
  };

  void Add(const DimensionValues& values, uint64_t weight) {
    const size_t count = values.size();
    for (size_t place = 0; place < count; ++place) {
      const uint64_t part = EvenPart(weight, count, place);
      if (part == 0) return;
      if (place < values.known.size()) {
        known_[values.known[place]] += part;
        continue;
      }
      const UnknownValue& unknown = values.unknown[place - values.known.size()];
      Item& item = unknown_[unknown.resource];
      item.value = unknown;
      item.weight += part;
    }
  }

  const absl::flat_hash_map<std::string_view, uint64_t>& known() const { return known_; }
  // Largest first, then by resource bytewise.
  std::vector<Item> Items() const {
    std::vector<Item> items;
    for (const auto& [resource, item] : unknown_) items.push_back(item);
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.value.resource < b.value.resource;
    });
    return items;
  }

 private:
  absl::flat_hash_map<std::string_view, uint64_t> known_;
  absl::flat_hash_map<std::string_view, Item> unknown_;
};

Uint128 Square(uint64_t weight) { return Uint128{weight} * weight; }

// Turns what was added up into groups and items, by what the items can be.
class Composer {
 public:
  Composer(const Knowledge& knowledge, FactsRead read, Concentration& result)
      : domains_(knowledge, result.dimension), read_(read), result_(result) {}

  void Run(const Tally& tally) {
    for (const auto& [key, weight] : tally.known()) GroupOf(key).weight += weight;
    for (const Tally::Item& item : tally.Items()) Place(item);
    for (const Sort& sort : sorts_) {
      for (std::string_view key : sort.domain.keys) GroupOf(key);
    }
    AddNotExcluded();
    for (const auto& [key, group] : groups_) result_.groups.push_back(group);
    std::sort(result_.groups.begin(), result_.groups.end(),
              [](const WeightedGroup& a, const WeightedGroup& b) {
                return std::tie(b.weight, b.likely, a.key) < std::tie(a.weight, a.likely, b.key);
              });
    result_.upper_squares = UpperSquares();
  }

 private:
  // Items of equal domain.
  struct Sort {
    UnknownValue value;  // One of them.
    GroupDomain domain;
    uint64_t weight = 0;
  };

  WeightedGroup& GroupOf(std::string_view key) {
    auto [found, is_new] = groups_.try_emplace(key);
    if (is_new) found->second.key = std::string(key);
    return found->second;
  }

  void Place(const Tally::Item& item) {
    const std::optional<GroupDomain> likely = domains_.Likely(item.value);
    const bool reads_likely = read_ == FactsRead::kLikely && likely.has_value();
    GroupDomain proven = reads_likely ? *likely : domains_.Proven(item.value);
    if (const std::string_view* only = proven.Only()) {
      GroupOf(*only).weight += item.weight;
      return;
    }
    UnknownItem& open = result_.unknown.emplace_back(UnknownItem{std::string(item.value.resource),
                                                                 std::string(item.value.field), item.weight,
                                                                 "", item.value.fact, item.value.subject});
    result_.unknown_weight += item.weight;
    if (!proven.listed) result_.other_weight += item.weight;
    if (likely.has_value() && likely->Only() != nullptr) {
      open.likely = std::string(*likely->Only());
      GroupOf(*likely->Only()).likely += item.weight;
      result_.likely_weight += item.weight;
    }
    std::string signature = domains_.SignatureOf(item.value);
    if (reads_likely) {
      signature += 'L';
      for (std::string_view key : proven.keys) signature.append(key).push_back('\0');
    }
    const auto [place, is_new] = sort_of_.try_emplace(std::move(signature), sorts_.size());
    if (is_new) sorts_.push_back({item.value, std::move(proven), 0});
    sorts_[place->second].weight += item.weight;
  }

  bool MayBe(const Sort& sort, std::string_view key) const {
    const std::vector<std::string_view>& keys = sort.domain.keys;
    if (sort.domain.listed) return std::binary_search(keys.begin(), keys.end(), key);
    return domains_.MayBe(sort.value, key);
  }

  void AddNotExcluded() {
    for (auto& [key, group] : groups_) {
      for (const Sort& sort : sorts_) {
        if (MayBe(sort, key)) group.not_excluded += sort.weight;
      }
    }
  }

  // Every item in the largest group that it can be of, and beside every other that it can meet.
  Uint128 UpperSquares() const {
    Uint128 squares = 0;
    for (const WeightedGroup& group : result_.groups) squares += Square(group.weight);
    for (size_t i = 0; i < sorts_.size(); ++i) {
      squares += Square(sorts_[i].weight);
      squares += Uint128{2} * sorts_[i].weight * LargestOf(sorts_[i]);
      for (size_t j = 0; j < i; ++j) {
        if (CanMeet(sorts_[i], sorts_[j])) squares += Uint128{2} * sorts_[i].weight * sorts_[j].weight;
      }
    }
    return squares;
  }
  // The groups are in the order of their weights.
  uint64_t LargestOf(const Sort& sort) const {
    for (const WeightedGroup& group : result_.groups) {
      if (group.weight == 0) return 0;
      if (MayBe(sort, group.key)) return group.weight;
    }
    return 0;
  }
  bool CanMeet(const Sort& a, const Sort& b) const {
    if (!a.domain.listed && !b.domain.listed) return true;
    const Sort &listed = a.domain.listed ? a : b, &other = a.domain.listed ? b : a;
    return std::any_of(listed.domain.keys.begin(), listed.domain.keys.end(),
                       [&](std::string_view key) { return MayBe(other, key); });
  }

  const ValueDomains domains_;
  const FactsRead read_;
  Concentration& result_;
  absl::flat_hash_map<std::string_view, WeightedGroup> groups_;
  absl::flat_hash_map<std::string, size_t> sort_of_;
  std::vector<Sort> sorts_;
};

// Sums of squares: on what is likely, each item by itself, items wherever they can join.
struct Squares {
  Uint128 value = 0;
  Uint128 lower = 0;
  Uint128 upper = 0;
};

Squares SquaresOf(const Concentration& figure) {
  Squares squares;
  for (uint64_t weight : figure.LikelyWeights()) squares.value += Square(weight);
  for (const WeightedGroup& group : figure.groups) squares.lower += Square(group.weight);
  for (const UnknownItem& item : figure.unknown) squares.lower += Square(item.weight);
  squares.upper = figure.upper_squares;
  return squares;
}

// The k largest added up.
uint64_t Largest(int k, std::vector<uint64_t> weights) {
  const size_t count = std::min(static_cast<size_t>(k), weights.size());
  std::partial_sort(weights.begin(), weights.begin() + static_cast<ptrdiff_t>(count), weights.end(),
                    std::greater<>());
  return std::accumulate(weights.begin(), weights.begin() + static_cast<ptrdiff_t>(count), uint64_t{0});
}

size_t ProvenGroups(const Concentration& figure) {
  return static_cast<size_t>(std::count_if(figure.groups.begin(), figure.groups.end(),
                                           [](const WeightedGroup& group) { return group.weight > 0; }));
}

}  // namespace

std::vector<uint64_t> Concentration::LikelyWeights() const {
  std::vector<uint64_t> weights;
  for (const WeightedGroup& group : groups) {
    if (group.likely_weight() > 0) weights.push_back(group.likely_weight());
  }
  for (const UnknownItem& item : unknown) {
    if (item.likely.empty()) weights.push_back(item.weight);
  }
  return weights;
}

int64_t Concentration::group_count() const { return static_cast<int64_t>(LikelyWeights().size()); }

uint64_t Concentration::WeightOf(std::string_view key) const {
  if (key == kUnknownKey) return unknown_weight - likely_weight;
  for (const WeightedGroup& group : groups) {
    if (group.key == key) return group.weight;
  }
  return 0;
}

std::optional<Bounded> Concentration::Share(std::string_view key) const {
  if (total == 0) return std::nullopt;
  if (key == kUnknownKey) return Bounded{{WeightOf(key), total}, {0, total}, {unknown_weight, total}};
  for (const WeightedGroup& group : groups) {
    if (group.key == key)
      return Bounded{{group.likely_weight(), total}, {group.weight, total}, {group.upper_weight(), total}};
  }
  return Bounded{{0, total}, {0, total}, {other_weight, total}};
}

std::optional<Bounded> Concentration::TopShare(int k) const {
  if (total == 0) return std::nullopt;
  std::vector<uint64_t> proven, alone, upper;
  for (const WeightedGroup& group : groups) {
    proven.push_back(group.weight);
    upper.push_back(group.upper_weight());
  }
  alone = proven;
  for (const UnknownItem& item : unknown) alone.push_back(item.weight);
  // What joins groups that are not named weighs no more than all that can, however many there are.
  upper.push_back(other_weight);
  const uint64_t at_most = std::min(Largest(k, proven) + unknown_weight, Largest(k, upper));
  return Bounded{{Largest(k, LikelyWeights()), total}, {Largest(k, alone), total}, {at_most, total}};
}

std::optional<Bounded> Concentration::Hhi() const {
  if (total == 0) return std::nullopt;
  const Squares squares = SquaresOf(*this);
  const Uint128 whole =
      Square(total);  // Below 2^112, so that 10000 times a sum of squares stays below 2^126.
  return Bounded{
      {10'000 * squares.value, whole}, {10'000 * squares.lower, whole}, {10'000 * squares.upper, whole}};
}

std::optional<Bounded> Concentration::EffectiveNumber() const {
  if (total == 0) return std::nullopt;
  const Squares squares = SquaresOf(*this);
  const Uint128 whole = Square(total);
  return Bounded{{whole, squares.value}, {whole, squares.upper}, {whole, squares.lower}};
}

std::optional<Bounded> Concentration::CountDistinct() const {
  if (total == 0) return std::nullopt;
  const Uint128 known = ProvenGroups(*this);
  return Bounded{{Uint128(group_count()), 1}, {std::max<Uint128>(known, 1), 1}, {known + unknown.size(), 1}};
}

std::optional<double> Concentration::NormalisedHhi() const {
  if (total == 0) return std::nullopt;
  const int64_t count = group_count();
  if (count == 1) return 1.0;
  // (S/W^2 - 1/N) / (1 - 1/N) = (S/W^2 * N - 1) / (N - 1).
  const double squares = Fraction{SquaresOf(*this).value, Square(total)}.ToDouble();
  return std::max(0.0, (squares * static_cast<double>(count) - 1.0) / static_cast<double>(count - 1));
}

std::optional<Diversity> Concentration::DiversityOfValue() const {
  if (total == 0) return std::nullopt;
  std::vector<uint64_t> weights = LikelyWeights();
  std::sort(weights.begin(), weights.end());
  const auto count = static_cast<double>(weights.size());
  Diversity diversity;
  double ranked = 0;  // Sum of (2i - N - 1) * p_(i), which is N * Gini without the loss of a difference.
  for (size_t i = 0; i < weights.size(); ++i) {
    const double share = Fraction{weights[i], total}.ToDouble();
    diversity.shannon -= share * std::log(share);
    ranked += (2 * static_cast<double>(i + 1) - count - 1) * share;
  }
  diversity.shannon = std::max(0.0, diversity.shannon);
  diversity.gini = std::max(0.0, ranked / count);
  diversity.theil = std::max(0.0, std::log(count) - diversity.shannon);
  diversity.hill_1 = std::exp(diversity.shannon);
  diversity.hill_infinity = Fraction{total, weights.back()}.ToDouble();
  return diversity;
}

Concentration Concentrate(const Knowledge& knowledge, const Attribution& attribution, Dimension dimension,
                          FactsRead read) {
  const Graph& graph = knowledge.graph();
  Tally tally;
  absl::flat_hash_map<uint32_t, DimensionValues> of_model;
  for (DeploymentIndex index : graph.deployments()) {
    const uint64_t weight = attribution.by_deployment[index.value];
    if (weight == 0) continue;
    const std::optional<ModelIndex> model = graph.deployments()[index].model;
    if (!model.has_value() || !DependsOnModelAlone(dimension)) {
      tally.Add(ValuesOf(knowledge, index, dimension), weight);
      continue;
    }
    auto [found, is_new] = of_model.try_emplace(model->value);
    if (is_new) found->second = ValuesOf(knowledge, *model, dimension);
    tally.Add(found->second, weight);
  }
  Concentration result;
  result.dimension = dimension;
  result.total = attribution.total;
  Composer(knowledge, read, result).Run(tally);
  return result;
}

}  // namespace linchpin::engine
