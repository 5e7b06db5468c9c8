// Of whom it is open whether a selector selects them.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_UNDECIDED_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_UNDECIDED_H_

#include <vector>

#include "linchpin/risk/v1/consumer_selector.pb.h"
#include "services/replica/view.h"

namespace linchpin::risk {

// By slot of the view's graph: consumers of which an absent field leaves it open. The selector must be one
// that risk::Select takes. Cost: that of Select.
std::vector<bool> UndecidedOf(const replica::View& view,
                              const linchpin::risk::v1::ConsumerSelector& selector);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_UNDECIDED_H_
