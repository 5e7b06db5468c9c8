// One entry of `model_list`, and how texts of a configuration are read.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ENTRY_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ENTRY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "services/inventory/importers/import.h"
#include "services/inventory/importers/litellm/address_sources.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/resource/node.h"

namespace linchpin::importers {

inline constexpr size_t kMaxName = 200;  // bytes of a name

// Whether a value is a text, a number or a truth value.
bool IsText(const resource::Node& node);

// The text under a key; empty if there is none.
std::string TextOf(const resource::Node& map, const char* key);

// Why a text cannot be kept: longer than `bytes_max`, or with control characters; empty if it can.
std::string Unfit(const char* what, const std::string& text, size_t bytes_max);

// Reads an item of `model_list`; returns why it is no entry, empty if it is one. What of it is left out is
// noted.
std::string ReadEntry(const resource::Node& item, const AddressSources& addresses, LiteLlmEntry& entry,
                      std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ENTRY_H_
