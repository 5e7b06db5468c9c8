// The cutoff, as a message, that loses an atom.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_ATOM_CUTOFF_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_ATOM_CUTOFF_H_

#include <optional>
#include <string_view>

#include "linchpin/risk/v1/scenario.pb.h"

namespace linchpin::risk {

// Total, permanent, without notice: of the atom of that key, "vendor:openai". Nothing for a key of another
// form.
std::optional<linchpin::risk::v1::Cutoff> CutoffOfKey(std::string_view key);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_ATOM_CUTOFF_H_
