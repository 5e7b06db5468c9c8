// Makes findings out of what rules say.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_BUILDER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_BUILDER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// The finding of one violation, without revisions and times.
v1::Finding ViolationFinding(const BoundPolicy& policy, const BoundRule& rule, std::string_view subject,
                             Violation violation);

// One for each rule: what went wrong, with up to 20 subjects. `count` is exact.
v1::Finding ErrorFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                         v1::Severity severity, std::string_view what,
                         const std::vector<std::string>& subjects, int64_t count);

// Says that a rule has more findings than are kept.
v1::Finding SummaryFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                           v1::Severity severity, int64_t kept, int64_t total);

// The findings of data gaps under one assignment.
struct DataGapFindings {
  std::vector<v1::Finding> kept;
  std::set<std::string, std::less<>> cut;  // Names of those not kept that were asked about.
};

// Gathers the facts that rules of one assignment wait for.
//
// Thread safety: none.
class DataGaps {
 public:
  // `rule` of `policy`, asked of `subject`, waits for these facts.
  void Add(const BoundRule& rule, std::string_view subject, const SubjectResult& result);

  // One finding for each missing fact, in order of resource and path; beyond `findings_max` those of the
  // gravest are kept and a SUMMARY tells the rest. `asked` may be null.
  DataGapFindings Findings(const World& world, const BoundPolicy& policy, int64_t findings_max,
                           const FindingMap* asked) const;

 private:
  struct Gap {
    v1::Severity severity = v1::SEVERITY_INFO;
    std::set<std::string> rules;
    std::vector<std::string> subjects;  // Up to kRelatedMax.
    int64_t subject_count = 0;
    std::optional<v1::Explanation::Measure> undecided;
  };
  using Entry = std::pair<const MissingFact, Gap>;

  static v1::Finding FindingOfGap(const World& world, std::string_view assignment, const Entry& entry);

  std::map<MissingFact, Gap> gaps_;
};

// Gravest first, then by name.
void SortGravestFirst(std::vector<v1::Finding>& findings);

// The severity of a data gap that blocks a rule of this severity: one step less.
v1::Severity OneStepBelow(v1::Severity severity);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_BUILDER_H_
