// The levels of all consumers with each of some hundred atoms lost alone.
#ifndef LINCHPIN_SERVICES_ENGINE_QUESTIONS_LOSS_BLOCK_H_
#define LINCHPIN_SERVICES_ENGINE_QUESTIONS_LOSS_BLOCK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// One bit for each atom of a block.
inline constexpr size_t kBlockAtoms = 512;
inline constexpr size_t kBlockWords = kBlockAtoms / 64;
using AtomBits = std::array<uint64_t, kBlockWords>;

// Static levels (S5, SUSTAINED) of one reading with each atom of a block lost alone. What is not named is at
// its level with nothing lost.
struct LossBlock {
  std::vector<AtomBits> down;  // By consumer slot: the atoms that take it to 0.
  // By consumer slot: atoms that leave it at another level, and that level, in no order.
  absl::flat_hash_map<uint32_t, std::vector<std::pair<uint32_t, int32_t>>> levels;
};

// Loses blocks of atoms in one reading. Thread safety: one thread at a time. The EvaluationPlan must outlive
// it.
class BlockLoser {
 public:
  // Errors: those of the baseline.
  static absl::StatusOr<std::unique_ptr<BlockLoser>> Create(const EvaluationPlan& plan, Reading reading,
                                                            const Limits& limits);
  virtual ~BlockLoser() = default;

  // At most kBlockAtoms of `index`. Errors: those of Limits, which count over all calls.
  virtual absl::StatusOr<LossBlock> Lose(const AtomIndex& index,
                                         std::span<const AtomIndex::Entry> entries) = 0;
  // Levels with nothing lost, by consumer slot.
  virtual const std::vector<int32_t>& base() const = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_QUESTIONS_LOSS_BLOCK_H_
