// Which unknown facts leave open whether an atom hits what a consumer depends on, for a block of atoms at
// once.
#ifndef LINCHPIN_SERVICES_ENGINE_QUESTIONS_OPEN_ITEMS_H_
#define LINCHPIN_SERVICES_ENGINE_QUESTIONS_OPEN_ITEMS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/questions/loss_block.h"

namespace linchpin::engine {

// Numbers for facts, in the order in which they are met.
class FactNumbers {
 public:
  uint32_t Of(const FactRef& fact) {
    const auto [found, is_new] = numbers_.try_emplace(fact, static_cast<uint32_t>(facts_.size()));
    if (is_new) facts_.push_back(fact);
    return found->second;
  }
  const std::vector<FactRef>& facts() const { return facts_; }

 private:
  absl::flat_hash_map<FactRef, uint32_t> numbers_;
  std::vector<FactRef> facts_;
};

// The open facts of one block. An item is a fact with the atoms under which it is open somewhere; what a
// deployment or a consumer adds to those who reach it is a list of items.
//
// Ownership: what it is made from must outlive it. Thread safety: immutable once made.
// Cost: explains S3 once for each sort of deployments and atom that is open of it.
class OpenItems {
 public:
  struct Item {
    uint32_t fact = 0;  // By FactNumbers.
    uint32_t mask = 0;  // By masks().
  };

  // Errors: those of the baselines; Cancelled.
  static absl::StatusOr<OpenItems> Create(const EvaluationPlan& plan, AtomClass atom_class,
                                          const AtomIndex& index, std::span<const AtomIndex::Entry> entries,
                                          FactNumbers& facts, const Limits& limits);

  const std::vector<Item>& items() const { return items_; }
  const std::vector<AtomBits>& masks() const { return masks_; }
  // The number of a mask that holds the atoms of both.
  uint32_t Join(uint32_t a, uint32_t b);

  void AppendOfDeployment(DeploymentIndex deployment, std::vector<uint32_t>& items) const {
    Append(of_deployment_, deployment.value, items);
  }
  void AppendOfConsumer(ConsumerIndex consumer, std::vector<uint32_t>& items) const {
    Append(of_consumer_, consumer.value, items);
  }

 private:
  class Maker;
  using Lists = absl::flat_hash_map<uint32_t, std::vector<uint32_t>>;

  static void Append(const Lists& lists, uint32_t key, std::vector<uint32_t>& items) {
    const auto found = lists.find(key);
    if (found != lists.end()) items.insert(items.end(), found->second.begin(), found->second.end());
  }
  uint32_t NumberOf(const AtomBits& mask);
  uint32_t NumberOf(uint32_t fact, const AtomBits& mask);

  std::vector<Item> items_;
  std::vector<AtomBits> masks_;
  absl::flat_hash_map<AtomBits, uint32_t> mask_numbers_;
  absl::flat_hash_map<uint64_t, uint32_t> item_numbers_;  // By fact and mask.
  absl::flat_hash_map<uint64_t, uint32_t> joined_;        // By two masks.
  Lists of_deployment_, of_consumer_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_QUESTIONS_OPEN_ITEMS_H_
