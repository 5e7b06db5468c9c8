#include "services/risk/domain/remedies/candidate_maker.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/engine/graph/lineage.h"
#include "services/risk/domain/remedies/model_size.h"
#include "services/risk/domain/remedies/needed_documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using engine::DeploymentIndex;
using engine::ModelIndex;
using engine::Reading;
using engine::Target;
using inventory::Dependency;
using Alternatives = google::protobuf::RepeatedPtrField<Dependency::Alternative>;

constexpr size_t kFallbacksPerNeed = 3;
constexpr double kSlightRate = 0.05;  // Common losses in a year that are not worth a much smaller model.
constexpr size_t kProposalsPerNeed = 2;
constexpr int kAlternativesMax = 64;
constexpr int32_t kFull = 1'000'000;
constexpr absl::Duration kRetiresSoon = absl::Hours(24 * 365);

bool IsHot(const Dependency::Alternative& alternative) {
  if (alternative.has_switch_duration()) return alternative.switch_duration().seconds() == 0;
  return alternative.activation() == Dependency::ACTIVATION_AUTOMATIC;
}
bool IsSwitchKnown(const Dependency::Alternative& alternative) {
  return alternative.has_switch_duration() || alternative.activation() != Dependency::ACTIVATION_UNSPECIFIED;
}
void MakeHot(Dependency::Alternative& alternative) {
  alternative.clear_switch_duration();
  alternative.clear_likely();
  alternative.set_activation(Dependency::ACTIVATION_AUTOMATIC);
}

// "Run an own copy of models/x as deployments/y", "Take models/x from vendors/v as deployments/y".
std::string RunningOf(const inventory::Deployment& document) {
  if (document.hosting_mode() == inventory::Deployment::HOSTING_MODE_SELF_HOSTED)
    return absl::StrCat("Run an own copy of ", document.model(), " as ", document.name());
  return absl::StrCat("Take ", document.model(), " from ", document.operator_(), " as ", document.name());
}

}  // namespace

std::string NameOfNeed(const engine::Graph& graph, engine::ConsumerIndex consumer, uint32_t group) {
  const engine::ConsumerView view = graph.consumers()[consumer];
  if (view.record().kind == engine::ConsumerKind::kRoute) return std::string(view.name());
  return absl::StrCat(std::string(view.name()), "/dependencies/", std::string(view.group(group).id()));
}

struct CandidateMaker::Draft {
  const Need& need;
  std::optional<Dependency> dependency;  // One of the two.
  std::optional<inventory::Route> route;
  std::vector<Target> present;      // The alternatives.
  std::vector<Target> deployments;  // They, and in place of routes what these offer.

  const Alternatives& alternatives() const {
    return route.has_value() ? route->alternatives() : dependency->alternatives();
  }
  Purpose purpose() const { return route.has_value() ? route->purpose() : dependency->purpose(); }
  // A candidate that puts `changed` in place of the alternatives.
  Candidate With(v1::RemedyKind kind, std::string title, Alternatives changed) const {
    Candidate candidate{.kind = kind, .subject = need.name, .title = std::move(title)};
    v1::RemedyDocument& document = candidate.documents.emplace_back();
    document.mutable_changed()->add_paths("alternatives");
    if (route.has_value()) {
      inventory::Route& message = *document.mutable_resource()->mutable_route();
      message = *route;
      message.mutable_alternatives()->Swap(&changed);
    } else {
      Dependency& message = *document.mutable_resource()->mutable_dependency();
      message = *dependency;
      message.mutable_alternatives()->Swap(&changed);
    }
    return candidate;
  }
};

// A deployment that could meet a need.
struct CandidateMaker::Standin {
  DeploymentIndex deployment;
  const ProposedDeployment* proposal = nullptr;  // Of one that does not exist.
  double shared_rate = 0;  // How often in a year something takes it and all that is there, on likely facts.
  size_t shared_open = 0;  // How many losses besides cannot be excluded to.
  bool same_model = false;
  bool much_smaller = false;  // Than what is there.
  bool foreign = false;       // Weights of its lineage are known to come from outside home.
  uint32_t uses = 0;
};

CandidateMaker::CandidateMaker(const RemedyContext& context, const DraftInventory& draft)
    : context_(context), draft_(draft) {
  for (uint32_t atom = 0; atom < context.exposure.atom_count(); ++atom) {
    const engine::AtomIndex::Entry& entry = context.exposure.entry(atom);
    const engine::AtomHazard hazard = context.hazards.hazards.Of(entry.atom.atom_class, entry.key);
    rates_.push_back(hazard.certain() ? 1 : hazard.hazard.rate_per_year);
  }
  for (DeploymentIndex deployment : context.graph.deployments()) {
    if (draft.Contains(context.graph.deployments()[deployment].name)) existing_.push_back(deployment);
  }
}

std::optional<CandidateMaker::Draft> CandidateMaker::Read(const Need& need) const {
  Draft draft{need, {}, {}, {}, {}};
  if (context_.graph.consumers()[need.consumer].record().kind == engine::ConsumerKind::kRoute) {
    draft.route = draft_.Read<inventory::Route>(need.name);
  } else {
    draft.dependency = draft_.Read<Dependency>(need.name);
  }
  if (!draft.route.has_value() && !draft.dependency.has_value()) return std::nullopt;
  for (const Dependency::Alternative& alternative : draft.alternatives()) {
    const std::optional<Target> target = context_.graph.FindTarget(alternative.target());
    if (!target.has_value()) return std::nullopt;
    draft.present.push_back(*target);
    if (!target->is_consumer()) {
      draft.deployments.push_back(*target);
      continue;
    }
    const engine::ConsumerView consumer = context_.graph.consumers()[target->consumer()];
    if (consumer.record().kind != engine::ConsumerKind::kRoute || consumer.group_count() == 0) continue;
    for (Target offered : consumer.group(0).targets()) draft.deployments.push_back(offered);
  }
  return draft;
}

std::vector<Candidate> CandidateMaker::ForNeed(const Need& need) const {
  std::vector<Candidate> made;
  const std::optional<Draft> draft = Read(need);
  // What depends on applications only is mended where these stand: no deployment replaces an application.
  if (!draft.has_value() || draft->deployments.empty()) return made;
  const std::vector<Standin> standins = StandinsOf(*draft);
  AddFallbacks(*draft, standins, made);
  AddHomeModel(*draft, standins, made);
  AddWarmer(*draft, made);
  return made;
}

bool CandidateMaker::IsRetired(ModelIndex model) const {
  const auto found = context_.hazards.retirements.find(context_.graph.models()[model].name);
  return found != context_.hazards.retirements.end() && found->second < context_.hazards.as_of + kRetiresSoon;
}

bool CandidateMaker::IsHome(ModelIndex model) const {
  const ModelIndex stating = context_.knowledge.StatingModel(model, engine::FactKind::kDerivations);
  for (const engine::LineageMember& member :
       engine::LineageOf(context_.graph, stating, engine::Reach::kWeights)) {
    const std::optional<engine::Country> origin = context_.knowledge.OriginOf(member.model);
    if (member.open || !origin.has_value() || !context_.home.contains(origin->ToString())) return false;
  }
  return true;
}

std::set<std::string> CandidateMaker::ForeignOrigins(ModelIndex model) const {
  std::set<std::string> origins;
  if (context_.home.empty()) return origins;
  const ModelIndex stating = context_.knowledge.StatingModel(model, engine::FactKind::kDerivations);
  for (const engine::LineageMember& member :
       engine::LineageOf(context_.graph, stating, engine::Reach::kWeights)) {
    const std::optional<engine::Country> origin = context_.knowledge.OriginOf(member.model);
    if (origin.has_value() && !context_.home.contains(origin->ToString())) origins.insert(origin->ToString());
  }
  return origins;
}

// Those that share least with what is there come first, of those that share as much the ones of home.
std::vector<CandidateMaker::Standin> CandidateMaker::StandinsOf(const Draft& draft) const {
  const std::vector<engine::Exposed> shared = context_.exposure.CommonOf(draft.present);
  const Suitability::Demand demand =
      context_.suitability.DemandOf(draft.purpose(), context_.graph, draft.deployments);
  std::vector<Standin> standins;
  const auto consider = [&](DeploymentIndex deployment, const ProposedDeployment* proposal) {
    const std::optional<ModelIndex>& model = context_.graph.deployments()[deployment].model;
    if (!model.has_value() || IsRetired(*model)) return;
    const Target target(deployment);
    if (std::find(draft.deployments.begin(), draft.deployments.end(), target) != draft.deployments.end())
      return;
    // Of one that is proposed nothing is known but its model.
    const bool can = proposal != nullptr || !context_.suitability.Knows(deployment)
                         ? context_.suitability.CanServe(*model, 0, demand)
                         : context_.suitability.CanServe(deployment, demand);
    if (!can) return;
    Standin standin{.deployment = deployment, .proposal = proposal};
    for (const engine::Exposed& common : engine::Exposure::Common(shared, context_.exposure.Of(target))) {
      if (common.first == Reading::kNotExcluded) {
        ++standin.shared_open;
      } else {
        standin.shared_rate += RateOf(common.atom);
      }
    }
    standin.same_model = context_.suitability.IsSameModel(*model, demand);
    standin.much_smaller = context_.suitability.IsMuchSmaller(*model, demand);
    standin.foreign = !ForeignOrigins(*model).empty();
    standin.uses = context_.suitability.UsesOf(deployment);
    standins.push_back(standin);
  };
  for (const ProposedDeployment& proposal : context_.proposals) {
    if (!draft_.Contains(proposal.document.name())) consider(proposal.index, &proposal);
  }
  for (DeploymentIndex deployment : existing_) consider(deployment, nullptr);
  std::sort(standins.begin(), standins.end(), [this](const Standin& a, const Standin& b) {
    const auto rank = [this](const Standin& s) {
      return std::make_tuple(s.shared_rate, s.foreign, s.shared_open, !s.same_model, UINT32_MAX - s.uses,
                             std::string_view(context_.graph.deployments()[s.deployment].name));
    };
    return rank(a) < rank(b);
  });
  DropMuchSmaller(standins);
  return standins;
}

// Leaves much smaller models out where a larger one is nearly as independent: of two that help alike, people
// choose the abler.
void CandidateMaker::DropMuchSmaller(std::vector<Standin>& standins) {
  for (const bool proposed : {false, true}) {
    const auto able = std::find_if(standins.begin(), standins.end(), [proposed](const Standin& s) {
      return !s.much_smaller && (s.proposal != nullptr) == proposed;
    });
    if (able == standins.end()) continue;
    const double enough = able->shared_rate - kSlightRate;
    std::erase_if(standins, [proposed, enough](const Standin& s) {
      return s.much_smaller && (s.proposal != nullptr) == proposed && s.shared_rate >= enough;
    });
  }
}

void CandidateMaker::AddFallbacks(const Draft& draft, const std::vector<Standin>& standins,
                                  std::vector<Candidate>& made) const {
  if (draft.alternatives().size() >= kAlternativesMax) return;
  // Of each sort some: where the host of what is offered is not known, own copies would always come first.
  size_t existing = 0, own = 0, offered = 0;
  for (const Standin& standin : standins) {
    const bool is_new = standin.proposal != nullptr;
    size_t& count = !is_new ? existing : standin.proposal->offered ? offered : own;
    if (count++ >= (is_new ? kProposalsPerNeed : kFallbacksPerNeed)) continue;
    if (!context_.Wants(is_new ? v1::REMEDY_KIND_NEW_DEPLOYMENT : v1::REMEDY_KIND_ADD_FALLBACK)) continue;
    made.push_back(is_new ? NewFallback(draft, standin) : Fallback(draft, standin));
  }
}

// The alternatives with this one behind them, and what that takes for granted.
Candidate CandidateMaker::Behind(const Draft& draft, const Standin& standin, v1::RemedyKind kind,
                                 std::string title) const {
  const engine::Deployment& deployment = context_.graph.deployments()[standin.deployment];
  Alternatives changed = draft.alternatives();
  const Dependency::Alternative& last = draft.alternatives()[draft.alternatives().size() - 1];
  Dependency::Alternative& added = *changed.Add();
  added.set_target(deployment.name);
  // Qualities never rise along the list.
  if (last.has_quality_ppm() && last.quality_ppm() < kFull) added.set_quality_ppm(last.quality_ppm());
  const bool route = draft.route.has_value();
  added.set_activation(route ? Dependency::ACTIVATION_AUTOMATIC : Dependency::ACTIVATION_CONFIGURATION);
  const std::string quality =
      added.has_quality_ppm() ? absl::StrCat(" (at a quality of ", added.quality_ppm() / 10'000, "%)") : "";
  Candidate candidate = draft.With(kind, std::move(title), std::move(changed));
  candidate.added = deployment.name;
  for (const auto& alternative : draft.alternatives()) candidate.present.push_back(alternative.target());
  if (!standin.same_model) {
    const auto parameters = context_.suitability.ParametersOf(*deployment.model);
    candidate.assumptions.push_back(absl::StrCat(
        context_.graph.models()[*deployment.model].name,
        parameters.has_value() ? absl::StrCat(" (", ParametersText(*parameters), " parameters)") : "",
        " is good enough here", quality, "; if it is less good, say so in `quality_ppm`"));
  }
  for (const std::string& country : ForeignOrigins(*deployment.model)) {
    candidate.assumptions.push_back(
        absl::StrCat("weights that come from ", country,
                     ", outside home, are allowed here; `linchpin check` asks your policies"));
  }
  candidate.assumptions.push_back(
      route ? "the gateway changes over to it by itself, as `activation: AUTOMATIC` says"
            : "changing over to it takes a change of configuration, an hour (`activation: CONFIGURATION`); "
              "test it and record `last_test`");
  return candidate;
}

Candidate CandidateMaker::Fallback(const Draft& draft, const Standin& standin) const {
  const engine::Deployment& deployment = context_.graph.deployments()[standin.deployment];
  Candidate candidate = Behind(draft, standin, v1::REMEDY_KIND_ADD_FALLBACK,
                               absl::StrCat("Add ", deployment.name, " as a fallback of ", draft.need.name));
  if (!deployment.has_finite_capacity()) {
    candidate.assumptions.push_back(
        absl::StrCat(deployment.name, " has room for it; if it has not, say so in its `capacity_units`"));
  }
  return candidate;
}

Candidate CandidateMaker::NewFallback(const Draft& draft, const Standin& standin) const {
  Candidate candidate = Behind(
      draft, standin, v1::REMEDY_KIND_NEW_DEPLOYMENT,
      absl::StrCat(RunningOf(standin.proposal->document), " and add it as a fallback of ", draft.need.name));
  AddProposed(*standin.proposal, candidate);
  return candidate;
}

void CandidateMaker::AddProposed(const ProposedDeployment& proposal, Candidate& candidate) const {
  const inventory::Deployment& document = proposal.document;
  std::vector<v1::RemedyDocument> documents;
  if (context_.offered != nullptr) documents = NeededBy(document, *context_.offered, draft_);
  *documents.emplace_back().mutable_resource()->mutable_deployment() = document;
  candidate.documents.insert(candidate.documents.begin(), documents.begin(), documents.end());
  if (document.hosting_mode() == inventory::Deployment::HOSTING_MODE_SELF_HOSTED) {
    candidate.assumptions.push_back(
        absl::StrCat("the weights of ", document.model(), " are downloaded and kept (`custody: HELD`)"));
    candidate.assumptions.push_back(
        document.host().empty()
            ? std::string("it runs on a host that you name in `host`; no own host is known")
            : absl::StrCat("it runs on ", document.host(),
                           " with room for all that may ask; if it has less, say so in `capacity_units`"));
    return;
  }
  candidate.assumptions.push_back(absl::StrCat(
      document.operator_(), " serves ", document.model(),
      " to you, with room for all that may ask; where it runs is not known, so say so in `host`"));
}

// Puts an open model of home origin first; what was first stands behind it.
void CandidateMaker::AddHomeModel(const Draft& draft, const std::vector<Standin>& standins,
                                  std::vector<Candidate>& made) const {
  if (context_.home.empty() || !context_.Wants(v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL)) return;
  if (draft.present[0].is_consumer() || draft.alternatives().size() >= kAlternativesMax) return;
  const auto& now = context_.graph.deployments()[draft.present[0].deployment()].model;
  if (now.has_value() && IsHome(*now)) return;
  bool has_existing = false, has_proposed = false;
  for (const Standin& standin : standins) {
    const engine::Deployment& deployment = context_.graph.deployments()[standin.deployment];
    bool& has = standin.proposal == nullptr ? has_existing : has_proposed;
    if (has || !IsHome(*deployment.model)) continue;
    if (context_.knowledge.WeightsOf(*deployment.model) != engine::Weights::kOpen) continue;
    made.push_back(HomeFirst(draft, standin));
    has = true;
  }
}

Candidate CandidateMaker::HomeFirst(const Draft& draft, const Standin& standin) const {
  const engine::Deployment& deployment = context_.graph.deployments()[standin.deployment];
  Alternatives changed;
  Dependency::Alternative& first = *changed.Add();
  first.set_target(deployment.name);
  for (const Dependency::Alternative& old : draft.alternatives()) *changed.Add() = old;
  Dependency::Alternative& second = *changed.Mutable(1);
  if (!IsSwitchKnown(second)) second.set_activation(Dependency::ACTIVATION_CONFIGURATION);
  const std::string title = absl::StrCat(
      standin.proposal == nullptr ? absl::StrCat("Put ", deployment.name)
                                  : absl::StrCat(RunningOf(standin.proposal->document), " and put it"),
      " first in ", draft.need.name, ", with ", draft.alternatives()[0].target(), " behind it");
  Candidate candidate = draft.With(v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL, title, std::move(changed));
  candidate.added = deployment.name;
  candidate.assumptions.push_back(
      absl::StrCat(context_.graph.models()[*deployment.model].name,
                   ", open and of home origin, is as good here as what is first now"));
  candidate.assumptions.push_back(
      "the way back to the old one stays configured: an hour (`activation: CONFIGURATION`)");
  if (standin.proposal != nullptr) AddProposed(*standin.proposal, candidate);
  return candidate;
}

// Better use of the fallbacks that are there.
void CandidateMaker::AddWarmer(const Draft& draft, std::vector<Candidate>& made) const {
  const Alternatives& alternatives = draft.alternatives();
  for (int k = 1; k < alternatives.size(); ++k) {
    const Dependency::Alternative& alternative = alternatives[k];
    if (IsHot(alternative)) continue;
    if (!IsSwitchKnown(alternative) && context_.Wants(v1::REMEDY_KIND_TEST_FALLBACK)) {
      Alternatives changed = alternatives;
      changed.Mutable(k)->mutable_switch_duration()->set_seconds(3600);
      changed.Mutable(k)->clear_likely();
      Candidate candidate =
          draft.With(v1::REMEDY_KIND_TEST_FALLBACK,
                     absl::StrCat("Test the switch to ", alternative.target(), " in ", draft.need.name),
                     std::move(changed));
      candidate.assumptions.push_back(
          "the test shows a switch within an hour: write what you measure in `switch_duration`, and add "
          "`last_test` with its time and result");
      made.push_back(std::move(candidate));
    }
    if (context_.Wants(v1::REMEDY_KIND_HOTTER_FALLBACK)) {
      Alternatives changed = alternatives;
      MakeHot(*changed.Mutable(k));
      Candidate candidate = draft.With(
          v1::REMEDY_KIND_HOTTER_FALLBACK,
          absl::StrCat("Make the switch to ", alternative.target(), " automatic in ", draft.need.name),
          std::move(changed));
      candidate.assumptions.push_back(
          absl::StrCat(alternative.target(), " runs all the time, and something switches to it by itself"));
      made.push_back(std::move(candidate));
    }
  }
  if (alternatives.size() < 2 || IsHot(alternatives[1]) || !context_.Wants(v1::REMEDY_KIND_SPLIT_TRAFFIC))
    return;
  if (alternatives[0].has_share_ppm() || alternatives[1].has_share_ppm()) return;
  Alternatives changed = alternatives;
  changed.Mutable(0)->set_share_ppm(kFull / 2);
  changed.Mutable(1)->set_share_ppm(kFull / 2);
  MakeHot(*changed.Mutable(1));
  Candidate candidate = draft.With(v1::REMEDY_KIND_SPLIT_TRAFFIC,
                                   absl::StrCat("Split ", draft.need.name, " evenly between ",
                                                alternatives[0].target(), " and ", alternatives[1].target()),
                                   std::move(changed));
  candidate.assumptions.push_back(
      "half of the demand is carried when one of the two is lost, and half is enough to go on");
  made.push_back(std::move(candidate));
}

}  // namespace linchpin::risk
