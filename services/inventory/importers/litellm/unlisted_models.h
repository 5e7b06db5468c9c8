// Names of models that the catalogue does not have.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_UNLISTED_MODELS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_UNLISTED_MODELS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/catalogue/names.h"
#include "services/inventory/importers/litellm/resolve.h"

namespace linchpin::importers {

// Gives the unlisted models of one import ids that no other model has: all are added, then named, then asked
// for. One that is private to a gateway has the gateway's id before its name; two gateways that call others
// by one name mean one model.
class UnlistedNames {
 public:
  explicit UnlistedNames(const catalogue::Catalogue& catalogue) : catalogue_(catalogue) {}

  void Add(const std::string& gateway, const UnlistedModel& model);
  void Name();
  // The resource name; empty where the model has none.
  std::string NameOf(const std::string& gateway, const UnlistedModel& model) const;

 private:
  static std::string IdentityOf(const std::string& gateway, const UnlistedModel& model);

  const catalogue::Catalogue& catalogue_;
  std::map<std::string, catalogue::Wanted> wanted_;  // by identity
  std::map<std::string, std::string> names_;
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_UNLISTED_MODELS_H_
