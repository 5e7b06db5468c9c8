// How the rules of one scope have come out, kept from one evaluation to the next.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_SCOPE_LEDGER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_SCOPE_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/fingerprint.h"
#include "services/policy/domain/incremental/gap_ledger.h"
#include "services/policy/domain/incremental/nearest_instants.h"
#include "services/policy/domain/inquiry/assigned_rules.h"
#include "services/policy/domain/inquiry/scope_outcome.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// How a scope comes out for some subjects: what was asked, and numbers of what was not.
struct ScopePart {
  struct Entry {
    std::string_view subject;
    SubjectResult result;
  };

  void Skip(bool is_likely);
  void Take(std::string_view subject, const SubjectResult& result, int64_t visits_of_it);
  // Whether both have skipped alike and asked nobody.
  bool HasSkippedLike(const ScopePart& other) const {
    return entries.empty() && other.entries.empty() && counts == other.counts && likely == other.likely;
  }

  std::vector<Entry> entries;  // In order of subjects.
  OutcomeCounts counts{}, likely{};
  int64_t violations = 0;
  int64_t visits = 0;
};

// The inventory at both ends of a step.
struct StepViews {
  const replica::View& before;
  const replica::View& after;
  std::set<std::string, std::less<>> moved;            // Names of what is there at one end alone.
  std::set<std::string, std::less<>> owned_otherwise;  // Consumers whose owner differs.
};

// What a scope's findings have come to. Those that stay as they are, are in neither.
struct FindingStep {
  std::vector<v1::Finding> found;  // Without owners, revisions and times.
  std::vector<std::string> gone;   // Names.
};

// Thread safety: none. Ownership: refers to policies, rules and gaps, which must outlive it.
class ScopeLedger {
 public:
  struct Limits {
    int64_t findings_max = 0;
    size_t pass_instants_max = 0;
  };
  // One of the scope's rules, with the gaps of its assignment.
  struct Member : AssignedRule {
    GapLedger* gaps = nullptr;
  };

  explicit ScopeLedger(const Limits& limits) : limits_(limits), passes_(limits.pass_instants_max) {}

  void Add(const Member& member) { members_.push_back(member); }
  const std::vector<Member>& members() const { return members_; }

  // Counts and everything else of a member, as of Evaluate.
  RuleOutcome OutcomeOf(const AssignedRule& rule) const;
  bool has_errors() const { return counts_[v1::OUTCOME_ERROR] > 0; }

  // Takes over how the scope has come out for everything, but for data gaps.
  void Begin(const ScopeOutcome& outcome);

  // `before` came out of the last revision and `after` of the next, for the same subjects. False: it cannot
  // be told what is kept without asking all.
  bool Replace(const ScopePart& before, const ScopePart& after, const StepViews& views, FindingStep& step);

 private:
  // Of each violation of a subject that is kept.
  using Kept = std::vector<Discriminators>;

  void Count(const ScopePart& part, int64_t sign);
  void ReplaceInstants(const ScopePart& before, const ScopePart& after);
  void ReplaceGaps(const ScopePart& before, const ScopePart& after, const StepViews& views);
  // Of one subject; null: it was not asked.
  void ReplaceGapsOf(std::string_view subject, const SubjectResult* before, const SubjectResult* after,
                     const StepViews& views);
  bool ReplaceFindings(const ScopePart& before, const ScopePart& after, const StepViews& views,
                       FindingStep& step);
  // False: another subject would have to come in or go out.
  bool TakeFindings(std::string_view subject, const SubjectResult& before, const SubjectResult& after,
                    const StepViews& views, FindingStep& step);
  // `stays`: the findings of the violation are there, and stay as they are.
  Kept Keep(std::string_view subject, const std::vector<Violation>& violations,
            absl::FunctionRef<bool(const Violation&)> stays, FindingStep& step);
  void Summarize(FindingStep& step);
  int64_t room() const { return limits_.findings_max - kept_count_; }

  const Limits limits_;
  std::vector<Member> members_;
  OutcomeCounts counts_{}, likely_{};
  int64_t violations_ = 0;
  int64_t visits_ = 0;
  bool summarized_ = false;
  FirstInstant passes_;
  std::map<std::string, Kept, std::less<>> kept_;  // By subject.
  int64_t kept_count_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_SCOPE_LEDGER_H_
