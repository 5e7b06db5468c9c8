// Whom answers and figures count, and with what weight: routes are no applications, but while no application
// is declared at all, the routes that nothing depends on stand in for them, one each and of weight 1. Who is
// not selected counts nowhere.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_COUNTED_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_COUNTED_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// Consumers by slot. Empty: all.
using Selected = std::vector<bool>;

// Ownership: refers to the graph, which must outlive it. Thread safety: immutable.
// Cost: construction stops at the first application; without one it walks the graph once.
class Counted {
 public:
  explicit Counted(const Graph& graph, Selected selected = {});

  // Whether answers may speak of it at all.
  bool IsSelected(ConsumerIndex consumer) const { return selected_.empty() || selected_[consumer.value]; }
  // An application, or a route that stands in for one.
  bool IsApplication(ConsumerIndex consumer) const;
  // Anything but a route that does not stand in.
  bool IsCounted(ConsumerIndex consumer) const;
  // A business service.
  bool IsBusinessService(ConsumerIndex consumer) const;
  // Criticality; 1 of a route that stands in, 0 of any other route and of who is not selected.
  int64_t WeightOf(ConsumerIndex consumer) const;
  // How many routes stand in.
  int64_t stand_ins() const { return stand_ins_; }

 private:
  bool StandsIn(ConsumerIndex consumer) const { return stand_ins_ > 0 && stands_in_[consumer.value]; }

  const Graph* graph_;
  Selected selected_;
  std::vector<bool> stands_in_;  // By slot; empty where an application is declared.
  int64_t stand_ins_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_COUNTED_H_
