// Where the address of an entry may stand but at the entry: credentials, variables, settings for all.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ADDRESS_SOURCES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ADDRESS_SOURCES_H_

#include <map>
#include <string>

#include "services/inventory/importers/litellm/config.h"
#include "services/resource/node.h"

namespace linchpin::importers {

// The addresses of one configuration. Of a credential nothing but its name and address is read; of variables
// only those that an address names.
class AddressSources {
 public:
  // An item of `credential_list`.
  void AddCredential(const resource::Node& item);
  // `environment_variables`.
  void SetVariables(const resource::Node& map);
  // `api_base` of `litellm_settings`.
  void SetForAll(const std::string& text) { for_all_ = text; }

  // Sets the address of an entry whose own one is `text` and whose credential is `credential`, each of which
  // may be empty. In this order: its own, that of the credential, that of a variable of the API form
  // (`OPENAI_API_BASE`), that for all. A variable whose value the configuration gives is replaced by it.
  void Find(const std::string& text, const std::string& credential, LiteLlmEntry& entry) const;

 private:
  // The value of the variable that `text` is, where it is known; else the text.
  std::string Resolved(const std::string& text) const;
  bool FindByForm(LiteLlmEntry& entry) const;

  std::map<std::string, std::string> credentials_;  // name -> address, may be empty
  std::map<std::string, std::string> variables_;
  std::string for_all_;
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ADDRESS_SOURCES_H_
