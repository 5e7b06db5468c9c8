// When consumers fail, as a function of the atoms that are lost (S8).
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_FUNCTION_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_FUNCTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/structure/formula.h"

namespace linchpin::engine {

// A cause besides the atoms that takes several of them at once (S8.4).
struct CommonCause {
  std::string key;                   // Unlike that of any atom.
  std::vector<std::string> members;  // Keys of atoms. What they hit, it hits.
};

struct FailureQuestion {
  enum class Together : uint8_t { kAny, kAll };

  std::vector<ConsumerIndex> consumers;  // At least one, live.
  Together together = Together::kAny;    // The set fails when any of them does, or when all do.
  Reading reading = Reading::kProven;
  Readiness readiness = Readiness::kSustained;
  int32_t threshold_ppm = 0;  // A consumer fails at a level of this or less.
  std::vector<const AtomIndex*> atoms = {};
  std::vector<CommonCause> common_causes = {};
};

// Atoms that hit the same deployments among those that matter, so that each stands for all of them.
struct AtomGroup {
  std::vector<std::string> keys;  // Bytewise ascending.
  std::vector<DeploymentIndex> hits;
};

// The question with its variables, and the formula of failing where levels are a matter of a few steps: no
// pool in reach can run short, and shares and qualities give few enough values (level_steps.h). Cycles of
// consumers are followed to the greatest fix-point of S5.
//
// Ownership: keeps nothing of what it was made from but the EvaluationPlan, which must outlive it.
// Thread safety: const members may run at once.
class FailureFunction {
 public:
  // Errors: InvalidArgument for a common cause with an unknown member or the key of another; Cancelled.
  // Cost: what the consumers reach through their alternatives, and what the atoms hit.
  static absl::StatusOr<FailureFunction> Create(const EvaluationPlan& plan, const FailureQuestion& question,
                                                const Limits& limits = {});

  static constexpr size_t kGatesMax = 2'000'000;

  // Variable by variable, by the first key. Atoms that hit nothing in reach are none.
  const std::vector<AtomGroup>& variables() const { return variables_; }
  size_t atom_count() const { return atom_count_; }

  // Whether formula() says all. If not, FailureSearch::Fails (failure_search.h) has to be asked.
  bool has_formula() const { return !obstacle_.has_value(); }
  // Then, what prevents it: a deployment whose capacity can run short, or a consumer with too many levels
  // or with a formula of more than kGatesMax gates.
  const std::optional<Target>& obstacle() const { return obstacle_; }
  const Formula& formula() const { return *formula_; }
  Gate root() const { return root_; }

  const EvaluationPlan& plan() const { return *plan_; }
  const FailureQuestion& question() const { return question_; }

 private:
  friend class FailureFunctionMaker;
  FailureFunction() = default;

  const EvaluationPlan* plan_ = nullptr;
  FailureQuestion question_;
  std::vector<AtomGroup> variables_;
  size_t atom_count_ = 0;
  std::optional<Target> obstacle_;
  std::shared_ptr<Formula> formula_;
  Gate root_ = kFalseGate;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_FUNCTION_H_
