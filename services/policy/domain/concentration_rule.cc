#include "services/policy/domain/concentration_rule.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/policy/domain/fallback_rule.h"

namespace linchpin::policy {
namespace {

using engine::Bounded;
using engine::Truth;
using engine::Verdict;

constexpr int kGroupsShown = 10;
constexpr std::string_view kOutside = "outside";

std::string Decimal128(engine::Uint128 value) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

Verdict Judge(const Bounded& figure, const ConcentrationSpec& spec) {
  return engine::Against(figure, spec.limit, [&](std::strong_ordering ordering) {
    switch (spec.violates_when) {
      case v1::COMPARATOR_GE:
        return ordering >= 0;
      case v1::COMPARATOR_LT:
        return ordering < 0;
      case v1::COMPARATOR_LE:
        return ordering <= 0;
      default:
        return ordering > 0;
    }
  });
}

// A figure that is held against the limit, and the group it is of; empty: of all.
struct Figure {
  std::string group;
  Bounded bounded;
};

// The share of all groups whose country is outside home, together. What is unknown may all be of home, or
// none of it.
Figure OutsideShare(const engine::Concentration& concentration, const CountrySet& home) {
  engine::Uint128 outside = 0;
  for (const engine::WeightedGroup& group : concentration.groups) {
    const auto country = engine::Country::Parse(group.key);
    if (country && !home.Contains(*country)) outside += group.weight;
  }
  const engine::Uint128 total = concentration.total;
  return {std::string(kOutside),
          {{outside, total}, {outside, total}, {outside + concentration.unknown_weight, total}}};
}

// Empty where there is no weight.
std::vector<Figure> FiguresOf(const engine::Concentration& concentration, const ConcentrationSpec& spec) {
  std::vector<Figure> figures;
  if (concentration.total == 0) return figures;
  const auto add = [&](const std::optional<Bounded>& bounded) {
    if (bounded) figures.push_back({"", *bounded});
  };
  switch (spec.metric) {
    case v1::METRIC_TOP_K_SHARE:
      add(concentration.TopShare(spec.k));
      return figures;
    case v1::METRIC_HHI:
      add(concentration.Hhi());
      return figures;
    case v1::METRIC_EFFECTIVE_NUMBER:
      add(concentration.EffectiveNumber());
      return figures;
    case v1::METRIC_COUNT_DISTINCT:
      add(concentration.CountDistinct());
      return figures;
    default:
      break;
  }
  if (spec.home) return {OutsideShare(concentration, *spec.home)};
  for (const engine::WeightedGroup& group : concentration.groups) {
    if (auto share = concentration.Share(group.key)) figures.push_back({group.key, *share});
  }
  // What is unknown could be one more group, of any size up to its own.
  const bool from_above = spec.violates_when == v1::COMPARATOR_UNSPECIFIED ||
                          spec.violates_when == v1::COMPARATOR_GT || spec.violates_when == v1::COMPARATOR_GE;
  if (concentration.unknown_weight > 0 && from_above) {
    const std::string unknown(engine::kUnknownKey);
    if (auto share = concentration.Share(unknown)) figures.push_back({unknown, *share});
  }
  return figures;
}

v1::Explanation::Measure MeasureOf(const engine::Concentration& concentration, const ConcentrationSpec& spec,
                                   const Figure& figure, int64_t population) {
  v1::Explanation::Measure measure;
  measure.set_metric(v1::Metric_Name(spec.metric).substr(7));
  measure.set_value(figure.bounded.value.ToDouble());
  measure.set_numerator(Decimal128(figure.bounded.value.numerator));
  measure.set_denominator(Decimal128(figure.bounded.value.denominator));
  measure.set_limit(spec.limit_number);
  measure.set_comparator(v1::Comparator_Name(spec.violates_when).substr(11));
  measure.set_lower(figure.bounded.lower.ToDouble());
  measure.set_upper(figure.bounded.upper.ToDouble());
  measure.set_total_weight(static_cast<int64_t>(concentration.total));
  measure.set_population(population);
  std::vector<engine::WeightedGroup> groups = concentration.groups;
  if (concentration.unknown_weight > 0) {
    groups.push_back({std::string(engine::kUnknownKey), concentration.unknown_weight});
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  if (groups.size() > kGroupsShown) groups.resize(kGroupsShown);
  for (const engine::WeightedGroup& group : groups) {
    v1::Explanation::Group* shown = measure.add_groups();
    shown->set_key(group.key);
    shown->set_weight(static_cast<int64_t>(group.weight));
    shown->set_share_ratio(static_cast<double>(group.weight) / static_cast<double>(concentration.total));
  }
  return measure;
}

Violation Explain(const engine::Concentration& concentration, const ConcentrationSpec& spec,
                  const Figure& figure, int64_t population) {
  Violation violation;
  if (!figure.group.empty()) violation.discriminators.emplace("group", figure.group);
  if (figure.group.find('/') != std::string::npos) violation.related.push_back(figure.group);
  *violation.explanation.mutable_measure() = MeasureOf(concentration, spec, figure, population);
  const v1::Explanation::Measure& measure = violation.explanation.measure();
  violation.evidence.texts = {{"group", figure.group},
                              {"metric", measure.metric()},
                              {"dimension", DimensionWord(spec.group_by)},
                              {"comparator", measure.comparator()}};
  violation.evidence.numbers = {{"value", measure.value()},
                                {"limit", measure.limit()},
                                {"lower", measure.lower()},
                                {"upper", measure.upper()},
                                {"population", static_cast<double>(population)}};
  return violation;
}

engine::Basis EngineBasis(common::v1::Basis basis) {
  // As with dimensions, one list in one order.
  return static_cast<engine::Basis>(static_cast<int>(basis) - 1);
}

}  // namespace

// Who is counted: a byte for each consumer of the graph, and what leaves it open.
struct ConcentrationEvaluator::Population {
  std::string members;
  MissingFacts missing;
};

ConcentrationEvaluator::ConcentrationEvaluator(const World& world, const Selections& selections)
    : world_(world), selections_(selections) {}
ConcentrationEvaluator::~ConcentrationEvaluator() = default;

const ConcentrationEvaluator::Attributed& ConcentrationEvaluator::Attribute(const ConcentrationSpec& spec,
                                                                            const Population& population) {
  if (attributor_ == nullptr)
    attributor_ = std::make_unique<engine::Attributor>(world_.view().shared_graph());
  const engine::Basis basis = EngineBasis(spec.basis);
  const auto [entry, added] = attributions_.try_emplace({basis, population.members}, absl::UnknownError(""));
  if (!added) return entry->second;
  engine::Population counted;
  counted.consumer = [&](engine::ConsumerIndex consumer) { return population.members[consumer.value] != 0; };
  entry->second = attributor_->Attribute(basis, counted);
  return entry->second;
}

SubjectResult ConcentrationEvaluator::Evaluate(const BoundRule& rule, bool explain) {
  const auto& spec = std::get<ConcentrationSpec>(rule.spec);
  const engine::Graph& graph = world_.graph();
  const std::vector<std::string_view>& names = selections_.Names(spec.over.kind());
  const Selection& selection = selections_.Of(spec.over);
  Population population{std::string(graph.consumers().slots(), '\0'), {}};
  for (size_t place = 0; place < names.size(); ++place) {
    Truth selected = selection.at(place);
    if (selected == Truth::kUnknown && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE)
      selected = Truth::kFalse;
    if (selected == Truth::kFalse) continue;
    const auto consumer = graph.consumers().Find(names[place]);
    if (consumer) population.members[consumer->value] = 1;
    if (selected != Truth::kUnknown || rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) continue;
    const MissingFacts& missing = selection.missing.at(static_cast<uint32_t>(place));
    population.missing.insert(population.missing.end(), missing.begin(), missing.end());
  }
  SubjectResult result;
  const Attributed& attributed = Attribute(spec, population);
  if (!attributed.ok()) {
    result.outcome = v1::OUTCOME_ERROR;
    result.error = std::string(attributed.status().message());
    return result;
  }
  const engine::Concentration concentration =
      engine::Concentrate(graph, *attributed, EngineDimension(spec.group_by));
  const std::vector<Figure> figures = FiguresOf(concentration, spec);
  if (attributed->population < spec.min_population || figures.empty()) {
    result.outcome = v1::OUTCOME_NO_DATA;
    return result;
  }
  bool undecided = false;
  for (const Figure& figure : figures) {
    Verdict verdict = Judge(figure.bounded, spec);
    if (verdict == Verdict::kUndecided && !result.undecided) {
      result.undecided = MeasureOf(concentration, spec, figure, attributed->population);
    }
    if (verdict == Verdict::kUndecided && rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION)
      verdict = Verdict::kYes;
    if (verdict == Verdict::kUndecided && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE)
      verdict = Verdict::kNo;
    undecided = undecided || verdict == Verdict::kUndecided;
    if (verdict != Verdict::kYes) continue;
    ++result.violation_count;
    if (explain) result.violations.push_back(Explain(concentration, spec, figure, attributed->population));
  }
  std::sort(result.violations.begin(), result.violations.end(),
            [](const Violation& a, const Violation& b) { return a.discriminators < b.discriminators; });
  // Who belongs to the population is not known: no figure is certain.
  if (!population.missing.empty() || (undecided && result.violation_count == 0)) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.violation_count = 0;
    result.violations.clear();
    result.missing = std::move(population.missing);
    if (undecided) {
      for (const engine::UnknownItem& item : concentration.unknown)
        result.missing.push_back({item.resource, item.field});
    }
    SortUnique(result.missing);
  } else {
    result.undecided.reset();
    result.open = undecided;
    if (result.violation_count > 0) result.outcome = v1::OUTCOME_VIOLATION;
  }
  return result;
}

}  // namespace linchpin::policy
