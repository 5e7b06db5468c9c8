#include "services/engine/concentration/concentration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/concentration/split.h"

namespace linchpin::engine {
namespace {

bool DependsOnModelAlone(Dimension dimension) {
  switch (dimension) {
    case Dimension::kOperator:
    case Dimension::kOperatorGroup:
    case Dimension::kHostProvider:
    case Dimension::kHostProviderGroup:
    case Dimension::kHostCountry:
      return false;
    default:
      return true;
  }
}

// Adds up weight by value.
class Tally {
 public:
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
      auto& item = unknown_[unknown.resource];
      item.first = unknown.field;
      item.second += part;
    }
  }

  void MoveTo(Concentration& result) const {
    for (const auto& [key, weight] : known_) result.groups.push_back({std::string(key), weight});
    for (const auto& [resource, item] : unknown_) {
      result.unknown.push_back({std::string(resource), std::string(item.first), item.second});
      result.unknown_weight += item.second;
    }
    std::sort(result.groups.begin(), result.groups.end(), [](const WeightedGroup& a, const WeightedGroup& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.key < b.key;
    });
    std::sort(result.unknown.begin(), result.unknown.end(), [](const UnknownItem& a, const UnknownItem& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.resource < b.resource;
    });
  }

 private:
  absl::flat_hash_map<std::string_view, uint64_t> known_;
  absl::flat_hash_map<std::string_view, std::pair<std::string_view, uint64_t>> unknown_;
};

Uint128 Square(uint64_t weight) { return Uint128{weight} * weight; }

// Sums of squares: all unknown as one group, each item by itself, all in the largest group.
struct Squares {
  Uint128 value = 0;
  Uint128 lower = 0;
  Uint128 upper = 0;
};

Squares SquaresOf(const Concentration& figure) {
  Squares squares;
  Uint128 known = 0;
  for (const WeightedGroup& group : figure.groups) known += Square(group.weight);
  squares.value = known + Square(figure.unknown_weight);
  squares.lower = known;
  for (const UnknownItem& item : figure.unknown) squares.lower += Square(item.weight);
  const uint64_t largest = figure.groups.empty() ? 0 : figure.groups.front().weight;
  squares.upper = known - Square(largest) + Square(largest + figure.unknown_weight);
  return squares;
}

// The k largest of two lists that fall.
uint64_t Largest(int k, const std::vector<WeightedGroup>& groups, const std::vector<UnknownItem>& items) {
  uint64_t sum = 0;
  size_t group = 0, item = 0;
  for (int taken = 0; taken < k && (group < groups.size() || item < items.size()); ++taken) {
    const bool take_group =
        item == items.size() || (group < groups.size() && groups[group].weight >= items[item].weight);
    sum += take_group ? groups[group++].weight : items[item++].weight;
  }
  return sum;
}

}  // namespace

uint64_t Concentration::WeightOf(std::string_view key) const {
  if (key == kUnknownKey) return unknown_weight;
  for (const WeightedGroup& group : groups) {
    if (group.key == key) return group.weight;
  }
  return 0;
}

std::optional<Bounded> Concentration::Share(std::string_view key) const {
  if (total == 0) return std::nullopt;
  const uint64_t weight = WeightOf(key);
  if (key == kUnknownKey) return Bounded{{weight, total}, {0, total}, {weight, total}};
  return Bounded{{weight, total}, {weight, total}, {Uint128{weight} + unknown_weight, total}};
}

std::optional<Bounded> Concentration::TopShare(int k) const {
  if (total == 0) return std::nullopt;
  std::vector<UnknownItem> together;
  if (unknown_weight > 0) together.push_back({"", "", unknown_weight});
  const uint64_t known = Largest(k, groups, {});
  return Bounded{{Largest(k, groups, together), total},
                 {Largest(k, groups, unknown), total},
                 {Uint128{known} + unknown_weight, total}};
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
  const Uint128 known = groups.size();
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
  std::vector<uint64_t> weights;
  for (const WeightedGroup& group : groups) weights.push_back(group.weight);
  if (unknown_weight > 0) weights.push_back(unknown_weight);
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

Concentration Concentrate(const Graph& graph, const Attribution& attribution, Dimension dimension) {
  Tally tally;
  absl::flat_hash_map<uint32_t, DimensionValues> of_model;
  for (DeploymentIndex index : graph.deployments()) {
    const uint64_t weight = attribution.by_deployment[index.value];
    if (weight == 0) continue;
    const std::optional<ModelIndex> model = graph.deployments()[index].model;
    if (!model.has_value() || !DependsOnModelAlone(dimension)) {
      tally.Add(ValuesOf(graph, index, dimension), weight);
      continue;
    }
    auto [found, is_new] = of_model.try_emplace(model->value);
    if (is_new) found->second = ValuesOf(graph, *model, dimension);
    tally.Add(found->second, weight);
  }
  Concentration result;
  result.dimension = dimension;
  result.total = attribution.total;
  tally.MoveTo(result);
  return result;
}

}  // namespace linchpin::engine
