#include "services/policy/domain/rules/concentration_rule.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/engine/concentration/value_domain.h"
#include "services/policy/domain/findings/finding_words.h"
#include "services/policy/domain/rules/concentration_figures.h"
#include "services/policy/domain/rules/decision.h"
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
                              {"metric", MetricWords(spec.metric)},
                              {"dimension", DimensionWords(spec.group_by)},
                              {"comparator", ComparatorWords(spec.violates_when)},
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
};

// The same on likely facts; null where they say no more, or may not decide.
struct OnLikely {
  const engine::Concentration& concentration;
  const std::vector<Figure>& figures;
};

const Figure* FigureOf(const std::vector<Figure>& figures, const std::string& group) {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& figure) { return figure.group == group; });
  return found == figures.end() ? nullptr : &*found;
}

// How a figure is judged, and whether by likely facts.
struct Judgement {
  Verdict verdict = Verdict::kIndeterminate;
  bool likely = false;
};

// What proven facts leave open is decided by likely ones as far as the assignment lets them. A group that is
// gone on likely facts violates nothing.
Judgement JudgeBoth(const Measured& measured, const Figure& figure, const OnLikely* on_likely) {
  const Verdict proven = Judge(figure.bounded, measured.spec);
  if (proven != Verdict::kIndeterminate || on_likely == nullptr) return {proven, false};
  const Figure* const again = FigureOf(on_likely->figures, figure.group);
  const Verdict likely = again == nullptr ? Verdict::kNo : Judge(again->bounded, measured.spec);
  const FactDecision decision = DecideByFacts(measured.rule.assurance, Truth::kUnknown,
                                              likely == Verdict::kIndeterminate ? Truth::kUnknown
                                              : likely == Verdict::kYes         ? Truth::kFalse
                                                                                : Truth::kTrue);
  return decision.likely ? Judgement{likely, true} : Judgement{};
}

// What the rule does with what stays open.
Verdict Handled(const BoundRule& rule, Verdict verdict) {
  if (verdict != Verdict::kIndeterminate) return verdict;
  if (rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) return Verdict::kYes;
  return rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE ? Verdict::kNo : verdict;
}

Violation ExplainLikely(const Measured& measured, const Figure& figure, const OnLikely& on_likely) {
  const Figure* const again = FigureOf(on_likely.figures, figure.group);
  Violation violation = Explain(on_likely.concentration, measured.spec, again == nullptr ? figure : *again,
                                measured.population);
  violation.likely = true;
  return violation;
}

// Groups that have weight on likely facts only, and of which that is too little.
void AddGroupsOnLikely(const Measured& measured, const std::vector<Figure>& figures,
                       const OnLikely& on_likely, SubjectResult& result) {
  for (const Figure& figure : on_likely.figures) {
    if (FigureOf(figures, figure.group) != nullptr || Judge(figure.bounded, measured.spec) != Verdict::kYes)
      continue;
    result.likely = true;
    ++result.violation_count;
    result.violations.push_back(ExplainLikely(measured, figure, on_likely));
  }
}

// Judges each figure. Adds the violations to the result, and the first measure that is indeterminate. Returns
// whether any is.
bool JudgeFigures(const Measured& measured, const std::vector<Figure>& figures, const OnLikely* on_likely,
                  SubjectResult& result) {
  const auto& [rule, spec, concentration, population] = measured;
  bool indeterminate = false;
  bool proven_violation = result.violation_count > 0 && !result.likely;
  for (const Figure& figure : figures) {
    const Judgement judged = JudgeBoth(measured, figure, on_likely);
    if (judged.verdict == Verdict::kIndeterminate && !result.indeterminate)
      result.indeterminate = MeasureOf(concentration, spec, figure, population);
    const Verdict verdict = Handled(rule, judged.verdict);
    indeterminate = indeterminate || verdict == Verdict::kIndeterminate;
    result.likely = result.likely || judged.likely;
    if (verdict != Verdict::kYes) continue;
    ++result.violation_count;
    proven_violation = proven_violation || !judged.likely;
    result.violations.push_back(judged.likely ? ExplainLikely(measured, figure, *on_likely)
                                              : Explain(concentration, spec, figure, population));
  }
  if (on_likely != nullptr) AddGroupsOnLikely(measured, figures, *on_likely, result);
  // Of violations the result is likely if each one is.
  result.likely = result.likely && !proven_violation;
  std::sort(result.violations.begin(), result.violations.end(),
            [](const Violation& a, const Violation& b) { return a.discriminators < b.discriminators; });
  return indeterminate;
}

// The likely facts that a violation rests on: those by which weight is of its group, else all that count.
void AddFacts(const World& world, const Measured& measured, Violation& violation) {
  const engine::ValueDomains domains(world.knowledge(), measured.concentration.dimension);
  const std::string& group = violation.evidence.texts["group"];
  const std::vector<engine::UnknownItem>& items = measured.concentration.unknown;
  const bool of_group = std::any_of(items.begin(), items.end(), [&](const engine::UnknownItem& item) {
    return !group.empty() && item.likely == group;
  });
  for (const engine::UnknownItem& item : items) {
    if (violation.explanation.facts_size() == kFactsMax) return;
    if (of_group && item.likely != group) continue;
    const auto fact = domains.LikelyFact({item.resource, item.field, item.fact, item.subject});
    if (!fact.has_value()) continue;
    *violation.explanation.add_facts() =
        world.FactUsed({.kind = *fact, .subject = item.subject}, /*likely=*/true);
  }
}

// Judges the figures on proven facts, then on likely ones. Returns whether any stays indeterminate.
bool JudgeOnAll(const World& world, const Measured& measured, const std::vector<Figure>& figures,
                const engine::Attribution& attribution, SubjectResult& result) {
  const engine::Knowledge& knowledge = world.knowledge();
  const bool is_open = std::any_of(figures.begin(), figures.end(), [&](const Figure& figure) {
    return Judge(figure.bounded, measured.spec) == Verdict::kIndeterminate;
  });
  if (!is_open || measured.rule.assurance == v1::ASSURANCE_PROVEN || !knowledge.has_likely())
    return JudgeFigures(measured, figures, nullptr, result);
  const engine::Concentration likely = engine::Concentrate(
      knowledge, attribution, measured.concentration.dimension, engine::FactsRead::kLikely);
  const std::vector<Figure> on_likely =
      FiguresOf(knowledge, likely, measured.spec, engine::FactsRead::kLikely);
  const OnLikely again{likely, on_likely};
  const bool indeterminate = JudgeFigures(measured, figures, &again, result);
  for (Violation& violation : result.violations) {
    if (violation.likely) AddFacts(world, measured, violation);
  }
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
    result.likely = false;
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

// The figures of what a rule sums.
struct Summed {
  Summed(const World& world, const BoundRule& of, const engine::Attribution& attributed)
      : rule(of),
        spec(std::get<ConcentrationSpec>(of.spec)),
        attribution(attributed),
        concentration(engine::Concentrate(world.knowledge(), attributed, EngineDimension(spec.group_by))),
        figures(FiguresOf(world.knowledge(), concentration, spec, engine::FactsRead::kProven)) {}

  bool has_no_data() const { return attribution.population < spec.min_population || figures.empty(); }
  Measured measured() const { return {rule, spec, concentration, attribution.population}; }

  const BoundRule& rule;
  const ConcentrationSpec& spec;
  const engine::Attribution& attribution;
  const engine::Concentration concentration;
  const std::vector<Figure> figures;
};

}  // namespace

bool WeighTheSame(const BoundRule& a, const BoundRule& b) {
  return std::get<ConcentrationSpec>(a.spec).basis == std::get<ConcentrationSpec>(b.spec).basis &&
         a.on_unknown == b.on_unknown && SelectorOf(a) == SelectorOf(b);
}

SubjectResult JudgeAttribution(const World& world, const BoundRule& rule,
                               const engine::Attribution& attribution) {
  const Summed summed(world, rule, attribution);
  SubjectResult result;
  if (summed.has_no_data()) {
    result.outcome = v1::OUTCOME_NO_DATA;
    return result;
  }
  const bool indeterminate = JudgeOnAll(world, summed.measured(), summed.figures, attribution, result);
  return Conclude(summed.measured(), indeterminate, indeterminate, {}, std::move(result));
}

ConcentrationEvaluator::ConcentrationEvaluator(const World& world, const Selections& selections,
                                               SharedPlan& plan)
    : world_(world), selections_(selections), plan_(plan) {}
ConcentrationEvaluator::~ConcentrationEvaluator() = default;

const ConcentrationEvaluator::Attributed& ConcentrationEvaluator::Attribute(const ConcentrationSpec& spec,
                                                                            const std::string& members) {
  const engine::Basis basis = EngineBasis(spec.basis);
  const auto [entry, added] = attributions_.try_emplace({basis, members}, absl::UnknownError(""));
  if (!added) return entry->second;
  const auto attributor = plan_.Attributor();
  entry->second = attributor.ok() ? (*attributor)->Attribute(basis, CountedBy(members)) : attributor.status();
  return entry->second;
}

const WeighedPopulation& ConcentrationEvaluator::Weigh(const BoundRule& rule) {
  const auto known = std::find_if(weighed_.begin(), weighed_.end(),
                                  [&rule](const auto& other) { return WeighTheSame(*other.first, rule); });
  if (known != weighed_.end()) return known->second;
  WeighedPopulation& weighed = weighed_.emplace_back(&rule, WeighedPopulation()).second;
  weighed.population = PopulationOf(world_, selections_, rule);
  weighed.attributed = &Attribute(std::get<ConcentrationSpec>(rule.spec), weighed.population.members);
  return weighed;
}

SubjectResult ConcentrationEvaluator::Evaluate(const BoundRule& rule) {
  const WeighedPopulation& weighed = Weigh(rule);
  if (weighed.attributed->ok()) {
    return weighed.population.missing.empty() ? JudgeAttribution(world_, rule, **weighed.attributed)
                                              : JudgeAnyMembers(rule, weighed);
  }
  SubjectResult result;
  result.outcome = v1::OUTCOME_ERROR;
  result.error = std::string(weighed.attributed->status().message());
  return result;
}

// Who belongs to the population is not known: what holds whoever does is certain, and nothing else is.
SubjectResult ConcentrationEvaluator::JudgeAnyMembers(const BoundRule& rule,
                                                      const WeighedPopulation& weighed) {
  const auto& spec = std::get<ConcentrationSpec>(rule.spec);
  const Summed summed(world_, rule, **weighed.attributed);
  SubjectResult result;
  if (summed.has_no_data()) {
    result.outcome = v1::OUTCOME_NO_DATA;
    return result;
  }
  const Measured measured = summed.measured();
  const bool indeterminate = JudgeFigures(measured, summed.figures, nullptr, result);
  result.violation_count = 0;
  result.violations.clear();
  JudgeFigures(measured, FiguresOfAnyMembers(weighed.population, spec, summed.concentration), nullptr,
               result);
  return Conclude(measured, true, indeterminate, weighed.population.missing, std::move(result));
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
