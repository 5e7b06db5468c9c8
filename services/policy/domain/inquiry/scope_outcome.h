// How the rules of one scope have come out for some subjects, or for all.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_SCOPE_OUTCOME_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_SCOPE_OUTCOME_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/policy/domain/findings/gap_tally.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// What is kept of outcomes.
struct OutcomeLimits {
  int64_t findings_max = 0;  // Violations with what they say.
  // Every instant at which something changes by time alone, rather than the first.
  bool all_instants = false;
};

// Numbers of outcomes, by v1::Outcome.
using OutcomeCounts = std::array<int64_t, 7>;

// Of subjects that follow each other in order of names.
//
// Ownership: names are views into the view. Thread safety: none.
struct ScopeOutcome {
  // A subject with the violations of it that are kept.
  struct Kept {
    std::string_view subject;
    std::vector<Violation> violations;
  };
  // How a subject that is watched has come out; of its violations the first `kept` are kept, after
  // `kept_before` of other subjects.
  struct Noted {
    std::string_view subject;
    v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
    bool open = false;
    int64_t violations = 0;
    int64_t kept = 0;
    int64_t kept_before = 0;
  };
  struct Listed {
    std::string_view subject;
    v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
    bool likely = false;
  };

  OutcomeCounts counts{};
  OutcomeCounts likely{};  // Of these, those that likely facts decide.
  int64_t violations = 0;
  int64_t visits = 0;
  std::vector<Kept> kept;
  int64_t kept_count = 0;  // Violations in `kept`.
  GapTally gaps;
  std::optional<v1::Explanation::Measure> indeterminate;  // Of the first that has one.
  std::string error;                                      // Of the first.
  std::vector<std::string_view> error_subjects;           // The first 20.
  std::vector<std::string_view> asked;                    // The first 20 that were not skipped.
  // From when on something may differ, and until when a PASS holds: all, or the first of each.
  std::vector<std::pair<absl::Time, std::string_view>> dues;
  std::vector<absl::Time> passes;
  std::vector<Noted> noted;
  std::vector<Listed> listed;

  void Skip(bool is_likely) {
    ++counts[v1::OUTCOME_NOT_APPLICABLE];
    likely[v1::OUTCOME_NOT_APPLICABLE] += is_likely ? 1 : 0;
  }
  // How many violations of the subject are kept.
  int64_t Take(std::string_view subject, const SubjectResult& result, const OutcomeLimits& limits,
               const replica::View& view);
  // The one subject of a rule over a population, which is noted and listed too.
  void TakeAlone(std::string_view subject, const SubjectResult& result, const OutcomeLimits& limits,
                 const replica::View& view);
  // Takes over what was told of the subjects that follow. What lies beyond the limits is dropped: the same is
  // left wherever the subjects were parted.
  void Append(ScopeOutcome next, const OutcomeLimits& limits);
  // How many of the subjects were asked, and the rule applies to them.
  int64_t asked_count() const;
  // Makes an error of all that was asked.
  void Fail(std::string_view what);
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_SCOPE_OUTCOME_H_
