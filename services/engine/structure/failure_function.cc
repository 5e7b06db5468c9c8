#include "services/engine/structure/failure_function.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/engine/graph/message.h"
#include "services/engine/levels/ready.h"
#include "services/engine/structure/level_steps.h"
#include "services/engine/structure/reach.h"

namespace linchpin::engine {
namespace {

// Rounds over a cycle until its levels are a matter of known values.
constexpr int kValueRoundsMax = 64;

}  // namespace

class FailureFunctionMaker {
 public:
  FailureFunctionMaker(const EvaluationPlan& plan, const FailureQuestion& question, const Limits& limits)
      : plan_(plan), graph_(plan.graph()), limits_(limits) {
    made_.plan_ = &plan;
    made_.question_ = question;
    made_.formula_ = std::make_shared<Formula>();
  }

  absl::StatusOr<FailureFunction> Make() {
    reach_ = FindReach(plan_, reading(), readiness(), made_.question_.consumers);
    if (absl::Status status = FindVariables(); !status.ok()) return status;
    if (reach_.short_of.has_value()) {
      made_.obstacle_ = Target(*reach_.short_of);
      return std::move(made_);
    }
    FormulateDeployments();
    if (absl::Status status = FormulateConsumers(); !status.ok()) return status;
    if (!made_.obstacle_.has_value()) FormulateRoot();
    return std::move(made_);
  }

 private:
  Reading reading() const { return made_.question_.reading; }
  Readiness readiness() const { return made_.question_.readiness; }
  Formula& formula() { return *made_.formula_; }

  // --- Variables ------------------------------------------------------------------------------------------
  using Hits = std::vector<DeploymentIndex>;

  absl::Status FindVariables() {
    std::map<std::string, Hits> hits_of;
    for (const AtomIndex* index : made_.question_.atoms) {
      for (const AtomIndex::Entry& entry : index->entries()) {
        hits_of.emplace(entry.key, InReach(index->HitsOf(entry, reading())));
      }
      if (limits_.cancelled && limits_.cancelled()) return Cancelled();
    }
    for (const CommonCause& cause : made_.question_.common_causes) {
      if (absl::Status status = AddCause(cause, hits_of); !status.ok()) return status;
    }
    std::map<Hits, std::vector<std::string>> alike;
    for (auto& [key, hits] : hits_of) {
      if (hits.empty()) continue;
      alike[hits].push_back(key);
      ++made_.atom_count_;
    }
    for (auto& [hits, keys] : alike) made_.variables_.push_back({std::move(keys), hits});
    std::sort(made_.variables_.begin(), made_.variables_.end(),
              [](const AtomGroup& a, const AtomGroup& b) { return a.keys[0] < b.keys[0]; });
    return absl::OkStatus();
  }

  Hits InReach(const Hits& hits) const {
    Hits both;
    std::set_intersection(hits.begin(), hits.end(), reach_.deployments.begin(), reach_.deployments.end(),
                          std::back_inserter(both));
    return both;
  }

  static absl::Status AddCause(const CommonCause& cause, std::map<std::string, Hits>& hits_of) {
    Hits all;
    for (const std::string& member : cause.members) {
      const auto found = hits_of.find(member);
      if (found == hits_of.end())
        return absl::InvalidArgumentError(Join({"the common cause ", cause.key, " names ", member,
                                                ", which is not an atom that hits anything"}));
      all.insert(all.end(), found->second.begin(), found->second.end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (!hits_of.emplace(cause.key, std::move(all)).second)
      return absl::InvalidArgumentError(Join({"the common cause ", cause.key, " has the key of another"}));
    return absl::OkStatus();
  }

  // --- Levels ---------------------------------------------------------------------------------------------
  void FormulateDeployments() {
    std::vector<std::vector<Gate>> causes(reach_.deployments.size());
    for (uint32_t v = 0; v < made_.variables_.size(); ++v) {
      for (DeploymentIndex hit : made_.variables_[v].hits)
        causes[PlaceOf(hit)].push_back(formula().Variable(v));
    }
    deployments_.resize(causes.size());
    for (size_t d = 0; d < causes.size(); ++d) {
      if (causes[d].empty()) continue;
      deployments_[d].values = {0, static_cast<int32_t>(kOne)};
      deployments_[d].at_most = {formula().Or(std::move(causes[d])), kTrueGate};
    }
  }
  size_t PlaceOf(DeploymentIndex deployment) const {
    return static_cast<size_t>(
        std::lower_bound(reach_.deployments.begin(), reach_.deployments.end(), deployment) -
        reach_.deployments.begin());
  }

  const LevelSteps& StepsOf(Target target) const {
    return target.is_consumer() ? consumers_.find(target.consumer().value)->second
                                : deployments_[PlaceOf(target.deployment())];
  }

  std::vector<ReadyGroup> GroupsOf(ConsumerIndex consumer) const {
    std::vector<ReadyGroup> groups;
    const ConsumerView view = graph_.consumers()[consumer];
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      const GroupView group = view.group(g);
      const GroupTerms& terms = group.terms();
      ReadyGroup& ready = groups.emplace_back();
      ready.units = terms.units, ready.weight_ppm = terms.weight_ppm, ready.essential = terms.essential;
      for (uint32_t k = 0; k < group.size(); ++k) {
        const AlternativeTerms& alternative = group.alternative(k);
        if (!IsReadyIn(plan_, reading(), readiness(), group, k)) continue;
        ready.alternatives.push_back(
            {&StepsOf(group.target(k)), alternative.share_ppm, alternative.quality_ppm});
      }
    }
    return groups;
  }

  // Consumers [first, last) of the reach that need each other; one that does not need itself is alone.
  absl::Status FormulateConsumers() {
    for (ConsumerIndex consumer : reach_.consumers)
      consumers_[consumer.value];  // So that nothing moves later.
    for (size_t first = 0; first < reach_.consumers.size();) {
      size_t last = first + 1;
      for (size_t at = first; at < last; ++at) last = std::max(last, LastNeeded(at) + 1);
      const bool is_cycle = last > first + 1 || LastNeeded(first) >= first + 1 || NeedsItself(first);
      Formulate(first, last, is_cycle);
      if (made_.obstacle_.has_value()) return absl::OkStatus();
      if (limits_.cancelled && limits_.cancelled()) return Cancelled();
      first = last;
    }
    return absl::OkStatus();
  }

  // The greatest place in the reach that the consumer at `at` needs; `at` if it needs none at or behind it.
  size_t LastNeeded(size_t at) {
    if (place_of_.empty()) {
      for (size_t i = 0; i < reach_.consumers.size(); ++i) place_of_[reach_.consumers[i].value] = i;
    }
    size_t greatest = at;
    VisitNeeds(at, [&](size_t place) { greatest = std::max(greatest, place); });
    return greatest;
  }
  bool NeedsItself(size_t at) {
    bool needs = false;
    VisitNeeds(at, [&](size_t place) { needs |= place == at; });
    return needs;
  }
  template <typename Visit>
  void VisitNeeds(size_t at, const Visit& visit) {
    const ConsumerView view = graph_.consumers()[reach_.consumers[at]];
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      const GroupView group = view.group(g);
      for (uint32_t k = 0; k < group.size(); ++k) {
        if (!group.target(k).is_consumer()) continue;
        const auto place = place_of_.find(group.target(k).consumer().value);
        if (place != place_of_.end() && IsReadyIn(plan_, reading(), readiness(), group, k))
          visit(place->second);
      }
    }
  }

  int32_t ViableOf(ConsumerIndex consumer) const {
    return graph_.consumers()[consumer].record().min_viable_ppm;
  }

  void Formulate(size_t first, size_t last, bool is_cycle) {
    if (!FindValues(first, last, is_cycle)) return;
    size_t unknowns = 0;
    for (size_t at = first; at < last; ++at)
      unknowns += consumers_[reach_.consumers[at].value].values.size() - 1;
    // From "nothing fails" upwards: as many rounds as there are functions reach the least fix-point.
    for (size_t round = 0; round <= unknowns; ++round) {
      if (!RefineFormulas(first, last) || !is_cycle || made_.obstacle_.has_value()) return;
      if (limits_.cancelled && limits_.cancelled()) return;  // The caller looks again.
    }
  }

  bool FindValues(size_t first, size_t last, bool is_cycle) {
    bool changed = true;
    for (int round = 0; changed && round < kValueRoundsMax; ++round) {
      changed = false;
      for (size_t at = first; at < last; ++at) {
        const ConsumerIndex consumer = reach_.consumers[at];
        std::optional<std::vector<int32_t>> values = LevelValues(GroupsOf(consumer), ViableOf(consumer));
        if (!values.has_value()) return Obstruct(consumer);
        LevelSteps& steps = consumers_[consumer.value];
        changed |= *values != steps.values;
        steps.at_most.assign(values->size(), kFalseGate);
        steps.at_most.back() = kTrueGate;
        steps.values = *std::move(values);
      }
      if (!is_cycle) return true;
    }
    return changed ? Obstruct(reach_.consumers[first]) : true;
  }

  bool RefineFormulas(size_t first, size_t last) {
    bool changed = false;
    for (size_t at = first; at < last; ++at) {
      const ConsumerIndex consumer = reach_.consumers[at];
      LevelSteps& steps = consumers_[consumer.value];
      auto gates = LevelFormulas(GroupsOf(consumer), ViableOf(consumer), steps.values, formula());
      if (!gates.has_value()) return Obstruct(consumer);
      changed |= *gates != steps.at_most;
      steps.at_most = *std::move(gates);
      if (formula().size() > FailureFunction::kGatesMax) return Obstruct(consumer);
    }
    return changed;
  }

  bool Obstruct(ConsumerIndex consumer) {
    made_.obstacle_ = Target(consumer);
    return false;
  }

  void FormulateRoot() {
    std::vector<Gate> gates;
    for (ConsumerIndex consumer : made_.question_.consumers) {
      gates.push_back(consumers_[consumer.value].AtMost(made_.question_.threshold_ppm));
    }
    const bool any = made_.question_.together == FailureQuestion::Together::kAny;
    made_.root_ = any ? formula().Or(std::move(gates)) : formula().And(std::move(gates));
  }

  static absl::Status Cancelled() { return absl::CancelledError("the evaluation was cancelled"); }

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const Limits& limits_;
  FailureFunction made_;
  ReachOf reach_;
  std::vector<LevelSteps> deployments_;  // By place in the reach.
  absl::flat_hash_map<uint32_t, LevelSteps> consumers_;
  absl::flat_hash_map<uint32_t, size_t> place_of_;
};

absl::StatusOr<FailureFunction> FailureFunction::Create(const EvaluationPlan& plan,
                                                        const FailureQuestion& question,
                                                        const Limits& limits) {
  return FailureFunctionMaker(plan, question, limits).Make();
}

}  // namespace linchpin::engine
