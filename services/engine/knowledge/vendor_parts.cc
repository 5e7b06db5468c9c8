#include "services/engine/knowledge/vendor_parts.h"

#include "services/engine/graph/lineage.h"

namespace linchpin::engine {
namespace {

bool ExcludesNone(const Vendor& vendor) {
  const Bound* bound = vendor.stated == nullptr ? nullptr : vendor.stated->BoundOf(FactKind::kVendorParent);
  return bound != nullptr && bound->excludes == bound->none;
}

}  // namespace

VendorParts::VendorParts(const Graph& graph)
    : can_(graph.vendors().slots(), 0), root_(graph.vendors().slots(), 0), groups_(graph.vendors().slots()) {
  ReadRoles(graph);
  ReadDocuments(graph);
  CountOwners(graph);
}

void VendorParts::ReadRoles(const Graph& graph) {
  for (VendorIndex index : graph.vendors()) {
    const uint8_t roles = graph.vendors()[index].roles;
    Allow(Part::kAny, index);
    if (roles == 0 || (roles & kDeveloperRole) != 0) Allow(Part::kDeveloper, index);
    if (roles == 0 || (roles & kOperatorRole) != 0) Allow(Part::kOperator, index);
    if (roles == 0 || (roles & kHostProviderRole) != 0) Allow(Part::kHostProvider, index);
  }
}

void VendorParts::ReadDocuments(const Graph& graph) {
  for (HostIndex index : graph.hosts()) {
    const Fact<VendorIndex>& provider = graph.hosts()[index].provider;
    if (provider.has_value()) Allow(Part::kHostProvider, provider.value());
  }
  for (ModelIndex index : graph.models()) {
    const std::optional<VendorIndex>& developer = graph.models()[index].developer;
    if (developer.has_value()) Allow(Part::kDeveloper, *developer);
  }
  for (DeploymentIndex index : graph.deployments()) {
    const std::optional<VendorIndex>& vendor = graph.deployments()[index].operator_vendor;
    if (vendor.has_value()) Allow(Part::kOperator, *vendor);
  }
  for (VendorIndex index : graph.vendors()) {
    const VendorTies* ties = graph.vendors()[index].ties.get();
    if (ties == nullptr) continue;
    for (Member provider : ties->providers) Allow(Part::kHostProvider, {provider});
    for (Member upstream : ties->upstreams) Allow(Part::kOperator, {upstream});
    for (const auto& hosted : ties->hosted_developers) Allow(Part::kDeveloper, hosted.developer);
  }
}

void VendorParts::CountOwners(const Graph& graph) {
  for (auto& owned : owned_) owned.assign(graph.vendors().slots(), 0);
  for (VendorIndex index : graph.vendors()) {
    const Owners owners = OwnersOf(graph, index);
    root_[index.value] = owners.vendors.back().value;
    groups_[owners.vendors.back().value].push_back(index.value);
    const bool open = owners.open && ExcludesNone(graph.vendors()[owners.vendors.back()]);
    if (open) with_open_owners_.push_back(index);
    for (Part part : kParts) {
      if (!Can(part, index)) continue;
      Countries& countries = countries_[static_cast<size_t>(part)];
      countries.any_unknown |= open;
      for (VendorIndex owner : owners.vendors) {
        ++owned_[static_cast<size_t>(part)][owner.value];
        const std::optional<Country>& country = graph.vendors()[owner].country;
        if (country.has_value()) countries.known.insert(*country);
        countries.any_unknown |= !country.has_value();
      }
    }
  }
}

}  // namespace linchpin::engine
