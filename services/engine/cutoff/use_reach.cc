#include "services/engine/cutoff/use_reach.h"

#include <utility>

namespace linchpin::engine {
namespace {

constexpr uint32_t kAskedBetween = 4096;  // Deployments between two looks at whether to go on.

}  // namespace

bool StatesNoDependency(const Graph& graph, ConsumerIndex consumer) {
  return graph.consumers()[consumer].group_count() == 0;
}

absl::StatusOr<UseReach> UseReach::Create(const Graph& graph, const EntityUse& use, bool skip_undeclared,
                                          const std::function<bool()>& cancelled) {
  UseReach reach(graph);
  reach.truths_.assign(graph.consumers().slots(), Truth::kFalse);
  reach.next_.resize(graph.consumers().slots());
  reach.deployments_.assign(graph.deployments().slots(), Truth::kFalse);
  if (absl::Status status = reach.Ask(use, cancelled); !status.ok()) return status;
  if (!skip_undeclared) reach.FindUndeclared();
  std::vector<Target> certain, open;
  for (DeploymentIndex deployment : graph.deployments()) {
    if (reach.Of(deployment) == Truth::kTrue) certain.emplace_back(deployment);
    if (reach.Of(deployment) == Truth::kUnknown) open.emplace_back(deployment);
  }
  for (ConsumerIndex consumer : reach.undeclared_) open.emplace_back(consumer);
  reach.Raise(std::move(certain), Truth::kTrue);
  for (ConsumerIndex consumer : reach.undeclared_) {
    Truth& truth = reach.truths_[consumer.value];
    truth = Or(truth, Truth::kUnknown);
  }
  reach.Raise(std::move(open), Truth::kUnknown);
  return reach;
}

absl::Status UseReach::Ask(const EntityUse& use, const std::function<bool()>& cancelled) {
  uint32_t asked = 0;
  for (DeploymentIndex deployment : graph_.deployments()) {
    if (cancelled && asked++ % kAskedBetween == 0 && cancelled())
      return absl::CancelledError("the attestation was cancelled");
    if (!graph_.HasDependents(Target(deployment))) continue;
    deployments_[deployment.value] = use.OfDeployment(deployment);
    if (Of(deployment) == Truth::kUnknown) open_deployments_.push_back(deployment);
  }
  return absl::OkStatus();
}

void UseReach::FindUndeclared() {
  for (ConsumerIndex consumer : graph_.consumers()) {
    if (StatesNoDependency(graph_, consumer)) undeclared_.push_back(consumer);
  }
}

// Breadth first, so that the first way met is a shortest.
void UseReach::Raise(std::vector<Target> from, Truth to) {
  for (size_t at = 0; at < from.size(); ++at) {
    graph_.ForEachDependent(from[at], [&](const Dependent& dependent) {
      const ConsumerIndex consumer = dependent.consumer();
      if (truths_[consumer.value] >= to) return;
      truths_[consumer.value] = to;
      next_[consumer.value] = {consumer, dependent.group(), dependent.alternative()};
      from.emplace_back(consumer);
    });
  }
}

std::vector<UseReach::Step> UseReach::WayOf(ConsumerIndex consumer) const {
  std::vector<Step> way;
  while (Of(consumer) == Truth::kTrue) {
    const Step& step = next_[consumer.value];
    way.push_back(step);
    const Target target = graph_.consumers()[consumer].group(step.group).target(step.alternative);
    if (!target.is_consumer()) break;
    consumer = target.consumer();
  }
  return way;
}

}  // namespace linchpin::engine
