// Small words of the naive conditions: three-valued truth, sets of names, what is said of a fact.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_NAIVE_HELPERS_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_NAIVE_HELPERS_H_

#include <set>
#include <string>
#include <vector>

#include "tests/unit/engine/naive_conditions.h"

namespace linchpin::engine::naive {

using Tri = int;
using Names = std::set<std::string>;

inline Tri Min(Tri a, Tri b) { return a < b ? a : b; }
inline Tri Max(Tri a, Tri b) { return a > b ? a : b; }
inline Tri Sure(bool value) { return value ? 1 : -1; }

inline const BoundFacts* BoundIn(const KnowledgeFacts& said, FactKind fact) {
  for (const BoundFacts& bound : said.bounds) {
    if (bound.fact == fact) return &bound;
  }
  return nullptr;
}
inline const LikelyFacts* LikelyIn(const KnowledgeFacts& said, FactKind fact) {
  for (const LikelyFacts& likely : said.likely) {
    if (likely.fact == fact) return &likely;
  }
  return nullptr;
}
inline Names Minus(const Names& a, const Names& b) {
  Names out;
  for (const std::string& name : a) {
    if (!b.contains(name)) out.insert(name);
  }
  return out;
}
inline Names SetOf(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }
inline const Names kFlags = {"false", "true"};
inline std::string Flag(const std::string& text) {
  return text == "YES" ? "true" : text == "NO" ? "false" : text;
}
inline const Names kModes = {"VENDOR_API", "THIRD_PARTY_HOSTED", "SELF_HOSTED"};
inline const char* ModeText(HostingMode mode) {
  return mode == HostingMode::kVendorApi          ? "VENDOR_API"
         : mode == HostingMode::kThirdPartyHosted ? "THIRD_PARTY_HOSTED"
                                                  : "SELF_HOSTED";
}

}  // namespace linchpin::engine::naive

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_NAIVE_HELPERS_H_
