// Which deployment can stand in for which: by what a model does and by what a deployment is used for.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_SUITABILITY_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_SUITABILITY_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/replica/view.h"

namespace linchpin::risk {

using Purpose = linchpin::inventory::v1::Dependency::Purpose;

// What can stand in goes by what the inventory says: nothing is guessed from names. Names say how large a
// model is, by which some of those that can are preferred. Ownership: keeps references to the graph and the
// knowledge, which must outlive it. Thread safety: immutable. Cost of making it: parses models, dependencies
// and routes.
class Suitability {
 public:
  Suitability(const replica::View& view, const engine::Graph& graph, const engine::Knowledge& knowledge);

  // What a need of some purpose asks for that `present` meet now.
  struct Demand {
    Purpose purpose = linchpin::inventory::v1::Dependency::PURPOSE_UNSPECIFIED;
    std::set<std::string> tasks = {};         // What the present models do; empty: not known.
    std::set<engine::ModelIndex> lines = {};  // Those of the present models.
    // Billions of parameters of the largest present model; nothing where one does not tell.
    std::optional<double> parameters = {};
  };
  // `graph` is that of `present`: the one that this was made from, or one with more deployments of its
  // models.
  Demand DemandOf(Purpose purpose, const engine::Graph& graph,
                  const std::vector<engine::Target>& present) const;

  // Can a deployment of `model` meet it? `used_for` are the purposes that the deployment is used for already,
  // as bits.
  //
  // The same model, or another version of its line, always can. Embeddings of different models do not mix, so
  // nothing else can stand in there. Else what the models do must agree, where both are known; where not, the
  // deployment must serve the purpose already, or be a chat model for chat, code or judgement.
  bool CanServe(engine::ModelIndex model, uint32_t used_for, const Demand& demand) const;
  bool CanServe(engine::DeploymentIndex deployment, const Demand& demand) const;

  // Whether it is the same model, or another version of its line, as a present one.
  bool IsSameModel(engine::ModelIndex model, const Demand& demand) const {
    return demand.lines.contains(LineOf(model));
  }
  // Billions of parameters that the names of the model, of its line, or of the nearest ancestor whose weights
  // it has, state.
  std::optional<double> ParametersOf(engine::ModelIndex model) const;
  // Whether it is known to be less than a third as large as the largest present one. Where that does not
  // tell, as closed models do not, less than 10 billion parameters count as much smaller. Of embeddings,
  // speech and others that are not for chat, code or judgement size says little: never.
  bool IsMuchSmaller(engine::ModelIndex model, const Demand& demand) const;
  // Whether it is of the graph that this was made from; others are asked about by their model.
  bool Knows(engine::DeploymentIndex deployment) const { return deployment.value < uses_.size(); }
  // How many dependencies and routes name the deployment; 0 of one that it does not know.
  uint32_t UsesOf(engine::DeploymentIndex deployment) const {
    return Knows(deployment) ? uses_[deployment.value] : 0;
  }

 private:
  using Tasks = std::set<std::string>;
  void ReadModels(const replica::View& view);
  void ReadUses(const replica::View& view);
  void Use(const std::string& target, uint32_t purposes);
  engine::ModelIndex LineOf(engine::ModelIndex model) const;
  const Tasks& TasksOf(engine::ModelIndex model) const;
  bool IsForChat(const Demand& demand) const;

  const engine::Graph& graph_;
  const engine::Knowledge& knowledge_;
  std::vector<Tasks> tasks_;                       // By model.
  std::vector<std::optional<double>> parameters_;  // By model: as its own names say.
  std::vector<uint32_t> used_for_;                 // By deployment: bits of purposes.
  std::vector<uint32_t> uses_;                     // By deployment.
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_SUITABILITY_H_
