#include "services/policy/domain/rules/survivability_rule.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/cutoff/conditions.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/loss_explainer.h"
#include "services/policy/domain/rules/population.h"

namespace linchpin::policy {
namespace {

using engine::AtomOutcome;
using engine::ConsumerIndex;
using engine::Reading;
using engine::Truth;
using engine::Uint128;
using engine::Verdict;

constexpr size_t kGroupsShown = 10;
// Losses of which an INDETERMINATE rule names the facts that are missing: the worst ones.
constexpr size_t kAskedMax = 4;

// Of one that is said.
engine::AtomClass ClassOf(v1::Shock::Loss loss) {
  switch (loss) {
    case v1::Shock::LOSS_HOST:
      return engine::AtomClass::kHost;
    case v1::Shock::LOSS_LICENCE:
      return engine::AtomClass::kLicence;
    case v1::Shock::LOSS_WEIGHTS_COUNTRY:
      return engine::AtomClass::kWeights;
    case v1::Shock::LOSS_SERVICES_COUNTRY:
      return engine::AtomClass::kServices;
    case v1::Shock::LOSS_MODEL:
      return engine::AtomClass::kModel;
    default:
      return engine::AtomClass::kVendor;
  }
}

// Who is counted, and with what weight.
class Members {
 public:
  Members(const engine::Graph& graph, const Population& population, bool by_weight)
      : graph_(graph), population_(population), by_weight_(by_weight) {
    for (const ConsumerIndex consumer : graph.consumers()) {
      if (!IsMember(consumer)) continue;
      ++count_;
      certain_count_ += IsCertain(consumer) ? 1 : 0;
      (IsCertain(consumer) ? certain_ : perhaps_) += WeightOf(consumer);
    }
  }

  // Who depends on nothing cannot lose what it depends on: to count it would only make the share look better.
  bool IsMember(ConsumerIndex consumer) const {
    return population_.members[consumer.value] != 0 && graph_.consumers()[consumer].group_count() > 0;
  }
  bool IsCertain(ConsumerIndex consumer) const { return population_.certain[consumer.value] != 0; }
  uint64_t WeightOf(ConsumerIndex consumer) const {
    return by_weight_ ? static_cast<uint64_t>(graph_.consumers()[consumer].record().weight) : 1;
  }
  int64_t count() const { return count_; }
  int64_t certain_count() const { return certain_count_; }
  Uint128 certain() const { return certain_; }
  Uint128 perhaps() const { return perhaps_; }
  Uint128 all() const { return certain_ + perhaps_; }

 private:
  const engine::Graph& graph_;
  const Population& population_;
  const bool by_weight_;
  int64_t count_ = 0, certain_count_ = 0;
  Uint128 certain_ = 0, perhaps_ = 0;
};

// Weight that has no service.
struct Fallen {
  Uint128 certain = 0, perhaps = 0;

  Uint128 all() const { return certain + perhaps; }
  void Add(const Members& members, ConsumerIndex consumer) {
    if (members.IsMember(consumer))
      (members.IsCertain(consumer) ? certain : perhaps) += members.WeightOf(consumer);
  }
};

// What one loss comes to.
struct Loss {
  const AtomOutcome* outcome = nullptr;
  std::string key;
  engine::ByReading<Fallen> fallen;
  engine::Bounded kept;
};

// Bounds of the share that keeps service, whoever belongs.
engine::Bounded KeptShare(const Members& members, const engine::ByReading<Fallen>& fallen) {
  engine::Bounded kept;
  kept.value = {members.all() - fallen.likely.all(), members.all()};
  kept.upper = {0, 1};
  kept.lower = {1, 1};
  for (const Reading reading : engine::kReadings) {
    const Fallen& of = fallen[reading];
    // Most: of those who perhaps belong, just who keeps service does. Least: just who loses it does.
    const Uint128 keeps = members.certain() - of.certain, more = members.perhaps() - of.perhaps;
    const engine::Fraction most{keeps + more, members.certain() + more};
    const engine::Fraction least{keeps, members.certain() + of.perhaps};
    if (most.denominator > 0 && engine::Compare(most, kept.upper) > 0) kept.upper = most;
    if (least.denominator > 0 && engine::Compare(least, kept.lower) < 0) kept.lower = least;
  }
  return kept;
}

bool IsWorse(const Loss& a, const Loss& b) {
  for (const Reading reading : {Reading::kLikely, Reading::kProven, Reading::kNotExcluded}) {
    const Uint128 of_a = a.fallen[reading].all(), of_b = b.fallen[reading].all();
    if (of_a != of_b) return of_a > of_b;
  }
  return a.key < b.key;
}

std::string Decimal128(Uint128 value) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// One rule over one population.
class Survey {
 public:
  Survey(const World& world, ServiceLosses& losses, const BoundRule& rule, const Population& population)
      : world_(world),
        losses_(losses),
        rule_(rule),
        spec_(std::get<SurvivabilitySpec>(rule.spec)),
        population_(population),
        members_(losses.graph(), population, spec_.by_weight) {}

  SubjectResult Run(bool explain) {
    SubjectResult result;
    if (members_.count() < spec_.min_population || members_.all() == 0) {
      result.outcome = v1::OUTCOME_NO_DATA;
      return result;
    }
    if (absl::Status status = Gather(); !status.ok()) {
      result.outcome = v1::OUTCOME_ERROR;
      result.error = std::string(status.message());
      return result;
    }
    std::sort(lost_.begin(), lost_.end(), IsWorse);
    for (const Loss& loss : lost_) Judge(loss, explain, result);
    Conclude(result);
    return result;
  }

 private:
  ServiceTerms terms() const {
    return {spec_.immediate ? engine::Readiness::kImmediate : engine::Readiness::kSustained,
            spec_.lost_at_ppm};
  }

  absl::Status Gather() {
    for (const Reading reading : engine::kReadings) {
      auto down = losses_.Down(reading, terms());
      if (!down.ok()) return down.status();
      for (const ConsumerIndex consumer : losses_.graph().consumers()) {
        if ((*down)[consumer.value]) down_[reading].Add(members_, consumer);
      }
      is_down_[reading] = *std::move(down);
    }
    return spec_.named.empty() ? GatherEach() : GatherNamed();
  }

  absl::Status GatherEach() {
    const auto outcomes = losses_.Of(ClassOf(spec_.each), terms());
    if (!outcomes.ok()) return outcomes.status();
    for (const AtomOutcome& outcome : **outcomes) {
      const bool spared =
          spec_.spared && !outcome.atom.unlisted && spec_.spared->Contains(outcome.atom.country);
      if (!spared) Add(outcome);
    }
    return absl::OkStatus();
  }

  absl::Status GatherNamed() {
    for (const std::string& key : spec_.named) {
      auto outcome = losses_.Lose(key, terms());
      if (!outcome.ok()) return outcome.status();
      Add(*named_.emplace_back(std::make_unique<const AtomOutcome>(*std::move(outcome))));
    }
    return absl::OkStatus();
  }

  void Add(const AtomOutcome& outcome) {
    Loss loss{&outcome, outcome.key, down_, {}};
    for (const Reading reading : engine::kReadings) {
      for (const ConsumerIndex consumer : outcome.impact[reading].failures)
        loss.fallen[reading].Add(members_, consumer);
    }
    loss.kept = KeptShare(members_, loss.fallen);
    lost_.push_back(std::move(loss));
  }

  static bool IsTooLittle(std::strong_ordering ordering) { return ordering < 0; }

  void Judge(const Loss& loss, bool explain, SubjectResult& result) {
    Verdict verdict = engine::Against(loss.kept, spec_.at_least, IsTooLittle);
    // Where there may be too few to ask of, nothing is certain.
    if (members_.certain_count() < spec_.min_population) verdict = Verdict::kIndeterminate;
    Reading reading = Reading::kProven;
    if (verdict == Verdict::kIndeterminate && IsLikely(loss)) {
      verdict = Verdict::kYes;
      reading = Reading::kLikely;
    } else if (verdict == Verdict::kIndeterminate) {
      if (!result.indeterminate) result.indeterminate = MeasureOf(loss);
      if (rule_.on_unknown == v1::UNKNOWN_HANDLING_IGNORE) verdict = Verdict::kNo;
      if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) verdict = Verdict::kYes;
      if (verdict == Verdict::kIndeterminate) open_.push_back(&loss);
      reading = Reading::kNotExcluded;
    }
    if (verdict != Verdict::kYes) return;
    ++result.violation_count;
    proven_ = proven_ || reading != Reading::kLikely;
    if (explain) result.violations.push_back(Explain(loss, reading));
  }

  // Is it a violation on likely facts, where the assignment lets them decide?
  bool IsLikely(const Loss& loss) const {
    if (!population_.missing.empty() || !IsTooLittle(engine::Compare(loss.kept.value, spec_.at_least)))
      return false;
    return DecideByFacts(rule_.assurance, Truth::kUnknown, Truth::kFalse).likely;
  }

  void Conclude(SubjectResult& result) {
    result.open = !open_.empty();
    if (result.violation_count > 0) {
      result.outcome = v1::OUTCOME_VIOLATION;
      result.likely = !proven_;
      std::sort(result.violations.begin(), result.violations.end(),
                [](const Violation& a, const Violation& b) { return a.discriminators < b.discriminators; });
    } else if (result.open) {
      result.outcome = v1::OUTCOME_INDETERMINATE;
      result.missing = population_.missing;
      LossExplainer explainer(losses_);
      for (size_t i = 0; i < open_.size() && i < kAskedMax; ++i) {
        explainer.AddMissing(open_[i]->outcome->atom, Undecided(*open_[i]), result.missing);
      }
      SortUnique(result.missing);
    }
    if (!result.open) result.indeterminate.reset();
  }

  // Members without service in a reading, heaviest first, then by names.
  std::vector<ConsumerIndex> FallenOf(const Loss& loss, Reading reading) const {
    std::vector<ConsumerIndex> fallen;
    for (const ConsumerIndex consumer : losses_.graph().consumers()) {
      if (is_down_[reading][consumer.value] && members_.IsMember(consumer)) fallen.push_back(consumer);
    }
    for (const ConsumerIndex consumer : loss.outcome->impact[reading].failures) {
      if (members_.IsMember(consumer)) fallen.push_back(consumer);
    }
    std::sort(fallen.begin(), fallen.end(), [this](ConsumerIndex a, ConsumerIndex b) {
      const uint64_t of_a = members_.WeightOf(a), of_b = members_.WeightOf(b);
      const auto& consumers = losses_.graph().consumers();
      return of_a != of_b ? of_a > of_b : consumers.NameOf(a) < consumers.NameOf(b);
    });
    return fallen;
  }

  // Those who keep service for certain or lose it, nobody knows which.
  std::vector<ConsumerIndex> Undecided(const Loss& loss) const {
    std::vector<ConsumerIndex> may = FallenOf(loss, Reading::kNotExcluded),
                               must = FallenOf(loss, Reading::kProven);
    std::sort(must.begin(), must.end());
    std::erase_if(
        may, [&](ConsumerIndex consumer) { return std::binary_search(must.begin(), must.end(), consumer); });
    return may;
  }

  v1::Explanation::Measure MeasureOf(const Loss& loss) const {
    v1::Explanation::Measure measure;
    measure.set_metric("SHARE_KEPT");
    measure.set_value(loss.kept.value.ToDouble());
    measure.set_numerator(Decimal128(loss.kept.value.numerator));
    measure.set_denominator(Decimal128(loss.kept.value.denominator));
    measure.set_limit(spec_.at_least_number);
    measure.set_comparator("LT");
    measure.set_lower(loss.kept.lower.ToDouble());
    measure.set_upper(loss.kept.upper.ToDouble());
    measure.set_total_weight(static_cast<int64_t>(members_.all()));
    measure.set_population(members_.count());
    for (size_t i = 0; i < lost_.size() && i < kGroupsShown; ++i) {
      const Uint128 weight = lost_[i].fallen.likely.all();
      if (weight == 0) break;
      v1::Explanation::Group* shown = measure.add_groups();
      shown->set_key(lost_[i].key);
      shown->set_weight(static_cast<int64_t>(weight));
      shown->set_share_ratio(engine::Fraction{weight, members_.all()}.ToDouble());
    }
    return measure;
  }

  Violation Explain(const Loss& loss, Reading reading) const {
    Violation violation;
    violation.likely = reading == Reading::kLikely;
    violation.discriminators.emplace("loss", loss.key);
    *violation.explanation.mutable_measure() = MeasureOf(loss);
    const std::vector<ConsumerIndex> fallen = FallenOf(loss, reading);
    const std::string lost = ResourceOf(losses_.graph(), loss.outcome->atom);
    if (!lost.empty()) violation.related.push_back(lost);
    LossExplainer(losses_).AddPaths(world_, loss.outcome->atom, reading, fallen, violation.explanation);
    for (const ConsumerIndex consumer : fallen) {
      if (violation.related.size() == kRelatedMax) break;
      violation.related.emplace_back(losses_.graph().consumers().NameOf(consumer));
    }
    const bool unlisted = loss.outcome->atom.unlisted;
    violation.evidence.texts = {
        {"loss", unlisted ? loss.key + " (one that the inventory does not name)" : loss.key},
        {"counted", CountedWords()},
        {"fallen", FallenWords(fallen)}};
    violation.evidence.numbers = {{"value", loss.kept.value.ToDouble()},
                                  {"limit", spec_.at_least_number},
                                  {"lower", loss.kept.lower.ToDouble()},
                                  {"upper", loss.kept.upper.ToDouble()},
                                  {"population", static_cast<double>(members_.count())}};
    return violation;
  }

  std::string CountedWords() const {
    const bool services = spec_.over.kind() == v1::SUBJECT_KIND_BUSINESS_SERVICE;
    std::string words = absl::StrCat(members_.count(), services ? " business service" : " application",
                                     members_.count() == 1 ? "" : "s");
    return spec_.by_weight ? "the criticality of " + words : words;
  }
  std::string FallenWords(const std::vector<ConsumerIndex>& fallen) const {
    constexpr size_t kShown = 3;
    std::vector<std::string> names;
    for (size_t i = 0; i < fallen.size() && i < kShown; ++i)
      names.emplace_back(losses_.graph().consumers().NameOf(fallen[i]));
    if (fallen.empty()) return "nobody for certain";
    if (fallen.size() > kShown) names.push_back(absl::StrCat(fallen.size() - kShown, " more"));
    return absl::StrJoin(names, ", ");
  }

  const World& world_;
  ServiceLosses& losses_;
  const BoundRule& rule_;
  const SurvivabilitySpec& spec_;
  const Population& population_;
  const Members members_;
  engine::ByReading<Fallen> down_;  // With nothing lost.
  engine::ByReading<std::vector<bool>> is_down_;
  std::vector<std::unique_ptr<const AtomOutcome>> named_;
  std::vector<Loss> lost_;         // Worst first, once all are there.
  std::vector<const Loss*> open_;  // Indeterminate ones, worst first.
  bool proven_ = false;            // Some violation is.
};

}  // namespace

SurvivabilityEvaluator::SurvivabilityEvaluator(const World& world, const Selections& selections,
                                               SharedPlan& plan)
    : world_(world), selections_(selections), plan_(plan) {}
SurvivabilityEvaluator::~SurvivabilityEvaluator() = default;

SubjectResult SurvivabilityEvaluator::Evaluate(const BoundRule& rule, bool explain) {
  if (losses_ == nullptr) losses_ = std::make_unique<ServiceLosses>(plan_);
  const Population population = PopulationOf(world_, selections_, rule);
  SubjectResult result = Survey(world_, *losses_, rule, population).Run(explain);
  return result;
}

}  // namespace linchpin::policy
