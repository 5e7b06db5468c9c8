// Names in the way of models whose weights nobody gives out.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CLOSED_FAMILY_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CLOSED_FAMILY_H_

#include <string_view>

namespace linchpin::importers {

// Whether a name is in the way of a family of closed models (`gemini-2.5-flash-thinking`, `opus`, `gpt-5-x`),
// whether or not there is such a model: what answers to it on a server inside may be passed on. The family's
// open models (`gpt-oss-20b`, `grok-1`) are not. Parts before the last slash are not read.
bool IsClosedFamilyName(std::string_view name);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CLOSED_FAMILY_H_
