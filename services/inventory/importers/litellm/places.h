// Regions of clouds, and sets of them.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PLACES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PLACES_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::importers {

// Where calls to a set of regions may run.
struct Area {
  std::string provider;                // vendor
  std::vector<std::string> countries;  // one of these; or, where it is empty,
  std::vector<std::string> excluded;   // any but these
};

// The catalogue's clouds by the word that their hosts begin with (`aws` of hosts/aws-eu-central-1).
class Places {
 public:
  explicit Places(const catalogue::Catalogue& catalogue);

  // Whether a word names a set of regions: `eu`, `us`, `apac`, `global` ...
  static bool IsArea(std::string_view word);

  // Where a call to an area of a cloud runs. No provider: the cloud is not known. Countries come from what
  // the clouds document of their cross-region profiles and data zones; `global` means the commercial regions
  // of a cloud, which those in China are not.
  Area Find(const std::string& cloud, std::string_view area) const;

 private:
  struct Cloud {
    std::string provider;
    std::set<std::string> countries;
  };
  std::map<std::string, Cloud> clouds_;
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PLACES_H_
