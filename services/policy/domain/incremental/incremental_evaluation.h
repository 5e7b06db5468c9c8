// Evaluation of policies from one revision of the inventory to the next: only what a change can touch is
// asked again, and the result is that of Evaluate, bit for bit.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_INCREMENTAL_EVALUATION_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_INCREMENTAL_EVALUATION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/data_gaps.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/incremental/change_reach.h"
#include "services/policy/domain/incremental/gap_ledger.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/policy/domain/rules/resource_use.h"
#include "services/replica/view.h"

namespace linchpin::policy {

using GapMap = std::map<std::string, GapMembers, std::less<>>;

// What is evaluated. Shared, since the next step compares with it.
struct EvaluationInput {
  std::shared_ptr<const replica::View> view;
  std::shared_ptr<const PolicySet> policies;
  absl::Time now;
  int64_t policy_revision = 0;
  // As in EvaluationOptions.
  std::shared_ptr<const PastInventory> past = nullptr;
};

struct EvaluationStep {
  // Of the whole: as Evaluate gives it, but for `outcomes`, which are not kept. Of a part: the findings that
  // are there of what was asked again, and how those that have gone came out. Its `rules` are then only those
  // of which something is an error, and it has no gaps: see IncrementalEvaluation.
  Evaluation evaluation;
  // Of a part: names of findings that were there before and are no longer.
  std::vector<std::string> gone;
};

// How a part is found. The subjects that a change touches (ReachOf) and those whose time has come are asked
// twice, of the inventory before and after, and the difference goes into counts, findings and data gaps.
// Nothing is kept by subject but what tells its violations apart, once for all rules that ask the same of the
// same subjects (Questions).
//
// What is evaluated whole, all by itself:
//   - rules over a population (concentration, survivability, trend), whenever what they weigh or who belongs
//   may differ; a trend also when it looks back to another moment, which is once an hour.
// Where everything is evaluated whole (Update returns nothing):
//   - other policies, assignments or jurisdiction sets; a clock that has been set back;
//   - a change that touches more than ReachLimits, the first or the last application, documents in
//   quarantine;
//   - a rule that is an error for some subject, before or after: the error hides what it was;
//   - a rule with more violations than are kept, if those kept are others;
//   - when the nearest of the instants at which something changes by time alone have been used up.
//
// Ownership: shares what it evaluated last. Thread safety: none.
// Memory: besides the inventory before, some 200 bytes for each violation of each scope, 24 for each resource
// and subject of
//   each data gap and about 100 for each name among those, 300 for each deployment that a lineage rule has
//   judged (Options::judged_max at most), 100 for each instant (at most 65,536 and 64 for each rule).
class IncrementalEvaluation {
 public:
  struct Options {
    engine::DisabledRules disabled_rules = {};
    int64_t findings_max = 10'000;  // As in EvaluationOptions.
    int threads = 1;                // Of EvaluateAll, as in EvaluationOptions.
    size_t judged_max = 400'000;
    size_t instants_max = 65'536;
    size_t pass_instants_max = 64;  // For each rule.
    ReachLimits reach = {};
  };

  explicit IncrementalEvaluation(Options options);
  ~IncrementalEvaluation();

  // Evaluates everything. `previous` are the findings that may be resolved by it.
  // Errors: CANCELLED; everything has to be evaluated again then.
  absl::StatusOr<EvaluationStep> EvaluateAll(EvaluationInput input, const FindingMap& previous,
                                             const std::function<bool()>& cancelled = nullptr);
  // Evaluates what differs from the last step. `changed` names all documents of the inventory that may have
  // been written or deleted since; `previous` are the findings after that step. Nothing: everything has to be
  // evaluated; nothing else may be asked before.
  std::optional<EvaluationStep> Update(EvaluationInput input, const std::vector<std::string>& changed,
                                       const FindingMap& previous);

  // After the last step; see Evaluation and FindingSet.
  std::vector<RuleOutcome> rules() const;
  const GapMap& gaps() const;
  // What gaps() has views into.
  std::shared_ptr<const NamePool> names() const;
  const std::vector<absl::Time>& retirements() const;
  std::shared_ptr<const engine::Knowledge> knowledge() const;
  // From when on something differs although nothing has changed. Nothing: never.
  std::optional<absl::Time> due() const;

 private:
  class State;
  const Options options_;
  std::unique_ptr<State> state_;  // Null: nothing is known.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_INCREMENTAL_EVALUATION_H_
