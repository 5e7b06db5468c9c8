// Minimal cut sets: the smallest sets of atoms whose loss fails consumers (S8.2).
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_CUT_SETS_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_CUT_SETS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/structure/failure_diagram.h"
#include "services/engine/structure/failure_function.h"

namespace linchpin::engine {

inline constexpr uint32_t kCutSetSizeMax = 10;

struct CutSetOptions {
  uint32_t size_max = 3;     // At most kCutSetSizeMax. 1: single points of failure only.
  size_t sets_max = 10'000;  // Sets that are listed; counts go on.
  bool count_all = false;    // Count the sets of every size, not only those listed.
  StructureLimits limits = {};
};

struct CutSets {
  // By size, then lexicographically by keys; the keys of a set ascend bytewise. All of the sizes up to
  // complete_to, or the first sets_max of them.
  std::vector<std::vector<std::string>> sets;
  // How many there are of each size from 0. A count that passes 2^64 - 1 stays there. The size at the end is
  // complete_to or, if counted_all, the largest that there is.
  std::vector<uint64_t> count_by_size;
  // Every set of this size or less is known; below size_max if a limit was reached, nothing (absent) if not
  // even the empty set could be decided.
  std::optional<uint32_t> complete_to;
  bool counted_all = false;
  // Sets of a size in complete_to that `sets` leaves out.
  bool list_is_cut = false;
  size_t atom_count = 0;  // Atoms that hit something in reach.
  // What keeps the levels from being a matter of a few steps, so that sets were searched one by one.
  std::optional<Target> obstacle;
};

// Errors: InvalidArgument for size_max above kCutSetSizeMax; those of FailureFunction::Create and of Limits.
// Cost: for few sizes, that of the sets; counting all builds the decision diagram.
// Example:
//   FailureQuestion question{.consumers = {claims}, .atoms = {&vendors, &hosts}};
//   absl::StatusOr<CutSets> cuts = FindCutSets(plan, question, {.size_max = 2});
absl::StatusOr<CutSets> FindCutSets(const EvaluationPlan& plan, const FailureQuestion& question,
                                    const CutSetOptions& options = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_CUT_SETS_H_
