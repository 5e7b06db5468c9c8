// The chance of a function, and that with each variable fixed. Internal to importance.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_CONDITIONAL_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_CONDITIONAL_H_

#include <cstdint>
#include <vector>

#include "services/engine/structure/decision_diagram.h"

namespace linchpin::engine {

struct ConditionalChances {
  double plain = 0;
  // By place.
  std::vector<double> if_true;
  std::vector<double> if_false;
  std::vector<double> difference;  // if_true - if_false, summed where they part, so that little is cancelled.
};

// `chance` by place. Sums of products of what is positive only, so that small figures keep their precision.
// Cost: for each place the nodes above and at it.
ConditionalChances FindConditionals(const DecisionDiagram& diagram, DiagramNode root,
                                    const std::vector<double>& chance);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_CONDITIONAL_H_
