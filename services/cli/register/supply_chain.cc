// Who stands behind the provider of a contract.
#include <algorithm>

#include "services/cli/register/register_source.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;

// Those between the enterprise and what computes, in order, as far as they are stated.
std::vector<std::string> PartiesOf(const RegisterSource& source, const inventory::Deployment& deployment,
                                   SupplyChain& chain) {
  std::vector<std::string> parties(deployment.intermediaries().begin(), deployment.intermediaries().end());
  const bool self_hosted = deployment.hosting_mode() == inventory::Deployment::HOSTING_MODE_SELF_HOSTED;
  if (!deployment.operator_().empty()) {
    parties.push_back(deployment.operator_());
  } else if (!self_hosted) {
    // Who stands behind somebody unknown has no known rank.
    chain.missing.emplace(deployment.name(), "operator");
    return parties;
  }
  if (deployment.host().empty()) {
    chain.missing.emplace(deployment.name(), "host");
    return parties;
  }
  const inventory::Host& host = source.hosts.at(deployment.host());
  if (!host.provider().empty()) {
    parties.push_back(host.provider());
  } else if (!IsNone(host, "provider")) {
    chain.missing.emplace(host.name(), "provider");
  }
  return parties;
}

}  // namespace

SupplyChain ChainBehind(const RegisterSource& source, const std::string& vendor,
                        const std::vector<std::string>& deployments) {
  SupplyChain chain;
  for (const std::string& name : deployments) {
    const std::vector<std::string> parties = PartiesOf(source, source.deployments.at(name), chain);
    // Who plays two parts, as an operator on its own hosts, stands where the last of them is.
    const auto own = std::find(parties.rbegin(), parties.rend(), vendor).base();
    std::string recipient = vendor;
    int rank = 1;
    for (auto party = own; party != parties.end(); ++party) {
      if (*party == recipient) continue;
      chain.subcontractors.insert({*party, ++rank, recipient});
      recipient = *party;
    }
  }
  return chain;
}

}  // namespace linchpin::cli
