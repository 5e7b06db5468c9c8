// Data gaps: which kinds of fact the rules of an assignment wait for, and of which resources.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DATA_GAPS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DATA_GAPS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/base/shared_set.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Names in order, each with how often it was met.
class NameSet {
 public:
  struct Entry {
    std::string_view name;
    uint32_t count = 1;
  };

 private:
  struct ByName {
    bool operator()(const Entry& a, const Entry& b) const { return a.name < b.name; }
    bool operator()(const Entry& a, std::string_view name) const { return a.name < name; }
    bool operator()(std::string_view name, const Entry& b) const { return name < b.name; }
  };
  using Set = base::SharedSet<Entry, ByName>;

 public:
  NameSet() = default;
  NameSet(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) Put({name});
  }
  // Of names in order, each once.
  static NameSet FromSorted(std::vector<Entry> entries);

  size_t size() const { return set_.size(); }
  bool empty() const { return set_.empty(); }
  Set::Iterator begin() const { return set_.begin(); }
  Set::Iterator end() const { return set_.end(); }
  Set::Iterator LowerBound(std::string_view name) const { return set_.LowerBound(name); }
  Set::Iterator Find(std::string_view name) const { return set_.Find(name); }
  void Put(const Entry& entry) { set_.Put(entry); }
  void Erase(std::string_view name) { set_.Erase(name); }
  // The first of them, at most `max`.
  std::vector<std::string_view> First(size_t max) const;

 private:
  Set set_;
};

// Who is concerned by a data gap. The names are views into the view that was evaluated, or into what
// FindingSet::names holds.
struct GapMembers {
  NameSet resources;  // Lack the fact.
  NameSet subjects;   // Wait for it.

  // Is the name among them, or a child of it?
  bool Concern(std::string_view name) const;
};

// The findings of data gaps under one assignment.
struct DataGapFindings {
  std::vector<v1::Finding> kept;
  std::map<std::string, GapMembers, std::less<>> members;  // Of those kept, by name.
  std::set<std::string, std::less<>> cut;                  // Names of those not kept that were asked about.
};

// Which kind of fact a gap stands for: the same field of resources of one kind.
struct GapKey {
  std::string kind;  // "Application"
  std::string path;  // "alternatives[].last_test.time"
  bool beyond_depth = false;
  std::string past = {};  // How far back a past is missing, such as `30d`; kind and path are then empty.

  friend auto operator<=>(const GapKey&, const GapKey&) = default;
};
// Nothing for a fact of what does not exist.
std::optional<GapKey> GapKeyOf(const MissingFact& fact, const replica::View& view);

// What is known of one gap.
struct Gap {
  v1::Severity severity = v1::SEVERITY_INFO;
  std::set<std::string> rules;
  GapMembers members;
  std::optional<v1::Explanation::Measure> indeterminate;  // Of the first rule that has one.
  std::string why, remedy;                                // Of a missing past, as the first rule says.
};

// The name of its finding.
std::string GapFindingName(std::string_view assignment, const GapKey& key);
// The finding, without owner, revisions and times. `view` counts how many resources there are of the kind.
v1::Finding GapFinding(const BoundPolicy& policy, const GapKey& key, const Gap& gap,
                       const replica::View& view);

// One finding for each gap, `gaps` ascending by key; beyond `findings_max` those of the gravest rules are
// kept and a SUMMARY tells the rest. `asked` may be null.
DataGapFindings FindingsOfGaps(const BoundPolicy& policy, std::vector<std::pair<GapKey, Gap>> gaps,
                               int64_t findings_max, const FindingMap* asked, const replica::View& view);

// What a data gap's finding says with documents for all that lack the fact, at most 10,000, in place of a
// sample. Nothing is changed where no document would help.
void FillInAll(const GapMembers& members, v1::DataGap& gap);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DATA_GAPS_H_
