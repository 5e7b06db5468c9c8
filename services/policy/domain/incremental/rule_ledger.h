// How one rule has come out, kept from one evaluation to the next.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_RULE_LEDGER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_RULE_LEDGER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/outcome_watch.h"
#include "services/policy/domain/incremental/gap_ledger.h"
#include "services/policy/domain/incremental/nearest_instants.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/policy/domain/rules/rule_asker.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// How a rule comes out for some subjects: what was asked, and numbers of what was not.
class RulePart : public OutcomeSink {
 public:
  struct Entry {
    std::string_view subject;
    SubjectResult result;
  };

  // `violations`: with what each violation says.
  explicit RulePart(bool violations) : violations_(violations) {}

  bool WantsViolations() const override { return violations_; }
  void Skip(std::string_view, bool likely) override;
  void Take(std::string_view subject, SubjectResult result) override;

  std::vector<Entry> entries;  // In order of subjects.
  std::array<int64_t, RuleOutcome::kOutcomes> counts{}, likely{};
  int64_t violations = 0;
  int64_t visits = 0;

 private:
  const bool violations_;
};

// What a rule's findings have come to.
struct FindingStep {
  std::vector<v1::Finding> found;  // Without owners, revisions and times.
  std::vector<std::string> gone;   // Names.
};

// Thread safety: none. Ownership: refers to policy, rule and gaps, which must outlive it.
class RuleLedger {
 public:
  struct Limits {
    int64_t findings_max = 0;
    size_t pass_instants_max = 0;
  };

  RuleLedger(const BoundPolicy& policy, size_t place, GapLedger& gaps, const Limits& limits);

  const BoundPolicy& policy() const { return policy_; }
  const BoundRule& rule() const { return rule_; }

  // Counts and everything else, as of Evaluate.
  RuleOutcome Outcome() const;
  bool has_errors() const { return counts_[v1::OUTCOME_ERROR] > 0; }

  // Everything: the rule asked of all subjects. Takes the violations that are kept as findings.
  void Begin(std::string_view subject, SubjectResult result, const replica::View& view, FindingStep& step);
  void Skip(bool likely);
  // All have been asked; `visits` is what that took. The error is that of the first subject.
  void Finish(int64_t visits, FindingStep& step);

  // `before` came out of the last revision and `after` of the next, for the same subjects. False: it cannot
  // be told what is kept without asking all.
  // The violations of `after` are used up.
  bool Replace(const RulePart& before, RulePart& after, const replica::View& view_before,
               const replica::View& view_after, FindingStep& step);

  // Whether its next violations have to be explained: fewer are kept than may be.
  bool has_room() const { return kept_count_ < limits_.findings_max; }

 private:
  void Count(const RulePart& part, int64_t sign);
  // False: another subject would have to come in or go out.
  bool TakeFindings(std::string_view subject, int64_t before, SubjectResult& result, FindingStep& step);
  void Keep(std::string_view subject, std::vector<Violation>& violations, FindingStep& step);
  void Summarize(FindingStep& step);

  const BoundPolicy& policy_;
  const BoundRule& rule_;
  const size_t place_;
  GapLedger& gaps_;
  const Limits limits_;
  std::array<int64_t, RuleOutcome::kOutcomes> counts_{}, likely_{};
  int64_t violations_ = 0;
  int64_t visits_ = 0;
  bool summarized_ = false;
  FirstInstant passes_;
  std::map<std::string, std::vector<std::string>, std::less<>> kept_;  // Names of findings by subject.
  int64_t kept_count_ = 0;
  std::string error_;
  std::vector<std::string> error_subjects_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_RULE_LEDGER_H_
