// Names of models inside LiteLLM model strings.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_NAMES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::importers {

// A model string, taken apart.
struct ModelString {
  const catalogue::ApiForm* form = nullptr;  // null: the form is not known
  std::string name;                          // without the prefix and without leading parts that are no name
  std::string region;                        // of a Bedrock string that begins with one, or of an ARN
  bool wildcard = false;
  bool bare = false;      // no prefix stood there
  bool endpoint = false;  // it names an endpoint of an account, which says nothing of a model
};

// Takes a model string apart. An id of Bedrock counts without its prefix too, as in LiteLLM; of an ARN the
// part that names a model or a profile is the name.
ModelString SplitModel(std::string_view model, const catalogue::Catalogue& catalogue);

// A name of the Ollama library with its tag: none is `latest`.
std::string WithTag(const std::string& ollama_name);

// A model found by its name.
struct NamedModel {
  const inventory::v1::Model* model = nullptr;
  double confidence = 0;
  std::string note;  // how the name was read, where that is not plain
};

// The catalogue's model that `name` means in calls of that form; `model` is null where none is meant for
// sure. A path, a quantisation and what services append are looked through (readings.h); the publisher of a
// weights repository is not, unless it publishes copies only: a model under another publisher's name is
// another model. A name of the Ollama library counts verbatim, without a tag as `latest`; one with a size
// also as the name of open weights.
NamedModel FindModelByName(const catalogue::ApiForm* form, std::string_view name,
                           const catalogue::Catalogue& catalogue);

// The catalogue's model that `base_model` of an entry means. It is read as a model string of its own, then as
// a name in calls of the entry's form, then as a plain name; `model` is null where no reading is a model's
// name.
NamedModel FindBaseModel(const catalogue::ApiForm* form_of_entry, std::string_view base_model,
                         const catalogue::Catalogue& catalogue);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_NAMES_H_
