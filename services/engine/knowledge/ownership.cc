#include "services/engine/knowledge/ownership.h"

#include <algorithm>

#include "services/engine/graph/lineage.h"

namespace linchpin::engine {

Truth Ownership::Is(VendorIndex vendor) const {
  if (!question_.country.has_value()) return Known(vendor == question_.vendor);
  const std::optional<Country>& country = graph_.vendors()[vendor].country;
  if (country.has_value()) return Known(*country == *question_.country);
  const Domain& domain = knowledge_.Of(FactKind::kVendorCountry, vendor.value).proven;
  if (!domain.Allows(CodeOf(*question_.country))) return Truth::kFalse;
  return domain.listed && domain.values.size() == 1 ? Truth::kTrue : Truth::kUnknown;
}

bool Ownership::IsOwnedBy(VendorIndex vendor, VendorIndex owner) const {
  const std::vector<VendorIndex> owners = OwnersOf(graph_, vendor).vendors;
  return std::find(owners.begin(), owners.end(), owner) != owners.end();
}

Truth Ownership::OfMember(VendorIndex vendor, int depth) const {
  Truth truth = Truth::kFalse;
  const Owners owners = OwnersOf(graph_, vendor);
  for (VendorIndex owner : owners.vendors) truth = Or(truth, Is(owner));
  if (!owners.open || truth == Truth::kTrue) return truth;
  const Domain& parents = knowledge_.Of(FactKind::kVendorParent, owners.vendors.back().value).proven;
  if (parents.none) return truth;
  if (!parents.listed || depth == kDepthMax) return Truth::kUnknown;
  return Or(truth, OfListed(parents, depth + 1));
}

Truth Ownership::OfListed(const Domain& domain, int depth) const {
  OverMembers members;
  if (domain.none) members.Add(Truth::kFalse);
  for (Member member : domain.values) {
    members.Add(OfMember({member}, depth));
    if (members.is_open()) break;
  }
  return members.truth();
}

Truth Ownership::Over(const Domain& domain, FactKind kind, Truth other) const {
  return domain.listed ? OfListed(domain, 0) : OverUnlisted(domain, PartOf(kind), other);
}

// OTHER is a member and never certain, so that the answer is no or open.
Truth Ownership::OverUnlisted(const Domain& domain, Part part, Truth other) const {
  if (other != Truth::kFalse) return Truth::kUnknown;
  const bool some =
      question_.country.has_value() ? SomeVendorInCountry(part, domain) : SomeVendorOf(part, domain);
  return some ? Truth::kUnknown : Truth::kFalse;
}

// Can some vendor that plays the part, and is not taken out, be owned by the one that is asked for?
bool Ownership::SomeVendorOf(Part part, const Domain& domain, std::optional<VendorIndex> not_owned_by) const {
  const VendorParts& parts = knowledge_.parts();
  uint32_t count = parts.OwnedBy(question_.vendor, part);
  for (Member out : domain.values) {
    if (parts.Can(part, {out}) && IsOwnedBy({out}, question_.vendor)) --count;
  }
  // Who is owned by the vendor itself cannot own it, nor can those whom it owns.
  const bool closes_cycle = not_owned_by.has_value() && IsOwnedBy(question_.vendor, *not_owned_by);
  if (count > 0 && !closes_cycle) return true;
  return std::any_of(parts.WithOpenOwners().begin(), parts.WithOpenOwners().end(), [&](VendorIndex vendor) {
    if (not_owned_by.has_value() && IsOwnedBy(vendor, *not_owned_by)) return false;
    return parts.Can(part, vendor) && domain.Allows(vendor.value) && OfMember(vendor) != Truth::kFalse;
  });
}

bool Ownership::SomeVendorInCountry(Part part, const Domain& domain) const {
  const VendorParts& parts = knowledge_.parts();
  if (domain.values.empty()) {
    if (parts.HasOwnerOf(*question_.country, part)) return true;
    if (!parts.HasOwnerOfUnknownCountry(part)) return false;
  }
  for (VendorIndex vendor : graph_.vendors()) {
    if (parts.Can(part, vendor) && domain.Allows(vendor.value) && OfMember(vendor) != Truth::kFalse)
      return true;
  }
  return false;
}

Truth Ownership::OverParents(VendorIndex vendor, const Domain& domain) const {
  if (domain.listed) return OfListed(domain, 0);
  if (question_.country.has_value()) return Truth::kUnknown;
  return SomeVendorOf(Part::kAny, domain, vendor) ? Truth::kUnknown : Truth::kFalse;
}

}  // namespace linchpin::engine
