// What a cutoff can affect, and from when a prepared alternative is ready (S4).
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_TOUCH_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_TOUCH_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// What one cutoff hits in one reading, and when it was announced.
struct Announcement {
  int64_t announced_seconds = 0;
  std::span<const DeploymentIndex> hits;
};

struct TouchSet {
  struct Preparation {
    ConsumerIndex consumer;
    uint32_t group = 0;
    uint32_t alternative_number = 0;
    int64_t ready_seconds = 0;  // May be below 0.
  };
  std::vector<DeploymentIndex> deployments;
  std::vector<ConsumerIndex> consumers;
  std::vector<std::pair<ConsumerIndex, uint32_t>> groups;  // With an alternative in the set.
  std::vector<Preparation> preparations;                   // Alternatives that become ready at some time.
};

// The union of T(c) over the cutoffs of a scenario. All T(c) are closed under the same rules, so one walk in
// the order of announcement meets each thing at the earliest announcement that affects it. Thread safety: one
// thread at a time. Cost: proportional to what is touched.
class TouchFinder {
 public:
  TouchFinder(const EvaluationPlan& plan, Reading reading);
  // Valid until the next call.
  const TouchSet& Find(std::vector<Announcement> announcements);
  bool Contains(Target target) const { return AnnouncedTo(target) != kNever; }

 private:
  static constexpr int64_t kNever = INT64_MAX;
  int64_t AnnouncedTo(Target target) const {
    return target.is_consumer() ? consumer_at_[target.consumer().value]
                                : deployment_at_[target.deployment().value];
  }
  void Forget();
  void Meet(Target target, int64_t announced);
  void Expand(Target target, int64_t announced);
  void Prepare(ConsumerIndex consumer, uint32_t group);

  const EvaluationPlan& plan_;
  const Reading reading_;
  TouchSet set_;
  std::vector<Target> open_;
  std::vector<int64_t> consumer_at_;  // Earliest announcement, kNever outside the set.
  std::vector<int64_t> deployment_at_;
  std::vector<bool> group_is_met_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_TOUCH_H_
