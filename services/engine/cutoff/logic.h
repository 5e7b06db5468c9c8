// The logics over which the conditions of S3 are written once (ADR 0022). Internal to conditions.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_LOGIC_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_LOGIC_H_

#include <algorithm>
#include <vector>

#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/graph/fact.h"

namespace linchpin::engine {

// Yields a Truth.
struct PlainLogic {
  using Value = Truth;
  static Value Of(Truth truth) { return truth; }
  // Decided by what is proven.
  static Value Stated(bool value, const FactRef&) { return Known(value); }
  // Decided by a likelihood.
  static Value Likely(bool value, const FactRef&) { return Known(value); }
  static Value Open(const FactRef&) { return Truth::kUnknown; }
};

// A truth and the facts that make it so, without repeats: of what is true a smallest proof, of what is open
// the operands left open.
struct Explained {
  Truth truth = Truth::kFalse;
  std::vector<FactRef> facts = {};
  std::vector<FactRef> likely = {};  // Likelihoods that decide a true operand, of all ways to be true.
};

struct ExplainingLogic {
  using Value = Explained;
  static Value Of(Truth truth) { return {truth}; }
  static Value Stated(bool value, const FactRef& fact) {
    return value ? Value{Truth::kTrue, {fact}} : Value{Truth::kFalse};
  }
  static Value Likely(bool value, const FactRef& fact) {
    return value ? Value{Truth::kTrue, {fact}, {fact}} : Value{Truth::kFalse};
  }
  static Value Open(const FactRef& fact) { return {Truth::kUnknown, {fact}}; }
};

inline void AppendNew(const std::vector<FactRef>& from, std::vector<FactRef>& to) {
  for (const FactRef& fact : from) {
    if (std::find(to.begin(), to.end(), fact) == to.end()) to.push_back(fact);
  }
}

// The facts of those operands that have the truth of the whole.
inline Explained Joined(Truth truth, const Explained& a, const Explained& b) {
  Explained joined{truth};
  for (const Explained* operand : {&a, &b}) {
    if (operand->truth != truth) continue;
    AppendNew(operand->facts, joined.facts);
    AppendNew(operand->likely, joined.likely);
  }
  return joined;
}

inline Explained And(const Explained& a, const Explained& b) { return Joined(And(a.truth, b.truth), a, b); }

inline Explained Or(const Explained& a, const Explained& b) {
  const Truth truth = Or(a.truth, b.truth);
  if (truth != Truth::kTrue) return Joined(truth, a, b);
  if (a.truth != b.truth) return a.truth == Truth::kTrue ? a : b;
  // Both hold. One proof is enough, and one that needs no likelihood is better than any that does.
  if (a.likely.empty() != b.likely.empty()) return a.likely.empty() ? a : b;
  Explained proof = b.facts.size() < a.facts.size() ? b : a;
  AppendNew(a.likely, proof.likely);
  AppendNew(b.likely, proof.likely);
  return proof;
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_LOGIC_H_
