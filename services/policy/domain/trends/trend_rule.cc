#include "services/policy/domain/trends/trend_rule.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/concentration/value_domain.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/findings/finding_words.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/fallback_rule.h"
#include "services/policy/domain/rules/population.h"
#include "services/policy/domain/trends/filled_past.h"
#include "services/policy/domain/trends/growth_explainer.h"
#include "services/policy/domain/trends/growth_figures.h"

namespace linchpin::policy {
namespace {

using engine::Concentration;
using engine::FactsRead;
using engine::Truth;
using engine::Verdict;

constexpr int kGroupsShown = 10;
constexpr absl::Duration kTryAgain = absl::Minutes(1);

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%MZ", time, absl::UTCTimeZone());
}

// What is missing is the past.
MissingFact MissingPast(const TrendSpec& spec, std::string what, std::string remedy) {
  MissingFact missing;
  missing.path = spec.window_text;
  missing.past = std::move(what);
  missing.remedy = std::move(remedy);
  return missing;
}

MissingFact Unreachable(const TrendSpec& spec, const PastMoment& moment) {
  if (moment.missing == PastMoment::Missing::kBeforeHistory && moment.begins == absl::InfiniteFuture()) {
    return MissingPast(
        spec, "the history is too short: nothing has been written yet",
        absl::StrCat("register what is used; growth can be judged ", spec.window_text, " later"));
  }
  if (moment.missing == PastMoment::Missing::kBeforeHistory) {
    const std::string from = TimeText(WhenWindowBegins(spec.window, moment.begins));
    return MissingPast(
        spec,
        absl::StrCat("the history is too short: the inventory begins at ", TimeText(moment.begins),
                     ", and growth within ", spec.window_text, " can be judged from ", from),
        absl::StrCat("wait until ", from, ", or shorten `window`"));
  }
  if (moment.missing == PastMoment::Missing::kCompacted) {
    const int64_t seconds = absl::ToInt64Seconds(spec.window + absl::Hours(1));
    return MissingPast(spec,
                       absl::StrCat("the inventory of ", spec.window_text,
                                    " ago is no longer kept (setting history-seconds)"),
                       absl::StrCat("set history-seconds to ", seconds,
                                    " at least, or 0 to keep every revision, or shorten `window`"));
  }
  return MissingPast(spec, "there is no history here to compare with",
                     "evaluate it where the inventory is stored");
}

std::vector<engine::WeightedGroup> LargestGroups(const Concentration& concentration) {
  std::vector<engine::WeightedGroup> groups;
  for (const engine::WeightedGroup& group : concentration.groups) {
    if (group.weight > 0) groups.push_back(group);
  }
  if (concentration.unknown_weight > 0)
    groups.push_back({std::string(engine::kUnknownKey), concentration.unknown_weight});
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  if (groups.size() > kGroupsShown) groups.resize(kGroupsShown);
  return groups;
}

v1::Explanation::Measure MeasureOf(const Concentration& now, const ConcentrationSpec& spec,
                                   const GrowthFigure& figure, int64_t population) {
  v1::Explanation::Measure measure;
  measure.set_metric(v1::Metric_Name(spec.metric).substr(7) + "_GROWTH");
  measure.set_value(figure.value);
  measure.set_limit(spec.limit_number);
  measure.set_comparator("GT");
  measure.set_lower(figure.lower);
  measure.set_upper(figure.upper);
  measure.set_total_weight(static_cast<int64_t>(now.total));
  measure.set_population(population);
  for (const engine::WeightedGroup& group : LargestGroups(now)) {
    v1::Explanation::Group* shown = measure.add_groups();
    shown->set_key(group.key);
    shown->set_weight(static_cast<int64_t>(group.weight));
    shown->set_share_ratio(static_cast<double>(group.weight) / static_cast<double>(now.total));
  }
  return measure;
}

// Who belongs to both, by name.
void KeepThoseOfBoth(const engine::Graph& a, std::string& of_a, const engine::Graph& b, std::string& of_b) {
  const auto drop = [](const engine::Graph& graph, std::string& members, const engine::Graph& other,
                       const std::string& there) {
    for (const engine::ConsumerIndex index : graph.consumers()) {
      if (members[index.value] == 0) continue;
      const auto found = other.consumers().Find(graph.consumers().NameOf(index));
      if (!found || there[found->value] == 0) members[index.value] = 0;
    }
  };
  drop(a, of_a, b, of_b);
  drop(b, of_b, a, of_a);
}

const GrowthFigure* FigureOf(const std::vector<GrowthFigure>& figures, const std::string& group) {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const GrowthFigure& figure) { return figure.group == group; });
  return found == figures.end() ? nullptr : &*found;
}

}  // namespace

// The inventory of then as rules read it.
struct TrendEvaluator::PastSide {
  PastSide(const std::shared_ptr<const replica::View>& past, const World& now)
      : filled(FillPast(past, now.view())),
        knowledge(now.knowledge().On(filled.view->shared_graph())),
        world(*filled.view, *knowledge, now.now()),
        attributor(filled.view->shared_graph()) {}

  const FilledPast filled;
  const std::shared_ptr<const engine::Knowledge> knowledge;
  const World world;
  engine::Attributor attributor;
};

TrendEvaluator::TrendEvaluator(const World& world, const Selections& selections, SharedPlan& plan,
                               const PastInventory* past)
    : world_(world), selections_(selections), plan_(plan), past_(past) {}
TrendEvaluator::~TrendEvaluator() = default;

TrendEvaluator::PastSide& TrendEvaluator::SideOf(const PastMoment& moment) {
  std::unique_ptr<PastSide>& side = sides_[moment.view.get()];
  if (side == nullptr) side = std::make_unique<PastSide>(moment.view, world_);
  return *side;
}

// One rule with both ends of its window.
class TrendEvaluator::Asked {
 public:
  Asked(const BoundRule& rule, bool explain, absl::Time begin, const World& world,
        const Selections& selections, engine::Attributor& attributor, PastSide& side)
      : rule_(rule),
        spec_(std::get<TrendSpec>(rule.spec)),
        explain_(explain),
        begin_(begin),
        world_(world),
        attributor_(attributor),
        side_(side),
        now_(PopulationOf(world, selections, rule)) {
    Selections then(side.world);
    then.Add(SelectorOf(rule));
    then.Run();
    past_ = PopulationOf(side.world, then, rule);
    if (spec_.existing_only) KeepThoseOfBoth(world.graph(), now_.members, side.world.graph(), past_.members);
  }

  SubjectResult Judge() {
    const engine::Basis basis = EngineBasis(spec_.measure.basis);
    const auto now = attributor_.Attribute(basis, CountedBy(now_.members));
    const auto past = side_.attributor.Attribute(basis, CountedBy(past_.members));
    for (const auto* attributed : {&now, &past}) {
      if (attributed->ok()) continue;
      result_.outcome = v1::OUTCOME_ERROR;
      result_.error = std::string(attributed->status().message());
      return std::move(result_);
    }
    result_.outcome = v1::OUTCOME_PASS;
    if (now->population < spec_.measure.min_population || now->total == 0) {
      result_.outcome = v1::OUTCOME_NO_DATA;
    } else if (past->population < spec_.measure.min_population || past->total == 0) {
      TooFewThen(past->population);
    } else if (!now_.missing.empty() || !past_.missing.empty()) {
      Open();
      AddMissing(now_.missing);
      AddMissing(past_.missing);
      Finish();
    } else {
      JudgeFigures(*past, *now);
    }
    return std::move(result_);
  }

 private:
  engine::Dimension Dimension() const { return EngineDimension(spec_.measure.group_by); }

  void Open() {
    result_.outcome = v1::OUTCOME_INDETERMINATE;
    result_.likely = false;
  }

  void TooFewThen(int64_t population) {
    if (Decided()) return;
    Open();
    result_.missing.push_back(MissingPast(
        spec_,
        absl::StrCat("too little to compare with: ", spec_.window_text, " ago ", population,
                     population == 1 ? " consumer was counted, and " : " consumers were counted, and ",
                     spec_.measure.min_population, " with some weight are needed"),
        absl::StrCat("wait until ", spec_.window_text,
                     " have passed since enough were registered, or shorten `window`")));
  }

  // What the rule does with what nothing decides.
  bool Decided() {
    if (rule_.on_unknown != v1::UNKNOWN_HANDLING_IGNORE) return false;
    result_.outcome = v1::OUTCOME_PASS;
    return true;
  }

  // Of what is gone nobody can state anything: the past is then missing.
  void AddMissing(const MissingFacts& facts) {
    for (const MissingFact& fact : facts) {
      if (world_.view().Contains(fact.resource)) {
        result_.missing.push_back(fact);
      } else {
        ++gone_;
        if (example_.empty() || fact.resource < example_) example_ = fact.resource;
      }
    }
  }
  void Finish() {
    if (gone_ > 0) {
      result_.missing.push_back(MissingPast(
          spec_,
          absl::StrCat("what was there ", spec_.window_text, " ago cannot be compared: facts of ", example_,
                       " were unknown, and it is gone"),
          absl::StrCat("wait until the window no longer reaches back to it, or shorten `window`")));
    }
    SortUnique(result_.missing);
  }

  void JudgeFigures(const engine::Attribution& past, const engine::Attribution& now) {
    const Concentration then = engine::Concentrate(*side_.knowledge, past, Dimension());
    const Concentration today = engine::Concentrate(world_.knowledge(), now, Dimension());
    const std::vector<GrowthFigure> figures = GrowthFiguresOf(
        {*side_.knowledge, then}, {world_.knowledge(), today}, spec_.measure, FactsRead::kProven);
    const bool open = std::any_of(figures.begin(), figures.end(), [](const GrowthFigure& figure) {
      return figure.verdict == Verdict::kIndeterminate;
    });
    std::vector<GrowthFigure> likely;
    const bool reads_likely = open && rule_.assurance != v1::ASSURANCE_PROVEN &&
                              (world_.knowledge().has_likely() || side_.knowledge->has_likely());
    if (reads_likely) {
      const Concentration then_likely =
          engine::Concentrate(*side_.knowledge, past, Dimension(), FactsRead::kLikely);
      const Concentration likely_now =
          engine::Concentrate(world_.knowledge(), now, Dimension(), FactsRead::kLikely);
      likely = GrowthFiguresOf({*side_.knowledge, then_likely}, {world_.knowledge(), likely_now},
                               spec_.measure, FactsRead::kLikely);
    }
    for (const GrowthFigure& figure : figures)
      Take(figure, reads_likely ? &likely : nullptr, then, today, past.population, now.population);
    Conclude(then, today);
  }

  void Take(const GrowthFigure& figure, const std::vector<GrowthFigure>* likely, const Concentration& then,
            const Concentration& now, int64_t past_population, int64_t population) {
    Verdict verdict = figure.verdict;
    bool by_likely = false;
    if (verdict == Verdict::kIndeterminate && likely != nullptr) {
      const GrowthFigure* const again = FigureOf(*likely, figure.group);
      const Verdict read = again == nullptr ? Verdict::kNo : again->verdict;
      const FactDecision decision = DecideByFacts(rule_.assurance, Truth::kUnknown,
                                                  read == Verdict::kIndeterminate ? Truth::kUnknown
                                                  : read == Verdict::kYes         ? Truth::kFalse
                                                                                  : Truth::kTrue);
      by_likely = decision.likely;
      if (by_likely) verdict = read;
    }
    if (verdict == Verdict::kIndeterminate) {
      if (!result_.indeterminate) result_.indeterminate = MeasureOf(now, spec_.measure, figure, population);
      if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) verdict = Verdict::kYes;
      if (rule_.on_unknown == v1::UNKNOWN_HANDLING_IGNORE) verdict = Verdict::kNo;
      open_ = open_ || verdict == Verdict::kIndeterminate;
    }
    any_likely_ = any_likely_ || by_likely;
    if (verdict != Verdict::kYes) return;
    ++result_.violation_count;
    proven_violation_ = proven_violation_ || !by_likely;
    if (explain_)
      result_.violations.push_back(Explain(figure, by_likely, then, now, past_population, population));
  }

  Violation Explain(const GrowthFigure& figure, bool by_likely, const Concentration& then,
                    const Concentration& now, int64_t past_population, int64_t population) {
    Violation violation;
    violation.likely = by_likely;
    if (!figure.group.empty()) violation.discriminators.emplace("group", figure.group);
    if (figure.group.find('/') != std::string::npos) violation.related.push_back(figure.group);
    *violation.explanation.mutable_measure() = MeasureOf(now, spec_.measure, figure, population);
    v1::Growth& growth = *violation.explanation.mutable_growth();
    SetTime(begin_, growth.mutable_past_time());
    growth.set_past_revision(side_.filled.view->revision());
    SetTime(side_.filled.view->time(), growth.mutable_past_commit_time());
    growth.set_past_value(figure.past);
    growth.set_value(figure.now);
    growth.set_past_population(past_population);
    growth.set_group(figure.group.empty() ? GroupThatGrewMost(then, now) : figure.group);
    for (const std::string& learnt : side_.filled.learnt) growth.add_learnt(learnt);
    growth.set_learnt_count(side_.filled.learnt_count);
    ExplainGrowth({side_.world, then, past_.members, side_.attributor},
                  {world_, now, now_.members, attributor_}, spec_.measure, growth);
    for (const auto& contributor : growth.contributors()) {
      if (violation.related.size() < kRelatedMax) violation.related.push_back(contributor.consumer());
    }
    if (by_likely) AddFacts(now, violation);
    AddEvidence(figure, growth, population, violation.evidence);
    return violation;
  }

  // The likely facts that the present weight rests on.
  void AddFacts(const Concentration& now, Violation& violation) const {
    const engine::ValueDomains domains(world_.knowledge(), now.dimension);
    for (const engine::UnknownItem& item : now.unknown) {
      if (violation.explanation.facts_size() == kFactsMax) return;
      const auto fact = domains.LikelyFact({item.resource, item.field, item.fact, item.subject});
      if (!fact.has_value()) continue;
      *violation.explanation.add_facts() =
          world_.FactUsed({.kind = *fact, .subject = item.subject}, /*likely=*/true);
    }
  }

  void AddEvidence(const GrowthFigure& figure, const v1::Growth& growth, int64_t population,
                   MessageEvidence& evidence) const {
    evidence.texts = {{"group", growth.group()},
                      {"metric", MetricWords(spec_.measure.metric)},
                      {"dimension", DimensionWords(spec_.measure.group_by)},
                      {"home", spec_.measure.home_text},
                      {"window", spec_.window_text},
                      {"since", TimeText(begin_)},
                      {"by", ContributorsText(growth)}};
    evidence.numbers = {{"value", figure.value},
                        {"limit", spec_.measure.limit_number},
                        {"lower", figure.lower},
                        {"upper", figure.upper},
                        {"past", figure.past},
                        {"now", figure.now},
                        {"population", static_cast<double>(population)},
                        {"past_revision", static_cast<double>(growth.past_revision())}};
  }

  void Conclude(const Concentration& then, const Concentration& now) {
    std::sort(result_.violations.begin(), result_.violations.end(),
              [](const Violation& a, const Violation& b) { return a.discriminators < b.discriminators; });
    result_.open = open_;
    result_.likely = any_likely_ && !proven_violation_;
    if (result_.violation_count > 0) {
      result_.outcome = v1::OUTCOME_VIOLATION;
      result_.indeterminate.reset();
    } else if (open_) {
      Open();
      for (const Concentration* end : {&now, &then}) {
        MissingFacts missing;
        for (const engine::UnknownItem& item : end->unknown) missing.push_back({item.resource, item.field});
        AddMissing(missing);
      }
      Finish();
    } else {
      result_.indeterminate.reset();
    }
  }

  const BoundRule& rule_;
  const TrendSpec& spec_;
  const bool explain_;
  const absl::Time begin_;
  const World& world_;
  engine::Attributor& attributor_;
  PastSide& side_;
  Population now_, past_;
  SubjectResult result_;
  bool open_ = false, any_likely_ = false, proven_violation_ = false;
  int64_t gone_ = 0;
  std::string example_;
};

SubjectResult TrendEvaluator::Evaluate(const BoundRule& rule, bool explain) {
  const auto& spec = std::get<TrendSpec>(rule.spec);
  const absl::Time begin = BeginOfWindow(spec.window, world_.now());
  const PastMoment& moment = MomentAt(past_, begin);
  SubjectResult result;
  if (moment.missing == PastMoment::Missing::kNone) {
    if (const auto attributor = plan_.Attributor(); attributor.ok()) {
      result = Asked(rule, explain, begin, world_, selections_, **attributor, SideOf(moment)).Judge();
    } else {
      result.outcome = v1::OUTCOME_ERROR;
      result.error = std::string(attributor.status().message());
    }
  } else if (moment.missing == PastMoment::Missing::kFailed) {
    result.outcome = v1::OUTCOME_ERROR;
    result.error =
        absl::StrCat("the inventory of ", spec.window_text, " ago could not be read: ", moment.error);
  } else if (rule.on_unknown != v1::UNKNOWN_HANDLING_IGNORE) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.missing.push_back(Unreachable(spec, moment));
  }
  const bool failed = moment.missing == PastMoment::Missing::kFailed;
  result.due = failed ? world_.now() + kTryAgain : EndOfBegin(spec.window, begin);
  return result;
}

}  // namespace linchpin::policy
