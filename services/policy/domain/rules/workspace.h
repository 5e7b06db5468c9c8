// What the rules of one evaluation share, each made when the first rule asks for it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_WORKSPACE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_WORKSPACE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/concentration/dimension.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/binding/target_values.h"
#include "services/policy/domain/rules/access_parties.h"
#include "services/policy/domain/rules/deployment_judge.h"
#include "services/policy/domain/rules/resource_use.h"
#include "services/policy/domain/rules/stated_alternatives.h"
#include "services/policy/domain/rules/subject_document.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Which models and hosts one subject has led to.
class Meetings {
 public:
  explicit Meetings(const engine::Graph& graph)
      : models_(graph.models().slots()), hosts_(graph.hosts().slots()) {}
  // The next subject has met nothing.
  void Begin() { ++now_; }
  // Whether it is met for the first time.
  bool Meet(engine::ModelIndex model) { return IsFirst(models_[model.value]); }
  bool Meet(engine::HostIndex host) { return IsFirst(hosts_[host.value]); }

 private:
  bool IsFirst(uint64_t& met) const {
    const bool first = met != now_;
    met = now_;
    return first;
  }
  uint64_t now_ = 0;
  std::vector<uint64_t> models_, hosts_;  // The subject that last met it.
};

// Judges of deployments by what they ask. They outlive an evaluation where knowledge does.
class Judges {
 public:
  explicit Judges(std::shared_ptr<const engine::Knowledge> knowledge) : knowledge_(std::move(knowledge)) {}

  const std::shared_ptr<const engine::Knowledge>& knowledge() const { return knowledge_; }
  // Rules that ask the same have the same judge. `rule`, which outlives this, is only known again.
  DeploymentJudge& Of(const BoundRule& rule);
  // Deployments judged, by all of them together: some 300 bytes each.
  size_t judged() const;

 private:
  const std::shared_ptr<const engine::Knowledge> knowledge_;
  std::map<std::string, std::unique_ptr<DeploymentJudge>> judges_;  // By what is asked.
  absl::flat_hash_map<const BoundRule*, DeploymentJudge*> by_rule_;
};

// Ownership: keeps references to the world and to the judges, which must be of its knowledge.
// Thread safety: none.
class Workspace {
 public:
  // `use`: what is in use in that world, if that is known.
  Workspace(const World& world, Judges& judges, std::shared_ptr<const ResourceUse> use = nullptr)
      : world_(world),
        judges_(judges),
        documents_(world.view()),
        stated_(world.view()),
        use_(std::move(use)) {}

  DeploymentJudge& JudgeOf(const BoundRule& rule) { return judges_.Of(rule); }
  SupplyWalk& walk();
  // From subjects of a kind that is one of consumers or of dependencies.
  SubjectWalk& WalkOf(v1::SubjectKind kind, bool primary_only);
  SubjectDocument& documents() { return documents_; }
  StatedAlternatives& stated() { return stated_; }
  Meetings& meetings();
  TargetDimension& ValuesIn(engine::Dimension dimension);
  const std::shared_ptr<const ResourceUse>& use();
  const ContractParties& contracts();

 private:
  const World& world_;
  Judges& judges_;
  SubjectDocument documents_;
  StatedAlternatives stated_;
  std::unique_ptr<SupplyWalk> walk_;
  std::map<std::pair<bool, bool>, std::unique_ptr<SubjectWalk>> walks_;  // Of dependencies, primary only.
  std::unique_ptr<Meetings> meetings_;
  std::array<std::unique_ptr<TargetDimension>, engine::kDimensions> dimensions_;
  std::shared_ptr<const ResourceUse> use_;
  std::unique_ptr<const ContractParties> contracts_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_WORKSPACE_H_
