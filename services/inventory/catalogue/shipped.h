// The catalogue's data, as it lies in the binary.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_SHIPPED_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_SHIPPED_H_

#include <string_view>
#include <vector>

namespace linchpin::catalogue {

// One data file.
struct CatalogueFile {
  std::string_view name;  // "models.yaml"
  std::string_view text;  // lives as long as the program
};

// All resources, for ReadPacked (packed.h).
std::string_view ShippedResources();

// Files that hold API forms and endpoints, in order of precedence.
std::vector<CatalogueFile> ShippedForms();

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_SHIPPED_H_
