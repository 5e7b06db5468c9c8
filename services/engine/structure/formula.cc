#include "services/engine/structure/formula.h"

#include <algorithm>
#include <utility>

namespace linchpin::engine {
namespace {

// Gates are taken apart up to this many arguments, so that a long chain does not cost the square of its
// length.
constexpr size_t kFlatMax = 64;

}  // namespace

Formula::Formula() : gates_{{Kind::kConstant, 0, 0}, {Kind::kConstant, 0, 0}} {}

Gate Formula::Variable(uint32_t variable) {
  if (variable >= variables_.size()) variables_.resize(variable + 1, 0);
  if (variables_[variable] == 0) {
    variables_[variable] = static_cast<Gate>(gates_.size());
    gates_.push_back({Kind::kVariable, variable, 0});
  }
  return variables_[variable];
}

std::span<const Gate> Formula::arguments(Gate gate) const {
  const Entry& entry = gates_[gate];
  if (entry.kind != Kind::kAnd && entry.kind != Kind::kOr) return {};
  return {arguments_.data() + entry.begin, entry.count};
}

// False if some argument decides the gate.
bool Formula::Flatten(Kind kind, std::vector<Gate>& given) const {
  const Gate neutral = kind == Kind::kAnd ? kTrueGate : kFalseGate;
  std::vector<Gate> flat;
  for (Gate argument : given) {
    if (argument <= kTrueGate && argument != neutral) return false;
    if (argument == neutral) continue;
    const std::span<const Gate> inner = arguments(argument);
    if (gates_[argument].kind == kind && flat.size() + inner.size() <= kFlatMax) {
      flat.insert(flat.end(), inner.begin(), inner.end());
    } else {
      flat.push_back(argument);
    }
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  given = std::move(flat);
  return true;
}

// x OR (x AND y) is x, x AND (x OR y) is x.
bool Formula::IsAbsorbed(Kind kind, Gate argument, const std::vector<Gate>& others) const {
  const Kind opposite = kind == Kind::kAnd ? Kind::kOr : Kind::kAnd;
  if (gates_[argument].kind != opposite) return false;
  const std::span<const Gate> inner = arguments(argument);
  return std::any_of(inner.begin(), inner.end(),
                     [&](Gate gate) { return std::binary_search(others.begin(), others.end(), gate); });
}

Gate Formula::Find(Kind kind, const std::vector<Gate>& wanted, uint64_t hash) const {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return 0;
  for (Gate gate : found->second) {
    const std::span<const Gate> had = arguments(gate);
    if (gates_[gate].kind == kind && std::equal(had.begin(), had.end(), wanted.begin(), wanted.end()))
      return gate;
  }
  return 0;
}

Gate Formula::Make(Kind kind, std::vector<Gate> given) {
  if (!Flatten(kind, given)) return kind == Kind::kAnd ? kFalseGate : kTrueGate;
  if (given.size() <= kFlatMax) {
    const std::vector<Gate> all = given;
    std::erase_if(given, [&](Gate argument) { return IsAbsorbed(kind, argument, all); });
  }
  if (given.empty()) return kind == Kind::kAnd ? kTrueGate : kFalseGate;
  if (given.size() == 1) return given[0];
  uint64_t hash = static_cast<uint64_t>(kind);
  for (Gate argument : given) hash = (hash ^ argument) * 0x9E3779B97F4A7C15u + (hash >> 29);
  if (const Gate known = Find(kind, given, hash); known != 0) return known;
  const Gate made = static_cast<Gate>(gates_.size());
  gates_.push_back({kind, static_cast<uint32_t>(arguments_.size()), static_cast<uint32_t>(given.size())});
  arguments_.insert(arguments_.end(), given.begin(), given.end());
  by_hash_[hash].push_back(made);
  return made;
}

std::vector<Gate> Formula::Below(Gate root) const {
  std::vector<bool> met(root + 1, false);
  met[root] = true;
  for (Gate gate = root; gate > kTrueGate; --gate) {
    if (!met[gate]) continue;
    for (Gate argument : arguments(gate)) met[argument] = true;
  }
  std::vector<Gate> below;
  for (Gate gate = 0; gate <= root; ++gate) {
    if (met[gate]) below.push_back(gate);
  }
  return below;
}

bool Formula::Evaluate(Gate root, const std::vector<bool>& is_true) const {
  std::vector<bool> value(root + 1, false);
  if (root >= kTrueGate) value[kTrueGate] = true;
  for (Gate gate : Below(root)) {
    const std::span<const Gate> inner = arguments(gate);
    const auto holds = [&value](Gate argument) { return bool{value[argument]}; };
    if (kind(gate) == Kind::kVariable) value[gate] = is_true[variable(gate)];
    if (kind(gate) == Kind::kAnd) value[gate] = std::all_of(inner.begin(), inner.end(), holds);
    if (kind(gate) == Kind::kOr) value[gate] = std::any_of(inner.begin(), inner.end(), holds);
  }
  return value[root];
}

}  // namespace linchpin::engine
