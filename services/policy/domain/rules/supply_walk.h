// Which deployments a consumer or a dependency depends on, through other consumers too, and by which way.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUPPLY_WALK_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUPPLY_WALK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::policy {

// A dependency by its place in the graph.
struct DependencyPlace {
  engine::ConsumerIndex consumer;
  uint32_t group = 0;
};

// Nothing if there is no such dependency.
std::optional<DependencyPlace> FindDependency(const engine::Graph& graph, std::string_view name);
std::string DependencyName(const engine::Graph& graph, DependencyPlace place);

// Breadth first over consumers, each visited once, so that the way to a deployment passes the fewest
// consumers.
//
// Ownership: keeps a reference to the graph.
// Thread safety: none. A walk forgets the one before it.
// Cost: linear in the alternatives of the consumers that are reached.
class SupplyWalk {
 public:
  explicit SupplyWalk(const engine::Graph& graph);

  struct Reached {
    engine::DeploymentIndex deployment;
    uint32_t step = 0;
  };

  // Deployments in the order in which they are reached, each once. With `primary_only` only the first
  // alternative of each dependency is followed.
  const std::vector<Reached>& FromConsumer(engine::ConsumerIndex consumer, bool primary_only);
  const std::vector<Reached>& FromDependency(DependencyPlace place, bool primary_only);

  // Names from the start to the deployment: consumer (left out where the walk began at a dependency),
  // dependency, ... deployment.
  std::vector<std::string> PathTo(const Reached& reached) const;

  // Alternatives looked at since the walk was made.
  int64_t visits() const { return visits_; }

 private:
  struct Step {
    DependencyPlace place;
    int32_t from = -1;  // Step that led to the consumer; -1: the start.
  };

  void Begin();
  void Finish(bool primary_only);
  void Visit(DependencyPlace place, int32_t from, bool primary_only);

  const engine::Graph& graph_;
  bool from_dependency_ = false;
  int64_t visits_ = 0;
  uint32_t walk_ = 0;
  std::vector<uint32_t> consumer_seen_;  // Number of the walk that last reached it.
  std::vector<uint32_t> deployment_seen_;
  std::vector<Step> steps_;
  std::vector<std::pair<engine::ConsumerIndex, int32_t>> queue_;
  std::vector<Reached> reached_;
};

// Walks from subjects, consumers or dependencies: once from each, whatever the number of rules that ask for
// it one after another.
//
// Ownership: keeps a reference to the graph. Thread safety: none.
class SubjectWalk {
 public:
  // Of all subjects of a rule together: what lies beyond it is not asked any more.
  static constexpr int64_t kVisitsMax = 1'000'000'000;

  SubjectWalk(const engine::Graph& graph, bool of_dependencies, bool primary_only)
      : graph_(graph), walk_(graph), of_dependencies_(of_dependencies), primary_only_(primary_only) {}

  // What the subject leads to, until the next one; null if the graph does not hold it.
  const std::vector<SupplyWalk::Reached>* From(std::string_view subject);
  std::vector<std::string> PathTo(const SupplyWalk::Reached& reached) const { return walk_.PathTo(reached); }
  // Alternatives looked at from that subject.
  int64_t visits() const { return visits_; }
  static constexpr char kExhausted[] =
      "the subjects lead past more alternatives than one evaluation looks at: select fewer";

 private:
  const engine::Graph& graph_;
  SupplyWalk walk_;
  const bool of_dependencies_;
  const bool primary_only_;
  bool is_walked_ = false;
  std::string subject_;
  const std::vector<SupplyWalk::Reached>* reached_ = nullptr;
  int64_t visits_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUPPLY_WALK_H_
