#include "services/inventory/catalogue/shipped.h"

#include <cstddef>

// Defined in shipped.S.
extern "C" {
extern const char linchpin_catalog_api_forms_begin[];
extern const char linchpin_catalog_api_forms_end[];
extern const char linchpin_catalog_endpoints_begin[];
extern const char linchpin_catalog_endpoints_end[];
extern const char linchpin_catalog_hosts_begin[];
extern const char linchpin_catalog_hosts_end[];
extern const char linchpin_catalog_licences_begin[];
extern const char linchpin_catalog_licences_end[];
extern const char linchpin_catalog_models_begin[];
extern const char linchpin_catalog_models_end[];
extern const char linchpin_catalog_vendors_begin[];
extern const char linchpin_catalog_vendors_end[];
}

namespace linchpin::catalog {
namespace {

std::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

std::vector<CatalogFile> ShippedResources() {
  return {{"vendors.yaml", Bytes(linchpin_catalog_vendors_begin, linchpin_catalog_vendors_end)},
          {"hosts.yaml", Bytes(linchpin_catalog_hosts_begin, linchpin_catalog_hosts_end)},
          {"licences.yaml", Bytes(linchpin_catalog_licences_begin, linchpin_catalog_licences_end)},
          {"models.yaml", Bytes(linchpin_catalog_models_begin, linchpin_catalog_models_end)}};
}

std::vector<CatalogFile> ShippedForms() {
  return {{"api_forms.yaml", Bytes(linchpin_catalog_api_forms_begin, linchpin_catalog_api_forms_end)},
          {"endpoints.yaml", Bytes(linchpin_catalog_endpoints_begin, linchpin_catalog_endpoints_end)}};
}

}  // namespace linchpin::catalog
