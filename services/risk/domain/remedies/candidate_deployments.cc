// Candidates that change a deployment, and deployments that do not exist yet.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/risk/domain/remedies/candidate_maker.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using engine::DeploymentIndex;
using engine::HostIndex;
using engine::ModelIndex;
using engine::Target;

constexpr size_t kHostsPerMove = 2;
constexpr size_t kProposalsMax = 200;
constexpr size_t kModelsPerNeed = 2;
constexpr size_t kIdMax = 63;

Candidate Change(v1::RemedyKind kind, std::string title, const inventory::Deployment& document,
                 const std::vector<std::string>& paths) {
  Candidate candidate{.kind = kind, .subject = document.name(), .title = std::move(title)};
  v1::RemedyDocument& changed = candidate.documents.emplace_back();
  *changed.mutable_resource()->mutable_deployment() = document;
  for (const std::string& path : paths) changed.mutable_changed()->add_paths(path);
  return candidate;
}

// What all that name the deployment would ask of it at once; nothing if that does not fit.
std::optional<int64_t> AllUnits(const engine::Graph& graph, DeploymentIndex deployment) {
  int64_t units = 0;
  graph.ForEachDependent(Target(deployment), [&](const engine::Dependent& dependent) {
    units += graph.consumers()[dependent.consumer()].group(dependent.group()).terms().units;
    units = std::min(units, engine::kUnitsMax + 1);
  });
  return units > engine::kUnitsMax ? std::nullopt : std::optional<int64_t>(units);
}

// Hosts on which something of one's own runs, or that nobody else provides: own premises first, then home,
// then by what runs there.
std::vector<HostIndex> OwnHosts(const RemedyContext& context) {
  const engine::Graph& graph = context.graph;
  std::map<HostIndex, int> carried;
  for (HostIndex host : graph.hosts()) {
    if (graph.hosts()[host].provider.is_none()) carried[host];
  }
  for (DeploymentIndex deployment : graph.deployments()) {
    const engine::Deployment& record = graph.deployments()[deployment];
    if (record.mode == engine::HostingMode::kSelfHosted && record.host.has_value()) ++carried[*record.host];
  }
  std::vector<HostIndex> hosts;
  for (const auto& [host, count] : carried) hosts.push_back(host);
  std::sort(hosts.begin(), hosts.end(), [&](HostIndex a, HostIndex b) {
    const auto rank = [&](HostIndex host) {
      const engine::Host& record = graph.hosts()[host];
      const bool home = record.country.has_value() && context.home.contains(record.country->ToString());
      return std::make_tuple(!record.provider.is_none(), !home, -carried[host],
                             std::string_view(record.name));
    };
    return rank(a) < rank(b);
  });
  return hosts;
}

}  // namespace

std::vector<Candidate> CandidateMaker::ForDeployment(DeploymentIndex deployment) const {
  std::vector<Candidate> made;
  const engine::Deployment& record = context_.graph.deployments()[deployment];
  const auto document = draft_.Read<inventory::Deployment>(record.name);
  if (!document.has_value()) return made;
  const bool own = record.mode == engine::HostingMode::kSelfHosted;
  const bool held =
      record.custody == engine::Custody::kHeld || record.custody == engine::Custody::kHeldVerified;
  const bool open =
      record.model.has_value() && context_.knowledge.WeightsOf(*record.model) == engine::Weights::kOpen;
  if (own && open && !held && context_.Wants(v1::REMEDY_KIND_HOLD_WEIGHTS)) {
    inventory::Deployment changed = *document;
    changed.set_custody(inventory::Deployment::CUSTODY_HELD);
    const std::string model = context_.graph.models()[*record.model].name;
    made.push_back(Change(v1::REMEDY_KIND_HOLD_WEIGHTS,
                          absl::StrCat("Keep an own copy of the weights of ", model, " for ", record.name),
                          changed, {"custody"}));
    made.back().assumptions.push_back(absl::StrCat(
        "a copy of ", model, " is downloaded, kept, and started from, so that no start fetches it"));
  }
  if (record.has_finite_capacity() && context_.Wants(v1::REMEDY_KIND_MORE_CAPACITY)) {
    const std::optional<int64_t> units = AllUnits(context_.graph, deployment);
    const int64_t now = record.capacity_units.value();
    if (units.has_value() && *units > now) {
      inventory::Deployment changed = *document;
      changed.set_capacity_units(*units);
      made.push_back(
          Change(v1::REMEDY_KIND_MORE_CAPACITY,
                 absl::StrCat("Raise the capacity of ", record.name, " from ", now, " to ", *units, " units"),
                 changed, {"capacity_units"}));
      made.back().assumptions.push_back("its operator grants that much, to all who use it together");
    }
  }
  if (!own || !record.host.has_value() || !context_.Wants(v1::REMEDY_KIND_MOVE_HOST)) return made;
  size_t moves = 0;
  for (HostIndex host : OwnHosts(context_)) {
    if (host == *record.host || moves == kHostsPerMove) continue;
    ++moves;
    inventory::Deployment changed = *document;
    changed.set_host(context_.graph.hosts()[host].name);
    made.push_back(Change(v1::REMEDY_KIND_MOVE_HOST,
                          absl::StrCat("Move ", record.name, " to ", context_.graph.hosts()[host].name),
                          changed, {"host"}));
    made.back().assumptions.push_back(absl::StrCat(context_.graph.hosts()[host].name, " has room for it"));
  }
  return made;
}

namespace {

// Makes proposals, each model and host once.
class Proposer {
 public:
  Proposer(const RemedyContext& context, const DraftInventory& draft)
      : context_(context), draft_(draft), hosts_(OwnHosts(context)) {
    hosts_.resize(std::min(hosts_.size(), kHostsPerMove));
    for (ModelIndex model : context.graph.models()) {
      if (context.knowledge.WeightsOf(model) != engine::Weights::kOpen) continue;
      if (context.graph.models()[model].requires_activation == true) continue;
      const auto retires = context.hazards.retirements.find(context.graph.models()[model].name);
      if (retires == context.hazards.retirements.end()) open_.push_back(model);
    }
    for (DeploymentIndex deployment : context.graph.deployments()) {
      const auto& model = context.graph.deployments()[deployment].model;
      if (model.has_value()) deployments_of_[*model] += 1;
    }
    // What one runs already one knows.
    std::sort(open_.begin(), open_.end(), [&](ModelIndex a, ModelIndex b) {
      const auto rank = [&](ModelIndex m) {
        const auto found = deployments_of_.find(m);
        return std::make_tuple(found == deployments_of_.end() ? 0 : -found->second,
                               std::string_view(context.graph.models()[m].name));
      };
      return rank(a) < rank(b);
    });
  }

  void ProposeFor(const Need& need) {
    std::vector<Target> present;
    for (Target target : context_.graph.consumers()[need.consumer].group(need.group).targets()) {
      if (!target.is_consumer()) present.push_back(target);
    }
    if (present.empty()) return;
    const Suitability::Demand demand =
        context_.suitability.DemandOf(PurposeOf(need), context_.graph, present);
    std::vector<ModelIndex> others;
    for (ModelIndex model : open_) {
      if (context_.suitability.IsSameModel(model, demand)) {
        Propose(model);
      } else if (context_.suitability.CanServe(model, 0, demand)) {
        others.push_back(model);
      }
    }
    std::stable_partition(others.begin(), others.end(), [&](ModelIndex model) {
      return !context_.suitability.IsMuchSmaller(model, demand);
    });
    others.resize(std::min(others.size(), kModelsPerNeed));
    for (ModelIndex model : others) Propose(model);
  }
  // Those that own copies were made for come first.
  std::vector<ProposedDeployment> Take() {
    for (DeploymentIndex deployment : context_.graph.deployments()) AddOffered(deployment);
    return std::move(made_);
  }

 private:
  Purpose PurposeOf(const Need& need) const {
    if (const auto route = draft_.Read<inventory::Route>(need.name)) return route->purpose();
    const auto dependency = draft_.Read<inventory::Dependency>(need.name);
    return dependency.has_value() ? dependency->purpose() : inventory::Dependency::PURPOSE_UNSPECIFIED;
  }

  void Propose(ModelIndex model) {
    if (!proposed_.insert(model).second) return;
    if (hosts_.empty()) Add(model, nullptr);
    for (HostIndex host : hosts_) Add(model, &context_.graph.hosts()[host]);
  }

  void Add(ModelIndex model, const engine::Host* host) {
    if (made_.size() == kProposalsMax) return;
    const std::string& name = context_.graph.models()[model].name;
    inventory::Deployment document;
    document.set_name(NewName(name, host));
    document.set_display_name(absl::StrCat("Own copy of ", std::string(resource::IdOf(name))));
    document.set_model(name);
    document.set_hosting_mode(inventory::Deployment::HOSTING_MODE_SELF_HOSTED);
    if (host != nullptr) document.set_host(host->name);
    document.set_custody(inventory::Deployment::CUSTODY_HELD);
    (*document.mutable_labels())["linchpin.dev/proposed"] = "remedy";
    made_.push_back({std::move(document), model, {}, /*offered=*/false});
  }

  void AddOffered(DeploymentIndex index) {
    const engine::Deployment& record = context_.graph.deployments()[index];
    if (context_.offered == nullptr || !record.model.has_value() || draft_.Contains(record.name)) return;
    std::optional<inventory::Deployment> document =
        context_.offered->Parse<inventory::Deployment>(record.name);
    if (!document.has_value()) return;
    resource::ClearOutputOnly(*document);
    made_.push_back({*std::move(document), *record.model, index, /*offered=*/true});
  }

  // "deployments/own-MODEL-on-HOST", cut to what an id may be, with a number if it is taken.
  std::string NewName(const std::string& model, const engine::Host* host) {
    std::string id = absl::StrCat("own-", std::string(resource::IdOf(model)));
    if (host != nullptr) absl::StrAppend(&id, "-on-", std::string(resource::IdOf(host->name)));
    id.resize(std::min(id.size(), kIdMax - 4));
    while (id.back() == '-') id.pop_back();
    std::string name = absl::StrCat("deployments/", id);
    for (int i = 2; Exists(name) || !names_.insert(name).second; ++i) {
      name = absl::StrCat("deployments/", id, "-", i);
    }
    return name;
  }

  bool Exists(const std::string& name) const {
    return draft_.Contains(name) || (context_.offered != nullptr && context_.offered->Contains(name));
  }

  const RemedyContext& context_;
  const DraftInventory& draft_;
  std::vector<HostIndex> hosts_;
  std::vector<ModelIndex> open_;
  std::map<ModelIndex, int> deployments_of_;
  std::set<ModelIndex> proposed_;
  std::set<std::string> names_;
  std::vector<ProposedDeployment> made_;
};

}  // namespace

std::vector<ProposedDeployment> ProposeDeployments(const RemedyContext& context, const DraftInventory& draft,
                                                   const std::vector<Need>& needs) {
  const bool home = !context.home.empty() && context.Wants(v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL);
  if (!home && !context.Wants(v1::REMEDY_KIND_NEW_DEPLOYMENT)) return {};
  Proposer proposer(context, draft);
  for (const Need& need : needs) proposer.ProposeFor(need);
  return proposer.Take();
}

}  // namespace linchpin::risk
