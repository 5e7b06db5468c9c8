// What rules are evaluated against: one revision of the inventory and one instant.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_WORLD_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_WORLD_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/selector.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Ownership: keeps references to view and knowledge, which is of the view's graph or of one that shares all
// facts with it (engine::Graph::SharesFactsWith): consumers are read from the view's graph alone.
// Thread safety: immutable.
class World : public Derivations {
 public:
  World(const replica::View& view, const engine::Knowledge& knowledge, absl::Time now)
      : view_(view), knowledge_(knowledge), now_(now) {}

  const replica::View& view() const { return view_; }
  const engine::Graph& graph() const { return view_.graph(); }
  const engine::Knowledge& knowledge() const { return knowledge_; }
  absl::Time now() const { return now_; }

  // The origin of a model from its developer's country, the continuity of a consumer from its tier, that a
  // self-hosted deployment has no operator, and what is known in part of any other field.
  std::optional<DerivedValue> Derive(std::string_view name, std::string_view path) const override;

  // A fact for an explanation, with the revision of the resource that holds it.
  v1::Explanation::FactUsed FactUsed(std::string_view resource, std::string_view path,
                                     std::string_view value) const;
  // A fact without a value, of which is known what it can only be or, `likely`, what it probably is.
  v1::Explanation::FactUsed FactUsed(const engine::FactRef& fact, bool likely) const;

 private:
  std::optional<DerivedValue> DeriveOrigin(std::string_view model) const;
  std::optional<DerivedValue> DerivePartly(std::string_view name, std::string_view path) const;
  std::string LineValueOf(const engine::FactRef& fact) const;
  std::optional<DerivedValue> DeriveOperator(std::string_view deployment) const;
  std::optional<DerivedValue> DeriveContinuity(std::string_view consumer, std::string_view field) const;

  const replica::View& view_;
  const engine::Knowledge& knowledge_;
  absl::Time now_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_WORLD_H_
