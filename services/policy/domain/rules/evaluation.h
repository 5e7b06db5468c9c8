// The one evaluator: policies against one revision of the inventory at one instant. Continuous evaluation and
// EvaluatePolicies both call it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_EVALUATION_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_EVALUATION_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/data_gaps.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/findings/outcome_watch.h"
#include "services/policy/domain/trends/past_inventory.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// An assignment with its policy, ready, or with why it cannot be evaluated.
struct AssignedPolicy {
  std::string assignment;
  std::string policy;
  std::vector<std::string> rules;  // Ids, in the order of the policy.
  std::vector<v1::Severity> severities;
  absl::StatusOr<BoundPolicy> bound = absl::UnknownError("");
  std::string owner;  // Who answers for findings of whose subject nobody does.
  absl::Duration waiver_max = absl::Hours(24 * 180);  // How far ahead a waiver of its findings may expire.
  v1::Mode mode = v1::MODE_AUDIT;                     // Never unspecified.
};

// Binds an assignment to its policy.
AssignedPolicy Assign(const v1::Policy& policy, const v1::Assignment& assignment,
                      const JurisdictionSets& sets);

struct EvaluationOptions {
  absl::Time now;
  int64_t policy_revision = 0;
  // Findings kept for each rule, and data gaps for each assignment; beyond it a SUMMARY tells how many there
  // are.
  int64_t findings_max = 10'000;
  // Outcomes by subject that are kept; 0: none.
  int64_t outcomes_max = 0;
  // Findings whose outcomes are noted in `watched`; null: none. Must outlive the evaluation's result.
  const FindingMap* watch = nullptr;
  // What is known of the view's graph; null: found anew.
  std::shared_ptr<const engine::Knowledge> knowledge;
  // What rules of kind trend compare with (MomentsOf); null: there is no past.
  std::shared_ptr<const PastInventory> past;
  // By which it is found anew.
  engine::DisabledRules disabled_rules;
  // Threads, the caller's among them. The result is the same whatever their number.
  int threads = 1;
  // Told now and then how much is done, in rules, and how many there are. May be null.
  std::function<void(int64_t done, int64_t total)> progress;
  // Asked now and then; true ends the evaluation with CANCELLED. May be null.
  std::function<bool()> cancelled;
};

struct RuleOutcome {
  static constexpr int kOutcomes = 7;

  std::string assignment;
  std::string policy;
  std::string rule;
  std::array<int64_t, kOutcomes> counts{};  // By v1::Outcome.
  std::array<int64_t, kOutcomes> likely{};  // Of these, those that likely facts decide.
  // Until when every subject that passes goes on to pass, if no fact changes; nothing: forever.
  std::optional<absl::Time> passes_until;
};

// How well an outcome is known.
v1::Certainty CertaintyOf(v1::Outcome outcome, bool likely);

struct Evaluation {
  int64_t inventory_revision = 0;
  int64_t policy_revision = 0;
  absl::Time now;
  // The instant from which the result may differ although nothing has changed.
  std::optional<absl::Time> due;
  std::vector<RuleOutcome> rules;  // By assignment, then in the order of the policy.
  // Gravest first, then by name. Without the fields of their life (state, times, episode).
  std::vector<v1::Finding> findings;
  std::vector<v1::EvaluationResult::SubjectOutcome> outcomes;
  OutcomeWatch watched;
  // Who is concerned by each data gap, by the name of its finding. Views into the view evaluated.
  std::map<std::string, GapMembers, std::less<>> gaps;
  // Names of watched data gaps that are there still, beyond those kept.
  std::set<std::string, std::less<>> gaps_cut;
};

// Sets when and of which revisions a finding is.
void StampFinding(const Evaluation& evaluation, v1::Finding& finding);

// Evaluates all of `policies`, which must be in order of assignment. Equal input gives equal output, bit for
// bit.
//
// Thread safety: stateless; calls may run at once.
// Errors: CANCELLED. What goes wrong in one rule is outcome ERROR and a finding.
// Cost: linear in the subjects and in what they depend on, for each rule; one pass over the documents for all
// selectors.
absl::StatusOr<Evaluation> Evaluate(const replica::View& view, const std::vector<AssignedPolicy>& policies,
                                    const EvaluationOptions& options);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_EVALUATION_H_
