#include "services/engine/levels/touch.h"

#include <algorithm>

namespace linchpin::engine {

TouchFinder::TouchFinder(const EvaluationPlan& plan, Reading reading)
    : plan_(plan),
      reading_(reading),
      consumer_at_(plan.graph().consumers().slots(), kNever),
      deployment_at_(plan.graph().deployments().slots(), kNever),
      group_is_met_(plan.graph().consumers().group_count(), false) {}

const TouchSet& TouchFinder::Find(std::vector<Announcement> announcements) {
  Forget();
  std::stable_sort(
      announcements.begin(), announcements.end(),
      [](const Announcement& a, const Announcement& b) { return a.announced_seconds < b.announced_seconds; });
  for (const Announcement& announcement : announcements) {
    for (DeploymentIndex deployment : announcement.hits)
      Meet(Target(deployment), announcement.announced_seconds);
    while (!open_.empty()) {
      const Target target = open_.back();
      open_.pop_back();
      Expand(target, announcement.announced_seconds);
    }
  }
  for (const auto& [consumer, group] : set_.groups) Prepare(consumer, group);
  return set_;
}

void TouchFinder::Forget() {
  const ConsumerTable& table = plan_.graph().consumers();
  for (ConsumerIndex consumer : set_.consumers) consumer_at_[consumer.value] = kNever;
  for (DeploymentIndex deployment : set_.deployments) deployment_at_[deployment.value] = kNever;
  for (const auto& [consumer, group] : set_.groups) group_is_met_[table.GroupNumber(consumer, group)] = false;
  set_ = TouchSet();
}

void TouchFinder::Meet(Target target, int64_t announced) {
  if (AnnouncedTo(target) != kNever) return;
  if (target.is_consumer()) {
    consumer_at_[target.consumer().value] = announced;
    set_.consumers.push_back(target.consumer());
  } else {
    deployment_at_[target.deployment().value] = announced;
    set_.deployments.push_back(target.deployment());
  }
  open_.push_back(target);
}

void TouchFinder::Expand(Target target, int64_t announced) {
  const ConsumerTable& table = plan_.graph().consumers();
  plan_.graph().ForEachDependent(target, [&](const Dependent& dependent) {
    Meet(Target(dependent.consumer()), announced);
    const uint32_t number = table.GroupNumber(dependent.consumer(), dependent.group());
    if (!group_is_met_[number]) {
      group_is_met_[number] = true;
      set_.groups.emplace_back(dependent.consumer(), dependent.group());
    }
    if (plan_.pool_count() == 0) return;
    const GroupView group = table[dependent.consumer()].group(dependent.group());
    for (uint32_t k = dependent.alternative() + 1; k < group.size(); ++k) {
      const Target later = group.target(k);
      if (!later.is_consumer() && plan_.PoolOf(later.deployment()) != EvaluationPlan::kNoPool)
        Meet(later, announced);
    }
  });
}

void TouchFinder::Prepare(ConsumerIndex consumer, uint32_t ordinal) {
  const ConsumerTable& table = plan_.graph().consumers();
  const ConsumerChunk& chunk = table.chunk(consumer);
  const uint32_t row = chunk.group_begin[ConsumerTable::Local(consumer)] + ordinal;
  const uint32_t first = chunk.alternative_begin[row], last = chunk.alternative_begin[row + 1];
  int64_t announced = kNever;  // To an alternative before this one.
  for (uint32_t k = 0; first + k < last; ++k) {
    const int64_t switch_seconds = k == 0
                                       ? 0
                                       : plan_.SwitchSeconds(reading_, chunk.AlternativeOf(first + k),
                                                             chunk.targets[first], chunk.targets[first + k]);
    if (switch_seconds > 0 && switch_seconds != EvaluationPlan::kNeverReady && announced != kNever) {
      const uint32_t number = table.AlternativeBase(consumer) + first + k;
      set_.preparations.push_back({consumer, ordinal, number, announced + switch_seconds});
    }
    announced = std::min(announced, AnnouncedTo(chunk.targets[first + k]));
  }
}

}  // namespace linchpin::engine
