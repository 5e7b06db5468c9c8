// Concentration (docs/concepts/concentration.md): how unevenly attributed weight lies over the values of one
// dimension, exact, with the bounds that the unknown facts leave.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONCENTRATION_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONCENTRATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/dimension.h"
#include "services/engine/concentration/exact.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// Weight of one value.
struct WeightedGroup {
  std::string key;            // A resource name, a country, or kNoneKey.
  uint64_t weight = 0;        // Proven.
  uint64_t likely = 0;        // Probably of it, besides `weight`.
  uint64_t not_excluded = 0;  // All open weight that may be of it; `likely` is part of it.

  uint64_t likely_weight() const { return weight + likely; }
  uint64_t upper_weight() const { return weight + not_excluded; }
};

// Weight whose value is not proven because `field` of `resource` is absent: one item, wherever it was met.
struct UnknownItem {
  std::string resource;
  std::string field;
  uint64_t weight = 0;
  std::string likely = {};  // The group that it probably is of; empty: none stands out.
  FactKind fact = FactKind::kHost;
  uint32_t subject = 0;  // As in FactRef.
};

// Which facts a figure reads as if they were certain (K3).
enum class FactsRead : uint8_t { kProven, kLikely };

// A figure with the bounds that the unknown facts leave. `value` is likely: items that are probably of one
// group join it, and every other item stands by itself.
struct Bounded {
  Fraction value;
  Fraction lower;
  Fraction upper;
};

// How evenly weight lies over N groups with shares p, on what is likely; doubles, right to 1e-9 of
// their value.
struct Diversity {
  double gini = 0;     // 2 * sum(i * p_(i)) / N - (N + 1) / N, p ascending, i from 1; 0 for one group.
  double shannon = 0;  // H = -sum p ln p.
  double theil = 0;    // ln N - H.
  double hill_1 = 1;   // exp(H): Hill number of order 1. That of order 0 is N, of order 2 EffectiveNumber.
  double hill_infinity = 1;  // 1 / max p.
};

// Weight by the values of one dimension (K5). Plain data; the functions below are exact but for those that
// give doubles.
struct Concentration {
  Dimension dimension = Dimension::kOperator;
  // W. Where it is 0 there are no figures: each function below returns nothing.
  uint64_t total = 0;
  // Groups with proven or likely weight, and those of which an item is one of a few: largest proven weight
  // first, then largest likely weight, then by key bytewise.
  std::vector<WeightedGroup> groups;
  // Items whose group is not proven, with weight above 0, largest first, then by resource bytewise.
  std::vector<UnknownItem> unknown;
  // Sum of `unknown`; the proven weight of all groups and this add up to W.
  uint64_t unknown_weight = 0;
  // Of that, weight with a likely group.
  uint64_t likely_weight = 0;
  // Of `unknown_weight`, what may be of a group that the inventory does not name.
  uint64_t other_weight = 0;
  // Sum of squares if items join each other and the groups wherever they can.
  Uint128 upper_squares = 0;

  // Number of groups on what is likely: items without a likely group are one each.
  int64_t group_count() const;
  // The proven weight of the group, 0 if there is none. Of kUnknownKey: what is neither proven nor likely.
  uint64_t WeightOf(std::string_view key) const;
  // More than half of the weight is neither proven nor likely: no single figure says much.
  bool IsUntold() const { return 2 * (unknown_weight - likely_weight) > total; }

  // (w + likely) / W. Lower: w; upper: all that may be of the group is. Of the unknown itself the lower bound
  // is 0, the upper one all that is not proven.
  std::optional<Bounded> Share(std::string_view key) const;
  // The k largest together, k >= 1. Lower: each unknown item is a group of its own.
  std::optional<Bounded> TopShare(int k) const;
  // 10000 * sum of squares / W^2. Lower: each item by itself; upper: see upper_squares.
  std::optional<Bounded> Hhi() const;
  // W^2 / sum of squares.
  std::optional<Bounded> EffectiveNumber() const;
  // How many groups weigh more than 0. Lower: no unknown item is one of its own; upper: each is.
  std::optional<Bounded> CountDistinct() const;
  // (HHI/10000 - 1/N) / (1 - 1/N) of `value` of Hhi, N the number of groups; 1 for one group.
  std::optional<double> NormalisedHhi() const;
  std::optional<Diversity> DiversityOfValue() const;

  // The weights of groups and items on what is likely, in no order.
  std::vector<uint64_t> LikelyWeights() const;
};

// With kLikely, what is likely counts as proven does: the bounds are those that likely facts leave, and what
// is left open has no likely group. Cost: linear in deployments and values, and the square of the number of
// different domains of items.
Concentration Concentrate(const Knowledge& knowledge, const Attribution& attribution, Dimension dimension,
                          FactsRead read = FactsRead::kProven);

// How a figure stands to a limit, over all that the unknown facts may be.
enum class Verdict : uint8_t { kNo, kYes, kIndeterminate };

// Is the figure below, equal to, above the limit? `ordering` is tested on both bounds; kIndeterminate when
// the bounds fall on different sides. `accept(ordering)` says which orderings count, and must be monotone
// (below, at most, at least, above).
template <typename Accept>
Verdict Against(const Bounded& figure, const Decimal& limit, const Accept& accept) {
  const bool lower = accept(Compare(figure.lower, limit));
  const bool upper = accept(Compare(figure.upper, limit));
  if (lower != upper) return Verdict::kIndeterminate;
  return lower ? Verdict::kYes : Verdict::kNo;
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONCENTRATION_H_
