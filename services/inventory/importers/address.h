// Addresses of endpoints, as far as an importer may look at them: nothing is resolved and nothing is called.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_ADDRESS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_ADDRESS_H_

#include <string>
#include <string_view>

namespace linchpin::importers {

// Where a call goes.
struct Address {
  // What the text is.
  enum class Kind {
    kNone,       // no address is given
    kReference,  // a name to be resolved elsewhere, such as `os.environ/AZURE_API_BASE`
    kInside,     // a private or local address, or a name that only resolves inside
    kOutside,    // a public name or address
  };

  Kind kind = Kind::kNone;
  std::string kept;          // the text without user, query and fragment, which may hold secrets
  std::string host;          // lower case; of kInside and kOutside
  bool had_secrets = false;  // something was left out of `kept`
};

// Whether a text stands for another that is found elsewhere: `os.environ/NAME`, `${NAME}`, `{{ name }}`.
bool IsReference(std::string_view text);

Address ReadAddress(std::string_view text);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_ADDRESS_H_
