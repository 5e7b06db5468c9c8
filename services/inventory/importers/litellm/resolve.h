// What one entry of a LiteLLM configuration means: which model, made by whom, operated by whom, where.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVE_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVE_H_

#include <string>
#include <vector>

#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/families.h"
#include "services/inventory/importers/litellm/places.h"

namespace linchpin::importers {

// A fact with what it rests on.
struct Resolved {
  std::string value;  // empty: unknown
  double confidence = 0;
  std::string note;
};

// What is known of a fact that is not known: what it can only be, or what it probably is.
struct Narrowed {
  std::string field;                 // "hosting_mode", "host.country"
  std::vector<std::string> one_of;   // or, where it is empty,
  std::vector<std::string> none_of;  // what it is not
  double confidence = 0;             // of a likelihood; 0: a bound, which is certain
  std::string reason;
};

// A server of the enterprise's own.
struct OwnServer {
  std::string address;  // a name or number, `localhost` for the machine of the gateway; empty: there is none
  double own_premises = 0;  // how sure it is that it stands on own premises; 0: that is not told
  std::string why;
};

// What can be said of the model of an entry that the catalogue does not have.
struct UnlistedModel {
  std::string name;         // verbatim; empty: there is none
  bool is_private = false;  // the name was chosen by whoever runs the server: it means something here only
  Resolved developer;
  std::string line;  // the catalogue's model of which it is a dated version
  std::vector<Narrowed> narrowed;
};

// The meaning of an entry. What is empty is unknown.
struct Resolution {
  Resolved model;          // name of a catalogue model
  UnlistedModel unlisted;  // else
  Resolved operator_vendor;
  Resolved intermediary;
  Resolved host;         // of the catalogue
  OwnServer own_server;  // else the server that runs it for sure, or probably (then `narrowed` says so)
  inventory::v1::Deployment::HostingMode mode = inventory::v1::Deployment::HOSTING_MODE_UNSPECIFIED;
  double mode_confidence = 0.9;
  std::string mode_note;
  inventory::v1::Deployment::Pinning pinning = inventory::v1::Deployment::PINNING_UNSPECIFIED;
  std::vector<Narrowed> narrowed;    // of the deployment; `host` likely means the own server
  std::vector<std::string> unknown;  // what could not be told, for people
};

// What resolving reads beside the entry. All of it outlives the call.
struct Knowledge {
  const catalogue::Catalogue& catalogue;
  const Families& families;
  const Places& places;
};

Resolution Resolve(const LiteLlmEntry& entry, const Knowledge& knowledge);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVE_H_
