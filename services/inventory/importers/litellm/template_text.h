// Templates of configurations, as far as they can be read without being filled in.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_TEMPLATE_TEXT_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_TEMPLATE_TEXT_H_

#include <string>
#include <string_view>

namespace linchpin::importers {

// Whether the text has actions, `{{ ... }}`.
bool HasActions(std::string_view text);

// The text without them, line by line: a line that holds nothing but actions is empty, any other action is
// `$(words of the action)`, which YAML reads as a plain text and address.h as a reference. An action may span
// lines.
std::string WithoutActions(std::string_view text);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_TEMPLATE_TEXT_H_
