// One entry while its meaning is found. Parts of resolve.h; nobody else includes it.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVING_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVING_H_

#include <string>

#include "services/inventory/importers/litellm/names.h"
#include "services/inventory/importers/litellm/resolve.h"

namespace linchpin::importers {

// What is known of an entry so far.
struct Resolving {
  const LiteLlmEntry& entry;
  const ResolveContext& known;
  ModelString parts;
  const catalogue::ApiForm* form;  // null: not known
  Resolution out;

  void Unknown(std::string what) { out.unknown.push_back(std::move(what)); }
  void Likely(std::string field, std::string value, double confidence, std::string reason) {
    out.narrowed.push_back({std::move(field), {std::move(value)}, {}, confidence, std::move(reason)});
  }

  // The endpoint of the entry's address; null if it is not known or there is none. One whose name holds a
  // variable may still be known (`${NAME}.openai.azure.com`).
  const catalogue::Endpoint* Endpoint(std::string* region = nullptr) const;

  // Whether it is known in part which model it calls.
  bool NarrowsModel() const;

  bool IsOllama() const;
  bool IsBedrock() const;
  // The catalogue's model; null if it is none of it.
  const inventory::v1::Model* FoundModel() const;
  // The developer of its model, as far as known for sure.
  std::string Developer() const;
  // Whether the entry's model is probably closed, by the catalogue or by the way of its name.
  bool LooksClosed() const;
  // The name was chosen by whoever set the deployment or the server up.
  bool NameIsChosen() const;
  // Whether two vendors belong to one group, as far as the catalogue knows.
  bool SameGroup(const std::string& a, const std::string& b) const;
};

// Which model it calls: `out.model` or `out.unlisted`.
void ResolveModel(Resolving& of);

// Who answers: operator, intermediary, hosting mode, own server.
void ResolveOperator(Resolving& of);

// Who made a model that the catalogue does not have, and the hosting mode of those that vendors operate.
void ResolveDeveloper(Resolving& of);
void ResolveMode(Resolving& of);

// Where it runs.
void ResolveHost(Resolving& of);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVING_H_
