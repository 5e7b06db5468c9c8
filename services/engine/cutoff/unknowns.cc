#include "services/engine/cutoff/unknowns.h"

#include "services/engine/cutoff/conditions.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace linchpin::engine {
namespace {

std::vector<FactRef> Sorted(std::vector<FactRef> facts) {
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

}  // namespace

absl::StatusOr<std::unique_ptr<UnknownFinder>> UnknownFinder::Create(const EvaluationPlan& plan,
                                                                     const Scenario& scenario,
                                                                     const Limits& limits) {
  absl::StatusOr<const State*> best = plan.Baseline(Reading::kProven, Readiness::kImmediate, limits);
  if (!best.ok()) return best.status();
  absl::StatusOr<const State*> worst = plan.Baseline(Reading::kNotExcluded, Readiness::kImmediate, limits);
  if (!worst.ok()) return worst.status();
  std::unique_ptr<UnknownFinder> finder(new UnknownFinder(plan, **best, **worst));
  if (absl::Status status = finder->FindOpen(scenario, limits); !status.ok()) return status;
  return finder;
}

absl::Status UnknownFinder::FindOpen(const Scenario& scenario, const Limits& limits) {
  std::vector<std::vector<DeploymentIndex>> hits;
  std::vector<Announcement> announcements;
  hits.reserve(scenario.cutoffs.size());
  for (const Cutoff& cutoff : scenario.cutoffs) {
    if (limits.cancelled && limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
    const absl::StatusOr<ResolvedCutoff> resolved = Resolve(graph_, cutoff);
    if (!resolved.ok() || cutoff.severity_ppm == 0) continue;
    std::vector<DeploymentIndex>& of_cutoff = hits.emplace_back();
    for (const Hit& hit : AllHits(plan_.knowledge(), *resolved)) {
      of_cutoff.push_back(hit.deployment);
      if (hit.truth != Truth::kUnknown) continue;
      std::vector<FactRef>& open = open_of_[hit.deployment.value];
      const std::vector<FactRef> facts = Explain(plan_.knowledge(), *resolved, hit.deployment).facts;
      open.insert(open.end(), facts.begin(), facts.end());
    }
    announcements.push_back({cutoff.announced_seconds(), of_cutoff});
  }
  for (auto& [deployment, facts] : open_of_) facts = Sorted(std::move(facts));
  if (plan_.has_unknown_switch()) touched_.Find(std::move(announcements));
  return absl::OkStatus();
}

void UnknownFinder::AppendOfDeployment(DeploymentIndex deployment, std::vector<FactRef>& facts) const {
  const auto open = open_of_.find(deployment.value);
  if (open != open_of_.end()) facts.insert(facts.end(), open->second.begin(), open->second.end());
}

void UnknownFinder::AppendOfConsumer(ConsumerIndex index, std::vector<FactRef>& facts) const {
  const ConsumerView consumer = graph_.consumers()[index];
  if (consumer.record().rests_on_unknown_tier()) facts.push_back({FactKind::kTier, index.value});
  if (!plan_.has_unknown_switch()) return;
  for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
    const GroupView group = consumer.group(ordinal);
    const uint32_t number = graph_.consumers().GroupNumber(index, ordinal);
    bool matters = best_.delivery[number] != worst_.delivery[number];
    for (uint32_t k = 0; k < group.size(); ++k) {
      const bool unknown = k > 0 && group.alternative(k).switch_seconds == AlternativeTerms::kUnknownSwitch;
      if (unknown && matters) facts.push_back({FactKind::kSwitchTime, index.value, ordinal, k});
      matters |= touched_.Contains(group.target(k));
    }
  }
}

std::vector<FactRef> UnknownFinder::Of(ConsumerIndex consumer) const {
  std::vector<FactRef> facts;
  std::vector<Target> open{Target(consumer)};
  absl::flat_hash_set<Target> seen{Target(consumer)};
  auto reach = [&](Target target) {
    if (seen.insert(target).second) open.push_back(target);
  };
  while (!open.empty()) {
    const Target target = open.back();
    open.pop_back();
    if (target.is_consumer()) {
      AppendOfConsumer(target.consumer(), facts);
      const ConsumerView view = graph_.consumers()[target.consumer()];
      for (uint32_t group = 0; group < view.group_count(); ++group) {
        for (const Target needed : view.group(group).targets()) reach(needed);
      }
    } else {
      AppendOfDeployment(target.deployment(), facts);
      if (plan_.PoolOf(target.deployment()) == EvaluationPlan::kNoPool) continue;
      graph_.ForEachDependent(target,
                              [&](const Dependent& dependent) { reach(Target(dependent.consumer())); });
    }
  }
  return Sorted(std::move(facts));
}

std::vector<FactRef> UnknownFinder::OfAll() const {
  std::vector<FactRef> facts;
  for (const auto& [deployment, open] : open_of_) {
    if (graph_.HasDependents(Target(DeploymentIndex{deployment})))
      facts.insert(facts.end(), open.begin(), open.end());
  }
  for (ConsumerIndex consumer : graph_.consumers()) AppendOfConsumer(consumer, facts);
  return Sorted(std::move(facts));
}

}  // namespace linchpin::engine
