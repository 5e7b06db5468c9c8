#include "services/policy/domain/rules/supply_walk.h"

#include <algorithm>

#include "services/resource/kinds.h"

namespace linchpin::policy {

using engine::ConsumerIndex;

std::optional<DependencyPlace> FindDependency(const engine::Graph& graph, std::string_view name) {
  const auto consumer = graph.consumers().Find(resource::ParentName(name));
  if (!consumer) return std::nullopt;
  const engine::ConsumerView view = graph.consumers()[*consumer];
  const std::string_view id = resource::IdOf(name);
  uint32_t low = 0, high = view.group_count();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (view.group(middle).id() < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == view.group_count() || view.group(low).id() != id) return std::nullopt;
  return DependencyPlace{*consumer, low};
}

std::string DependencyName(const engine::Graph& graph, DependencyPlace place) {
  const engine::ConsumerView consumer = graph.consumers()[place.consumer];
  std::string name(consumer.name());
  name += "/dependencies/";
  name += consumer.group(place.group).id();
  return name;
}

SupplyWalk::SupplyWalk(const engine::Graph& graph)
    : graph_(graph),
      consumer_seen_(graph.consumers().slots()),
      deployment_seen_(graph.deployments().slots()) {}

void SupplyWalk::Begin() {
  if (++walk_ == 0) {
    std::fill(consumer_seen_.begin(), consumer_seen_.end(), 0);
    std::fill(deployment_seen_.begin(), deployment_seen_.end(), 0);
    walk_ = 1;
  }
  steps_.clear();
  queue_.clear();
  reached_.clear();
}

const std::vector<SupplyWalk::Reached>& SupplyWalk::FromConsumer(ConsumerIndex consumer, bool primary_only) {
  Begin();
  from_dependency_ = false;
  consumer_seen_[consumer.value] = walk_;
  queue_.emplace_back(consumer, -1);
  Finish(primary_only);
  return reached_;
}

const std::vector<SupplyWalk::Reached>& SupplyWalk::FromDependency(DependencyPlace place, bool primary_only) {
  Begin();
  from_dependency_ = true;
  Visit(place, -1, primary_only);
  Finish(primary_only);
  return reached_;
}

void SupplyWalk::Finish(bool primary_only) {
  for (size_t at = 0; at < queue_.size(); ++at) {
    const auto [consumer, from] = queue_[at];
    const uint32_t groups = graph_.consumers()[consumer].group_count();
    for (uint32_t group = 0; group < groups; ++group) Visit({consumer, group}, from, primary_only);
  }
}

void SupplyWalk::Visit(DependencyPlace place, int32_t from, bool primary_only) {
  const engine::GroupView group = graph_.consumers()[place.consumer].group(place.group);
  const uint32_t alternatives = primary_only ? std::min(group.size(), 1u) : group.size();
  int32_t step = -1;
  const auto this_step = [&] {
    if (step < 0) {
      step = static_cast<int32_t>(steps_.size());
      steps_.push_back({place, from});
    }
    return step;
  };
  visits_ += alternatives;
  for (uint32_t k = 0; k < alternatives; ++k) {
    const engine::Target target = group.target(k);
    if (target.is_consumer()) {
      uint32_t& seen = consumer_seen_[target.consumer().value];
      if (seen == walk_) continue;
      seen = walk_;
      queue_.emplace_back(target.consumer(), this_step());
    } else {
      uint32_t& seen = deployment_seen_[target.deployment().value];
      if (seen == walk_) continue;
      seen = walk_;
      reached_.push_back({target.deployment(), static_cast<uint32_t>(this_step())});
    }
  }
}

std::vector<std::string> SupplyWalk::PathTo(const Reached& reached) const {
  std::vector<std::string> path = {graph_.deployments()[reached.deployment].name};
  for (int32_t at = static_cast<int32_t>(reached.step); at >= 0; at = steps_[at].from) {
    path.push_back(DependencyName(graph_, steps_[at].place));
    if (from_dependency_ && steps_[at].from < 0) break;
    path.emplace_back(graph_.consumers().NameOf(steps_[at].place.consumer));
  }
  std::reverse(path.begin(), path.end());
  return path;
}

const std::vector<SupplyWalk::Reached>* SubjectWalk::From(std::string_view subject) {
  if (is_walked_ && subject_ == subject) return reached_;
  is_walked_ = true;
  subject_ = std::string(subject);
  const int64_t before = walk_.visits();
  reached_ = nullptr;
  if (of_dependencies_) {
    if (const auto place = FindDependency(graph_, subject))
      reached_ = &walk_.FromDependency(*place, primary_only_);
  } else if (const auto consumer = graph_.consumers().Find(subject)) {
    reached_ = &walk_.FromConsumer(*consumer, primary_only_);
  }
  visits_ = walk_.visits() - before;
  return reached_;
}

}  // namespace linchpin::policy
