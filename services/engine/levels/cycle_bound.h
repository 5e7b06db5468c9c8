// How high levels around a cycle can be at most, found at once where they would fall in tiny steps.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_CYCLE_BOUND_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_CYCLE_BOUND_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace linchpin::engine {

// One quantity is at most max(0, constant + the sum of its terms): a factor, 0 or more, times another one.
struct AffineBound {
  double constant = 0;
  std::vector<std::pair<uint32_t, double>> terms = {};  // Ascending by place, each once.

  void Add(uint32_t place, double factor);
};

// Upper bounds, by place, of every solution of `bounds`; nothing where none is found, as when something could
// hold itself up. What is returned has been checked: it holds whatever was rounded on the way there.
//
// Why it holds: let z be a solution, u >= 0 with M u + b <= u, and v > 0 with M v < v. If z - u were positive
// somewhere, let t be the greatest (z - u) / v. There z - u <= M (z - u) <= t M v < t v, which it is not.
//
// Cost: an elimination of one quantity after the other; given up where it fills in beyond a million terms.
std::optional<std::vector<double>> BoundCycle(const std::vector<AffineBound>& bounds);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_CYCLE_BOUND_H_
