#include "services/risk/domain/reports/shared_fate_report.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/cutoff/conditions.h"
#include "services/engine/graph/counted.h"
#include "services/engine/structure/exposure.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/reports/failure_request.h"
#include "services/risk/domain/reports/hit_report.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::AtomClass;
using engine::ConsumerIndex;
using engine::Exposed;
using engine::Exposure;
using engine::FactKind;
using engine::Reading;
using engine::Target;

constexpr size_t kFatesDefault = 100;
constexpr size_t kAtomsMax = 20;

// One fallback on its way into the answer.
struct Fate {
  ConsumerIndex consumer;
  uint32_t group = 0;
  uint32_t alternative = 0;
  std::vector<Exposed> common = {};   // With the primary.
  std::set<uint32_t> takes_all = {};  // Atoms that take all alternatives, in the reading of `common`.
  int64_t weight = 0;
  Reading first = Reading::kNotExcluded;  // In which it falls with its primary.
};

v1::SharedLayer LayerOfVendor(const std::vector<engine::FactRef>& facts) {
  for (const engine::FactRef& fact : facts) {
    switch (fact.kind) {
      case FactKind::kIntermediary:
        return v1::SHARED_LAYER_GATEWAY;
      case FactKind::kOperator:
        return v1::SHARED_LAYER_OPERATOR;
      case FactKind::kHostProvider:
      case FactKind::kProviderOfHost:
        return v1::SHARED_LAYER_HOST_PROVIDER;
      case FactKind::kDeveloper:
      case FactKind::kDeveloperOfModel:
        return v1::SHARED_LAYER_DEVELOPER;
      case FactKind::kWeightsSource:
        return v1::SHARED_LAYER_WEIGHTS_SOURCE;
      default:
        break;
    }
  }
  return v1::SHARED_LAYER_UNSPECIFIED;
}

v1::SharedLayer LayerOf(AtomClass atom_class, const std::vector<engine::FactRef>& facts) {
  switch (atom_class) {
    case AtomClass::kVendor:
      return LayerOfVendor(facts);
    case AtomClass::kHost:
      return v1::SHARED_LAYER_HOST;
    case AtomClass::kLicence:
      return v1::SHARED_LAYER_LICENCE;
    case AtomClass::kWeights:
      return v1::SHARED_LAYER_ORIGIN_COUNTRY;
    case AtomClass::kServices:
      return v1::SHARED_LAYER_SERVICE_COUNTRY;
    case AtomClass::kModel:
      return v1::SHARED_LAYER_MODEL;
  }
  return v1::SHARED_LAYER_UNSPECIFIED;
}

v1::AtomClass ClassOf(AtomClass atom_class) {
  return static_cast<v1::AtomClass>(static_cast<int>(atom_class) + v1::ATOM_CLASS_VENDOR);
}

using Facts = google::protobuf::RepeatedPtrField<v1::KnownFact>;

class Reporter {
 public:
  Reporter(const engine::Knowledge& knowledge, const engine::Graph& graph, const Exposure& exposure)
      : knowledge_(knowledge), graph_(graph), exposure_(exposure), counted_(graph) {}

  void Check(ConsumerIndex consumer, v1::ListSharedFatesResponse& response) {
    const engine::ConsumerView view = graph_.consumers()[consumer];
    for (uint32_t group = 0; group < view.group_count(); ++group) {
      response.set_dependency_count(response.dependency_count() + 1);
      if (view.group(group).size() < 2) {
        response.set_without_fallback_count(response.without_fallback_count() + 1);
      } else {
        CheckGroup(consumer, group, response);
      }
    }
  }

  void Report(bool all, size_t max, v1::ListSharedFatesResponse& response) {
    if (!all) {
      std::erase_if(fates_, [](const Fate& fate) {
        return fate.common.empty() || fate.first == Reading::kNotExcluded;
      });
    }
    std::sort(fates_.begin(), fates_.end(), [this](const Fate& a, const Fate& b) {
      const auto rank = [this](const Fate& fate) {
        return std::make_tuple(!TakenWhole(fate), -fate.weight, fate.common.empty(), fate.first, NameOf(fate),
                               fate.alternative);
      };
      return rank(a) < rank(b);
    });
    response.set_fate_count(static_cast<int64_t>(fates_.size()));
    fates_.resize(std::min(fates_.size(), max));
    for (const Fate& fate : fates_) Describe(fate, *response.add_fates());
  }

 private:
  std::string NameOf(const Fate& fate) const {
    const engine::ConsumerView view = graph_.consumers()[fate.consumer];
    if (view.record().kind == engine::ConsumerKind::kRoute) return std::string(view.name());
    return absl::StrCat(std::string(view.name()), "/dependencies/", std::string(view.group(fate.group).id()));
  }

  // On proven or likely facts.
  bool TakenWhole(const Fate& fate) const {
    return std::any_of(fate.common.begin(), fate.common.end(), [&fate](const Exposed& one) {
      return one.first != Reading::kNotExcluded && fate.takes_all.contains(one.atom);
    });
  }

  static void Count(Reading first, v1::ReadingCounts& counts) {
    if (first == Reading::kProven) counts.set_proven(counts.proven() + 1);
    if (first != Reading::kNotExcluded) counts.set_likely(counts.likely() + 1);
    counts.set_not_excluded(counts.not_excluded() + 1);
  }
  static std::optional<Reading> FirstOf(const std::vector<Exposed>& exposed) {
    std::optional<Reading> first;
    for (const Exposed& one : exposed) first = std::min(first.value_or(one.first), one.first);
    return first;
  }

  void CheckGroup(ConsumerIndex consumer, uint32_t group, v1::ListSharedFatesResponse& response) {
    const engine::GroupView view = graph_.consumers()[consumer].group(group);
    const std::span<const Exposed> primary = exposure_.Of(view.target(0));
    const std::vector<Exposed> whole = exposure_.CommonOf(view.targets());
    if (const std::optional<Reading> first = FirstOf(whole)) Count(*first, *response.mutable_taken_whole());
    for (uint32_t k = 1; k < view.size(); ++k) {
      response.set_fallback_count(response.fallback_count() + 1);
      Fate fate{.consumer = consumer, .group = group, .alternative = k};
      fate.common = Exposure::Common(primary, exposure_.Of(view.target(k)));
      fate.weight = WeightOf(consumer);
      if (const std::optional<Reading> first = FirstOf(fate.common)) {
        fate.first = *first;
        Count(*first, *response.mutable_falling());
      }
      for (const Exposed& one : whole) fate.takes_all.insert(one.atom);
      fates_.push_back(std::move(fate));
    }
  }

  // Of a route: what is put first on it.
  int64_t WeightOf(ConsumerIndex consumer) const {
    const int64_t own = counted_.WeightOf(consumer);
    if (graph_.consumers()[consumer].record().kind != engine::ConsumerKind::kRoute) return own;
    int64_t most = own;
    graph_.ForEachDependent(Target(consumer), [&](const engine::Dependent& dependent) {
      most = std::max(most, counted_.WeightOf(dependent.consumer()));
    });
    return most;
  }

  void Describe(const Fate& fate, v1::SharedFate& message) const {
    const engine::GroupView group = graph_.consumers()[fate.consumer].group(fate.group);
    message.set_dependency(NameOf(fate));
    message.set_primary(std::string(graph_.NameOf(group.target(0))));
    message.set_fallback(std::string(graph_.NameOf(group.target(fate.alternative))));
    message.set_position(static_cast<int>(fate.alternative) + 1);
    message.set_atom_count(static_cast<int64_t>(fate.common.size()));
    std::vector<Exposed> common = fate.common;
    // Atoms are numbered by class and key.
    std::stable_sort(common.begin(), common.end(), [&fate](const Exposed& a, const Exposed& b) {
      return std::make_tuple(a.first, !fate.takes_all.contains(a.atom)) <
             std::make_tuple(b.first, !fate.takes_all.contains(b.atom));
    });
    common.resize(std::min(common.size(), kAtomsMax));
    for (const Exposed& one : common) {
      v1::SharedAtom& atom = *message.add_atoms();
      const engine::AtomIndex::Entry& entry = exposure_.entry(one.atom);
      atom.set_atom(entry.key);
      atom.set_atom_class(ClassOf(entry.atom.atom_class));
      atom.set_reading(ToProto(one.first));
      atom.set_takes_all(fate.takes_all.contains(one.atom));
      atom.set_primary_layer(Explain(group.target(0), entry, *atom.mutable_primary_because()));
      atom.set_fallback_layer(
          Explain(group.target(fate.alternative), entry, *atom.mutable_fallback_because()));
    }
  }

  // Why the atom takes a deployment, and by what part of it.
  v1::SharedLayer Explain(Target target, const engine::AtomIndex::Entry& entry, Facts& because) const {
    if (target.is_consumer()) return v1::SHARED_LAYER_UNSPECIFIED;
    const engine::HitReason reason =
        engine::Explain(knowledge_, engine::ResolvedCutoffOf(entry.atom), target.deployment());
    const bool certain = reason.truth == engine::Truth::kTrue;
    if (!certain && !reason.likely) return v1::SHARED_LAYER_UNSPECIFIED;
    const std::vector<engine::FactRef>& facts = certain ? reason.facts : reason.likely_proof;
    for (const engine::FactRef& fact : facts) {
      const bool likely = !certain && std::find(reason.likely_facts.begin(), reason.likely_facts.end(),
                                                fact) != reason.likely_facts.end();
      FillFact(knowledge_, fact, likely, *because.Add());
    }
    return LayerOf(entry.atom.atom_class, facts);
  }

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const Exposure& exposure_;
  const engine::Counted counted_;
  std::vector<Fate> fates_;
};

absl::StatusOr<std::vector<ConsumerIndex>> ReadConsumers(const Analysis& analysis,
                                                         const v1::ListSharedFatesRequest& request) {
  const engine::Graph& graph = analysis.graph();
  std::vector<ConsumerIndex> consumers;
  for (int i = 0; i < request.consumers_size(); ++i) {
    const std::string& name = request.consumers(i);
    const resource::KindInfo* kind = resource::KindOfName(name);
    if (kind == nullptr ||
        (kind->kind != "Application" && kind->kind != "BusinessService" && kind->kind != "Route")) {
      return base::FieldError(
          absl::StrCat("consumers[", i, "]"),
          absl::StrCat("name an application, a business service or a route; \"", name, "\" is none"));
    }
    const auto consumer = graph.consumers().Find(name);
    if (!consumer.has_value()) {
      return base::Error(base::reason::TargetNotFound{.target = name},
                         absl::StrCat(name, " is not in the inventory; name a consumer that is"));
    }
    consumers.push_back(*consumer);
  }
  if (request.consumers().empty()) {
    for (ConsumerIndex consumer : graph.consumers()) consumers.push_back(consumer);
  }
  std::erase_if(consumers, [&](ConsumerIndex consumer) { return !analysis.counted().IsSelected(consumer); });
  std::sort(consumers.begin(), consumers.end());
  consumers.erase(std::unique(consumers.begin(), consumers.end()), consumers.end());
  return consumers;
}

}  // namespace

absl::Status ReportSharedFates(Analysis& analysis, const v1::ListSharedFatesRequest& request,
                               const std::function<bool()>& cancelled,
                               v1::ListSharedFatesResponse& response) {
  const auto consumers = ReadConsumers(analysis, request);
  if (!consumers.ok()) return consumers.status();
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::Limits limits;
  limits.cancelled = cancelled;
  // The analysis outlives the exposure.
  const auto exposure = Exposure::Create(**plan, analysis.shared_atoms(), limits);
  if (!exposure.ok()) return FromEngine(exposure.status());
  Reporter reporter(analysis.Knowledge(), analysis.graph(), *exposure);
  response.mutable_falling();
  response.mutable_taken_whole();
  for (ConsumerIndex consumer : *consumers) reporter.Check(consumer, response);
  const size_t max = request.max_fates() == 0 ? kFatesDefault : static_cast<size_t>(request.max_fates());
  reporter.Report(request.include_all(), max, response);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
