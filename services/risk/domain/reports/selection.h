// Whom a selector selects: the one evaluation that every answer about consumers goes by.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SELECTION_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SELECTION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/consumer_selector.pb.h"
#include "services/engine/graph/counted.h"
#include "services/replica/view.h"

namespace linchpin::risk {

struct Selection {
  std::string key;            // Equal selectors have equal keys.
  engine::Selected selected;  // By slot of the view's graph; at least one is.
  linchpin::risk::v1::ConsumerSelection described;
};

// Whether a selector asks for anything.
bool IsEmpty(const linchpin::risk::v1::ConsumerSelector& selector);

// What a selector asks for, in words: "tier 1 or 2, owner payments".
std::string TextOf(const linchpin::risk::v1::ConsumerSelector& selector);

// Each test is true, false or open; a consumer is selected where all are true, undecided where none is false.
// An absent tier, owner, unit or critical function is open; an absent label is false.
// Errors: FAILED_PRECONDITION, NOTHING_SELECTED, where nobody is selected; INVALID_ARGUMENT, FIELD_INVALID,
//   for an empty owner, unit or label.
// Cost: reads every consumer's document once.
absl::StatusOr<std::shared_ptr<const Selection>> Select(const replica::View& view,
                                                        const linchpin::risk::v1::ConsumerSelector& selector);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SELECTION_H_
