// What a LiteLLM proxy configuration says, before it is known what it means.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CONFIG_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/inventory/importers/address.h"
#include "services/inventory/importers/import.h"

namespace linchpin::importers {

// One entry of `model_list`. Nothing that may be a secret is read.
struct LiteLlmEntry {
  std::string group;       // model_name
  std::string model;       // litellm_params.model, after `{custom_llm_provider}/` where that is given apart
  Address address;         // api_base, base_url
  std::string region;      // aws_region_name, vertex_location, region_name ...
  std::string base_model;  // model_info.base_model
  std::string mode;        // model_info.mode
  std::string id;          // model_info.id
  int line = 0;
};

// A name in a list of fallbacks.
struct LiteLlmTarget {
  std::string group;
  int line = 0;
};

// The fallbacks of one group, in order.
struct LiteLlmFallbacks {
  std::string group;
  int line = 0;
  std::vector<LiteLlmTarget> targets;
};

// A second name of a group.
struct LiteLlmAlias {
  std::string name;
  std::string group;
  int line = 0;
};

// One file.
struct LiteLlmConfig {
  std::vector<LiteLlmEntry> entries;
  int listed = 0;     // items of `model_list`
  int malformed = 0;  // of them, those that are no entry
  std::vector<LiteLlmFallbacks> fallbacks;
  std::vector<LiteLlmFallbacks> context_window_fallbacks;
  std::vector<LiteLlmFallbacks> content_policy_fallbacks;
  std::vector<LiteLlmTarget> default_fallbacks;
  std::vector<LiteLlmAlias> aliases;
};

// Reads one file; appends a note for each item of a wrong shape. Errors: as ImportLiteLlm.
absl::StatusOr<LiteLlmConfig> ReadLiteLlm(const ImportFile& file, std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CONFIG_H_
