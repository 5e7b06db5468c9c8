#include "services/policy/domain/incremental/incremental_evaluation.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/findings/finding_owners.h"
#include "services/policy/domain/incremental/rule_ledger.h"
#include "services/policy/domain/rules/population_rules.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

// A name that is looked up and kept twice as often as it is needed: too many have gone.
constexpr size_t kStaleNames = 100'000;

void Merge(const std::set<std::string>& names, SubjectNames& into) {
  for (const std::string& name : names) {
    for (int kind = v1::SUBJECT_KIND_VENDOR; kind <= v1::SUBJECT_KIND_CONTRACT; ++kind) {
      const auto subject = static_cast<v1::SubjectKind>(kind);
      if (ResourceKindOf(subject) != resource::KindOfName(name)) continue;
      std::vector<std::string>& of_kind = into[subject];
      const auto at = std::lower_bound(of_kind.begin(), of_kind.end(), name);
      if (at == of_kind.end() || *at != name) of_kind.insert(at, name);
    }
  }
}

// Does the selector take the same subjects for the same reasons in both? Of the names that were asked.
bool SelectsTheSame(const BoundSelector& selector, const Selections& before, const Selections& after) {
  if (before.Names(selector.kind()) != after.Names(selector.kind())) return false;
  const Selection& was = before.Of(selector);
  const Selection& now = after.Of(selector);
  return was.truths == now.truths && was.missing == now.missing;
}

}  // namespace

class IncrementalEvaluation::State {
 public:
  State(const Options& options, EvaluationInput input)
      : options_(options),
        input_(std::move(input)),
        knowledge_(engine::Knowledge::Create(input_.view->shared_graph(), options.disabled_rules)),
        judges_(std::make_unique<Judges>(knowledge_)),
        names_(std::make_shared<NamePool>()),
        use_(std::make_shared<const ResourceUse>(input_.view->graph(), *knowledge_)),
        retirements_(RetirementsInUse(*input_.view, *use_)),
        dues_(options.instants_max) {
    for (const AssignedPolicy& policy : input_.policies->active()) AddPolicy(policy);
  }

  absl::StatusOr<EvaluationStep> All(const FindingMap& previous, const std::function<bool()>& cancelled) {
    const World world(*input_.view, *knowledge_, input_.now);
    Workspace workspace(world, *judges_, use_);
    Selections selections(world);
    for (const Group& group : groups_) {
      for (const RuleLedger& rule : group.rules) selections.Add(SelectorOf(rule.rule()));
    }
    selections.Run();
    EvaluationStep step;
    step.evaluation.watched = OutcomeWatch(previous);
    PopulationRules populations(world, selections, input_.past.get());
    for (Group& group : groups_) {
      for (size_t place = 0; place < group.rules.size(); ++place) {
        FindingStep found;
        step.evaluation.watched.Begin(group.policy->assignment, group.rules[place].rule().id);
        if (IsOverPopulation(group.rules[place].rule())) {
          SubjectResult result = populations.Evaluate(group.rules[place].rule(), true);
          Sink(*this, group, place, step.evaluation.watched, found).Take(group.policy->assignment, result);
          result.violations.clear();
          group.sums[place] = std::move(result);
          group.rules[place].Finish(0, found);
        } else {
          Sink sink(*this, group, place, step.evaluation.watched, found);
          const Asked asked =
              AskSubjects(world, workspace, selections, group.rules[place].rule(), cancelled, sink);
          if (asked.cancelled) return absl::CancelledError("the caller has gone");
          group.rules[place].Finish(asked.visits, found);
        }
        std::move(found.found.begin(), found.found.end(), std::back_inserter(step.evaluation.findings));
      }
      TakeAllGaps(group, previous, step.evaluation);
    }
    AddRefused(step.evaluation);
    step.evaluation.rules = Rules();
    step.evaluation.gaps = gaps_;
    Conclude(step.evaluation);
    return step;
  }

  // Nothing: everything has to be evaluated.
  std::optional<EvaluationStep> Update(EvaluationInput next, const std::vector<std::string>& changed,
                                       const FindingMap& previous) {
    if (next.policies != input_.policies || next.now < input_.now || has_errors_) return std::nullopt;
    const auto due = dues_.TakeUntil(next.now);
    if (!due || names_->size() > 2 * names_at_first_ + kStaleNames) return std::nullopt;
    std::shared_ptr<const engine::Knowledge> knowledge = knowledge_;
    if (!next.view->graph().SharesFactsWith(knowledge_->graph()))
      knowledge = engine::Knowledge::Create(next.view->shared_graph(), options_.disabled_rules);
    auto reach =
        ReachOf(changed, {*input_.view, *knowledge_}, {*next.view, *knowledge}, asks_use_, options_.reach);
    if (!reach) return std::nullopt;
    Merge(*due, reach->subjects);
    std::unique_ptr<Judges> judges;
    if (knowledge != knowledge_ || judges_->judged() > options_.judged_max)
      judges = std::make_unique<Judges>(knowledge);
    Judges& judges_after = judges == nullptr ? *judges_ : *judges;
    std::shared_ptr<const ResourceUse> use = use_;
    if (reach->use) use = std::make_shared<const ResourceUse>(next.view->graph(), *knowledge);

    const World was(*input_.view, *knowledge_, input_.now), now(*next.view, *knowledge, next.now);
    EvaluationStep step;
    {
      Workspace workspace_before(was, *judges_, use_), workspace_after(now, judges_after, use);
      if (!UpdateRules(*reach, was, workspace_before, now, workspace_after, next, step)) return std::nullopt;
    }
    UpdateGaps(next, step);
    if (has_errors_) return std::nullopt;
    if (reach->use || TouchesModel(changed)) retirements_ = RetirementsInUse(*next.view, *use);
    input_ = std::move(next);
    use_ = std::move(use);
    if (judges != nullptr) judges_ = std::move(judges);
    knowledge_ = std::move(knowledge);
    NoteGone(previous, step);
    Conclude(step.evaluation);
    return step;
  }

  std::vector<RuleOutcome> Rules() const {
    std::vector<RuleOutcome> rules;
    auto group = groups_.begin();
    for (const AssignedPolicy& policy : input_.policies->active()) {
      if (policy.bound.ok()) {
        for (const RuleLedger& rule : group->rules) rules.push_back(rule.Outcome());
        ++group;
        continue;
      }
      for (const std::string& rule : policy.rules) {
        rules.push_back({policy.assignment, policy.policy, rule, {}, {}, {}});
        rules.back().counts[v1::OUTCOME_ERROR] = 1;
      }
    }
    return rules;
  }
  const GapMap& gaps() const { return gaps_; }
  std::shared_ptr<const NamePool> names() const { return names_; }
  const std::vector<absl::Time>& retirements() const { return retirements_; }
  const std::shared_ptr<const engine::Knowledge>& knowledge() const { return knowledge_; }
  std::optional<absl::Time> due() const {
    if (dues_.first() == absl::InfiniteFuture()) return std::nullopt;
    return dues_.first();
  }

 private:
  // An assignment whose policy binds.
  struct Group {
    const BoundPolicy* policy = nullptr;
    std::unique_ptr<GapLedger> gaps;
    std::vector<RuleLedger> rules;         // In the order of the policy.
    std::map<size_t, SubjectResult> sums;  // Of rules over a population, by place; without violations.
    bool cut = false;                      // It has more gaps than findings of them are kept.
  };

  // Takes what the rules say of everything.
  class Sink : public OutcomeSink {
   public:
    Sink(State& state, Group& group, size_t place, OutcomeWatch& watched, FindingStep& found)
        : state_(state), rule_(group.rules[place]), watched_(watched), found_(found) {}
    bool WantsViolations() const override { return rule_.has_room(); }
    void Skip(std::string_view subject, bool likely) override {
      rule_.Skip(likely);
      watched_.Note(subject, {v1::OUTCOME_NOT_APPLICABLE, false, false});
    }
    void Take(std::string_view subject, SubjectResult result) override {
      if (result.due) state_.dues_.Add(*result.due, subject);
      const WatchedOutcome outcome{result.outcome, result.open, false};
      const int64_t violations = result.violation_count;
      const size_t before = found_.found.size();
      rule_.Begin(subject, std::move(result), *state_.input_.view, found_);
      const auto kept = static_cast<int64_t>(found_.found.size() - before);
      watched_.Note(subject, {outcome.outcome, outcome.indeterminate, kept < violations});
    }

   private:
    State& state_;
    RuleLedger& rule_;
    OutcomeWatch& watched_;
    FindingStep& found_;
  };

  void AddPolicy(const AssignedPolicy& policy) {
    if (!policy.bound.ok()) return;
    Group& group = groups_.emplace_back();
    group.policy = &*policy.bound;
    group.gaps = std::make_unique<GapLedger>(*names_);
    for (size_t place = 0; place < policy.bound->rules.size(); ++place) {
      group.rules.emplace_back(*policy.bound, place, *group.gaps,
                               RuleLedger::Limits{options_.findings_max, options_.pass_instants_max});
      const auto* freshness = std::get_if<FreshnessSpec>(&policy.bound->rules[place].spec);
      asks_use_ = asks_use_ || (freshness != nullptr && freshness->in_use);
    }
  }

  void TakeAllGaps(Group& group, const FindingMap& previous, Evaluation& evaluation) {
    group.gaps->TakeTouched();
    DataGapFindings found =
        FindingsOfGaps(*group.policy, group.gaps->All(), options_.findings_max, &previous, *input_.view);
    group.cut = static_cast<int64_t>(group.gaps->size()) > options_.findings_max;
    std::move(found.kept.begin(), found.kept.end(), std::back_inserter(evaluation.findings));
    gaps_.merge(found.members);
    evaluation.gaps_cut.merge(found.cut);
  }

  // An assignment that cannot be bound to its policy is not skipped: each rule is an error.
  void AddRefused(Evaluation& evaluation) const {
    for (const AssignedPolicy& policy : input_.policies->active()) {
      for (size_t i = 0; i < policy.rules.size() && !policy.bound.ok(); ++i) {
        evaluation.findings.push_back(ErrorFinding(policy.assignment, policy.policy, policy.rules[i],
                                                   policy.severities[i],
                                                   std::string(policy.bound.status().message()), {}, 0));
      }
    }
  }

  bool UpdateRules(const ChangeReach& reach, const World& was, Workspace& workspace_before, const World& now,
                   Workspace& workspace_after, const EvaluationInput& next, EvaluationStep& step) {
    Selections before(was, &reach.subjects), after(now, &reach.subjects);
    for (const Group& group : groups_) {
      for (const RuleLedger& rule : group.rules) {
        if (!reach.subjects.contains(SelectorOf(rule.rule()).kind())) continue;
        before.Add(SelectorOf(rule.rule()));
        after.Add(SelectorOf(rule.rule()));
      }
    }
    before.Run();
    after.Run();
    const LookBack last{input_.past.get(), input_.now};
    std::vector<std::pair<Group*, size_t>> sums;  // Rules over a population that are evaluated.
    for (Group& group : groups_) {
      for (size_t place = 0; place < group.rules.size(); ++place) {
        const BoundSelector& selector = SelectorOf(group.rules[place].rule());
        const bool concerned = reach.subjects.contains(selector.kind());
        if (IsOverPopulation(group.rules[place].rule())) {
          const BoundRule& rule = group.rules[place].rule();
          // Whom a trend selected then may follow from any field of those who are there now.
          const bool again = std::holds_alternative<TrendSpec>(rule.spec)
                                 ? concerned || !LooksToTheSame(rule, last, {next.past.get(), next.now})
                                 : concerned && !SelectsTheSame(selector, before, after);
          if (reach.weights || again) sums.emplace_back(&group, place);
        } else if (concerned && !AskAgain(group, place, {was, workspace_before, before},
                                          {now, workspace_after, after}, step)) {
          return false;
        }
      }
    }
    return sums.empty() || SumAgain(sums, was, now, next.past.get(), step);
  }

  struct Side {
    const World& world;
    Workspace& workspace;
    const Selections& selections;
  };

  bool AskAgain(Group& group, size_t place, const Side& was, const Side& now, EvaluationStep& step) {
    RuleLedger& rule = group.rules[place];
    RulePart before(/*violations=*/false), after(/*violations=*/true);
    before.visits =
        AskSubjects(was.world, was.workspace, was.selections, rule.rule(), nullptr, before).visits;
    after.visits = AskSubjects(now.world, now.workspace, now.selections, rule.rule(), nullptr, after).visits;
    for (const RulePart::Entry& entry : after.entries) {
      if (entry.result.due) dues_.Add(*entry.result.due, entry.subject);
    }
    return Replace(group, place, before, after, {was.world, now.world}, step);
  }

  bool SumAgain(const std::vector<std::pair<Group*, size_t>>& sums, const World& was, const World& now,
                const PastInventory* past, EvaluationStep& step) {
    Selections selections(now);
    for (const auto& [group, place] : sums) selections.Add(SelectorOf(group->rules[place].rule()));
    selections.Run();
    PopulationRules populations(now, selections, past);
    for (const auto& [group, place] : sums) {
      RuleLedger& rule = group->rules[place];
      SubjectResult result = populations.Evaluate(rule.rule(), true);
      if (result.due) dues_.Add(*result.due, group->policy->assignment);
      RulePart before(/*violations=*/false), after(/*violations=*/true);
      before.Take(group->policy->assignment, group->sums[place]);
      after.Take(group->policy->assignment, result);
      result.violations.clear();
      group->sums[place] = std::move(result);
      if (!Replace(*group, place, before, after, {was, now}, step)) return false;
    }
    return true;
  }

  // Before and after.
  using Worlds = std::pair<const World&, const World&>;

  bool Replace(Group& group, size_t place, const RulePart& before, RulePart& after, const Worlds& worlds,
               EvaluationStep& step) {
    FindingStep found;
    if (!group.rules[place].Replace(before, after, worlds.first.view(), worlds.second.view(), found))
      return false;
    if (!found.gone.empty()) Note(group, place, after);
    std::move(found.found.begin(), found.found.end(), std::back_inserter(step.evaluation.findings));
    std::move(found.gone.begin(), found.gone.end(), std::back_inserter(step.gone));
    return true;
  }

  // Remembers how subjects came out, for findings that have gone.
  void Note(const Group& group, size_t place, const RulePart& part) {
    std::vector<std::pair<std::string, WatchedOutcome>>& outcomes =
        noted_[{group.policy->assignment, group.rules[place].rule().id}];
    outcomes.clear();
    for (const RulePart::Entry& entry : part.entries)
      outcomes.emplace_back(entry.subject, WatchedOutcome{entry.result.outcome, entry.result.open, false});
  }

  void NoteGone(const FindingMap& previous, EvaluationStep& step) {
    FindingMap gone;
    for (const std::string& name : step.gone) {
      const auto finding = previous.find(name);
      if (finding != previous.end()) gone.Put(finding->second);
    }
    if (!gone.empty()) {
      gone_ = std::move(gone);  // The watch has views into it.
      OutcomeWatch& watched = step.evaluation.watched = OutcomeWatch(gone_);
      for (const auto& [rule, outcomes] : noted_) {
        watched.Begin(rule.first, rule.second);
        for (const auto& [subject, outcome] : outcomes) watched.Note(subject, outcome);
      }
    }
    noted_.clear();
  }

  void UpdateGaps(const EvaluationInput& next, EvaluationStep& step) {
    std::vector<std::string> kinds;
    for (const resource::KindInfo* kind : resource::Kinds()) {
      if (kind->area == resource::Area::kInventory && next.view->Count(*kind) != input_.view->Count(*kind))
        kinds.push_back(kind->kind);
    }
    for (Group& group : groups_) {
      for (const std::string& kind : kinds) group.gaps->TouchKind(kind);
      const std::set<GapKey> touched = group.gaps->TakeTouched();
      if (!touched.empty() &&
          (group.cut || static_cast<int64_t>(group.gaps->size()) > options_.findings_max)) {
        has_errors_ = true;  // Which are kept is not known without all of them.
        return;
      }
      for (const GapKey& key : touched) UpdateGap(group, key, *next.view, step);
    }
  }

  void UpdateGap(const Group& group, const GapKey& key, const replica::View& view, EvaluationStep& step) {
    if (auto gap = group.gaps->Find(key)) {
      v1::Finding finding = GapFinding(*group.policy, key, *gap, view);
      gaps_.insert_or_assign(finding.name(), std::move(gap->members));
      step.evaluation.findings.push_back(std::move(finding));
      return;
    }
    const auto known = gaps_.find(GapFindingName(group.policy->assignment, key));
    // One that has come and gone within the step.
    if (known == gaps_.end()) return;
    step.gone.push_back(known->first);
    gaps_.erase(known);
  }

  static bool TouchesModel(const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return resource::KindOfName(name) == ResourceKindOf(v1::SUBJECT_KIND_MODEL);
    });
  }

  // What findings have beside what rules say.
  void Conclude(Evaluation& evaluation) {
    evaluation.inventory_revision = input_.view->revision();
    evaluation.policy_revision = input_.policy_revision;
    evaluation.now = input_.now;
    evaluation.due = due();
    FindingOwners owners(*input_.view);
    for (const AssignedPolicy& policy : input_.policies->active())
      owners.AddAssignment(policy.assignment, policy.owner);
    SortGravestFirst(evaluation.findings);
    for (v1::Finding& finding : evaluation.findings) {
      StampFinding(evaluation, finding);
      finding.set_owner(owners.Of(finding));
    }
    for (const Group& group : groups_) {
      for (const RuleLedger& rule : group.rules) has_errors_ = has_errors_ || rule.has_errors();
    }
    names_at_first_ = names_at_first_ == 0 ? names_->size() : names_at_first_;
  }

  const Options& options_;
  EvaluationInput input_;
  std::shared_ptr<const engine::Knowledge> knowledge_;
  std::unique_ptr<Judges> judges_;
  const std::shared_ptr<NamePool> names_;
  std::shared_ptr<const ResourceUse> use_;
  std::vector<absl::Time> retirements_;
  std::vector<Group> groups_;  // In order of assignment.
  GapMap gaps_;
  NearestInstants dues_;  // When subjects may come out differently, by name.
  bool asks_use_ = false;
  bool has_errors_ = false;  // Some rule is an error for some subject.
  size_t names_at_first_ = 0;
  // How subjects came out in this step, by assignment and rule.
  std::map<std::pair<std::string, std::string>, std::vector<std::pair<std::string, WatchedOutcome>>> noted_;
  FindingMap gone_;
};

IncrementalEvaluation::IncrementalEvaluation(Options options) : options_(std::move(options)) {}
IncrementalEvaluation::~IncrementalEvaluation() = default;

absl::StatusOr<EvaluationStep> IncrementalEvaluation::EvaluateAll(EvaluationInput input,
                                                                  const FindingMap& previous,
                                                                  const std::function<bool()>& cancelled) {
  state_ = std::make_unique<State>(options_, std::move(input));
  absl::StatusOr<EvaluationStep> step = state_->All(previous, cancelled);
  if (!step.ok()) state_ = nullptr;
  return step;
}

std::optional<EvaluationStep> IncrementalEvaluation::Update(EvaluationInput input,
                                                            const std::vector<std::string>& changed,
                                                            const FindingMap& previous) {
  if (state_ == nullptr) return std::nullopt;
  std::optional<EvaluationStep> step = state_->Update(std::move(input), changed, previous);
  // What was half done counts for nothing.
  if (!step) state_ = nullptr;
  return step;
}

std::vector<RuleOutcome> IncrementalEvaluation::rules() const { return state_->Rules(); }
const GapMap& IncrementalEvaluation::gaps() const { return state_->gaps(); }
std::shared_ptr<const NamePool> IncrementalEvaluation::names() const { return state_->names(); }
const std::vector<absl::Time>& IncrementalEvaluation::retirements() const { return state_->retirements(); }
std::shared_ptr<const engine::Knowledge> IncrementalEvaluation::knowledge() const {
  return state_->knowledge();
}
std::optional<absl::Time> IncrementalEvaluation::due() const { return state_->due(); }

}  // namespace linchpin::policy
