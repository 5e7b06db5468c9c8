// What a LiteLLM proxy configuration says, before it is known what it means.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CONFIG_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/inventory/importers/address.h"
#include "services/inventory/importers/import.h"
#include "services/inventory/importers/litellm/file_line.h"
#include "services/inventory/importers/litellm/include.h"

namespace linchpin::importers {

// One entry of `model_list`. Nothing that may be a secret is read.
struct LiteLlmEntry {
  std::string group;  // model_name
  std::string model;  // litellm_params.model, after `{custom_llm_provider}/` where that is given apart
  Address address;    // its own, or one that the rest of the configuration gives it (address_sources.h)
  std::string address_from;      // where that stands; empty: at the entry
  std::string lost_address;      // why its address is not known, though it has one
  std::string region;            // aws_region_name, vertex_location, region_name ...
  std::string base_model;        // model_info.base_model
  std::string mode;              // model_info.mode
  std::string id;                // model_info.id
  std::optional<int> order;      // which of a group are asked first
  std::optional<double> weight;  // its share of the traffic of its group
  bool in_cluster = false;  // the file is one of Kubernetes or Helm, so that names inside are a cluster's
  FileLine at;
};

// A name in a list of fallbacks.
struct LiteLlmTarget {
  std::string group;
  FileLine at;
};

// The fallbacks of one group, in order.
struct LiteLlmFallbacks {
  std::string group;
  FileLine at;
  std::vector<LiteLlmTarget> targets;
};

// A second name of a group.
struct LiteLlmAlias {
  std::string name;
  std::string group;
  FileLine at;
};

// What the router is told. Its own settings count before those of `litellm_settings`.
struct LiteLlmRouting {
  std::vector<LiteLlmFallbacks> fallbacks;
  std::vector<LiteLlmFallbacks> context_window_fallbacks;
  std::vector<LiteLlmFallbacks> content_policy_fallbacks;
  std::vector<LiteLlmTarget> default_fallbacks;
  std::vector<LiteLlmAlias> aliases;
  int fallbacks_max = 5;      // `max_fallbacks`: how many steps the router takes
  bool weights_count = true;  // the strategy is `simple-shuffle`, the only one that reads weights
};

// One gateway.
struct LiteLlmConfig {
  std::vector<LiteLlmEntry> entries;
  int listed = 0;     // items of `model_list`
  int malformed = 0;  // of them, those that are no entry
  LiteLlmRouting routing;
};

// Reads the files of one gateway, as the gateway joins them: lists are appended, any other section of an
// included file takes the place of one read before (noted). Appends a note for each item of a wrong shape.
// Errors: as ImportLiteLlm.
absl::StatusOr<LiteLlmConfig> ReadLiteLlm(const GatewaySources& sources, std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CONFIG_H_
