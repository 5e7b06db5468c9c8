#include "services/risk/domain/reports/attestation_report.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/cutoff/entity_use.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/use_reach.h"
#include "services/risk/domain/reports/attestation_questions.h"
#include "services/risk/domain/reports/selection.h"
#include "services/risk/domain/reports/undecided.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::ConsumerIndex;
using engine::Truth;

constexpr int kItemsDefault = 100;

absl::StatusOr<engine::Entity> ReadEntity(const engine::Graph& graph,
                                          const v1::AttestAbsenceRequest& request) {
  if (request.vendor().empty() == request.country().empty())
    return base::FieldError("vendor", "name a vendor or a country, one of the two");
  if (!request.country().empty()) return engine::Entity{.country = engine::Country::Parse(request.country())};
  const auto vendor = graph.vendors().Find(request.vendor());
  if (vendor.has_value()) return engine::Entity{.vendor = vendor};
  return base::Error(
      base::reason::TargetNotFound{.target = request.vendor()},
      absl::StrCat(
          "`", request.vendor(),
          "` is not a vendor of the inventory: nothing can refer to it, and nothing is known of what "
          "it made; add it, with its models, and ask again"));
}

// "applications/a/dependencies/d" and "alternatives[1].target".
void WriteStep(const engine::Graph& graph, const engine::UseReach::Step& step,
               v1::Attestation::Step& message) {
  const engine::ConsumerView consumer = graph.consumers()[step.consumer];
  const engine::GroupView group = consumer.group(step.group);
  const bool is_route = consumer.record().kind == engine::ConsumerKind::kRoute;
  message.set_resource(
      is_route ? std::string(consumer.name())
               : absl::StrCat(std::string(consumer.name()), "/dependencies/", std::string(group.id())));
  message.set_field(absl::StrCat("alternatives[", step.alternative, "].target"));
  message.set_value(std::string(graph.NameOf(group.target(step.alternative))));
}

class Reporter {
 public:
  Reporter(const Analysis& analysis, const replica::View& view, const v1::AttestAbsenceRequest& request,
           const engine::EntityUse& use, const engine::UseReach& reach)
      : analysis_(analysis),
        knowledge_(analysis.Knowledge()),
        graph_(analysis.graph()),
        view_(view),
        request_(request),
        use_(use),
        reach_(reach),
        counted_(graph_) {
    if (analysis.selection() != nullptr) undecided_ = UndecidedOf(view, request.selector());
  }

  absl::Status Write(v1::Attestation& attestation) {
    for (ConsumerIndex consumer : graph_.consumers()) Sort(consumer, attestation);
    if (attestation.consumer_count() == 0) return NobodyInScope(attestation.undeclared_count());
    WriteViolations(attestation);
    AddAttestationQuestions(knowledge_, view_, use_, reach_, request_.selector(), open_, Max(), attestation);
    attestation.set_verdict(VerdictOf(attestation));
    attestation.set_statement(Statement());
    if (!request_.strict()) AddAssumptions(attestation);
    AddQuarantine(attestation);
    return absl::OkStatus();
  }

 private:
  int Max() const { return request_.max_items() == 0 ? kItemsDefault : request_.max_items(); }

  // Whether the consumer is in the scope; kUnknown where an absent field leaves that open.
  Truth IsInScope(ConsumerIndex consumer) const {
    if (!counted_.IsCounted(consumer)) return Truth::kFalse;
    const Selection* selection = analysis_.selection();
    if (selection == nullptr || selection->selected[consumer.value]) return Truth::kTrue;
    return undecided_[consumer.value] ? Truth::kUnknown : Truth::kFalse;
  }

  void Sort(ConsumerIndex consumer, v1::Attestation& attestation) {
    if (open_.open.empty()) {
      open_.open.assign(graph_.consumers().slots(), false);
      open_.membership.assign(graph_.consumers().slots(), false);
    }
    const Truth in_scope = IsInScope(consumer);
    if (in_scope == Truth::kFalse) return;
    if (request_.skip_undeclared() && engine::StatesNoDependency(graph_, consumer)) {
      attestation.set_undeclared_count(attestation.undeclared_count() + 1);
      return;
    }
    attestation.set_consumer_count(attestation.consumer_count() + 1);
    const Truth uses = engine::And(in_scope, reach_.Of(consumer));
    if (uses == Truth::kFalse) {
      attestation.set_clear_count(attestation.clear_count() + 1);
    } else if (uses == Truth::kTrue) {
      violating_.push_back(consumer);
    } else {
      open_.open[consumer.value] = true;
      open_.membership[consumer.value] = in_scope == Truth::kUnknown;
      ++open_.count;
    }
  }

  void WriteViolations(v1::Attestation& attestation) {
    attestation.set_violating_count(static_cast<int64_t>(violating_.size()));
    attestation.set_open_count(open_.count);
    std::sort(violating_.begin(), violating_.end(), [this](ConsumerIndex a, ConsumerIndex b) {
      return graph_.consumers().NameOf(a) < graph_.consumers().NameOf(b);
    });
    for (ConsumerIndex consumer : violating_) {
      if (attestation.violations_size() == Max()) return;
      WriteViolation(consumer, *attestation.add_violations());
    }
  }

  void WriteViolation(ConsumerIndex consumer, v1::Attestation::Violation& violation) const {
    violation.set_consumer(std::string(graph_.consumers().NameOf(consumer)));
    const std::vector<engine::UseReach::Step> way = reach_.WayOf(consumer);
    for (const engine::UseReach::Step& step : way) WriteStep(graph_, step, *violation.add_path());
    const engine::UseReach::Step& last = way.back();
    const engine::Target target =
        graph_.consumers()[last.consumer].group(last.group).target(last.alternative);
    for (const engine::FactRef& fact : use_.Explain(target.deployment()).facts) {
      v1::Attestation::Step& step = *violation.add_path();
      step.set_resource(engine::SubjectOf(graph_, fact));
      step.set_field(engine::FieldOf(graph_, fact));
      step.set_value(engine::ValueOf(knowledge_, fact));
    }
  }

  static v1::Attestation::Verdict VerdictOf(const v1::Attestation& attestation) {
    if (attestation.violating_count() > 0) return v1::Attestation::VERDICT_VIOLATED;
    return attestation.open_count() > 0 ? v1::Attestation::VERDICT_CANNOT_ATTEST
                                        : v1::Attestation::VERDICT_HOLDS;
  }

  std::string Statement() const {
    std::string scope = "No application or business service";
    if (analysis_.selection() != nullptr)
      absl::StrAppend(&scope, " with ", analysis_.selection()->described.description());
    if (request_.skip_undeclared()) absl::StrAppend(&scope, " that states its dependencies");
    if (!request_.country().empty()) {
      return absl::StrCat(
          scope, " uses anything of ", request_.country(),
          ": a vendor seated or owned there, a host there, a model from there, or a model made "
          "from one.");
    }
    return absl::StrCat(
        scope, " uses anything of ", request_.vendor(),
        ": a service or host of it or of a vendor that it owns, a model of theirs, or a model "
        "made from one.");
  }

  void AddAssumptions(v1::Attestation& attestation) const {
    int64_t intermediaries = 0, sources = 0;
    for (engine::DeploymentIndex index : graph_.deployments()) {
      const engine::Deployment& deployment = graph_.deployments()[index];
      if (!graph_.HasDependents(engine::Target(index))) continue;
      if (deployment.intermediaries.is_unknown()) ++intermediaries;
      if (!deployment.weights_source.has_value() && deployment.mode == engine::HostingMode::kSelfHosted)
        ++sources;
    }
    if (intermediaries > 0) {
      attestation.add_assumptions(absl::StrCat("Of ", intermediaries,
                                               " of the deployments in use no document says ",
                                               "whether calls pass an intermediary: read as none."));
    }
    if (sources > 0) {
      attestation.add_assumptions(absl::StrCat("Of ", sources,
                                               " of the self-hosted deployments in use no document ",
                                               "says where the weights were fetched: read as from nobody."));
    }
  }

  // What the graph refuses is not seen, so that nothing can be attested.
  void AddQuarantine(v1::Attestation& attestation) const {
    if (view_.quarantine()->empty()) return;
    if (attestation.verdict() == v1::Attestation::VERDICT_HOLDS)
      attestation.set_verdict(v1::Attestation::VERDICT_CANNOT_ATTEST);
    attestation.add_assumptions(absl::StrCat(view_.quarantine()->size(),
                                             " documents are damaged and were not read, ",
                                             view_.quarantine()->begin()->first, " the first by name."));
  }

  static absl::Status NobodyInScope(int64_t undeclared) {
    return base::Error(base::reason::NothingSelected{.selector = "", .undecided = 0},
                       undeclared > 0
                           ? "no application or business service of the scope states a dependency, so that "
                             "there is nothing to attest; say what they use"
                           : "the inventory declares no application and no business service, so that there "
                             "is nothing to attest");
  }

  const Analysis& analysis_;
  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const replica::View& view_;
  const v1::AttestAbsenceRequest& request_;
  const engine::EntityUse& use_;
  const engine::UseReach& reach_;
  const engine::Counted counted_;
  std::vector<bool> undecided_;  // By consumer; empty where all are selected.
  std::vector<ConsumerIndex> violating_;
  OpenScope open_;
};

}  // namespace

absl::Status ReportAttestation(const Analysis& analysis, const replica::View& view,
                               const v1::AttestAbsenceRequest& request,
                               const std::function<bool()>& cancelled, v1::Attestation& attestation) {
  const absl::StatusOr<engine::Entity> entity = ReadEntity(analysis.graph(), request);
  if (!entity.ok()) return entity.status();
  const engine::EntityUse use(analysis.Knowledge(), *entity, request.strict());
  const auto reach = engine::UseReach::Create(analysis.graph(), use, request.skip_undeclared(), cancelled);
  if (!reach.ok()) return reach.status();
  return Reporter(analysis, view, request, use, *reach).Write(attestation);
}

}  // namespace linchpin::risk
