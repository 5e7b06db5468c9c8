// Concentration (S10): how unevenly attributed weight lies over the values of one dimension, exact, with the
// bounds that the unknown facts leave.
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
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// Weight of one known value.
struct WeightedGroup {
  std::string key;  // A resource name, a country, or kNoneKey.
  uint64_t weight = 0;
};

// Weight whose value is unknown because `field` of `resource` is absent: one item, wherever it was met.
struct UnknownItem {
  std::string resource;
  std::string field;
  uint64_t weight = 0;
};

// A figure with the bounds that the unknown facts leave. `value` takes all that is unknown as one group.
struct Bounded {
  Fraction value;
  Fraction lower;
  Fraction upper;
};

// How evenly weight lies over N groups with shares p, the unknown as one group; doubles, right to about
// 1e-12.
struct Diversity {
  double gini = 0;     // 2 * sum(i * p_(i)) / N - (N + 1) / N, p ascending, i from 1; 0 for one group.
  double shannon = 0;  // H = -sum p ln p.
  double theil = 0;    // ln N - H.
  double hill_1 = 1;   // exp(H): Hill number of order 1. That of order 0 is N, of order 2 EffectiveNumber.
  double hill_infinity = 1;  // 1 / max p.
};

// Weight by the values of one dimension. Plain data; the functions below are exact but for those that give
// doubles.
struct Concentration {
  Dimension dimension = Dimension::kOperator;
  // W. Where it is 0 there are no figures: each function below returns nothing.
  uint64_t total = 0;
  // Groups with weight above 0, largest first, then by key bytewise.
  std::vector<WeightedGroup> groups;
  // Unknown items with weight above 0, largest first, then by resource bytewise.
  std::vector<UnknownItem> unknown;
  // Sum of `unknown`; groups and this add up to W.
  uint64_t unknown_weight = 0;

  // Number of groups, all unknown as one.
  int64_t group_count() const { return static_cast<int64_t>(groups.size()) + (unknown_weight > 0 ? 1 : 0); }
  // The weight of the group, 0 if there is none. `key` may be kUnknownKey.
  uint64_t WeightOf(std::string_view key) const;

  // w / W. Lower: none of the unknown joins the group; upper: all does. Of the group of the unknown itself
  // the lower bound is 0 and the upper one its share.
  std::optional<Bounded> Share(std::string_view key) const;
  // The k largest together, k >= 1. Lower: each unknown item is a group of its own; upper: all join the
  // largest.
  std::optional<Bounded> TopShare(int k) const;
  // 10000 * sum of squares / W^2, bounds likewise.
  std::optional<Bounded> Hhi() const;
  // W^2 / sum of squares.
  std::optional<Bounded> EffectiveNumber() const;
  // How many groups weigh more than 0. Lower: no unknown item is one of its own; upper: each is.
  std::optional<Bounded> CountDistinct() const;
  // (HHI/10000 - 1/N) / (1 - 1/N) of `value` of Hhi, N the number of groups; 1 for one group.
  std::optional<double> NormalisedHhi() const;
  std::optional<Diversity> DiversityOfValue() const;
};

// Cost: linear in deployments and values.
Concentration Concentrate(const Graph& graph, const Attribution& attribution, Dimension dimension);

// How a figure stands to a limit, over all that the unknown facts may be.
enum class Verdict : uint8_t { kNo, kYes, kUndecided };

// Is the figure below, equal to, above the limit? `ordering` is tested on both bounds; kUndecided when the
// bounds fall on different sides. `accept(ordering)` says which orderings count, and must be monotone (below,
// at most, at least, above).
template <typename Accept>
Verdict Against(const Bounded& figure, const Decimal& limit, const Accept& accept) {
  const bool lower = accept(Compare(figure.lower, limit));
  const bool upper = accept(Compare(figure.upper, limit));
  if (lower != upper) return Verdict::kUndecided;
  return lower ? Verdict::kYes : Verdict::kNo;
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONCENTRATION_H_
