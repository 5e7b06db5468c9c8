// What a name says of a model that the catalogue does not have.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_FAMILIES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_FAMILIES_H_

#include <map>
#include <string>
#include <string_view>

#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::importers {

// Families by how names begin: `qwen` of `qwen3.5:cloud`.
class Families {
 public:
  explicit Families(const catalogue::Catalogue& catalogue);

  // The word that a name begins with, where the catalogue has two models or more whose names begin with it
  // and all of them are of one developer; empty otherwise.
  std::string WordOf(std::string_view name) const;
  // Their developer.
  const std::string& DeveloperOf(const std::string& word) const { return developers_.at(word); }

 private:
  std::map<std::string, std::string> developers_;  // word -> vendor
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_FAMILIES_H_
