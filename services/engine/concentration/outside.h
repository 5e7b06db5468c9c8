// How much weight lies outside some countries, with the bounds that what is unknown leaves.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_OUTSIDE_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_OUTSIDE_H_

#include <cstdint>
#include <vector>

#include "services/engine/concentration/concentration.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// The rest of the weight lies inside.
struct OutsideWeight {
  uint64_t certain = 0;  // Whatever the unknown facts are.
  uint64_t open = 0;     // May lie outside, and may not.
};

// `figure` is of a dimension whose groups are countries, made with the same `read`; groups that are none lie
// inside. `home` is the countries that are not outside. An item of which each possible country lies outside
// is certain, and one of which none does lies inside. Cost: linear in groups, and for each item in its
// domain.
OutsideWeight WeighOutside(const Knowledge& knowledge, const Concentration& figure,
                           const std::vector<Country>& home, FactsRead read);

// Of each unknown item of such a figure, in order: does it lie outside?
std::vector<Truth> WhichLieOutside(const Knowledge& knowledge, const Concentration& figure,
                                   const std::vector<Country>& home, FactsRead read);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_OUTSIDE_H_
