// Monotone boolean functions written as a directed acyclic graph of AND and OR.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_FORMULA_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_FORMULA_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace linchpin::engine {

// A gate, a variable or a constant of one Formula.
using Gate = uint32_t;
inline constexpr Gate kFalseGate = 0;
inline constexpr Gate kTrueGate = 1;

// A set of gates. Equal gates are kept once, constants are folded, repeated and absorbed arguments are left
// out, and a gate of the same kind as the one it enters is taken apart where that stays small; so functions
// that are plainly equal have one number. Arguments have smaller numbers than the gate that they enter.
//
// Thread safety: one thread at a time.
class Formula {
 public:
  enum class Kind : uint8_t { kConstant, kVariable, kAnd, kOr };

  Formula();

  Gate Variable(uint32_t variable);
  // The AND of nothing is true, the OR of nothing false. `arguments` in any order.
  Gate And(std::vector<Gate> arguments) { return Make(Kind::kAnd, std::move(arguments)); }
  Gate Or(std::vector<Gate> arguments) { return Make(Kind::kOr, std::move(arguments)); }

  Kind kind(Gate gate) const { return gates_[gate].kind; }
  // Only of a variable.
  uint32_t variable(Gate gate) const { return gates_[gate].begin; }
  // Ascending; empty but for AND and OR.
  std::span<const Gate> arguments(Gate gate) const;
  size_t size() const { return gates_.size(); }

  // Gates below `root`, itself included, ascending.
  std::vector<Gate> Below(Gate root) const;
  // Is the function true when exactly the variables of `is_true` are? Cost: the gates.
  bool Evaluate(Gate root, const std::vector<bool>& is_true) const;

 private:
  struct Entry {
    Kind kind;
    uint32_t begin;  // Into arguments_; of a variable, the variable.
    uint32_t count;
  };
  Gate Make(Kind kind, std::vector<Gate> arguments);
  bool Flatten(Kind kind, std::vector<Gate>& arguments) const;
  bool IsAbsorbed(Kind kind, Gate argument, const std::vector<Gate>& arguments) const;
  Gate Find(Kind kind, const std::vector<Gate>& arguments, uint64_t hash) const;

  std::vector<Entry> gates_;
  std::vector<Gate> arguments_;
  std::vector<Gate> variables_;  // By variable; 0 where there is none yet.
  absl::flat_hash_map<uint64_t, std::vector<Gate>> by_hash_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_FORMULA_H_
