#include "services/policy/domain/rules/access_parties.h"

#include <algorithm>
#include <utility>

#include "linchpin/inventory/v1/contract.pb.h"
#include "services/engine/graph/lineage.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using engine::FactKind;
using engine::FactRef;
using engine::Graph;
using engine::Knowledge;
using engine::VendorIndex;

// Gathers the parties of one deployment.
class Gatherer {
 public:
  Gatherer(const Knowledge& knowledge, engine::DeploymentIndex index)
      : knowledge_(knowledge),
        graph_(knowledge.graph()),
        index_(index),
        deployment_(graph_.deployments()[index]) {}

  void AddContracts(const ContractParties& contracts) {
    for (const ContractParties::Covering& covering : contracts.Of(deployment_.name)) {
      const auto vendor = graph_.vendors().Find(covering.vendor);
      if (vendor) Add(v1::PARTY_ROLE_CONTRACT, {covering.contract, "vendor"}, *vendor, {covering.contract});
    }
  }
  void AddIntermediaries() {
    for (const VendorIndex vendor : deployment_.intermediaries.value())
      Add(v1::PARTY_ROLE_INTERMEDIARY, {deployment_.name, "intermediaries"}, vendor);
  }
  void AddOperator() {
    const PartyLink link{deployment_.name, "operator"};
    if (deployment_.operator_vendor) {
      Add(v1::PARTY_ROLE_OPERATOR, link, *deployment_.operator_vendor);
    } else if (deployment_.mode != engine::HostingMode::kSelfHosted) {
      // A router is on the way to whomever it chooses.
      std::vector<std::string> way;
      for (const VendorIndex vendor : deployment_.intermediaries.value())
        way.push_back(graph_.vendors()[vendor].name);
      AddOpen(v1::PARTY_ROLE_OPERATOR, link, {FactKind::kOperator, index_.value}, std::move(way));
    }
  }
  void AddDeveloper() {
    constexpr v1::PartyRole kRole = v1::PARTY_ROLE_DEVELOPER;
    if (!deployment_.model)
      return AddOpen(kRole, {deployment_.name, "model"}, {FactKind::kDeveloperOfModel, index_.value});
    const engine::ModelIndex stating = knowledge_.StatingModel(*deployment_.model, FactKind::kDeveloper);
    std::vector<std::string> way = {graph_.models()[*deployment_.model].name};
    if (stating != *deployment_.model) way.push_back(graph_.models()[stating].name);
    const auto developer = knowledge_.DeveloperOf(*deployment_.model);
    const PartyLink stated{way.back(), "developer"};
    if (developer) return Add(kRole, stated, *developer, std::move(way));
    AddOpen(kRole, {way.front(), "developer"}, {FactKind::kDeveloper, deployment_.model->value},
            {way.front()});
  }
  void AddHostProvider() {
    constexpr v1::PartyRole kRole = v1::PARTY_ROLE_HOST_PROVIDER;
    if (!deployment_.host)
      return AddOpen(kRole, {deployment_.name, "host"}, {FactKind::kProviderOfHost, index_.value});
    const engine::Host& host = graph_.hosts()[*deployment_.host];
    const PartyLink link{host.name, "provider"};
    if (host.provider.has_value()) return Add(kRole, link, host.provider.value(), {host.name});
    if (host.provider.is_unknown())
      AddOpen(kRole, link, {FactKind::kHostProvider, deployment_.host->value}, {host.name});
  }

  std::vector<Party> Take() { return std::move(parties_); }

 private:
  void Add(v1::PartyRole role, PartyLink link, VendorIndex vendor, std::vector<std::string> way = {}) {
    parties_.push_back({role, std::move(way), std::move(link), vendor, std::nullopt});
  }
  void AddOpen(v1::PartyRole role, PartyLink link, const FactRef& open, std::vector<std::string> way = {}) {
    parties_.push_back({role, std::move(way), std::move(link), std::nullopt, open});
  }

  const Knowledge& knowledge_;
  const Graph& graph_;
  const engine::DeploymentIndex index_;
  const engine::Deployment& deployment_;
  std::vector<Party> parties_;
};

}  // namespace

ContractParties::ContractParties(const replica::View& view, absl::Time now) {
  inventory::v1::Contract contract;
  view.ForEach(*resource::FindKindOf(inventory::v1::Contract::descriptor()),
               [&](const replica::DocumentRef& ref) {
                 if (!replica::ParseInto(ref, contract)) return;
                 Covering covering{std::string(ref.name), contract.vendor(), std::nullopt};
                 if (contract.has_end_time())
                   covering.end = absl::FromUnixSeconds(contract.end_time().seconds()) +
                                  absl::Nanoseconds(contract.end_time().nanos());
                 if (covering.end && *covering.end <= now) return;
                 for (const auto& service : contract.services()) {
                   for (const std::string& deployment : service.deployments()) {
                     std::vector<Covering>& of = by_deployment_[deployment];
                     if (of.empty() || of.back().contract != covering.contract) of.push_back(covering);
                   }
                 }
               });
}

const std::vector<ContractParties::Covering>& ContractParties::Of(std::string_view deployment) const {
  static const std::vector<Covering>* const none = new std::vector<Covering>;
  const auto found = by_deployment_.find(std::string(deployment));
  return found == by_deployment_.end() ? *none : found->second;
}

std::vector<Party> PartiesOf(const Knowledge& knowledge, engine::DeploymentIndex deployment,
                             const PartyRoles& roles, const ContractParties* contracts) {
  Gatherer gatherer(knowledge, deployment);
  if (roles.Has(v1::PARTY_ROLE_CONTRACT) && contracts != nullptr) gatherer.AddContracts(*contracts);
  if (roles.Has(v1::PARTY_ROLE_INTERMEDIARY)) gatherer.AddIntermediaries();
  if (roles.Has(v1::PARTY_ROLE_OPERATOR)) gatherer.AddOperator();
  if (roles.Has(v1::PARTY_ROLE_DEVELOPER)) gatherer.AddDeveloper();
  if (roles.Has(v1::PARTY_ROLE_HOST_PROVIDER)) gatherer.AddHostProvider();
  return gatherer.Take();
}

std::vector<Party> OwnersOfParty(const Knowledge& knowledge, const Party& party) {
  std::vector<Party> owners;
  if (!party.vendor) return owners;
  const Graph& graph = knowledge.graph();
  const engine::Owners chain = engine::OwnersOf(graph, *party.vendor);
  std::vector<std::string> way = party.way;
  for (size_t i = 0; i < chain.vendors.size(); ++i) {
    const std::string& below = graph.vendors()[chain.vendors[i]].name;
    way.push_back(below);
    Party owner{v1::PARTY_ROLE_OWNER, way, {below, "parent"}, std::nullopt, std::nullopt};
    if (i + 1 < chain.vendors.size()) {
      owner.vendor = chain.vendors[i + 1];
    } else if (chain.open) {
      owner.open = FactRef{FactKind::kVendorParent, chain.vendors[i].value};
    } else {
      break;
    }
    owners.push_back(std::move(owner));
  }
  return owners;
}

std::string_view RoleWord(v1::PartyRole role) {
  switch (role) {
    case v1::PARTY_ROLE_CONTRACT:
      return "party to the contract";
    case v1::PARTY_ROLE_INTERMEDIARY:
      return "intermediary";
    case v1::PARTY_ROLE_OPERATOR:
      return "operator";
    case v1::PARTY_ROLE_DEVELOPER:
      return "developer";
    case v1::PARTY_ROLE_HOST_PROVIDER:
      return "host provider";
    default:
      return "owner";
  }
}

}  // namespace linchpin::policy
