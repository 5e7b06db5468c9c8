// Who owns a vendor that may be one of several (knowledge.md K2).
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_OWNERSHIP_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_OWNERSHIP_H_

#include <optional>

#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// What is asked of owners(v): does it hold one vendor, or some vendor of a country?
struct OwnerQuestion {
  VendorIndex vendor;  // Read without a country.
  std::optional<Country> country = {};
};

// Answers for vendors that are not known. Members of a domain are read as they stand: an absent parent as
// none unless bounds exclude that, an absent country as any that bounds allow.
// Ownership: the knowledge must outlive it. Thread safety: immutable.
class Ownership {
 public:
  Ownership(const Knowledge& knowledge, const OwnerQuestion& question)
      : knowledge_(knowledge), graph_(knowledge.graph()), question_(question) {}

  // Is the vendor itself what is asked for? kUnknown for an absent country that may be the one.
  Truth Is(VendorIndex vendor) const;
  // Of a vendor read as it stands.
  Truth OfMember(VendorIndex vendor) const { return OfMember(vendor, 0); }
  // Over all members of a domain of `kind`. `other`: the answer for what is not in the inventory.
  Truth Over(const Domain& domain, FactKind kind, Truth other) const;
  // Over the unknown parent of `vendor`.
  Truth OverParents(VendorIndex vendor, const Domain& domain) const;
  // The answer for a vendor that is not in the inventory: no owner in it, any country.
  Truth OfOther() const { return question_.country.has_value() ? Truth::kUnknown : Truth::kFalse; }

 private:
  // Bounds can name each other's vendors as parents in a circle.
  static constexpr int kDepthMax = 8;

  Truth OfMember(VendorIndex vendor, int depth) const;
  Truth OfListed(const Domain& domain, int depth) const;
  Truth OverUnlisted(const Domain& domain, Part part, Truth other) const;
  bool SomeVendorOf(Part part, const Domain& domain, std::optional<VendorIndex> not_owned_by = {}) const;
  bool SomeVendorInCountry(Part part, const Domain& domain) const;
  bool IsOwnedBy(VendorIndex vendor, VendorIndex owner) const;

  const Knowledge& knowledge_;
  const Graph& graph_;
  const OwnerQuestion question_;
};

// True if all members hold, false if none does, else unknown: adds up over the members of a domain.
class OverMembers {
 public:
  void Add(Truth member) {
    some_ = some_ || member != Truth::kFalse;
    all_ = all_ && member == Truth::kTrue;
    any_ = true;
  }
  // Nothing that is added can change the truth any more.
  bool is_open() const { return some_ && !all_; }
  // Of no member at all: kFalse.
  Truth truth() const { return any_ && all_ ? Truth::kTrue : some_ ? Truth::kUnknown : Truth::kFalse; }

 private:
  bool some_ = false, all_ = true, any_ = false;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_OWNERSHIP_H_
