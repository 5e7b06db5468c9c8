#include "services/policy/domain/trends/growth_figures.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "services/engine/concentration/outside.h"
#include "services/engine/concentration/value_domain.h"

namespace linchpin::policy {
namespace {

using engine::Bounded;
using engine::Concentration;
using engine::Truth;
using engine::Uint128;
using engine::UnknownItem;
using engine::Verdict;

using Int128 = __int128;

constexpr std::string_view kOutside = "outside";
constexpr size_t kPairedItemsMax = 1000;
// Of HHI points where bounds are computed in doubles: far above what rounding amounts to.
constexpr double kSlack = 1e-6;

// An unknown item at both ends. Where it has no weight it is null.
struct SharedItem {
  const UnknownItem* past = nullptr;
  const UnknownItem* now = nullptr;
};

engine::UnknownValue ValueOf(const UnknownItem& item) {
  return {item.resource, item.field, item.fact, item.subject};
}

// Both ends over one denominator: shares are compared as whole numbers over the product of the weights, which
// is below 2^112.
class Comparison {
 public:
  Comparison(const WindowEnd& past, const WindowEnd& now, const ConcentrationSpec& spec,
             engine::FactsRead read)
      : past_(past.concentration),
        now_(now.concentration),
        past_knowledge_(past.knowledge),
        now_knowledge_(now.knowledge),
        past_domains_(past.knowledge, past_.dimension),
        now_domains_(now.knowledge, now_.dimension),
        spec_(spec),
        read_(read),
        whole_(Uint128{past_.total} * now_.total) {
    for (const UnknownItem& item : past_.unknown) items_[item.resource].past = &item;
    for (const UnknownItem& item : now_.unknown) items_[item.resource].now = &item;
    for (const auto& [resource, item] : items_) (MovedBy(item) > 0 ? rise_ : fall_) += MovedBy(item);
  }

  std::vector<GrowthFigure> Figures() const {
    if (spec_.metric == v1::METRIC_HHI) return {Hhi()};
    if (spec_.metric == v1::METRIC_TOP_K_SHARE) return {TopShare()};
    return spec_.home ? std::vector<GrowthFigure>{Outside()} : Shares();
  }

 private:
  // A weight of now and one of then, as the difference of their shares.
  Int128 Difference(Uint128 now, Uint128 past) const {
    return static_cast<Int128>(now * past_.total) - static_cast<Int128>(past * now_.total);
  }
  Int128 MovedBy(const SharedItem& item) const {
    return Difference(item.now == nullptr ? 0 : item.now->weight,
                      item.past == nullptr ? 0 : item.past->weight);
  }
  double Ratio(Int128 difference) const {
    const bool negative = difference < 0;
    const auto size = static_cast<Uint128>(negative ? -difference : difference);
    return (negative ? -1 : 1) * engine::Fraction{size, whole_}.ToDouble();
  }
  bool Exceeds(Int128 difference) const {
    return difference > 0 &&
           engine::Compare(engine::Fraction{static_cast<Uint128>(difference), whole_}, spec_.limit) > 0;
  }
  GrowthFigure FigureOf(std::string group, Int128 lower, Int128 upper) const {
    GrowthFigure figure;
    figure.group = std::move(group);
    figure.lower = Ratio(lower);
    figure.upper = Ratio(upper);
    figure.verdict = Exceeds(lower) ? Verdict::kYes : Exceeds(upper) ? Verdict::kIndeterminate : Verdict::kNo;
    return figure;
  }

  bool MayBe(const SharedItem& item, std::string_view key) const {
    return (item.past != nullptr && past_domains_.MayBe(ValueOf(*item.past), key)) ||
           (item.now != nullptr && now_domains_.MayBe(ValueOf(*item.now), key));
  }
  bool MayBeUnnamed(const SharedItem& item) const {
    return (item.past != nullptr && !past_domains_.Proven(ValueOf(*item.past)).listed) ||
           (item.now != nullptr && !now_domains_.Proven(ValueOf(*item.now)).listed);
  }

  struct Pair {
    uint64_t past = 0, now = 0;                // Proven.
    uint64_t past_likely = 0, now_likely = 0;  // With what is likely.
  };
  std::map<std::string_view, Pair> Groups() const {
    std::map<std::string_view, Pair> groups;
    for (const auto& group : past_.groups) {
      groups[group.key].past = group.weight;
      groups[group.key].past_likely = group.likely_weight();
    }
    for (const auto& group : now_.groups) {
      groups[group.key].now = group.weight;
      groups[group.key].now_likely = group.likely_weight();
    }
    return groups;
  }

  // The sums of what items that `accept` takes can move, down and up.
  template <typename Accept>
  std::pair<Int128, Int128> Open(const Accept& accept) const {
    Int128 down = 0, up = 0;
    for (const auto& [resource, item] : items_) {
      const Int128 moved = MovedBy(item);
      if (moved != 0 && accept(item)) (moved > 0 ? up : down) += moved;
    }
    return {down, up};
  }

  std::vector<GrowthFigure> Shares() const {
    std::vector<GrowthFigure> figures;
    for (const auto& [key, pair] : Groups()) {
      const Int128 known = Difference(pair.now, pair.past);
      if (!Exceeds(known + rise_)) continue;
      const std::string_view group = key;
      const auto [down, up] = Open([&](const SharedItem& item) { return MayBe(item, group); });
      GrowthFigure figure = FigureOf(std::string(key), known + down, known + up);
      if (figure.verdict == Verdict::kNo) continue;
      SetValues(pair.past_likely, pair.now_likely, figure);
      figures.push_back(std::move(figure));
    }
    if (Exceeds(rise_)) AddUnnamed(figures);
    return figures;
  }

  // What is unknown may be of one group that the inventory does not name.
  void AddUnnamed(std::vector<GrowthFigure>& figures) const {
    const auto [down, up] = Open([&](const SharedItem& item) { return MayBeUnnamed(item); });
    GrowthFigure figure = FigureOf(std::string(engine::kUnknownKey), std::min<Int128>(down, 0), up);
    if (figure.verdict == Verdict::kNo) return;
    SetValues(past_.WeightOf(engine::kUnknownKey), now_.WeightOf(engine::kUnknownKey), figure);
    figures.push_back(std::move(figure));
  }

  void SetValues(uint64_t past, uint64_t now, GrowthFigure& figure) const {
    figure.past = engine::Fraction{past, past_.total}.ToDouble();
    figure.now = engine::Fraction{now, now_.total}.ToDouble();
    figure.value = Ratio(Difference(now, past));
  }

  // --- What lies outside.

  std::vector<engine::Country> Home() const {
    std::vector<engine::Country> countries;
    for (const std::string& code : spec_.home->Codes()) countries.push_back(*engine::Country::Parse(code));
    return countries;
  }

  GrowthFigure Outside() const {
    const std::vector<engine::Country> home = Home();
    const auto weigh = [&](const engine::Knowledge& knowledge, const Concentration& figure,
                           engine::FactsRead read) {
      return engine::WeighOutside(knowledge, figure, home, read).certain;
    };
    const Int128 known = Difference(weigh(now_knowledge_, now_, read_), weigh(past_knowledge_, past_, read_));
    Int128 down = 0, up = 0;
    for (const auto& [resource, weights] : OpenOutside(home)) {
      const Int128 moved = Difference(weights.second, weights.first);
      (moved > 0 ? up : down) += moved;
    }
    GrowthFigure figure = FigureOf(std::string(kOutside), known + down, known + up);
    SetValues(weigh(past_knowledge_, past_, engine::FactsRead::kLikely),
              weigh(now_knowledge_, now_, engine::FactsRead::kLikely), figure);
    return figure;
  }

  // The weights then and now of items that may lie outside and may not, by resource.
  std::map<std::string_view, std::pair<uint64_t, uint64_t>> OpenOutside(
      const std::vector<engine::Country>& home) const {
    std::map<std::string_view, std::pair<uint64_t, uint64_t>> open;
    const std::vector<Truth> was = engine::WhichLieOutside(past_knowledge_, past_, home, read_);
    for (size_t i = 0; i < was.size(); ++i) {
      if (was[i] == Truth::kUnknown) open[past_.unknown[i].resource].first = past_.unknown[i].weight;
    }
    const std::vector<Truth> is = engine::WhichLieOutside(now_knowledge_, now_, home, read_);
    for (size_t i = 0; i < is.size(); ++i) {
      if (is[i] == Truth::kUnknown) open[now_.unknown[i].resource].second = now_.unknown[i].weight;
    }
    return open;
  }

  // --- The largest together.

  // Whatever the k largest are at one end, their shares differ at the other by what they and the items have
  // moved.
  GrowthFigure TopShare() const {
    const Bounded was = *past_.TopShare(spec_.k), is = *now_.TopShare(spec_.k);
    std::vector<Int128> up, down;
    for (const auto& [key, pair] : Groups()) {
      const Int128 known = Difference(pair.now, pair.past);
      (known > 0 ? up : down).push_back(known);
    }
    std::sort(up.begin(), up.end(), std::greater<>());
    std::sort(down.begin(), down.end());
    Int128 lower = fall_, upper = rise_;
    for (size_t i = 0; i < up.size() && i < static_cast<size_t>(spec_.k); ++i) upper += up[i];
    for (size_t i = 0; i < down.size() && i < static_cast<size_t>(spec_.k); ++i) lower += down[i];
    lower = std::max(lower, Difference(is.lower.numerator, was.upper.numerator));
    upper = std::min(upper, Difference(is.upper.numerator, was.lower.numerator));
    GrowthFigure figure = FigureOf("", lower, upper);
    figure.past = was.value.ToDouble();
    figure.now = is.value.ToDouble();
    figure.value = Ratio(Difference(is.value.numerator, was.value.numerator));
    return figure;
  }

  // --- HHI.

  GrowthFigure Hhi() const {
    const Bounded was = *past_.Hhi(), is = *now_.Hhi();
    GrowthFigure figure;
    figure.past = was.value.ToDouble();
    figure.now = is.value.ToDouble();
    figure.value = figure.now - figure.past;
    if (items_.empty()) {
      figure.lower = figure.upper = figure.value;
      figure.verdict = engine::ExceedsBy(is.value, was.value, spec_.limit) ? Verdict::kYes : Verdict::kNo;
      return figure;
    }
    if (IsUnmoved()) return figure;
    const auto [lower, upper] = HhiBounds();
    figure.lower = std::max(lower, is.lower.ToDouble() - was.upper.ToDouble());
    figure.upper = std::min(upper, is.upper.ToDouble() - was.lower.ToDouble());
    figure.verdict = figure.lower - kSlack > spec_.limit_number    ? Verdict::kYes
                     : figure.upper + kSlack <= spec_.limit_number ? Verdict::kNo
                                                                   : Verdict::kIndeterminate;
    return figure;
  }

  // Nothing has another share than it had, so that the index is the same, whatever is unknown.
  bool IsUnmoved() const {
    const auto groups = Groups();
    return std::all_of(items_.begin(), items_.end(),
                       [this](const auto& item) { return MovedBy(item.second) == 0; }) &&
           std::all_of(groups.begin(), groups.end(), [this](const auto& group) {
             return Difference(group.second.now, group.second.past) == 0;
           });
  }

  // With p, q the shares of a group now and then, and s, t those of an item, HHI differs by the sum of p^2 -
  // q^2 and of s^2 - t^2, by 2 (p s - q t) for the group that an item is of, and by 2 (s s' - t t') for two
  // that are of one.
  std::pair<double, double> HhiBounds() const {
    if (items_.size() > kPairedItemsMax) return {-10'000, 10'000};
    std::vector<std::pair<double, double>> groups, items;  // Then, now.
    for (const auto& [key, pair] : Groups())
      groups.emplace_back(Share(pair.past, past_), Share(pair.now, now_));
    for (const auto& [resource, item] : items_)
      items.emplace_back(Share(item.past == nullptr ? 0 : item.past->weight, past_),
                         Share(item.now == nullptr ? 0 : item.now->weight, now_));
    double lower = 0;
    for (const auto* shares : {&groups, &items}) {
      for (const auto& [then, now] : *shares) lower += now * now - then * then;
    }
    double upper = lower;
    for (size_t i = 0; i < items.size(); ++i) {
      double least = 0, most = 0;
      for (const auto& [then, now] : groups) {
        const double moved = 2 * (now * items[i].second - then * items[i].first);
        least = std::min(least, moved);
        most = std::max(most, moved);
      }
      for (size_t k = 0; k < i; ++k) {
        const double moved = 2 * (items[k].second * items[i].second - items[k].first * items[i].first);
        least += std::min(0.0, moved);
        most += std::max(0.0, moved);
      }
      lower += least;
      upper += most;
    }
    return {10'000 * lower, 10'000 * upper};
  }
  static double Share(uint64_t weight, const Concentration& of) {
    return static_cast<double>(weight) / static_cast<double>(of.total);
  }

  const Concentration& past_;
  const Concentration& now_;
  const engine::Knowledge& past_knowledge_;
  const engine::Knowledge& now_knowledge_;
  const engine::ValueDomains past_domains_, now_domains_;
  const ConcentrationSpec& spec_;
  const engine::FactsRead read_;
  const Uint128 whole_;
  std::map<std::string_view, SharedItem> items_;  // By resource.
  // What items move together at most, up and down.
  Int128 rise_ = 0, fall_ = 0;
};

}  // namespace

std::vector<GrowthFigure> GrowthFiguresOf(const WindowEnd& past, const WindowEnd& now,
                                          const ConcentrationSpec& spec, engine::FactsRead read) {
  return Comparison(past, now, spec, read).Figures();
}

std::string GroupThatGrewMost(const Concentration& past, const Concentration& now) {
  std::map<std::string_view, double> grown;
  for (const auto& group : now.groups)
    grown[group.key] += static_cast<double>(group.likely_weight()) / static_cast<double>(now.total);
  for (const auto& group : past.groups)
    grown[group.key] -= static_cast<double>(group.likely_weight()) / static_cast<double>(past.total);
  std::string_view most;
  double by = 0;
  for (const auto& [key, share] : grown) {
    if (share <= by) continue;
    most = key;
    by = share;
  }
  return std::string(most);
}

}  // namespace linchpin::policy
