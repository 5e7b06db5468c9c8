// Which facts the rules of one assignment wait for, kept from one evaluation to the next.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_GAP_LEDGER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_GAP_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/node_hash_set.h"
#include "services/policy/domain/findings/data_gaps.h"
#include "services/policy/domain/findings/gap_tally.h"
#include "services/policy/domain/inquiry/scope_outcome.h"

namespace linchpin::policy {

// Names that lie in one place for as long as anybody needs them.
//
// Thread safety: one thread adds; what Keep returned may be read by all.
class NamePool {
 public:
  std::string_view Keep(std::string_view name) { return *names_.emplace(name).first; }
  size_t size() const { return names_.size(); }

 private:
  absl::node_hash_set<std::string> names_;
};

// A missing fact with the gap that it counts to; see MissingFact.
struct GapFact {
  GapKey key;
  std::string resource;
  std::string past = {};
  std::string remedy = {};

  friend auto operator<=>(const GapFact&, const GapFact&) = default;
};

// Says the same as AssignmentGaps, of what has been added and not removed since.
//
// Ownership: keeps a reference to the pool, and to rules. Thread safety: none.
// Memory: 24 bytes for each resource and subject of each gap, besides their names.
class GapLedger {
 public:
  explicit GapLedger(NamePool& names) : names_(&names) {}

  // What rules wait for at first, by their places in the policy. `members` keeps names in the pool.
  void Begin(const std::vector<std::pair<const BoundRule*, const ScopeOutcome*>>& rules,
             GapMembersPool& members);

  // `rule`, the `place`th of its policy, asked of `subject`, waits for the facts, or does so no longer.
  // `indeterminate`: the measure that they leave open, if any.
  void Add(const BoundRule& rule, size_t place, std::string_view subject, const std::vector<GapFact>& facts,
           const std::optional<v1::Explanation::Measure>& indeterminate);
  void Remove(size_t place, std::string_view subject, const std::vector<GapFact>& facts);

  // All gaps, ascending by key.
  std::vector<std::pair<GapKey, Gap>> All() const;
  // Nothing: there is no such gap (any more).
  std::optional<Gap> Find(const GapKey& key) const;
  size_t size() const { return gaps_.size(); }

  // What is said of gaps of this kind of resource differs, although none has been added or removed.
  void TouchKind(const std::string& kind);
  // The gaps of which something that people see has been touched since the last call.
  std::set<GapKey> TakeTouched() { return std::exchange(touched_, {}); }

 private:
  struct Share {
    const BoundRule* rule = nullptr;
    int64_t count = 0;  // Facts missing, by subject.
    std::optional<v1::Explanation::Measure> indeterminate;
    std::string why, remedy;  // Of a missing past.
  };
  struct Kept {
    std::map<size_t, Share> rules;  // By place.
    GapMembers members;
  };
  static Gap GapOf(const Kept& kept);

  NamePool* names_;
  std::map<GapKey, Kept> gaps_;
  std::set<GapKey> touched_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_GAP_LEDGER_H_
