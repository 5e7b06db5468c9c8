#include "services/engine/levels/cycle_bound.h"

#include <algorithm>
#include <map>
#include <set>

namespace linchpin::engine {
namespace {

constexpr int64_t kTermsMax = 1'000'000;
constexpr int kClampRoundsMax = 20;
// What the bound is raised by, times v, so that the check has room for what was rounded: far more than
// arithmetic of 64 bits of mantissa loses on quantities up to 10^6, far less than one unit matters.
constexpr long double kRoom = 1e-9L;

// Two right-hand sides at once: b, and 1.
struct Pair {
  long double b = 0, one = 0;
};

// Solves x = M x + rhs by putting one equation after the other into the rest. M has no negative entry.
class Elimination {
 public:
  Elimination(const std::vector<AffineBound>& bounds, const std::vector<bool>& is_zero)
      : rows_(bounds.size()), rhs_(bounds.size()), readers_(bounds.size()) {
    for (uint32_t i = 0; i < bounds.size(); ++i) {
      rhs_[i] = {is_zero[i] ? 0 : static_cast<long double>(bounds[i].constant), 1};
      if (is_zero[i]) continue;
      for (const auto& [place, factor] : bounds[i].terms) AddTerm(i, place, factor);
    }
  }

  // Nothing where some quantity could hold itself up, or too many terms come up.
  std::optional<std::vector<Pair>> Solve() {
    for (uint32_t k = 0; k < rows_.size(); ++k) {
      if (!Eliminate(k)) return std::nullopt;
    }
    std::vector<Pair> solved(rows_.size());
    for (uint32_t k = static_cast<uint32_t>(rows_.size()); k-- > 0;) {
      solved[k] = rhs_[k];
      for (const auto& [place, factor] : rows_[k]) {
        solved[k].b += factor * solved[place].b;
        solved[k].one += factor * solved[place].one;
      }
    }
    return solved;
  }

 private:
  void AddTerm(uint32_t row, uint32_t place, long double factor) {
    if (factor == 0) return;
    if (rows_[row].try_emplace(place, 0).second) ++terms_;
    rows_[row][place] += factor;
    readers_[place].insert(row);
  }

  // Row k, rid of itself, goes into the rows behind it that read it; it reads those behind it only.
  bool Eliminate(uint32_t k) {
    if (const auto self = rows_[k].find(k); self != rows_[k].end()) {
      const long double rest = 1 - self->second;
      if (rest <= 0) return false;
      rows_[k].erase(self);
      for (auto& [place, factor] : rows_[k]) factor /= rest;
      rhs_[k].b /= rest;
      rhs_[k].one /= rest;
    }
    for (uint32_t reader : readers_[k]) {
      if (reader <= k) continue;
      const auto term = rows_[reader].find(k);
      if (term == rows_[reader].end()) continue;
      const long double factor = term->second;
      rows_[reader].erase(term);
      for (const auto& [place, of] : rows_[k]) AddTerm(reader, place, factor * of);
      rhs_[reader].b += factor * rhs_[k].b;
      rhs_[reader].one += factor * rhs_[k].one;
    }
    return terms_ <= kTermsMax;
  }

  std::vector<std::map<uint32_t, long double>> rows_;
  std::vector<Pair> rhs_;
  std::vector<std::set<uint32_t>> readers_;  // By place; some may read it no more.
  int64_t terms_ = 0;
};

long double Value(const AffineBound& bound, const std::vector<long double>& of, bool with_constant) {
  long double sum = with_constant ? bound.constant : 0;
  for (const auto& [place, factor] : bound.terms) sum += static_cast<long double>(factor) * of[place];
  return sum;
}

// Whether u and v show what BoundCycle says.
bool Proves(const std::vector<AffineBound>& bounds, const std::vector<long double>& u,
            const std::vector<long double>& v) {
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (!(v[i] > 0) || !(Value(bounds[i], v, false) < v[i])) return false;
    if (!(u[i] >= 0) || !(Value(bounds[i], u, true) <= u[i] - kRoom / 2)) return false;
  }
  return true;
}

}  // namespace

void AffineBound::Add(uint32_t place, double factor) {
  const auto at = std::lower_bound(terms.begin(), terms.end(), place,
                                   [](const auto& term, uint32_t wanted) { return term.first < wanted; });
  if (at != terms.end() && at->first == place) {
    at->second += factor;
  } else {
    terms.insert(at, {place, factor});
  }
}

std::optional<std::vector<double>> BoundCycle(const std::vector<AffineBound>& bounds) {
  std::vector<bool> is_zero(bounds.size(), false);
  std::optional<std::vector<Pair>> plain = Elimination(bounds, is_zero).Solve();
  if (!plain.has_value()) return std::nullopt;
  std::vector<long double> v;
  for (const Pair& pair : *plain) v.push_back(pair.one);
  std::optional<std::vector<Pair>> solved = plain;
  // What would come out below 0 is 0, which may lift others, and those it again. Only what has a constant
  // below 0 can.
  for (int round = 0; round < kClampRoundsMax; ++round) {
    std::vector<long double> at;
    for (const Pair& pair : *solved) at.push_back(pair.b);
    bool changed = false;
    for (size_t i = 0; i < bounds.size(); ++i) {
      if (bounds[i].constant >= 0) continue;
      const bool below = is_zero[i] ? Value(bounds[i], at, true) <= 0 : at[i] < 0;
      changed |= below != is_zero[i];
      is_zero[i] = below;
    }
    if (!changed) break;
    solved = Elimination(bounds, is_zero).Solve();
    if (!solved.has_value()) return std::nullopt;
  }
  std::vector<long double> u;
  for (size_t i = 0; i < bounds.size(); ++i) u.push_back(std::max(0.0L, (*solved)[i].b) + kRoom * v[i]);
  if (!Proves(bounds, u, v)) return std::nullopt;
  return std::vector<double>(u.begin(), u.end());
}

}  // namespace linchpin::engine
