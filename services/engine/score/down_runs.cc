#include "services/engine/score/down_runs.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace linchpin::engine {
namespace {

// What decides a simulation of one total cutoff.
std::string KeyOf(const Cutoff& cutoff, const std::vector<DeploymentIndex>& hits) {
  const int64_t times[] = {cutoff.start_seconds, cutoff.notice_seconds, cutoff.duration_seconds.value_or(-1)};
  std::string key(sizeof(times) + hits.size() * sizeof(DeploymentIndex), '\0');
  std::memcpy(key.data(), times, sizeof(times));
  if (!hits.empty()) {
    std::memcpy(key.data() + sizeof(times), hits.data(), hits.size() * sizeof(DeploymentIndex));
  }
  return key;
}

// Those of `among` that the atom hits, in their order: what HitsOf would say, for three searches each.
std::vector<DeploymentIndex> HitsAmong(const AtomIndex& index, const AtomIndex::Entry& entry, Reading reading,
                                       const std::vector<DeploymentIndex>& among) {
  const auto holds = [](const std::vector<DeploymentIndex>& list, DeploymentIndex deployment) {
    return std::binary_search(list.begin(), list.end(), deployment);
  };
  std::vector<DeploymentIndex> hits;
  for (DeploymentIndex deployment : among) {
    const bool open = reading == Reading::kNotExcluded &&
                      (holds(entry.open, deployment) || holds(index.common(), deployment));
    const bool likely = reading != Reading::kProven && holds(entry.likely, deployment);
    if (open || likely || holds(entry.certain, deployment)) hits.push_back(deployment);
  }
  return hits;
}

}  // namespace

absl::StatusOr<ByReading<DownRunFinder::Runs>> DownRunFinder::Find(const AtomIndex& index,
                                                                   const AtomIndex::Entry& entry,
                                                                   const AtomHazard& hazard) {
  const Cutoff cutoff = CutoffOf(plan_.graph(), entry.atom, hazard);
  ByReading<Runs> found;
  std::vector<DeploymentIndex> before;
  for (Reading reading : kReadings) {
    std::vector<DeploymentIndex> hits = HitsOf(index, entry, reading);
    const Reading last = reading == Reading::kNotExcluded ? Reading::kLikely : Reading::kProven;
    if (reading != Reading::kProven && hits == before && !plan_.Differ(last, reading)) {
      found[reading] = found[last];
      continue;
    }
    before = hits;
    absl::StatusOr<Runs> runs = Simulate(reading, cutoff, std::move(hits));
    if (!runs.ok()) return runs.status();
    found[reading] = *std::move(runs);
  }
  return found;
}

std::vector<DeploymentIndex> DownRunFinder::HitsOf(const AtomIndex& index, const AtomIndex::Entry& entry,
                                                   Reading reading) const {
  return among_.has_value() ? HitsAmong(index, entry, reading, *among_) : index.HitsOf(entry, reading);
}

absl::StatusOr<DownRunFinder::Runs> DownRunFinder::Simulate(Reading reading, const Cutoff& cutoff,
                                                            std::vector<DeploymentIndex> hits) {
  static const auto* const kNobody = new Runs(std::make_shared<const std::vector<DownRun>>());
  if (hits.empty()) return *kNobody;
  Runs& known = known_[reading][KeyOf(cutoff, hits)];
  if (known != nullptr) return known;
  absl::StatusOr<Timeline*> timeline = TimelineOf(reading);
  if (!timeline.ok()) return timeline.status();
  const Scenario scenario{{cutoff}, kYearSeconds};
  auto runs = (*timeline)->RunDown(scenario, {std::move(hits)});
  if (!runs.ok()) return runs.status();
  known = std::make_shared<const std::vector<DownRun>>(*std::move(runs));
  return known;
}

absl::StatusOr<Timeline*> DownRunFinder::TimelineOf(Reading reading) {
  std::unique_ptr<Timeline>& timeline = timelines_[reading];
  if (timeline == nullptr) {
    absl::StatusOr<std::unique_ptr<Timeline>> made = Timeline::Create(plan_, reading, limits_);
    if (!made.ok()) return made.status();
    timeline = *std::move(made);
  }
  return timeline.get();
}

}  // namespace linchpin::engine
