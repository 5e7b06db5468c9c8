#include "services/engine/structure/exposure.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/simulation/sweep.h"

namespace linchpin::engine {
namespace {

// Keeps the first reading of each atom. Readings are added in their order.
void Add(std::vector<Exposed>& list, uint32_t atom, Reading reading) {
  if (list.empty() || list.back().atom != atom) list.push_back({atom, reading});
}

}  // namespace

absl::StatusOr<Exposure> Exposure::Create(const EvaluationPlan& plan, std::shared_ptr<const AtomCache> atoms,
                                          const Limits& limits) {
  Exposure exposure(std::move(atoms));
  exposure.deployments_.resize(plan.graph().deployments().slots());
  exposure.consumers_.resize(plan.graph().consumers().slots());
  for (AtomClass atom_class : kAtomClasses) {
    const AtomIndex& index = exposure.atoms_->Of(atom_class);
    const auto first = static_cast<uint32_t>(exposure.entries_.size());
    exposure.AddDeployments(index);
    absl::Status status = exposure.AddConsumers(plan, index, first, limits);
    if (!status.ok()) return status;
  }
  return exposure;
}

void Exposure::AddDeployments(const AtomIndex& index) {
  for (const AtomIndex::Entry& entry : index.entries()) {
    const auto atom = static_cast<uint32_t>(entries_.size());
    entries_.push_back(&entry);
    for (DeploymentIndex d : entry.certain) Add(deployments_[d.value], atom, Reading::kProven);
    for (DeploymentIndex d : entry.likely) Add(deployments_[d.value], atom, Reading::kLikely);
    for (DeploymentIndex d : entry.open) Add(deployments_[d.value], atom, Reading::kNotExcluded);
    for (DeploymentIndex d : index.common()) Add(deployments_[d.value], atom, Reading::kNotExcluded);
  }
}

absl::Status Exposure::AddConsumers(const EvaluationPlan& plan, const AtomIndex& index, uint32_t first,
                                    const Limits& limits) {
  absl::flat_hash_map<std::string_view, uint32_t> number_of;
  for (size_t i = 0; i < index.entries().size(); ++i) {
    number_of[index.entries()[i].key] = first + static_cast<uint32_t>(i);
  }
  SweepOptions options;
  options.list_failed = true;
  options.limits = limits;
  auto outcomes = Sweep(plan, index, options);
  if (!outcomes.ok()) return outcomes.status();
  std::sort(outcomes->begin(), outcomes->end(),
            [](const AtomOutcome& a, const AtomOutcome& b) { return a.key < b.key; });
  for (const AtomOutcome& outcome : *outcomes) {
    const uint32_t atom = number_of[outcome.key];
    for (Reading reading : kReadings) {
      for (ConsumerIndex c : outcome.impact[reading].failures) Add(consumers_[c.value], atom, reading);
    }
  }
  return absl::OkStatus();
}

std::vector<Exposed> Exposure::CommonOf(std::span<const Target> targets) const {
  const std::span<const Exposed> first = Of(targets[0]);
  std::vector<Exposed> common(first.begin(), first.end());
  for (Target target : targets.subspan(1)) common = Common(common, Of(target));
  return common;
}

std::vector<Exposed> Exposure::Common(std::span<const Exposed> a, std::span<const Exposed> b) {
  std::vector<Exposed> common;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (i->atom < j->atom) {
      ++i;
    } else if (j->atom < i->atom) {
      ++j;
    } else {
      common.push_back({i->atom, std::max(i->first, j->first)});
      ++i, ++j;
    }
  }
  return common;
}

}  // namespace linchpin::engine
