// What the catalogue has that an inventory could take up: what remedies may be made from besides what is
// there.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_OFFERED_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_OFFERED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "linchpin/inventory/v1/resource.pb.h"
#include "services/cli/client/client.h"
#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::cli {

// For each open model that the inventory holds, a deployment at every vendor that the catalogue knows to
// serve it; and open models that were developed in `home`, the four newest for each task. Each with all that
// it refers to, what is referred to first; what is announced to be retired is left out. `held` are the names
// of models that the inventory holds.
void OfferFrom(const catalogue::Catalogue& catalogue, const std::vector<std::string>& held,
               const std::vector<std::string>& home,
               google::protobuf::RepeatedPtrField<linchpin::inventory::v1::Resource>& offered);

// The same from the shipped catalogue, for the inventory of the server. Errors: those of ListModels.
absl::Status OfferFromCatalogue(
    Client& client, const std::vector<std::string>& home,
    google::protobuf::RepeatedPtrField<linchpin::inventory::v1::Resource>& offered);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_OFFERED_H_
