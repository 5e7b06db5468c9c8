// What the rules over populations of one evaluation share of the engine.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SHARED_PLAN_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SHARED_PLAN_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Each part is made when it is first asked for: the order of the graph and the levels with nothing lost are
// found once, whatever the number and kinds of rules.
//
// Ownership: keeps a reference to the world. Thread safety: none.
// Errors: those of engine::EvaluationPlan::Create.
class SharedPlan {
 public:
  explicit SharedPlan(const World& world) : world_(world) {}

  // Of the world's graph.
  const std::shared_ptr<const engine::Knowledge>& knowledge() {
    if (knowledge_ == nullptr) knowledge_ = world_.knowledge().On(world_.view().shared_graph());
    return knowledge_;
  }
  absl::StatusOr<std::shared_ptr<const engine::EvaluationPlan>> Plan() {
    if (!plan_) plan_ = engine::EvaluationPlan::Create(knowledge());
    return *plan_;
  }
  absl::StatusOr<engine::Attributor*> Attributor() {
    if (attributor_ != nullptr) return attributor_.get();
    auto plan = Plan();
    if (!plan.ok()) return plan.status();
    attributor_ = std::make_unique<engine::Attributor>(*std::move(plan));
    return attributor_.get();
  }

 private:
  const World& world_;
  std::shared_ptr<const engine::Knowledge> knowledge_;
  std::optional<absl::StatusOr<std::shared_ptr<const engine::EvaluationPlan>>> plan_;
  std::unique_ptr<engine::Attributor> attributor_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SHARED_PLAN_H_
