#include "services/engine/questions/open_items.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "services/engine/cutoff/conditions.h"

namespace linchpin::engine {
namespace {

void Set(AtomBits& bits, size_t atom) { bits[atom / 64] |= uint64_t{1} << atom % 64; }

void Add(const AtomBits& from, AtomBits& to) {
  for (size_t w = 0; w < kBlockWords; ++w) to[w] |= from[w];
}

bool Any(const AtomBits& bits) {
  return std::any_of(bits.begin(), bits.end(), [](uint64_t word) { return word != 0; });
}

AtomBits FirstBits(size_t count) {
  AtomBits bits{};
  for (size_t atom = 0; atom < count; ++atom) Set(bits, atom);
  return bits;
}

}  // namespace

uint32_t OpenItems::NumberOf(const AtomBits& mask) {
  const auto [found, is_new] = mask_numbers_.try_emplace(mask, static_cast<uint32_t>(masks_.size()));
  if (is_new) masks_.push_back(mask);
  return found->second;
}

uint32_t OpenItems::NumberOf(uint32_t fact, const AtomBits& mask) {
  const uint32_t number = NumberOf(mask);
  const auto [found, is_new] =
      item_numbers_.try_emplace(uint64_t{fact} << 32 | number, static_cast<uint32_t>(items_.size()));
  if (is_new) items_.push_back({fact, number});
  return found->second;
}

uint32_t OpenItems::Join(uint32_t a, uint32_t b) {
  if (a == b) return a;
  const uint64_t key = uint64_t{std::min(a, b)} << 32 | std::max(a, b);
  if (const auto found = joined_.find(key); found != joined_.end()) return found->second;
  AtomBits both = masks_[a];
  Add(masks_[b], both);
  return joined_[key] = NumberOf(both);
}

// Fills the lists of one block.
class OpenItems::Maker {
 public:
  Maker(const EvaluationPlan& plan, AtomClass atom_class, const AtomIndex& index,
        std::span<const AtomIndex::Entry> entries, FactNumbers& facts, OpenItems& items)
      : plan_(plan),
        graph_(plan.graph()),
        atom_class_(atom_class),
        index_(index),
        entries_(entries),
        facts_(facts),
        items_(items) {}

  absl::Status Run(const Limits& limits) {
    FindOpen();
    for (const auto& [deployment, atoms] : open_) {
      if (limits.cancelled && limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
      AddDeployment({deployment}, atoms);
    }
    return plan_.has_unknown_switch() ? AddSwitchTimes(limits) : absl::OkStatus();
  }

 private:
  using FactMasks = std::vector<std::pair<FactRef, AtomBits>>;

  // The atoms that are open of each deployment that something depends on.
  void FindOpen() {
    for (DeploymentIndex deployment : index_.common()) {
      if (graph_.HasDependents(Target(deployment))) open_[deployment.value] = FirstBits(entries_.size());
    }
    for (size_t atom = 0; atom < entries_.size(); ++atom) {
      for (DeploymentIndex deployment : entries_[atom].open) {
        if (graph_.HasDependents(Target(deployment))) Set(open_[deployment.value], atom);
      }
      for (DeploymentIndex deployment : entries_[atom].certain) {
        const auto found = open_.find(deployment.value);
        if (found != open_.end()) found->second[atom / 64] &= ~(uint64_t{1} << atom % 64);
      }
    }
  }

  void AddDeployment(DeploymentIndex deployment, const AtomBits& atoms) {
    const std::string signature = SignatureOf(graph_.deployments()[deployment], atom_class_);
    auto [sort, is_new] = sorts_.try_emplace(signature, Sort{deployment, {}});
    if (is_new) sort->second.facts = Explained(deployment, atoms);
    std::vector<uint32_t>& list = items_.of_deployment_[deployment.value];
    for (const auto& [fact, mask] : sort->second.facts) {
      FactRef own = fact;
      if (IsOfDeployment(fact.kind) && fact.subject == sort->second.first.value)
        own.subject = deployment.value;
      list.push_back(items_.NumberOf(facts_.Of(own), mask));
    }
  }

  FactMasks Explained(DeploymentIndex deployment, const AtomBits& atoms) const {
    FactMasks masks;
    for (size_t atom = 0; atom < entries_.size(); ++atom) {
      if ((atoms[atom / 64] >> atom % 64 & 1) == 0) continue;
      const HitReason reason = Explain(plan_.knowledge(), ResolvedCutoffOf(entries_[atom].atom), deployment);
      if (reason.truth != Truth::kUnknown) continue;
      for (const FactRef& fact : reason.facts) {
        auto found =
            std::find_if(masks.begin(), masks.end(), [&](const auto& entry) { return entry.first == fact; });
        if (found == masks.end()) found = masks.insert(found, {fact, AtomBits{}});
        Set(found->second, atom);
      }
    }
    return masks;
  }

  // --- Switch times (S7): open where an earlier alternative can be lost, or the readings differ anyway ---
  absl::Status AddSwitchTimes(const Limits& limits) {
    const auto best = plan_.Baseline(Reading::kProven, Readiness::kImmediate, limits);
    if (!best.ok()) return best.status();
    const auto worst = plan_.Baseline(Reading::kNotExcluded, Readiness::kImmediate, limits);
    if (!worst.ok()) return worst.status();
    FindTouched();
    for (ConsumerIndex consumer : graph_.consumers()) {
      for (uint32_t g = 0; g < graph_.consumers()[consumer].group_count(); ++g) {
        const uint32_t number = graph_.consumers().GroupNumber(consumer, g);
        AddSwitchTimes(consumer, g, (*best)->delivery[number] != (*worst)->delivery[number]);
      }
    }
    return absl::OkStatus();
  }

  void AddSwitchTimes(ConsumerIndex consumer, uint32_t ordinal, bool always) {
    const GroupView group = graph_.consumers()[consumer].group(ordinal);
    AtomBits matters = always ? FirstBits(entries_.size()) : AtomBits{};
    for (uint32_t k = 0; k < group.size(); ++k) {
      if (k > 0 && group.alternative(k).switch_seconds == AlternativeTerms::kUnknownSwitch && Any(matters)) {
        const FactRef fact{FactKind::kSwitchTime, consumer.value, ordinal, k};
        items_.of_consumer_[consumer.value].push_back(items_.NumberOf(facts_.Of(fact), matters));
      }
      Add(TouchedBy(group.target(k)), matters);
    }
  }

  AtomBits& TouchedBy(Target target) {
    return target.is_consumer() ? touched_consumers_[target.consumer().value]
                                : touched_deployments_[target.deployment().value];
  }

  // T of each atom, in the reading not excluded: upwards until nothing changes.
  void FindTouched() {
    touched_consumers_.assign(graph_.consumers().slots(), AtomBits{});
    touched_deployments_.assign(graph_.deployments().slots(), AtomBits{});
    for (size_t atom = 0; atom < entries_.size(); ++atom) {
      for (DeploymentIndex hit : index_.HitsOf(entries_[atom], Reading::kNotExcluded))
        Set(touched_deployments_[hit.value], atom);
    }
    while (TouchOnce()) {
    }
  }
  bool TouchOnce() {
    bool is_new = false;
    for (uint32_t rank = 0; rank < plan_.node_count(); ++rank) {
      const uint32_t node = plan_.NodeAt(rank);
      if (node >= graph_.consumers().slots() || !graph_.consumers().IsLive({node})) continue;
      const ConsumerView view = graph_.consumers()[{node}];
      for (uint32_t g = 0; g < view.group_count(); ++g) is_new |= TouchGroup({node}, view.group(g));
    }
    return is_new;
  }
  bool TouchGroup(ConsumerIndex consumer, const GroupView& group) {
    AtomBits before{};
    bool is_new = false;
    for (uint32_t k = 0; k < group.size(); ++k) {
      const Target target = group.target(k);
      const bool is_pool =
          !target.is_consumer() && plan_.PoolOf(target.deployment()) != EvaluationPlan::kNoPool;
      if (is_pool) is_new |= Extend(before, TouchedBy(target));
      Add(TouchedBy(target), before);
    }
    return Extend(before, touched_consumers_[consumer.value]) || is_new;
  }
  static bool Extend(const AtomBits& from, AtomBits& to) {
    const AtomBits before = to;
    Add(from, to);
    return to != before;
  }

  struct Sort {
    DeploymentIndex first;
    FactMasks facts;
  };

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const AtomClass atom_class_;
  const AtomIndex& index_;
  const std::span<const AtomIndex::Entry> entries_;
  FactNumbers& facts_;
  OpenItems& items_;
  absl::flat_hash_map<uint32_t, AtomBits> open_;  // By deployment.
  absl::flat_hash_map<std::string, Sort> sorts_;
  std::vector<AtomBits> touched_consumers_, touched_deployments_;
};

absl::StatusOr<OpenItems> OpenItems::Create(const EvaluationPlan& plan, AtomClass atom_class,
                                            const AtomIndex& index, std::span<const AtomIndex::Entry> entries,
                                            FactNumbers& facts, const Limits& limits) {
  OpenItems items;
  if (absl::Status status = Maker(plan, atom_class, index, entries, facts, items).Run(limits); !status.ok()) {
    return status;
  }
  return items;
}

}  // namespace linchpin::engine
