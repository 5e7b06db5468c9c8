#include "services/policy/domain/incremental/change_reach.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/engine/trace/supply_links.h"
#include "services/policy/domain/incremental/dirty_facts.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using engine::ConsumerIndex;
using engine::Graph;
using engine::Target;

constexpr std::string_view kChildren = "/dependencies/";

std::optional<v1::SubjectKind> SubjectKindOf(const resource::KindInfo& kind) {
  for (const v1::SubjectKind subject :
       {v1::SUBJECT_KIND_VENDOR, v1::SUBJECT_KIND_HOST, v1::SUBJECT_KIND_LICENCE, v1::SUBJECT_KIND_MODEL,
        v1::SUBJECT_KIND_DEPLOYMENT, v1::SUBJECT_KIND_APPLICATION, v1::SUBJECT_KIND_BUSINESS_SERVICE,
        v1::SUBJECT_KIND_DEPENDENCY, v1::SUBJECT_KIND_CONTRACT}) {
    if (ResourceKindOf(subject) == &kind) return subject;
  }
  return std::nullopt;
}

// Names that are touched, up to a limit.
class Gathered {
 public:
  explicit Gathered(size_t max) : max_(max) {}

  // A name of no kind of subject is passed over.
  void Add(std::string_view name) {
    const resource::KindInfo* info = resource::KindOfName(name);
    const auto kind = info == nullptr ? std::nullopt : SubjectKindOf(*info);
    if (!kind || full()) return;
    count_ += names_[*kind].emplace(name).second ? 1 : 0;
  }
  bool full() const { return count_ > max_; }
  SubjectNames Take() {
    SubjectNames names;
    for (auto& [kind, of_kind] : names_) names[kind].assign(of_kind.begin(), of_kind.end());
    return names;
  }

 private:
  const size_t max_;
  size_t count_ = 0;
  std::map<v1::SubjectKind, std::set<std::string, std::less<>>> names_;
};

// Walks back from what has changed in one graph to whoever leads there.
class WayBack {
 public:
  WayBack(const Graph& graph, Gathered& gathered) : graph_(graph), gathered_(gathered) {}

  void From(Target target) {
    if (target.is_consumer() && !seen_.insert(target.consumer().value).second) return;
    open_.push_back(target);
    if (target.is_consumer()) gathered_.Add(graph_.consumers().NameOf(target.consumer()));
  }
  void Walk() {
    while (!open_.empty() && !gathered_.full()) {
      const Target target = open_.back();
      open_.pop_back();
      graph_.ForEachDependent(target, [this](const engine::Dependent& dependent) {
        if (gathered_.full()) return;
        const DependencyPlace place{dependent.consumer(), dependent.group()};
        if (graph_.consumers()[place.consumer].record().kind != engine::ConsumerKind::kRoute)
          gathered_.Add(DependencyName(graph_, place));
        From(Target(place.consumer));
      });
    }
  }

 private:
  const Graph& graph_;
  Gathered& gathered_;
  absl::flat_hash_set<uint32_t> seen_;  // Consumers.
  std::vector<Target> open_;
};

std::optional<engine::GroupView> GroupOf(const Graph& graph, std::string_view dependency) {
  const auto place = FindDependency(graph, dependency);
  if (!place) return std::nullopt;
  return graph.consumers()[place->consumer].group(place->group);
}

bool SameGroup(const Graph& a_graph, const engine::GroupView& a, const Graph& b_graph,
               const engine::GroupView& b) {
  if (a.size() != b.size() || !(a.terms() == b.terms()) || !(a.usage() == b.usage())) return false;
  for (uint32_t k = 0; k < a.size(); ++k) {
    if (a_graph.NameOf(a.target(k)) != b_graph.NameOf(b.target(k)) ||
        !(a.alternative(k) == b.alternative(k)) || !(a.usage(k) == b.usage(k)))
      return false;
  }
  return true;
}

// Has nothing been written but consumers and deployments?
bool SharesUpstream(const Graph& a, const Graph& b) {
  return a.vendors().SharesAll(b.vendors()) && a.hosts().SharesAll(b.hosts()) &&
         a.licences().SharesAll(b.licences()) && a.models().SharesAll(b.models());
}

// Can every vendor play the same parts? The vendors are the same.
bool SameParts(const engine::Knowledge& a, const engine::Knowledge& b) {
  for (const engine::VendorIndex vendor : a.graph().vendors()) {
    for (const engine::Part part : engine::kParts) {
      if (a.parts().Can(part, vendor) != b.parts().Can(part, vendor)) return false;
    }
  }
  return true;
}

bool SameRecord(const Graph& a, const Graph& b, std::string_view consumer) {
  const auto at = a.consumers().Find(consumer), other = b.consumers().Find(consumer);
  if (!at || !other) return !at && !other;
  return a.consumers()[*at].record() == b.consumers()[*other].record();
}

// One change.
class Reach {
 public:
  Reach(const ReachSide& before, const ReachSide& after, bool in_use, const ReachLimits& limits)
      : before_(before),
        after_(after),
        in_use_(in_use),
        gathered_(limits.subjects_max),
        back_before_(before.view.graph(), gathered_),
        back_after_(after.view.graph(), gathered_),
        use_before_(before.view.graph()),
        use_after_(after.view.graph()) {}

  std::optional<ChangeReach> Of(const std::vector<std::string>& names) {
    if (!before_.view.quarantine()->empty() || !after_.view.quarantine()->empty() || StandInsMayDiffer())
      return std::nullopt;
    for (const std::string& name : names) {
      if (!Take(name)) return std::nullopt;
    }
    if (!facts_.empty()) TakeFacts();
    back_before_.Walk();
    back_after_.Walk();
    if (gathered_.full()) return std::nullopt;
    reach_.subjects = gathered_.Take();
    return std::move(reach_);
  }

 private:
  // While no application is declared, routes stand in for them: that changes with the first and the last one.
  bool StandInsMayDiffer() const {
    const resource::KindInfo& kind = *resource::FindKindOf(inventory::v1::Application::descriptor());
    return (before_.view.Count(kind) == 0) != (after_.view.Count(kind) == 0);
  }

  // False for what is no document of the inventory.
  bool Take(const std::string& name) {
    const resource::KindInfo* kind = resource::KindOfName(name);
    if (kind == nullptr || kind->area != resource::Area::kInventory) return false;
    gathered_.Add(name);
    if (kind->descriptor == inventory::v1::Dependency::descriptor()) {
      TakeDependency(name);
    } else if (kind->descriptor == inventory::v1::Route::descriptor()) {
      TakeConsumer(name);
      reach_.weights = true;
    } else if (before_.view.graph().consumers().Find(name) || after_.view.graph().consumers().Find(name)) {
      TakeDocumentOfConsumer(name);
    } else if (engine::FindNode(before_.view.graph(), name) || engine::FindNode(after_.view.graph(), name)) {
      facts_.insert(name);
    } else if (kind->descriptor == inventory::v1::Contract::descriptor()) {
      TakeContract(name);
    }
    // What is not in the graph is read by nothing but rules about it.
    return true;
  }

  // Whoever signs it is a party of what it covers.
  void TakeContract(const std::string& name) {
    for (auto [side, back] : {std::pair{&before_, &back_before_}, std::pair{&after_, &back_after_}}) {
      const auto contract = side->view.Parse<inventory::v1::Contract>(name);
      if (contract) TakeCovered(*contract, *side, *back);
    }
  }
  void TakeCovered(const inventory::v1::Contract& contract, const ReachSide& side, WayBack& back) {
    for (const auto& service : contract.services()) {
      for (const std::string& name : service.deployments()) {
        const auto deployment = side.view.graph().deployments().Find(name);
        if (!deployment) continue;
        gathered_.Add(name);
        back.From(Target(*deployment));
      }
    }
  }

  void TakeDocumentOfConsumer(const std::string& name) {
    reach_.weights = reach_.weights || !SameRecord(before_.view.graph(), after_.view.graph(), name);
    const int max = static_cast<int>(ReachLimits().subjects_max) + 1;
    for (const replica::View* view : {&before_.view, &after_.view}) {
      for (const std::string& child : view->NamesWithPrefix(name + std::string(kChildren), max))
        gathered_.Add(child);
    }
  }

  void TakeDependency(const std::string& name) {
    const std::string consumer(resource::ParentName(name));
    gathered_.Add(consumer);
    const Graph& was = before_.view.graph();
    const Graph& now = after_.view.graph();
    const auto group = GroupOf(was, name), next = GroupOf(now, name);
    if (group && next && SameGroup(was, *group, now, *next)) return;
    reach_.weights = true;
    TakeLeading(consumer);
    // Its other dependencies use what they used.
    if (group) TakeUse(was, *group);
    if (next) TakeUse(now, *next);
  }

  // Its alternatives differ, or it is there on one side alone.
  void TakeConsumer(const std::string& name) {
    TakeLeading(name);
    for (const ReachSide* side : {&before_, &after_}) {
      const Graph& graph = side->view.graph();
      if (const auto consumer = graph.consumers().Find(name)) TakeUse(graph, *consumer);
    }
  }
  // It, and whoever leads to it.
  void TakeLeading(const std::string& name) {
    for (auto [side, back] : {std::pair{&before_, &back_before_}, std::pair{&after_, &back_after_}}) {
      if (const auto consumer = side->view.graph().consumers().Find(name)) back->From(Target(*consumer));
    }
  }

  // Of the deployments that a consumer, or one dependency, leads to by itself or through a route.
  void TakeUse(const Graph& graph, ConsumerIndex consumer) {
    const engine::ConsumerView view = graph.consumers()[consumer];
    for (uint32_t ordinal = 0; ordinal < view.group_count(); ++ordinal) TakeUse(graph, view.group(ordinal));
  }
  void TakeUse(const Graph& graph, const engine::GroupView& group) {
    for (const Target target : group.targets()) {
      if (!target.is_consumer()) {
        TakeUse(graph.deployments()[target.deployment()].name);
      } else if (graph.consumers()[target.consumer()].record().kind == engine::ConsumerKind::kRoute) {
        TakeUse(graph, target.consumer());
      }
    }
  }
  void TakeUse(const std::string& deployment) {
    if (!used_.insert(deployment).second) return;
    reach_.use =
        reach_.use || IsUsed(before_, use_before_, deployment) != IsUsed(after_, use_after_, deployment);
    if (!in_use_) return;
    for (const ReachSide* side : {&before_, &after_}) AddNamesWith(*side, deployment);
  }
  static bool IsUsed(const ReachSide& side, const DeploymentUse& use, const std::string& deployment) {
    const auto index = side.view.graph().deployments().Find(deployment);
    return index && use.IsUsed(*index);
  }
  void AddNamesWith(const ReachSide& side, const std::string& deployment) {
    const auto index = side.knowledge.graph().deployments().Find(deployment);
    if (!index) return;
    ForEachWith(side.knowledge, *index, [this](std::string_view name) { gathered_.Add(name); });
  }

  void TakeFacts() {
    reach_.weights = reach_.use = true;
    const engine::Knowledge& was = before_.knowledge;
    const engine::Knowledge& now = after_.knowledge;
    // What an open fact can be follows from the records of all but deployments, and from who operates one;
    // and rules may ask for any field of a vendor that somebody can be.
    const bool open = NamesVendor() || !SharesUpstream(was.graph(), now.graph()) || !SameParts(was, now);
    for (auto [side, back] : {std::pair{&before_, &back_before_}, std::pair{&after_, &back_after_}}) {
      const DirtyFacts dirty(side->knowledge, facts_, open);
      const Graph& graph = side->view.graph();
      AddDirty(graph.vendors(), dirty);
      AddDirty(graph.hosts(), dirty);
      AddDirty(graph.licences(), dirty);
      AddDirty(graph.models(), dirty);
      for (const engine::DeploymentIndex index : graph.deployments()) {
        if (!dirty.Is(index)) continue;
        gathered_.Add(graph.deployments()[index].name);
        back->From(Target(index));
        if (in_use_) AddNamesWith(*side, graph.deployments()[index].name);
      }
      TakeContractsOf(dirty, *side, *back);
    }
  }
  bool NamesVendor() const {
    const resource::KindInfo* const vendor = resource::FindKindOf(inventory::v1::Vendor::descriptor());
    return std::any_of(facts_.begin(), facts_.end(),
                       [&](const std::string& name) { return resource::KindOfName(name) == vendor; });
  }
  void TakeContractsOf(const DirtyFacts& dirty, const ReachSide& side, WayBack& back) {
    inventory::v1::Contract contract;
    side.view.ForEach(*resource::FindKindOf(contract.GetDescriptor()), [&](const replica::DocumentRef& ref) {
      if (!replica::ParseInto(ref, contract)) return;
      const auto vendor = side.view.graph().vendors().Find(contract.vendor());
      if (vendor && dirty.Is(*vendor)) TakeCovered(contract, side, back);
    });
  }
  template <typename Table>
  void AddDirty(const Table& table, const DirtyFacts& dirty) {
    for (const auto index : table) {
      if (dirty.Is(index)) gathered_.Add(table[index].name);
    }
  }

  const ReachSide& before_;
  const ReachSide& after_;
  const bool in_use_;
  ChangeReach reach_;
  Gathered gathered_;
  WayBack back_before_, back_after_;
  const DeploymentUse use_before_, use_after_;
  absl::flat_hash_set<std::string> facts_;
  absl::flat_hash_set<std::string> used_;  // Deployments that have been looked at.
};

}  // namespace

std::optional<ChangeReach> ReachOf(const std::vector<std::string>& names, const ReachSide& before,
                                   const ReachSide& after, bool in_use, const ReachLimits& limits) {
  return Reach(before, after, in_use, limits).Of(names);
}

}  // namespace linchpin::policy
