#include "services/inventory/catalogue/shipped.h"

#include <cstddef>

// Defined in shipped.S.
extern "C" {
extern const char linchpin_catalogue_api_forms_begin[];
extern const char linchpin_catalogue_api_forms_end[];
extern const char linchpin_catalogue_endpoints_begin[];
extern const char linchpin_catalogue_endpoints_end[];
extern const char linchpin_catalogue_resources_begin[];
extern const char linchpin_catalogue_resources_end[];
}

namespace linchpin::catalogue {
namespace {

std::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

std::string_view ShippedResources() {
  return Bytes(linchpin_catalogue_resources_begin, linchpin_catalogue_resources_end);
}

std::vector<CatalogueFile> ShippedForms() {
  return {{"api_forms.yaml", Bytes(linchpin_catalogue_api_forms_begin, linchpin_catalogue_api_forms_end)},
          {"endpoints.yaml", Bytes(linchpin_catalogue_endpoints_begin, linchpin_catalogue_endpoints_end)}};
}

}  // namespace linchpin::catalogue
