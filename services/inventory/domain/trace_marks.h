// What to know about one step of a trace.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_TRACE_MARKS_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_TRACE_MARKS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "services/engine/trace/trace.h"
#include "services/replica/view.h"

namespace linchpin::inventory {

// Fills `marks` and `unknown_fields` of a step.
// Thread safety: one thread at a time. The view must outlive it.
class TraceMarker {
 public:
  TraceMarker(const replica::View& view, const google::protobuf::RepeatedPtrField<std::string>& home,
              absl::Time now);

  void Mark(const engine::TraceStep& step, v1::TraceStep& message) const;

 private:
  bool IsForeign(engine::Node node) const;
  void MarkRetirement(engine::Node node, v1::TraceStep& message) const;
  void MarkAlternative(const engine::Link& link, v1::TraceStep& message) const;
  bool IsUntested(const engine::Link& link) const;

  const replica::View& view_;
  const engine::Graph& graph_;
  absl::flat_hash_set<std::string> home_;
  const absl::Time now_;
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_TRACE_MARKS_H_
