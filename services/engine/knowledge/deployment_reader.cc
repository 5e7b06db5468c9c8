// The domains of what deployments leave open.
#include <algorithm>
#include <set>

#include "services/engine/knowledge/knowledge_reader.h"

namespace linchpin::engine {
namespace {

constexpr auto kSelfHosted = static_cast<Member>(HostingMode::kSelfHosted);
constexpr auto kOpenWeights = static_cast<Member>(Weights::kOpen);

}  // namespace

struct KnowledgeReader::DeploymentFactsOpen {
  DeploymentFactsOpen(uint32_t subject, const StatedPtr& stated, std::vector<Contradiction>& found)
      : mode(FactKind::kHostingMode, subject, stated, found),
        operators(FactKind::kOperator, subject, stated, found),
        models(FactKind::kModel, subject, stated, found),
        developers(FactKind::kDeveloperOfModel, subject, stated, found),
        hosts(FactKind::kHost, subject, stated, found),
        providers(FactKind::kProviderOfHost, subject, stated, found),
        countries(FactKind::kCountryOfHost, subject, stated, found),
        custody(FactKind::kCustody, subject, stated, found),
        pass_through(FactKind::kPassThrough, subject, stated, found),
        outlives(FactKind::kOutlives, subject, stated, found) {}

  std::vector<FactInProgress*> All() {
    return {&mode,      &operators, &models,  &developers,   &hosts,
            &providers, &countries, &custody, &pass_through, &outlives};
  }
  bool MaySelfHost(const Deployment& deployment) const {
    return deployment.mode.has_value() ? *deployment.mode == HostingMode::kSelfHosted
                                       : mode.now().Allows(kSelfHosted);
  }
  // Who may operate it; empty: anybody.
  std::vector<Member> Operators(const Deployment& deployment) const {
    if (deployment.operator_vendor.has_value()) return {deployment.operator_vendor->value};
    const Domain& now = operators.now();
    return now.listed && !now.none ? now.values : std::vector<Member>();
  }

  FactInProgress mode, operators, models, developers, hosts, providers, countries, custody, pass_through,
      outlives;
};

// Nothing is said of what it leaves open, and no rule can apply.
bool KnowledgeReader::IsPlain(const Deployment& deployment) const {
  if (deployment.stated != nullptr || !deployment.intermediaries.value().empty()) return false;
  if (!deployment.operator_vendor.has_value()) return true;
  const Vendor& vendor = graph_.vendors()[*deployment.operator_vendor];
  return deployment.mode.has_value() && vendor.ties == nullptr && (vendor.roles & kHostProviderRole) == 0;
}

void KnowledgeReader::ReadDeployment(DeploymentIndex index) {
  const Deployment& deployment = graph_.deployments()[index];
  if (IsPlain(deployment)) return;
  DeploymentFactsOpen open(index.value, deployment.stated, knowledge_.found_->contradictions);
  for (FactInProgress* fact : open.All()) fact->StartProven();
  ReadSide(index, open, Side::kProven);
  for (FactInProgress* fact : open.All()) fact->EndProven();
  for (FactInProgress* fact : open.All()) fact->StartLikely();
  ReadSide(index, open, Side::kLikely);
  for (FactInProgress* fact : open.All()) {
    fact->EndLikely();
    Keep(std::move(*fact), index.value);
  }
}

void KnowledgeReader::ReadSide(DeploymentIndex index, DeploymentFactsOpen& open, Side side) const {
  const Deployment& deployment = graph_.deployments()[index];
  if (!deployment.model.has_value()) ReadModelOfDeployment(open);
  ReadModeAndOperator(deployment, open, side);
  if (!deployment.custody.has_value()) open.custody.CutByStated();
  const std::vector<Member> operators = open.Operators(deployment);
  const std::vector<Member> developers = ModelDevelopers(deployment, open, side);
  const Rules& rules = knowledge_.rules();
  if (!deployment.pass_through.has_value()) {
    open.pass_through.CutByStated();
    open.pass_through.CutBy(rules.OfHostedDeveloper(FactKind::kPassThrough, operators, developers));
  }
  if (!deployment.outlives_developer.has_value()) {
    open.outlives.CutByStated();
    open.outlives.CutBy(rules.OfHostedDeveloper(FactKind::kOutlives, operators, developers));
  }
  if (!deployment.host.has_value()) ReadHostOfDeployment(deployment, open);
}

void KnowledgeReader::ReadModeAndOperator(const Deployment& deployment, DeploymentFactsOpen& open,
                                          Side side) const {
  const std::vector<VendorIndex>& intermediaries = deployment.intermediaries.value();
  const Rules& rules = knowledge_.rules();
  const bool has_mode = deployment.mode.has_value(), has_operator = deployment.operator_vendor.has_value();
  if (!has_mode) open.mode.CutByStated();
  if (!has_operator && deployment.mode != HostingMode::kSelfHosted) {
    open.operators.CutByStated();
    if (!has_mode) open.mode.CutBy(rules.HostingMode(intermediaries));
    if (!intermediaries.empty()) {
      const bool closed = IsClosed(deployment, side);
      open.operators.CutBy(rules.Operator(
          intermediaries, closed ? ModelDevelopers(deployment, open, side) : std::vector<Member>()));
    }
  }
  // Who has an operator is not self-hosted, and who is not self-hosted has one.
  if (!has_mode && (has_operator || !open.operators.now().none)) {
    open.mode.Remove([](Member mode) { return mode == kSelfHosted; }, FactKind::kOperator);
  }
  if (open.operators.now().listed && !open.MaySelfHost(deployment)) {
    open.operators.CutTo(Domain{}, FactKind::kHostingMode);
  }
}

bool KnowledgeReader::IsClosed(const Deployment& deployment, Side side) const {
  return deployment.model.has_value() && !WeightsDomain(*deployment.model, side).Allows(kOpenWeights);
}

std::vector<Member> KnowledgeReader::ModelDevelopers(const Deployment& deployment,
                                                     const DeploymentFactsOpen& open, Side side) const {
  if (deployment.model.has_value()) return DevelopersOf(*deployment.model, side);
  const Domain& now = open.developers.now();
  return now.listed ? now.values : std::vector<Member>();
}

void KnowledgeReader::ReadModelOfDeployment(DeploymentFactsOpen& open) const {
  open.developers.CutByStated();
  open.models.CutByStated();
  open.models.Remove(
      [&](Member model) {
        const std::optional<VendorIndex> developer = knowledge_.DeveloperOf({model});
        return developer.has_value() && !open.developers.now().Allows(developer->value);
      },
      FactKind::kDeveloperOfModel);
  if (!open.models.now().listed) return;
  std::set<Member> developers;
  for (Member model : open.models.now().values) {
    const std::optional<VendorIndex> developer = knowledge_.DeveloperOf({model});
    if (!developer.has_value()) return;
    developers.insert(developer->value);
  }
  open.developers.CutTo(Domain::Of({developers.begin(), developers.end()}), FactKind::kModel);
}

void KnowledgeReader::ReadHostOfDeployment(const Deployment& deployment, DeploymentFactsOpen& open) const {
  const bool may_self_host = open.MaySelfHost(deployment);
  const std::vector<Member> operators = open.Operators(deployment);
  const Rules& rules = knowledge_.rules();
  open.providers.CutByStated();
  open.countries.CutByStated();
  if (!may_self_host) {
    open.providers.CutBy(rules.ProviderOfHost(operators));
    open.countries.CutBy(rules.CountryOfHost(operators));
    open.providers.CutTo(Domain{}, FactKind::kHostingMode);
  }
  open.hosts.CutByStated();
  open.hosts.Remove(
      [&](Member host) {
        return !Fits(graph_.hosts()[{host}], open.providers.now(), may_self_host, open.countries.now());
      },
      FactKind::kProviderOfHost);
  if (open.hosts.now().listed) CutByHosts(open);
}

// A host that is one of several leaves only their providers and countries.
void KnowledgeReader::CutByHosts(DeploymentFactsOpen& open) const {
  std::set<Member> providers, countries;
  bool none = false, any_provider = false, any_country = false;
  for (Member member : open.hosts.now().values) {
    const Host& host = graph_.hosts()[{member}];
    if (host.provider.has_value()) providers.insert(host.provider.value().value);
    none |= host.provider.is_none();
    any_provider |= host.provider.is_unknown();
    if (host.country.has_value()) countries.insert(CodeOf(*host.country));
    any_country |= !host.country.has_value();
  }
  if (!any_provider) {
    open.providers.CutTo(Domain::Of({providers.begin(), providers.end()}, none), FactKind::kHost);
  }
  if (!any_country) {
    open.countries.CutTo(Domain::Of({countries.begin(), countries.end()}), FactKind::kHost);
  }
}

}  // namespace linchpin::engine
