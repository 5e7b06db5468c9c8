// Which facts subjects wait for, counted, and the data gaps that follow for assignments.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_GAP_TALLY_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_GAP_TALLY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/policy/domain/findings/data_gaps.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Ownership: the names are views into the view. Thread safety: none.
// Memory: 24 bytes for each subject of each gap.
class GapTally {
 public:
  GapTally() = default;
  GapTally(GapTally&&) = default;
  GapTally& operator=(GapTally&&) = default;

  // Who waits for facts of one kind, and how often.
  struct Waiting {
    std::vector<std::pair<std::string_view, uint32_t>>
        subjects;                                               // Ascending; with how many facts each lacks.
    absl::flat_hash_map<std::string_view, uint32_t> resources;  // With how many subjects wait for each.
    int64_t count = 0;                                          // Facts missing, by subject.
    std::string why, remedy;                                    // Of a missing past, as the first says.
  };

  // Subjects come in order of names, which lie in the view; a fact of what does not exist is passed over.
  void Add(std::string_view subject, const MissingFacts& missing, const replica::View& view);
  // Takes over what has been told of the subjects that follow.
  void Append(GapTally next);

  const std::map<GapKey, Waiting>& gaps() const { return gaps_; }

 private:
  // Where a fact counts; null where it does not. A missing past is one of no resource.
  struct Place {
    Waiting* waiting = nullptr;
    std::string_view resource;
  };
  const Place& PlaceOf(const MissingFact& fact, const replica::View& view);

  std::map<GapKey, Waiting> gaps_;
  absl::flat_hash_map<std::string, Place> places_;  // By resource and path.
  std::string key_;
};

// Who is concerned by gaps, made once for all assignments whose rules wait for the same.
//
// Ownership: keeps pointers to what it is given. Thread safety: none.
class GapMembersPool {
 public:
  // `keep`, if given, says where a name lies for as long as it is needed; it need not outlive the view else.
  explicit GapMembersPool(std::function<std::string_view(std::string_view)> keep = nullptr)
      : keep_(std::move(keep)) {}
  // Of all these together, each named once; with how often each member counts.
  const GapMembers& Of(const std::vector<const GapTally::Waiting*>& waiting);

 private:
  NameSet Sum(std::vector<NameSet::Entry> entries) const;

  const std::function<std::string_view(std::string_view)> keep_;
  std::map<std::vector<const GapTally::Waiting*>, GapMembers> known_;
};

// Gathers what the rules of one assignment wait for.
//
// Ownership: keeps pointers to the tallies. Thread safety: none.
class AssignmentGaps {
 public:
  // `rule` waits for the facts of its tally. `indeterminate`: the measure that they leave open, if any.
  void Add(const BoundRule& rule, const GapTally& tally,
           const std::optional<v1::Explanation::Measure>& indeterminate);
  // All gaps, ascending by key.
  std::vector<std::pair<GapKey, Gap>> Gaps(GapMembersPool& pool) const;

 private:
  struct Gathered {
    Gap gap;  // Without members.
    std::vector<const GapTally::Waiting*> waiting;
  };
  std::map<GapKey, Gathered> gaps_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_GAP_TALLY_H_
