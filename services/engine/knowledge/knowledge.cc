#include "services/engine/knowledge/knowledge.h"

#include <algorithm>
#include <array>

#include "services/engine/graph/fact_table.h"
#include "services/engine/knowledge/knowledge_reader.h"

namespace linchpin::engine {
namespace {

bool States(const Model& model, FactKind kind) {
  switch (kind) {
    case FactKind::kDeveloper:
      return model.developer.has_value();
    case FactKind::kOrigin:
      return model.stated_origin.has_value();
    case FactKind::kWeights:
      return model.weights.has_value();
    case FactKind::kLicence:
      return !model.licence.is_unknown();
    default:
      return !model.derivations.is_unknown();
  }
}

const OpenFact& DefaultOf(FactKind kind) {
  static const auto* const kDefaults = [] {
    auto* facts = new std::array<OpenFact, static_cast<size_t>(kLastFactKind) + 1>();
    for (size_t i = 0; i < facts->size(); ++i) (*facts)[i].proven = WholeDomain(static_cast<FactKind>(i));
    return facts;
  }();
  return (*kDefaults)[static_cast<size_t>(kind)];
}

}  // namespace

const Domain& WholeDomain(FactKind kind) {
  static const Domain kAll{false, false, {}}, kAllOrNone{false, true, {}};
  static const Domain kTwo = Domain::Of({0, 1}), kThree = Domain::Of({0, 1, 2}),
                      kFour = Domain::Of({0, 1, 2, 3});
  const FactRow& row = RowOf(kind);
  if (row.when_unknown == WhenUnknown::kValueOrNone) return kAllOrNone;
  if (row.when_unknown != WhenUnknown::kOneOfTheEnum) return kAll;
  switch (row.type) {
    case ValueType::kMode:
      return kThree;
    case ValueType::kCustody:
      return kFour;
    default:
      return kTwo;
  }
}

Part PartOf(FactKind kind) {
  switch (kind) {
    case FactKind::kOperator:
      return Part::kOperator;
    case FactKind::kHostProvider:
    case FactKind::kProviderOfHost:
      return Part::kHostProvider;
    case FactKind::kDeveloper:
    case FactKind::kDeveloperOfModel:
    case FactKind::kLineageDeveloper:
      return Part::kDeveloper;
    default:
      return Part::kAny;
  }
}

std::shared_ptr<const Knowledge> Knowledge::Create(std::shared_ptr<const Graph> graph,
                                                   DisabledRules disabled) {
  auto found = std::make_shared<Found>(graph->Restrict({}), disabled);
  std::shared_ptr<Knowledge> knowledge(new Knowledge(std::move(graph), std::move(found)));
  KnowledgeReader(*knowledge).Read();
  return knowledge;
}

std::shared_ptr<const Knowledge> Knowledge::On(std::shared_ptr<const Graph> graph) const {
  if (!found_->graph->SharesFactsWith(*graph)) return Create(std::move(graph), found_->rules.disabled());
  return std::shared_ptr<const Knowledge>(new Knowledge(std::move(graph), found_));
}

const OpenFact& Knowledge::Of(FactKind kind, uint32_t subject) const {
  if (found_->facts.empty()) return DefaultOf(kind);
  const auto found = found_->facts.find(KeyOf(kind, subject));
  return found != found_->facts.end() ? *found->second : DefaultOf(kind);
}

ModelIndex Knowledge::StatingModel(ModelIndex model, FactKind kind) const {
  if (!found_->rules.ReadsLines() || found_->unread.contains(KeyOf(kind, model.value))) return model;
  ModelIndex at = model;
  while (!States(graph_->models()[at], kind)) {
    // A graph refuses cycles of versions.
    const std::optional<ModelIndex>& line = graph_->models()[at].version_of;
    if (!line.has_value()) return model;
    at = *line;
  }
  return at;
}

std::optional<Country> Knowledge::OriginOf(ModelIndex model) const {
  const std::optional<Country>& stated =
      graph_->models()[StatingModel(model, FactKind::kOrigin)].stated_origin;
  if (stated.has_value()) return stated;
  if (found_->unread.contains(KeyOf(FactKind::kOrigin, model.value))) return std::nullopt;
  const std::optional<VendorIndex> developer = DeveloperOf(model);
  return developer.has_value() ? graph_->vendors()[*developer].country : std::nullopt;
}

bool Knowledge::MaySelfHost(DeploymentIndex index) const {
  constexpr auto kSelfHosted = static_cast<Member>(HostingMode::kSelfHosted);
  const Deployment& deployment = graph_->deployments()[index];
  if (deployment.mode.has_value()) return *deployment.mode == HostingMode::kSelfHosted;
  return Of(FactKind::kHostingMode, index.value).proven.Allows(kSelfHosted);
}

bool Knowledge::IsMadeFrom(ModelIndex model, ModelIndex base) const {
  std::vector<ModelIndex> open{model}, seen{model};
  auto reach = [&](ModelIndex next) {
    if (std::find(seen.begin(), seen.end(), next) != seen.end()) return;
    seen.push_back(next);
    open.push_back(next);
  };
  while (!open.empty()) {
    const ModelIndex at = open.back();
    open.pop_back();
    if (at == base) return true;
    for (const Derivation& derivation : graph_->models()[at].derivations.value()) reach(derivation.base);
    if (graph_->models()[at].version_of.has_value()) reach(*graph_->models()[at].version_of);
  }
  return false;
}

bool Knowledge::MayBeBase(ModelIndex child, ModelIndex base, bool likely) const {
  const std::optional<int64_t>& made = graph_->models()[child].release_seconds;
  const std::optional<int64_t>& earlier = graph_->models()[base].release_seconds;
  if (made.has_value() && earlier.has_value() && *earlier > *made) return false;
  auto domain = [&](FactKind kind) -> const Domain& {
    const OpenFact& fact = Of(kind, child.value);
    return likely ? fact.OnLikely() : fact.proven;
  };
  const std::optional<VendorIndex> developer = DeveloperOf(base);
  if (developer.has_value() && !domain(FactKind::kLineageDeveloper).Allows(developer->value)) return false;
  const std::optional<Country> origin = OriginOf(base);
  if (origin.has_value() && !domain(FactKind::kLineageOrigin).Allows(CodeOf(*origin))) return false;
  return !IsMadeFrom(base, child);
}

Domain Knowledge::CountriesOf(const std::vector<Member>& developers) const {
  Domain countries = Domain::Of({});
  for (Member developer : developers) {
    const std::optional<Country>& country = graph_->vendors()[{developer}].country;
    countries = Either(countries, country.has_value() ? Domain::Of({CodeOf(*country)})
                                                      : Of(FactKind::kVendorCountry, developer).proven);
  }
  return countries;
}

Domain Knowledge::OriginsOfModelsBy(const std::vector<Member>& developers) const {
  Domain origins = CountriesOf(developers);
  for (Member developer : developers) {
    for (ModelIndex model : ModelsBy({developer})) {
      const std::optional<Country> origin = OriginOf(model);
      origins = Either(origins,
                       origin.has_value() ? Domain::Of({CodeOf(*origin)}) : WholeDomain(FactKind::kOrigin));
    }
  }
  return origins;
}

bool Fits(const Host& host, const Domain& providers, bool may_have_none, const Domain& countries) {
  if (host.provider.is_none() && !(providers.none && may_have_none)) return false;
  if (host.provider.has_value() && !providers.Allows(host.provider.value().value)) return false;
  return !host.country.has_value() || countries.Allows(CodeOf(*host.country));
}

bool Knowledge::MayRunOn(DeploymentIndex deployment, HostIndex host) const {
  return Fits(graph_->hosts()[host], Of(FactKind::kProviderOfHost, deployment.value).proven,
              MaySelfHost(deployment), Of(FactKind::kCountryOfHost, deployment.value).proven);
}

void Knowledge::IndexModels() {
  found_->by_licence.resize(graph_->licences().slots());
  found_->by_developer.resize(graph_->vendors().slots());
  for (ModelIndex model : graph_->models()) {
    const Fact<LicenceIndex>& licence = LicenceOf(model);
    if (licence.has_value()) found_->by_licence[licence.value().value].push_back(model);
    const std::optional<VendorIndex> developer = DeveloperOf(model);
    if (developer.has_value()) found_->by_developer[developer->value].push_back(model);
    // An absent licence is read as none, unless bounds exclude that.
    if (!licence.is_unknown() || graph_->models()[model].stated == nullptr) continue;
    const Domain& domain = Of(FactKind::kLicence, model.value).proven;
    if (domain.none) continue;
    for (LicenceIndex possible : graph_->licences()) {
      if (domain.Allows(possible.value)) found_->by_licence[possible.value].push_back(model);
    }
  }
}

int64_t Knowledge::LikelySwitchSeconds(Target first, Target target, const AlternativeTerms& terms) const {
  if (terms.likely_switch_seconds != AlternativeTerms::kUnknownSwitch) return terms.likely_switch_seconds;
  auto model = [this](Target of) -> std::optional<ModelIndex> {
    return of.is_consumer() ? std::nullopt : graph_->deployments()[of.deployment()].model;
  };
  return found_->rules.SwitchSeconds(model(first), model(target));
}

}  // namespace linchpin::engine
