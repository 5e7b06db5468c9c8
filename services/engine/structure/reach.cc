#include "services/engine/structure/reach.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace linchpin::engine {
namespace {

class Walk {
 public:
  Walk(const Prepared& prepared, Reading reading, Readiness readiness)
      : prepared_(prepared),
        consumers_(prepared.graph().consumers()),
        reading_(reading),
        readiness_(readiness) {}

  void Meet(ConsumerIndex consumer) {
    if (met_consumers_.insert(consumer.value).second) reach_.consumers.push_back(consumer);
  }

  ReachOf Run() {
    for (size_t next = 0; next < reach_.consumers.size(); ++next) Expand(reach_.consumers[next]);
    std::sort(reach_.consumers.begin(), reach_.consumers.end(), [this](ConsumerIndex a, ConsumerIndex b) {
      return prepared_.RankOf(prepared_.NodeOf(a)) < prepared_.RankOf(prepared_.NodeOf(b));
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
        if (IsReadyIn(prepared_, reading_, readiness_, group, k)) Meet(group.target(k));
      }
    }
  }
  void Meet(Target target) {
    if (target.is_consumer()) return Meet(target.consumer());
    const DeploymentIndex deployment = target.deployment();
    if (!met_deployments_.insert(deployment.value).second) return;
    reach_.deployments.push_back(deployment);
    if (!CanRunShort(prepared_, reading_, readiness_, deployment)) return;
    if (!reach_.short_of.has_value()) reach_.short_of = deployment;
    for (const PoolEntry& entry : prepared_.PoolEntries(prepared_.PoolOf(deployment))) Meet(entry.consumer);
  }

  const Prepared& prepared_;
  const ConsumerTable& consumers_;
  const Reading reading_;
  const Readiness readiness_;
  ReachOf reach_;
  absl::flat_hash_set<uint32_t> met_consumers_;
  absl::flat_hash_set<uint32_t> met_deployments_;
};

}  // namespace

bool IsReadyIn(const Prepared& prepared, Reading reading, Readiness readiness, const GroupView& group,
               uint32_t k) {
  if (k == 0) return true;
  const int64_t seconds =
      prepared.SwitchSeconds(reading, group.alternative(k), group.target(0), group.target(k));
  if (seconds == 0 || seconds == Prepared::kNeverReady) return seconds == 0;
  return readiness == Readiness::kSustained;
}

bool CanRunShort(const Prepared& prepared, Reading reading, Readiness readiness, DeploymentIndex deployment) {
  const uint32_t pool = prepared.PoolOf(deployment);
  if (pool == Prepared::kNoPool) return false;
  const Graph& graph = prepared.graph();
  const __int128 capacity = __int128{graph.deployments()[deployment].capacity_units.value()} * kOne;
  __int128 asked = 0;
  for (const PoolEntry& entry : prepared.PoolEntries(pool)) {
    const GroupView group = graph.consumers()[entry.consumer].group(entry.group);
    const AlternativeTerms& terms = group.alternative(entry.alternative);
    if (!IsReadyIn(prepared, reading, readiness, group, entry.alternative)) continue;
    asked += __int128{group.terms().units} * terms.share_ppm;
    if (asked > capacity) return true;
  }
  return false;
}

ReachOf FindReach(const Prepared& prepared, Reading reading, Readiness readiness,
                  const std::vector<ConsumerIndex>& from) {
  Walk walk(prepared, reading, readiness);
  for (ConsumerIndex consumer : from) walk.Meet(consumer);
  return walk.Run();
}

}  // namespace linchpin::engine
