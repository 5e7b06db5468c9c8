// What one entry of a LiteLLM configuration means: which model, made by whom, operated by whom, where.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVE_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVE_H_

#include <string>
#include <vector>

#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/names.h"

namespace linchpin::importers {

// A fact with what it rests on.
struct Resolved {
  std::string value;  // empty: unknown
  double confidence = 0;
  std::string note;
};

// The meaning of an entry. What is empty is unknown.
struct Resolution {
  Resolved model;                    // name of a catalogue model
  std::string unlisted;              // else the name of a model that the catalogue does not have, verbatim
  bool unlisted_is_private = false;  // that name was chosen by whoever runs the server, so it means something
                                     // in this gateway only
  Resolved unlisted_developer;       // of such a model, where the form or the name tells
  Resolved operator_vendor;
  Resolved intermediary;
  Resolved host;
  inventory::v1::Deployment::HostingMode mode = inventory::v1::Deployment::HOSTING_MODE_UNSPECIFIED;
  double mode_confidence = 0.9;
  std::string mode_note;
  inventory::v1::Deployment::Pinning pinning = inventory::v1::Deployment::PINNING_UNSPECIFIED;
  std::vector<std::string> unknown;  // what could not be told, for people
};

Resolution Resolve(const LiteLlmEntry& entry, const catalogue::Catalogue& catalogue);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_RESOLVE_H_
