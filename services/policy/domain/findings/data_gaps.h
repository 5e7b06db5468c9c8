// Data gaps: which kinds of fact the rules of an assignment wait for, and of which resources.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DATA_GAPS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DATA_GAPS_H_

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Who is concerned by a data gap, each list in order of names and without repeats. Views into the view that
// was evaluated.
struct GapMembers {
  std::vector<std::string_view> resources;  // Lack the fact.
  std::vector<std::string_view> subjects;   // Wait for it.

  // Is the name among them, or a child of it?
  bool Concern(std::string_view name) const;
};

// The findings of data gaps under one assignment.
struct DataGapFindings {
  std::vector<v1::Finding> kept;
  std::map<std::string, GapMembers, std::less<>> members;  // Of those kept, by name.
  std::set<std::string, std::less<>> cut;                  // Names of those not kept that were asked about.
};

// Gathers the facts that rules of one assignment wait for. One gap stands for one kind of fact: the same
// field of resources of one kind.
//
// Ownership: keeps a reference to the view. Thread safety: none.
class DataGaps {
 public:
  explicit DataGaps(const replica::View& view) : view_(view) {}

  // `rule`, asked of `subject`, waits for the missing facts of the result.
  void Add(const BoundRule& rule, std::string_view subject, const SubjectResult& result);

  // One finding for each kind of fact; beyond `findings_max` those of the gravest rules are kept and a
  // SUMMARY tells the rest. `asked` may be null.
  DataGapFindings Findings(const BoundPolicy& policy, int64_t findings_max, const FindingMap* asked);

 private:
  struct Key {
    std::string kind;  // "Application"
    std::string path;  // "alternatives[].last_test.time"
    bool beyond_depth = false;

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Gap {
    v1::Severity severity = v1::SEVERITY_INFO;
    std::set<std::string> rules;
    GapMembers members;
    std::optional<v1::Explanation::Measure> indeterminate;
  };
  using Entry = std::pair<const Key, Gap>;

  v1::Finding FindingOfGap(const BoundPolicy& policy, const Entry& entry) const;
  std::string MessageOf(const Entry& entry) const;
  std::string Lacking(const Entry& entry) const;

  const replica::View& view_;
  std::map<Key, Gap> gaps_;
};

// What a data gap's finding says with documents for all that lack the fact, at most 10,000, in place of a
// sample. Nothing is changed where no document would help.
void FillInAll(const GapMembers& members, v1::DataGap& gap);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DATA_GAPS_H_
