#include "services/risk/domain/board/blast_radius.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using Node = v1::BlastRadius::Node;
using Name = std::string;

// What a deployment serves; its own name where it states no model.
Name ModelOf(const engine::Graph& graph, const Name& deployment) {
  const auto target = graph.FindTarget(deployment);
  if (!target.has_value() || target->is_consumer()) return deployment;
  const auto& model = graph.deployments()[target->deployment()].model;
  return model.has_value() ? graph.models()[*model].name : deployment;
}

// Where the causes of an impaired consumer begin.
std::set<Name> ModelsOf(const engine::Graph& graph, const v1::Impact& impact) {
  std::set<Name> models;
  for (const v1::Segment& segment : impact.segments()) {
    for (const v1::Cause& cause : segment.causes()) {
      if (!cause.path().empty()) models.insert(ModelOf(graph, cause.path(0)));
    }
  }
  return models;
}

v1::BlastRadius::State StateOf(const v1::Impact& impact) {
  if (impact.has_recovered()) return v1::BlastRadius::STATE_RECOVERED;
  const bool stopped = !impact.segments().empty() && impact.segments().rbegin()->level_ppm() == 0;
  return stopped ? v1::BlastRadius::STATE_STOPPED : v1::BlastRadius::STATE_IMPAIRED;
}

// The applications that a consumer depends on, those behind routes and other services too.
std::set<engine::ConsumerIndex> ApplicationsUnder(const Analysis& analysis, engine::ConsumerIndex top) {
  std::set<engine::ConsumerIndex> met, applications;
  std::vector<engine::ConsumerIndex> left = {top};
  while (!left.empty()) {
    const engine::ConsumerIndex consumer = left.back();
    left.pop_back();
    if (!met.insert(consumer).second) continue;
    const engine::ConsumerView view = analysis.graph().consumers()[consumer];
    if (view.record().kind == engine::ConsumerKind::kApplication) {
      applications.insert(consumer);
      continue;
    }
    for (uint32_t ordinal = 0; ordinal < view.group_count(); ++ordinal) {
      for (engine::Target target : view.group(ordinal).targets()) {
        if (target.is_consumer()) left.push_back(target.consumer());
      }
    }
  }
  return applications;
}

// The whole flow by name, before layers are cut.
class Flow {
 public:
  Flow(const Analysis& analysis, const v1::ReportEvent& event) : analysis_(analysis) {
    for (const v1::ConsumerImpact& impact : event.outcome().consumers()) {
      if (!impact.likely().has_first_impact()) continue;
      const auto consumer = analysis.graph().consumers().Find(impact.consumer());
      if (!consumer.has_value()) continue;
      state_[impact.consumer()] = StateOf(impact.likely());
      analysis.counted().IsApplication(*consumer) ? AddApplication(impact) : services_.push_back(*consumer);
    }
    for (engine::ConsumerIndex service : services_) AddService(service);
  }

  const std::map<Name, double>& models() const { return models_; }
  const std::map<Name, double>& applications() const { return applications_; }
  const std::map<std::pair<Name, Name>, double>& into_applications() const { return into_applications_; }
  v1::BlastRadius::State StateOfName(const Name& name) const {
    const auto found = state_.find(name);
    return found == state_.end() ? v1::BlastRadius::STATE_UNSPECIFIED : found->second;
  }

  // Links from applications to services, each application's 1 split over its services.
  std::map<std::pair<Name, Name>, double> IntoServices() const {
    std::map<std::pair<Name, Name>, double> links;
    for (const auto& [application, services] : services_of_) {
      for (const Name& service : services)
        links[{application, service}] = 1.0 / static_cast<double>(services.size());
    }
    return links;
  }

 private:
  void AddApplication(const v1::ConsumerImpact& impact) {
    const std::set<Name> models = ModelsOf(analysis_.graph(), impact.likely());
    applications_[impact.consumer()] = 1;
    for (const Name& model : models) {
      const double part = 1.0 / static_cast<double>(models.size());
      models_[model] += part;
      into_applications_[{model, impact.consumer()}] += part;
    }
  }

  void AddService(engine::ConsumerIndex service) {
    const Name name(analysis_.graph().consumers().NameOf(service));
    for (engine::ConsumerIndex under : ApplicationsUnder(analysis_, service)) {
      const Name application(analysis_.graph().consumers().NameOf(under));
      if (applications_.contains(application)) services_of_[application].insert(name);
    }
  }

  const Analysis& analysis_;
  std::vector<engine::ConsumerIndex> services_;
  std::map<Name, v1::BlastRadius::State> state_;
  std::map<Name, double> models_, applications_;
  std::map<std::pair<Name, Name>, double> into_applications_;
  std::map<Name, std::set<Name>> services_of_;
};

// Puts layers into the answer, each cut to its largest.
class Drawing {
 public:
  Drawing(const Flow& flow, size_t rows_max, v1::BlastRadius& answer)
      : flow_(flow), rows_max_(rows_max), answer_(answer) {}

  // `names`: how much flows through each.
  void AddLayer(v1::BlastRadius::Layer layer, const std::map<Name, double>& names) {
    std::vector<std::pair<double, Name>> order;
    for (const auto& [name, flows] : names) order.emplace_back(-flows, name);
    std::sort(order.begin(), order.end());
    // One more node costs no more than the node of the others.
    const size_t shown = order.size() <= rows_max_ + 1 ? order.size() : rows_max_;
    for (size_t i = 0; i < order.size(); ++i) {
      const Name& name = order[i].second;
      if (i < shown) {
        place_[name] = Add(name, layer, flow_.StateOfName(name));
        continue;
      }
      if (i == shown) others_ = Add("", layer, flow_.StateOfName(name));
      Node& others = *answer_.mutable_nodes(others_);
      others.set_count(static_cast<int64_t>(i - shown + 1));
      if (others.state() != flow_.StateOfName(name)) others.set_state(v1::BlastRadius::STATE_MIXED);
      place_[name] = others_;
    }
  }

  void AddLinks(const std::map<std::pair<Name, Name>, double>& links) {
    std::map<std::pair<int, int>, double> merged;
    for (const auto& [ends, flows] : links) merged[{place_[ends.first], place_[ends.second]}] += flows;
    for (const auto& [ends, flows] : merged) {
      v1::BlastRadius::Link& link = *answer_.add_links();
      link.set_source(ends.first);
      link.set_target(ends.second);
      link.set_applications(flows);
    }
  }

 private:
  int Add(const Name& name, v1::BlastRadius::Layer layer, v1::BlastRadius::State state) {
    Node& node = *answer_.add_nodes();
    node.set_name(name);
    node.set_layer(layer);
    node.set_state(state);
    node.set_count(1);
    return answer_.nodes_size() - 1;
  }

  const Flow& flow_;
  const size_t rows_max_;
  v1::BlastRadius& answer_;
  std::map<Name, int> place_;
  int others_ = 0;
};

std::map<Name, double> Inflow(const std::map<std::pair<Name, Name>, double>& links) {
  std::map<Name, double> inflow;
  for (const auto& [ends, flows] : links) inflow[ends.second] += flows;
  return inflow;
}

}  // namespace

v1::BlastRadius BlastRadiusOf(const Analysis& analysis, const v1::ReportEvent& event, size_t rows_max) {
  v1::BlastRadius answer;
  const Flow flow(analysis, event);
  const Name& loss = event.impact().key();
  std::map<std::pair<Name, Name>, double> from_loss;
  for (const auto& [model, flows] : flow.models()) from_loss[{loss, model}] = flows;
  const auto into_services = flow.IntoServices();
  Drawing drawing(flow, rows_max, answer);
  if (!from_loss.empty()) drawing.AddLayer(v1::BlastRadius::LAYER_LOSS, {{loss, 1}});
  drawing.AddLayer(v1::BlastRadius::LAYER_MODEL, flow.models());
  drawing.AddLayer(v1::BlastRadius::LAYER_APPLICATION, flow.applications());
  drawing.AddLayer(v1::BlastRadius::LAYER_BUSINESS_SERVICE, Inflow(into_services));
  drawing.AddLinks(from_loss);
  drawing.AddLinks(flow.into_applications());
  drawing.AddLinks(into_services);
  const int64_t impaired = event.outcome().likely().impacted_applications();
  answer.set_untraced_count(
      std::max<int64_t>(0, impaired - static_cast<int64_t>(flow.applications().size())));
  return answer;
}

}  // namespace linchpin::risk
