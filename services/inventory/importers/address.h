// Addresses of endpoints, as far as an importer may look at them: nothing is resolved and nothing is called.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_ADDRESS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_ADDRESS_H_

#include <string>
#include <string_view>
#include <vector>

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
  std::string kept;  // the text without user, query and fragment, which may hold secrets
  // Lower case, without port; of kInside and kOutside. Of kReference where a part of the name is known: each
  // variable is `variable` (`variable.openai.azure.com`).
  std::string host;
  std::vector<std::string> path;  // its parts, those of a kReference with `variable` likewise
  bool had_secrets = false;       // something was left out of `kept`
};

// Whether a text stands for another that is found elsewhere: `os.environ/NAME`, `${NAME}`, `$(NAME)`,
// `{{ name }}`.
bool IsReference(std::string_view text);

// The name of the variable that the text stands for: `OLLAMA_URL` of `os.environ/OLLAMA_URL` and of
// `http://${OLLAMA_URL}/v1`; empty if there is none. Of several the first.
std::string VariableIn(std::string_view text);

// Reads a URL, or a host name with or without port and path. A variable in the path leaves the host known.
Address ReadAddress(std::string_view text);

// Whether the address is the machine that calls it, from inside a container too: `localhost`, `127.0.0.1`,
// `host.docker.internal` and the like.
bool IsOwnMachine(std::string_view host);

// Whether the address is one that mostly lies on own premises: the own machine, 192.168.0.0/16, names of home
// and office networks (`.lan`, `.local`), addresses of a mesh of own machines (100.64.0.0/10, `.ts.net`).
bool IsLikelyOwnPremises(std::string_view host);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_ADDRESS_H_
