// The ways in which a name of a model may be read.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_READINGS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_READINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/inventory/catalogue/api_form.h"

namespace linchpin::importers {

// One way to read a name.
struct NameReading {
  std::string name;
  double confidence;
  std::string note;        // how the name was read, where that is not plain
  bool open_only = false;  // it counts only as the name of open weights: copies are made of these
};

// The readings of a name in calls of a form, the surest first; the first is the name itself. Null: the form
// is not known. At most some twenty.
std::vector<NameReading> ReadingsOf(const catalogue::ApiForm* form, const std::string& name);

// The name without the mark of a quantised copy, `llama3.1:8b-instruct` of `llama3.1:8b-instruct-q4_K_M`; the
// name itself if there is none.
std::string WithoutQuantisation(const std::string& name);

// The name without the tag of Ollama's own service, `qwen3-coder:480b` of `qwen3-coder:480b-cloud`; empty if
// it has none.
std::string WithoutCloudTag(std::string_view name);

// The name without the date of a version, or `-latest`: that of its line. Empty if it has none.
std::string WithoutDate(const std::string& name);

// The name without how hard the model is to think (`-thinking`, `-high`), as gateways append it; empty if it
// says nothing of that.
std::string WithoutEffort(const std::string& name);

// An id of Amazon Bedrock: "anthropic" and "claude-v2:1" of "eu.anthropic.claude-v2:1:18k". The vendor is
// empty where the id has none.
struct BedrockName {
  std::string area;  // of a cross-region profile: `eu`, `us`, `apac`, `global` ...
  std::string vendor;
  std::string name;
};

BedrockName SplitBedrock(const std::string& name);

// What to call the model of a Bedrock id that the catalogue does not have: without vendor, and without the
// version of the API where that is plain.
std::string UnlistedBedrockName(const std::string& name);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_READINGS_H_
