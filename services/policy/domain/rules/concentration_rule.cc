#include "services/policy/domain/rules/concentration_rule.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/policy/domain/rules/concentration_figures.h"
#include "services/policy/domain/rules/fallback_rule.h"

namespace linchpin::policy {
namespace {

using engine::Truth;
using engine::Verdict;

constexpr int kGroupsShown = 10;

std::string Decimal128(engine::Uint128 value) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

Verdict Judge(const engine::Bounded& figure, const ConcentrationSpec& spec) {
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
  std::vector<engine::WeightedGroup> groups;
  for (const engine::WeightedGroup& group : concentration.groups) {
    if (group.weight > 0) groups.push_back(group);
  }
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
                              {"comparator", measure.comparator()},
                              {"home", spec.home_text}};
  violation.evidence.numbers = {{"value", measure.value()},
                                {"limit", measure.limit()},
                                {"lower", measure.lower()},
                                {"upper", measure.upper()},
                                {"population", static_cast<double>(population)}};
  return violation;
}

// What the figures of one rule are judged with.
struct Measured {
  const BoundRule& rule;
  const ConcentrationSpec& spec;
  const engine::Concentration& concentration;
  int64_t population;
  bool explain;
};

// Adds the violations to the result, and the first measure that is indeterminate. Returns whether any is.
bool JudgeFigures(const Measured& measured, const std::vector<Figure>& figures, SubjectResult& result) {
  const auto& [rule, spec, concentration, population, explain] = measured;
  bool indeterminate = false;
  for (const Figure& figure : figures) {
    Verdict verdict = Judge(figure.bounded, spec);
    if (verdict == Verdict::kIndeterminate && !result.indeterminate) {
      result.indeterminate = MeasureOf(concentration, spec, figure, population);
    }
    if (verdict == Verdict::kIndeterminate && rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION)
      verdict = Verdict::kYes;
    if (verdict == Verdict::kIndeterminate && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE)
      verdict = Verdict::kNo;
    indeterminate = indeterminate || verdict == Verdict::kIndeterminate;
    if (verdict != Verdict::kYes) continue;
    ++result.violation_count;
    if (explain) result.violations.push_back(Explain(concentration, spec, figure, population));
  }
  std::sort(result.violations.begin(), result.violations.end(),
            [](const Violation& a, const Violation& b) { return a.discriminators < b.discriminators; });
  return indeterminate;
}

// `open`: something is indeterminate, by the facts `missing` and, where the values of items are, by theirs.
SubjectResult Conclude(const Measured& measured, bool open, bool by_values, MissingFacts missing,
                       SubjectResult result) {
  result.open = open;
  if (result.violation_count > 0) {
    result.outcome = v1::OUTCOME_VIOLATION;
    result.indeterminate.reset();
  } else if (open) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.missing = std::move(missing);
    if (by_values) {
      for (const engine::UnknownItem& item : measured.concentration.unknown)
        result.missing.push_back({item.resource, item.field});
    }
    SortUnique(result.missing);
  } else {
    result.indeterminate.reset();
  }
  return result;
}

engine::Basis EngineBasis(common::v1::Basis basis) {
  // As with dimensions, one list in one order.
  return static_cast<engine::Basis>(static_cast<int>(basis) - 1);
}

}  // namespace

// Who is counted: a byte for each consumer of the graph, and what leaves it open.
struct ConcentrationEvaluator::Population {
  std::string members;  // All who may belong.
  std::string certain;  // Those of them who do.
  MissingFacts missing;
};

ConcentrationEvaluator::ConcentrationEvaluator(const World& world, const Selections& selections)
    : world_(world), selections_(selections) {}
ConcentrationEvaluator::~ConcentrationEvaluator() = default;

const ConcentrationEvaluator::Attributed& ConcentrationEvaluator::Attribute(const ConcentrationSpec& spec,
                                                                            const std::string& members) {
  if (attributor_ == nullptr)
    attributor_ = std::make_unique<engine::Attributor>(world_.view().shared_graph());
  const engine::Basis basis = EngineBasis(spec.basis);
  const auto [entry, added] = attributions_.try_emplace({basis, members}, absl::UnknownError(""));
  if (!added) return entry->second;
  engine::Population counted;
  counted.consumer = [&](engine::ConsumerIndex consumer) { return members[consumer.value] != 0; };
  entry->second = attributor_->Attribute(basis, counted);
  return entry->second;
}

ConcentrationEvaluator::Population ConcentrationEvaluator::PopulationOf(const BoundRule& rule) const {
  const BoundSelector& over = std::get<ConcentrationSpec>(rule.spec).over;
  const engine::Graph& graph = world_.graph();
  const std::vector<std::string_view>& names = selections_.Names(over.kind());
  const Selection& selection = selections_.Of(over);
  Population population{std::string(graph.consumers().slots(), '\0'), "", {}};
  population.certain = population.members;
  for (size_t place = 0; place < names.size(); ++place) {
    Truth selected = selection.at(place);
    if (selected == Truth::kUnknown && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE)
      selected = Truth::kFalse;
    if (selected == Truth::kUnknown && rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION)
      selected = Truth::kTrue;
    if (selected == Truth::kFalse) continue;
    if (const auto consumer = graph.consumers().Find(names[place])) {
      population.members[consumer->value] = 1;
      population.certain[consumer->value] = selected == Truth::kTrue;
    }
    if (selected != Truth::kUnknown) continue;
    const MissingFacts& missing = selection.missing.at(static_cast<uint32_t>(place));
    population.missing.insert(population.missing.end(), missing.begin(), missing.end());
  }
  return population;
}

SubjectResult ConcentrationEvaluator::Evaluate(const BoundRule& rule, bool explain) {
  const auto& spec = std::get<ConcentrationSpec>(rule.spec);
  Population population = PopulationOf(rule);
  SubjectResult result;
  const Attributed& attributed = Attribute(spec, population.members);
  if (!attributed.ok()) {
    result.outcome = v1::OUTCOME_ERROR;
    result.error = std::string(attributed.status().message());
    return result;
  }
  const engine::Concentration concentration =
      engine::Concentrate(world_.knowledge(), *attributed, EngineDimension(spec.group_by));
  const std::vector<Figure> figures = FiguresOf(concentration, spec);
  if (attributed->population < spec.min_population || figures.empty()) {
    result.outcome = v1::OUTCOME_NO_DATA;
    return result;
  }
  const Measured measured{rule, spec, concentration, attributed->population, explain};
  if (!population.missing.empty()) {
    // Who belongs to the population is not known: what holds whoever does is certain, and nothing else is.
    const bool indeterminate = JudgeFigures(measured, figures, result);
    result.violation_count = 0;
    result.violations.clear();
    JudgeFigures(measured, FiguresOfAnyMembers(population, spec, concentration), result);
    return Conclude(measured, true, indeterminate, std::move(population.missing), std::move(result));
  }
  const bool indeterminate = JudgeFigures(measured, figures, result);
  return Conclude(measured, indeterminate, indeterminate, {}, std::move(result));
}

std::vector<Figure> ConcentrationEvaluator::FiguresOfAnyMembers(const Population& population,
                                                                const ConcentrationSpec& spec,
                                                                const engine::Concentration& all) {
  const Attributed& attributed = Attribute(spec, population.certain);
  if (!attributed.ok() || attributed->population < spec.min_population) return {};
  const engine::Dimension dimension = EngineDimension(spec.group_by);
  return FiguresForAnyMembers(engine::Concentrate(world_.knowledge(), *attributed, dimension), all,
                              RoundingOf(world_.graph(), EngineBasis(spec.basis), dimension), spec);
}

}  // namespace linchpin::policy
