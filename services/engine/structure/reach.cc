#include "services/engine/structure/reach.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "services/engine/levels/ready.h"

namespace linchpin::engine {
namespace {

class Walk {
 public:
  Walk(const EvaluationPlan& plan, Reading reading, Readiness readiness)
      : plan_(plan), consumers_(plan.graph().consumers()), reading_(reading), readiness_(readiness) {}

  void Meet(ConsumerIndex consumer) {
    if (met_consumers_.insert(consumer.value).second) reach_.consumers.push_back(consumer);
  }

  ReachOf Run() {
    for (size_t next = 0; next < reach_.consumers.size(); ++next) Expand(reach_.consumers[next]);
    std::sort(reach_.consumers.begin(), reach_.consumers.end(), [this](ConsumerIndex a, ConsumerIndex b) {
      return plan_.RankOf(plan_.NodeOf(a)) < plan_.RankOf(plan_.NodeOf(b));
    });
    std::sort(reach_.deployments.begin(), reach_.deployments.end());
    return std::move(reach_);
  }

 private:
  void Expand(ConsumerIndex consumer) {
    const ConsumerView view = consumers_[consumer];
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      const GroupView group = view.group(g);
      for (uint32_t k = 0; k < group.size(); ++k) {
        if (IsReadyIn(plan_, reading_, readiness_, group, k)) Meet(group.target(k));
      }
    }
  }
  void Meet(Target target) {
    if (target.is_consumer()) return Meet(target.consumer());
    const DeploymentIndex deployment = target.deployment();
    if (!met_deployments_.insert(deployment.value).second) return;
    reach_.deployments.push_back(deployment);
    if (!CanRunShort(plan_, reading_, readiness_, deployment)) return;
    if (!reach_.short_of.has_value()) reach_.short_of = deployment;
    for (const PoolEntry& entry : plan_.PoolEntries(plan_.PoolOf(deployment))) Meet(entry.consumer);
  }

  const EvaluationPlan& plan_;
  const ConsumerTable& consumers_;
  const Reading reading_;
  const Readiness readiness_;
  ReachOf reach_;
  absl::flat_hash_set<uint32_t> met_consumers_;
  absl::flat_hash_set<uint32_t> met_deployments_;
};

}  // namespace

ReachOf FindReach(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                  const std::vector<ConsumerIndex>& from) {
  Walk walk(plan, reading, readiness);
  for (ConsumerIndex consumer : from) walk.Meet(consumer);
  return walk.Run();
}

}  // namespace linchpin::engine
