#include "services/risk/domain/remedies/suitability.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/engine/graph/lineage.h"
#include "services/risk/domain/remedies/model_size.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;
using engine::DeploymentIndex;
using engine::ModelIndex;
using engine::Target;

constexpr double kLeastShare = 1.0 / 3;  // Of the parameters of what it stands in for.
constexpr double kSmallBillions = 10;    // Where these are not known.

uint32_t BitOf(Purpose purpose) {
  return purpose == inventory::Dependency::PURPOSE_UNSPECIFIED ? 0 : 1u << static_cast<int>(purpose);
}

// What any model for chat can be asked for.
bool IsChatLike(Purpose purpose) {
  return purpose == inventory::Dependency::PURPOSE_CHAT || purpose == inventory::Dependency::PURPOSE_CODE ||
         purpose == inventory::Dependency::PURPOSE_JUDGE;
}

bool Meet(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&b](const std::string& task) { return b.contains(task); });
}

template <typename Document>
void ForEachParsed(const replica::View& view, const char* kind, const auto& visit) {
  view.ForEach(*resource::FindKind(kind), [&](const replica::DocumentRef& document) {
    Document message;
    if (replica::ParseInto(document, message)) visit(message);
  });
}

}  // namespace

Suitability::Suitability(const replica::View& view, const engine::Graph& graph,
                         const engine::Knowledge& knowledge)
    : graph_(graph),
      knowledge_(knowledge),
      tasks_(graph.models().slots()),
      parameters_(graph.models().slots()),
      used_for_(graph.deployments().slots(), 0),
      uses_(graph.deployments().slots(), 0) {
  ReadModels(view);
  ReadUses(view);
}

void Suitability::ReadModels(const replica::View& view) {
  ForEachParsed<inventory::Model>(view, "Model", [this](const inventory::Model& model) {
    const auto index = graph_.models().Find(model.name());
    if (!index.has_value()) return;
    tasks_[index->value] = {model.tasks().begin(), model.tasks().end()};
    parameters_[index->value] = risk::ParametersOf(model);
  });
}

// A route is used for what the dependencies on it are for, and so are the deployments that it offers.
void Suitability::ReadUses(const replica::View& view) {
  absl::flat_hash_map<std::string, uint32_t> of_route;
  ForEachParsed<inventory::Dependency>(view, "Dependency", [&](const inventory::Dependency& dependency) {
    for (const auto& alternative : dependency.alternatives()) {
      Use(alternative.target(), BitOf(dependency.purpose()));
      of_route[alternative.target()] |= BitOf(dependency.purpose());
    }
  });
  ForEachParsed<inventory::Route>(view, "Route", [&](const inventory::Route& route) {
    const uint32_t purposes = BitOf(route.purpose()) | of_route[route.name()];
    for (const auto& alternative : route.alternatives()) Use(alternative.target(), purposes);
  });
}

void Suitability::Use(const std::string& target, uint32_t purposes) {
  const auto deployment = graph_.deployments().Find(target);
  if (!deployment.has_value()) return;
  used_for_[deployment->value] |= purposes;
  ++uses_[deployment->value];
}

ModelIndex Suitability::LineOf(ModelIndex model) const {
  // A graph refuses cycles of versions.
  while (graph_.models()[model].version_of.has_value()) model = *graph_.models()[model].version_of;
  return model;
}

const Suitability::Tasks& Suitability::TasksOf(ModelIndex model) const {
  const Tasks& own = tasks_[model.value];
  return own.empty() ? tasks_[LineOf(model).value] : own;
}

Suitability::Demand Suitability::DemandOf(Purpose purpose, const engine::Graph& graph,
                                          const std::vector<Target>& present) const {
  Demand demand{.purpose = purpose};
  bool untold = false;
  for (Target target : present) {
    if (target.is_consumer()) continue;
    const std::optional<ModelIndex>& model = graph.deployments()[target.deployment()].model;
    if (!model.has_value()) continue;
    demand.lines.insert(LineOf(*model));
    demand.tasks.insert(TasksOf(*model).begin(), TasksOf(*model).end());
    const std::optional<double> parameters = ParametersOf(*model);
    untold |= !parameters.has_value();
    demand.parameters = std::max(demand.parameters, parameters);  // Nothing is less than any number.
  }
  if (untold) demand.parameters.reset();
  return demand;
}

std::optional<double> Suitability::ParametersOf(ModelIndex model) const {
  if (parameters_[model.value].has_value()) return parameters_[model.value];
  for (const auto& member : engine::LineageOf(graph_, LineOf(model), engine::Reach::kWeights)) {
    if (parameters_[member.model.value].has_value()) return parameters_[member.model.value];
  }
  return std::nullopt;
}

bool Suitability::IsForChat(const Demand& demand) const {
  if (!demand.tasks.empty()) return demand.tasks.contains("chat");
  return IsChatLike(demand.purpose);
}

bool Suitability::IsMuchSmaller(ModelIndex model, const Demand& demand) const {
  const std::optional<double> parameters = ParametersOf(model);
  if (!parameters.has_value() || !IsForChat(demand) || IsSameModel(model, demand)) return false;
  return *parameters < (demand.parameters.has_value() ? *demand.parameters * kLeastShare : kSmallBillions);
}

bool Suitability::CanServe(ModelIndex model, uint32_t used_for, const Demand& demand) const {
  if (IsSameModel(model, demand)) return true;
  if (demand.purpose == inventory::Dependency::PURPOSE_EMBEDDING || demand.tasks.contains("embedding"))
    return false;
  const Tasks& can = TasksOf(model);
  if (!demand.tasks.empty() && !can.empty()) return Meet(demand.tasks, can);
  if ((used_for & BitOf(demand.purpose)) != 0) return true;
  return IsChatLike(demand.purpose) && can.contains("chat");
}

bool Suitability::CanServe(DeploymentIndex deployment, const Demand& demand) const {
  const auto& model = graph_.deployments()[deployment].model;
  return model.has_value() && CanServe(*model, used_for_[deployment.value], demand);
}

}  // namespace linchpin::risk
