// What addresses and the names of variables say beside the host name.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_HINTS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_HINTS_H_

#include <string>
#include <string_view>

#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/address.h"

namespace linchpin::importers {

// The vendor that a gateway passes the call on to, where its address names it: Cloudflare's AI Gateway does
// so in the path (`/v1/ACCOUNT/GATEWAY/openai`). Empty: it does not say.
std::string OperatorBehindGateway(const Address& address, const catalogue::Catalogue& catalogue);

// What the name of a variable says of the address in it.
struct VariableHint {
  enum class Kind {
    kNothing,
    kLocalRuntime,  // `OLLAMA_BASE_URL`, `LOCAL_LLM_URL`
    kGateway,       // `LITELLM_PROXY_URL`: it passes calls on
    kVendor,        // `DEEPSEEK_API_BASE`
  };
  Kind kind = Kind::kNothing;
  std::string word;    // of the name, lower case
  std::string vendor;  // of kVendor, resource name
};

// A service of a vendor that the name of a server inside names, when what stands there passes calls on
// (`antigravity-gateway`).
struct ServiceHint {
  std::string title;   // for people
  std::string vendor;  // resource name; empty: the name says nothing
};

ServiceHint ServiceNamed(std::string_view host);

VariableHint HintOf(std::string_view variable, const catalogue::Catalogue& catalogue);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_HINTS_H_
