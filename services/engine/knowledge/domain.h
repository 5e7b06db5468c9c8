// What an unknown fact ranges over (knowledge.md K2).
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_DOMAIN_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_DOMAIN_H_

#include <algorithm>
#include <optional>
#include <vector>

#include "services/engine/graph/stated.h"
#include "services/engine/knowledge/rule_set.h"

namespace linchpin::engine {

// Either the values listed, or everything of the type that the fact can be (its base) less the values taken
// out. OTHER stands for what is not in the inventory: it is in every domain that is not listed.
struct Domain {
  bool listed = false;
  bool none = false;           // A known none is a member.
  std::vector<Member> values;  // Ascending: the members if `listed`, else what is taken out.

  static Domain Of(std::vector<Member> values, bool none = false) { return {true, none, std::move(values)}; }

  bool has_other() const { return !listed; }
  bool empty() const { return listed && values.empty() && !none; }
  // Is the value a member, as far as the domain itself says? A base may leave out more.
  bool Allows(Member value) const {
    return std::binary_search(values.begin(), values.end(), value) == listed;
  }
  // Takes out what `removed` holds of.
  template <typename Predicate>
  void RemoveListed(const Predicate& removed) {
    if (listed) std::erase_if(values, removed);
  }
  friend bool operator==(const Domain&, const Domain&) = default;
};

// `domain` cut down by what is said to be one of, or none of, some values.
Domain Cut(const Domain& domain, const Bound& bound);
// The members of either.
Domain Either(const Domain& a, const Domain& b);
// The members of both.
Domain Common(const Domain& a, const Domain& b);

// What is known of one fact without a value.
struct OpenFact {
  Domain proven;
  std::optional<Domain> likely = {};       // Absent: as `proven`.
  bool contradicted = false;               // Read as unknown, and cut by nothing at all.
  Rule proven_rule = Rule::kStated;        // What `proven` was cut by last.
  Rule likely_rule = Rule::kStated;        // What `likely` follows from.
  const Likelihood* likelihood = nullptr;  // Where a document states it.
  // The fact of the same thing that cut this one last, if it is another.
  std::optional<FactKind> proven_from = {};
  std::optional<FactKind> likely_from = {};

  const Domain& OnLikely() const { return likely.has_value() ? *likely : proven; }
};

// Facts that cannot all be true. The fact is then read as unknown, cut by nothing, or, where only likelihoods
// contradict, without them.
struct Contradiction {
  FactKind fact;
  uint32_t subject = 0;       // As in FactRef.
  Rule rule = Rule::kStated;  // The rule whose conclusion does not agree; kStated: what documents say.
  bool of_likelihood = false;

  friend auto operator<=>(const Contradiction&, const Contradiction&) = default;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_DOMAIN_H_
