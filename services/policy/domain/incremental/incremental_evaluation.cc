#include "services/policy/domain/incremental/incremental_evaluation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/findings/finding_owners.h"
#include "services/policy/domain/incremental/change_asker.h"
#include "services/policy/domain/incremental/population_ledger.h"
#include "services/policy/domain/incremental/scope_ledger.h"
#include "services/policy/domain/inquiry/assigned_rules.h"
#include "services/policy/domain/inquiry/inquiry.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

// A name that is looked up and kept twice as often as it is needed: too many have gone.
constexpr size_t kStaleNames = 100'000;

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
    questions_ = Questions(BoundRulesOf(rules_));
    asks_use_ = AsksUse(BoundRulesOf(rules_));
    AddScopes();
  }

  absl::StatusOr<EvaluationStep> All(const FindingMap& previous, const std::function<bool()>& cancelled) {
    const World world(*input_.view, *knowledge_, input_.now);
    EvaluationStep step;
    step.evaluation.watched = OutcomeWatch(previous);
    auto scopes = Inquire(world, questions_, *judges_, use_, OptionsFor(step.evaluation.watched, cancelled));
    if (!scopes) return absl::CancelledError("the caller has gone");
    for (ScopeOutcome& sum : SumsOf(world)) scopes->push_back(std::move(sum));
    for (size_t scope = 0; scope < scopes->size(); ++scope) TakeAll((*scopes)[scope], scope);
    std::vector<const ScopeOutcome*> outcomes;
    for (size_t i = 0; i < rules_.size(); ++i) {
      outcomes.push_back(&(*scopes)[scope_of_[i]]);
      NoteWatched(rules_[i], *outcomes[i], step.evaluation.watched);
    }
    step.evaluation.findings = FindingsOf(rules_, outcomes, options_.threads);
    TakeAllGaps(outcomes, previous, step.evaluation);
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
    AddNames(*due, reach->subjects);
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
      const Side before{was, workspace_before, {input_.past.get(), input_.now}};
      const Side after{now, workspace_after, {next.past.get(), next.now}};
      const StepViews views{*input_.view, *next.view, MovedOf(changed, *next.view),
                            OwnedOtherwise(changed, *next.view)};
      if (!UpdateRules(*reach, before, after, views, step)) return std::nullopt;
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
    size_t rule = 0;
    for (const AssignedPolicy& policy : input_.policies->active()) {
      if (policy.bound.ok()) {
        for (size_t i = 0; i < policy.bound->rules.size(); ++i, ++rule)
          rules.push_back(ledgers_[scope_of_[rule]].OutcomeOf(rules_[rule]));
        continue;
      }
      for (const std::string& id : policy.rules) {
        rules.push_back({policy.assignment, policy.policy, id, {}, {}, {}});
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
    size_t first = 0;  // Of its rules.
    bool cut = false;  // It has more gaps than findings of them are kept.
  };
  void AddPolicy(const AssignedPolicy& policy) {
    if (!policy.bound.ok()) return;
    Group& group = groups_.emplace_back();
    group.policy = &*policy.bound;
    group.gaps = std::make_unique<GapLedger>(*names_);
    group.first = rules_.size();
    for (size_t place = 0; place < policy.bound->rules.size(); ++place)
      rules_.push_back({group.policy, place});
  }

  // Which scope each rule is of: of one over a population, by itself, behind those of the questions.
  void AddScopes() {
    const ScopeLedger::Limits limits{options_.findings_max, options_.pass_instants_max};
    for (size_t scope = 0; scope < questions_.scopes().size(); ++scope) ledgers_.emplace_back(limits);
    for (const Group& group : groups_) {
      for (size_t i = group.first; i < group.first + group.policy->rules.size(); ++i) {
        const bool sums = rules_[i].rule().over_population;
        scope_of_.push_back(sums ? ledgers_.size() : questions_.ScopeOf(i));
        if (sums) ledgers_.emplace_back(limits);
        if (sums) sums_.Add(i, rules_[i].rule());
        ledgers_[scope_of_[i]].Add({rules_[i], group.gaps.get()});
      }
    }
  }

  InquiryOptions OptionsFor(const OutcomeWatch& watched, const std::function<bool()>& cancelled) const {
    InquiryOptions options;
    options.limits = {options_.findings_max, /*all_instants=*/true};
    options.threads = options_.threads;
    options.cancelled = cancelled;
    options.watched = WatchedBy(questions_, rules_, watched);
    return options;
  }

  // Of rules over populations, in their order.
  std::vector<ScopeOutcome> SumsOf(const World& world) {
    std::vector<ScopeOutcome> outcomes;
    size_t rule = 0;
    for (const SubjectResult& result : sums_.All({world, {input_.past.get(), input_.now}})) {
      while (!rules_[rule].rule().over_population) ++rule;
      outcomes.emplace_back().TakeAlone(rules_[rule++].policy->assignment, result,
                                        {options_.findings_max, true}, world.view());
    }
    return outcomes;
  }

  void TakeAll(const ScopeOutcome& outcome, size_t scope) {
    ledgers_[scope].Begin(outcome);
    for (const auto& [due, subject] : outcome.dues) dues_.Add(due, subject);
  }

  void TakeAllGaps(const std::vector<const ScopeOutcome*>& outcomes, const FindingMap& previous,
                   Evaluation& evaluation) {
    GapMembersPool members([this](std::string_view name) { return names_->Keep(name); });
    for (Group& group : groups_) {
      std::vector<std::pair<const BoundRule*, const ScopeOutcome*>> rules;
      for (size_t i = 0; i < group.policy->rules.size(); ++i)
        rules.emplace_back(&group.policy->rules[i], outcomes[group.first + i]);
      group.gaps->Begin(rules, members);
      DataGapFindings found =
          FindingsOfGaps(*group.policy, group.gaps->All(), options_.findings_max, &previous, *input_.view);
      group.cut = static_cast<int64_t>(group.gaps->size()) > options_.findings_max;
      std::move(found.kept.begin(), found.kept.end(), std::back_inserter(evaluation.findings));
      gaps_.merge(found.members);
      evaluation.gaps_cut.merge(found.cut);
    }
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

  struct Side {
    const World& world;
    Workspace& workspace;
    LookBack back;
  };

  // Those that have come or gone.
  std::set<std::string, std::less<>> MovedOf(const std::vector<std::string>& changed,
                                             const replica::View& next) const {
    std::set<std::string, std::less<>> moved;
    for (const std::string& name : changed) {
      if (input_.view->Contains(name) != next.Contains(name)) moved.insert(name);
    }
    return moved;
  }

  // Consumers whose owner is another one, or has come or gone.
  std::set<std::string, std::less<>> OwnedOtherwise(const std::vector<std::string>& changed,
                                                    const replica::View& next) const {
    FindingOwners before(*input_.view), after(next);
    std::set<std::string, std::less<>> moved;
    for (const std::string& name : changed) {
      if (before.OfSubject(name) != after.OfSubject(name)) moved.insert(name);
    }
    return moved;
  }

  bool UpdateRules(const ChangeReach& reach, const Side& was, const Side& now, const StepViews& views,
                   EvaluationStep& step) {
    ScopeParts before = AskAbout(reach.subjects, was.world, was.workspace, questions_);
    ScopeParts after = AskAbout(reach.subjects, now.world, now.workspace, questions_);
    for (const ScopePart& part : after) {
      for (const ScopePart::Entry& entry : part.entries) {
        if (entry.result.due) dues_.Add(*entry.result.due, entry.subject);
      }
    }
    for (size_t scope = 0; scope < after.size(); ++scope) {
      if (after[scope].HasSkippedLike(before[scope])) continue;
      if (!Replace(scope, before[scope], after[scope], views, step)) return false;
    }
    for (const PopulationLedger::Step& sum :
         sums_.Update(reach, {was.world, was.back}, {now.world, now.back})) {
      if (!ReplaceSum(sum, views, step)) return false;
    }
    return true;
  }

  bool ReplaceSum(const PopulationLedger::Step& sum, const StepViews& views, EvaluationStep& step) {
    const std::string& subject = rules_[sum.rule].policy->assignment;
    if (sum.after.due) dues_.Add(*sum.after.due, subject);
    ScopePart before, after;
    before.Take(subject, sum.before, 0);
    after.Take(subject, sum.after, 0);
    return Replace(scope_of_[sum.rule], before, after, views, step);
  }

  bool Replace(size_t scope, const ScopePart& before, const ScopePart& after, const StepViews& views,
               EvaluationStep& step) {
    FindingStep found;
    if (!ledgers_[scope].Replace(before, after, views, found)) return false;
    if (!found.gone.empty()) Note(scope, after);
    std::move(found.found.begin(), found.found.end(), std::back_inserter(step.evaluation.findings));
    std::move(found.gone.begin(), found.gone.end(), std::back_inserter(step.gone));
    return true;
  }

  // Remembers how subjects came out, for findings that have gone.
  void Note(size_t scope, const ScopePart& part) {
    for (const ScopeLedger::Member& member : ledgers_[scope].members()) {
      auto& outcomes = noted_[{member.policy->assignment, member.rule().id}];
      outcomes.clear();
      for (const ScopePart::Entry& entry : part.entries)
        outcomes.emplace_back(entry.subject, WatchedOutcome{entry.result.outcome, entry.result.open, false});
    }
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
    for (const ScopeLedger& ledger : ledgers_) has_errors_ = has_errors_ || ledger.has_errors();
    names_at_first_ = names_at_first_ == 0 ? names_->size() : names_at_first_;
  }

  const Options& options_;
  EvaluationInput input_;
  std::shared_ptr<const engine::Knowledge> knowledge_;
  std::unique_ptr<Judges> judges_;
  const std::shared_ptr<NamePool> names_;
  std::shared_ptr<const ResourceUse> use_;
  std::vector<absl::Time> retirements_;
  std::vector<Group> groups_;        // In order of assignment.
  std::vector<AssignedRule> rules_;  // Of all groups.
  std::vector<size_t> scope_of_;     // By rule.
  Questions questions_{{}};
  std::vector<ScopeLedger> ledgers_;  // By scope.
  PopulationLedger sums_;
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
