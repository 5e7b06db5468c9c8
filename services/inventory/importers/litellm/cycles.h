// Chains of fallbacks that come back to where they start.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CYCLES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CYCLES_H_

#include <cstddef>
#include <vector>

#include "services/inventory/importers/import.h"
#include "services/inventory/importers/litellm/call_numbers.h"

namespace linchpin::importers {

// Notes the cycles that walks from the roots, in their order, meet: each set of names once, at most 20. They
// are legal. A name that falls back to itself is none. Cost: linear in the rules.
void NoteCycles(const std::vector<size_t>& roots, CallNumbers& numbers, std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CYCLES_H_
