// A fact that nobody has stated: what an INDETERMINATE outcome waits for.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MISSING_FACT_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MISSING_FACT_H_

#include <algorithm>
#include <string>
#include <vector>

namespace linchpin::policy {

// The resource that lacks it and the path of the field there, in proto names.
struct MissingFact {
  std::string resource;
  std::string path;
  // The fact is there, but lies beyond the `max_depth` of the rule: `path` says what would be read next.
  bool beyond_depth = false;
  // No fact is missing, but the past that a trend rule compares with: why it is, and what to do. There is no
  // resource then, and `path` is how far back the rule looks, such as `30d`.
  std::string past = {};
  std::string remedy = {};

  friend auto operator<=>(const MissingFact&, const MissingFact&) = default;
};

using MissingFacts = std::vector<MissingFact>;

// Puts them in order, each once.
inline void SortUnique(MissingFacts& facts) {
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
}

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MISSING_FACT_H_
