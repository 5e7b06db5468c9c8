// The diagram of a failure function, by the first way that keeps within limits.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_DIAGRAM_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_DIAGRAM_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/structure/decision_diagram.h"
#include "services/engine/structure/failure_function.h"
#include "services/engine/structure/failure_search.h"
#include "services/engine/structure/variable_order.h"

namespace linchpin::engine {

// Bounds of an analysis of structure. What passes one is stated in the answer; nothing partial is passed off
// as whole.
struct StructureLimits {
  uint32_t nodes_max = 4'000'000;  // Of each diagram; some 48 bytes a node.
  SearchLimits search = {};        // Where numbers bind.
  Limits evaluation = {};          // Of the solver, and the hook that cancels.
};

struct FailureDiagram {
  DecisionDiagram diagram;
  DiagramNode root;
  VariableOrder order;
};

// Tries the orders one after the other, first with few nodes and then with all that are allowed; a function
// without a formula is searched. Nothing if no way keeps within the limits.
// Errors: Cancelled; those of Limits.
absl::StatusOr<std::optional<FailureDiagram>> BuildDiagram(const FailureFunction& function,
                                                           const StructureLimits& limits);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_DIAGRAM_H_
