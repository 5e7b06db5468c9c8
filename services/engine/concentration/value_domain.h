// Which groups of a dimension an unknown value can be one of (knowledge.md K2, K5).
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_VALUE_DOMAIN_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_VALUE_DOMAIN_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/engine/concentration/dimension.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// The groups of which an unknown value is one. `listed`: of these and no other. If not, it may also be a
// group that the inventory does not name (OTHER), and ValueDomains::MayBe says which of those named.
struct GroupDomain {
  bool listed = false;
  std::vector<std::string_view> keys;  // If listed: the groups, bytewise ascending, without repeats.

  // The one group that it must be; null if there are several.
  const std::string_view* Only() const { return listed && keys.size() == 1 ? keys.data() : nullptr; }
};

// Answers for the unknown values of one dimension. Members of a domain are read as they stand: an absent
// parent as none, base models that a model does not state as none.
//
// Ownership: the knowledge must outlive it, and what it returns is views into its graph.
// Thread safety: one thread at a time.
// Cost: each answer walks the members of one domain; for the roots of lineages, those of each model are found
//   once.
class ValueDomains {
 public:
  ValueDomains(const Knowledge& knowledge, Dimension dimension);
  ~ValueDomains();

  // On what is proven.
  GroupDomain Proven(const UnknownValue& value) const;
  // With likelihoods read too; nothing where they say no more.
  std::optional<GroupDomain> Likely(const UnknownValue& value) const;
  // The fact of the same subject whose likelihood Likely reads; nothing where there is none.
  std::optional<FactKind> LikelyFact(const UnknownValue& value) const;
  // Can it be the group of this key, on what is proven? kNoneKey stands for a known none.
  bool MayBe(const UnknownValue& value, std::string_view key) const;
  // Equal for values whose proven domains are equal.
  std::string SignatureOf(const UnknownValue& value) const;

 private:
  class Finder;
  std::unique_ptr<Finder> finder_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_VALUE_DOMAIN_H_
