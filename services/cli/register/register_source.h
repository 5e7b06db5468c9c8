// What the register of information is made from: the documents of the inventory that it reads.
#ifndef LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_SOURCE_H_
#define LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_SOURCE_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/legal_entity.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// By name. What is referred to is there: the server holds that.
struct RegisterSource {
  std::map<std::string, inventory::v1::Vendor> vendors;
  std::map<std::string, inventory::v1::Host> hosts;
  std::map<std::string, inventory::v1::Deployment> deployments;
  std::map<std::string, inventory::v1::LegalEntity> entities;
  std::map<std::string, inventory::v1::BusinessService> services;
  std::map<std::string, inventory::v1::Contract> contracts;
  std::map<std::string, std::set<std::string>> users;  // Target of an alternative to who may use it.
};

absl::StatusOr<RegisterSource> ReadRegisterSource(Client& client);

// The business services that stand on any of the deployments, through any of their alternatives.
std::set<std::string> ServicesOn(const RegisterSource& source, const std::vector<std::string>& deployments);

// One provider of a service behind the contract's own, by its position and whom it serves.
struct Subcontractor {
  std::string vendor;
  int rank = 2;
  std::string recipient;  // A vendor, of the rank before.

  friend bool operator<(const Subcontractor& a, const Subcontractor& b) {
    return std::tie(a.rank, a.vendor, a.recipient) < std::tie(b.rank, b.vendor, b.recipient);
  }
};
struct SupplyChain {
  std::set<Subcontractor> subcontractors;
  // Facts that would have to be known for it to be whole: resource, field.
  std::set<std::pair<std::string, std::string>> missing;
};

// Behind `vendor` come, of each deployment, those after it among intermediaries, operator and the provider of
// the host; of a deployment that none of these is, all of them. Only what is stated counts.
SupplyChain ChainBehind(const RegisterSource& source, const std::string& vendor,
                        const std::vector<std::string>& deployments);

// The last parent of a vendor, itself if it has none; `open`: a parent on the way is unknown.
struct UltimateParent {
  std::string vendor;
  bool open = false;
};
UltimateParent UltimateParentOf(const RegisterSource& source, const std::string& vendor);

// Whether `known_none` of the document names the field.
template <typename Document>
bool IsNone(const Document& document, std::string_view field) {
  for (const std::string& none : document.known_none()) {
    if (none == field) return true;
  }
  return false;
}

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_SOURCE_H_
