// What a deployment is in each reading, rule by rule of K4.
#include <algorithm>

#include "tests/unit/engine/naive_conditions.h"
#include "tests/unit/engine/naive_helpers.h"

namespace linchpin::engine {

using namespace naive;  // NOLINT(google-build-using-namespace)

void NaiveConditions::Read(const DeploymentFacts& d, Side& s, bool likely) const {
  // True where the document states a likelihood, which takes the place of inferred ones.
  auto said = [&](Unknown& unknown, FactKind fact) {
    if (likely) return unknown.Likely(d.knowledge, fact);
    unknown.Bound(d.knowledge, fact);
    return false;
  };
  auto conclude = [&](Unknown& unknown, bool stated, const Names& list, bool is_bound) {
    if (likely ? !stated : is_bound) unknown.Keep(list, likely);
  };
  if (!d.model) {
    said(s.developers, FactKind::kDeveloperOfModel);
    said(s.models, FactKind::kModel);
    Names misfits, theirs;
    bool all_known = true;
    for (const std::string& model : s.models.members) {
      if (model == "OTHER") continue;
      const auto developer = Developer(model);
      if (developer && !s.developers.members.contains(*developer)) misfits.insert(model);
    }
    if (!s.models.open()) s.models.Drop(misfits, likely);
    if (s.models.open()) s.models.members = Minus(s.models.members, misfits);
    if (!s.models.open()) {
      for (const std::string& model : s.models.members) {
        const auto developer = Developer(model);
        all_known &= developer.has_value();
        if (developer) theirs.insert(*developer);
      }
      if (all_known) s.developers.Keep(theirs, likely);
    }
  }
  const Names developers = Developers(d, s, likely);
  const bool has_operator = d.operator_vendor.has_value();
  bool mode_said = false;
  if (!d.mode) mode_said = said(s.mode, FactKind::kHostingMode);
  if (!has_operator && d.mode != HostingMode::kSelfHosted) {
    const bool stated = said(s.operators, FactKind::kOperator);
    // router
    Names upstreams;
    bool routed = false, complete = true;
    for (const std::string& name : d.intermediaries.value()) {
      const UpstreamsFacts& list = vendors_.at(name).upstreams;
      if (list.operators.empty()) continue;
      routed = true;
      complete &= list.complete;
      const Two weights = d.model ? WeightsDomain(*d.model) : Two{{"OPEN"}, {"OPEN"}};
      const bool closed = (likely ? weights.likely : weights.proven) == Names{"PROPRIETARY"};
      for (const std::string& upstream : list.operators) {
        bool offers = !closed || developers.contains("OTHER");
        for (const std::string& developer : developers) {
          if (offers) break;
          offers = Group(developer).contains(upstream);
          for (const auto& hosted : vendors_.at(upstream).hosted_developers)
            offers |= hosted.developer == developer;
        }
        if (offers) upstreams.insert(upstream);
      }
    }
    if (routed && !d.mode && (!likely || !mode_said)) s.mode.Drop({"SELF_HOSTED"}, likely);
    if (!upstreams.empty()) conclude(s.operators, stated, upstreams, complete);
  }
  const bool none_out = !s.operators.members.contains("none");
  if (!d.mode && (has_operator || none_out)) s.mode.Drop({"SELF_HOSTED"}, likely);
  const bool may_self_host =
      d.mode ? *d.mode == HostingMode::kSelfHosted : s.mode.members.contains("SELF_HOSTED");
  if (!s.operators.open() && !may_self_host) s.operators.Drop({"none"}, likely);

  const Names operators = has_operator ? Names{*d.operator_vendor} : s.operators.members;
  const bool known_operators = !operators.contains("OTHER") && !operators.contains("none");
  if (!d.custody) said(s.custody, FactKind::kCustody);
  // hosted-developer
  auto hosted = [&](Unknown& unknown, FactKind fact) {
    const bool stated = said(unknown, fact);
    if (!known_operators || developers.contains("OTHER") || developers.empty()) return;
    Names values;
    for (const std::string& host : operators) {
      for (const std::string& developer : developers) {
        std::optional<bool> flag;
        for (const auto& entry : vendors_.at(host).hosted_developers) {
          if (entry.developer == developer)
            flag = fact == FactKind::kPassThrough ? entry.pass_through : entry.outlives_developer;
        }
        if (!flag) return;
        values.insert(*flag ? "true" : "false");
      }
    }
    conclude(unknown, stated, values, true);
  };
  if (!d.pass_through) hosted(s.pass, FactKind::kPassThrough);
  if (!d.outlives_developer) hosted(s.outlives, FactKind::kOutlives);
  if (d.host) return;

  const bool provider_said = said(s.providers, FactKind::kProviderOfHost);
  const bool country_said = said(s.countries, FactKind::kCountryOfHost);
  if (!may_self_host) {
    if (known_operators) {
      Names places, countries, cloud;
      bool serves = true, lies = true, listed = false, complete = true, clouds = true;
      for (const std::string& name : operators) {
        const VendorFacts& vendor = vendors_.at(name);
        serves &= !vendor.serves_from.providers.empty();
        lies &= !vendor.serves_from.countries.empty();
        listed |= !vendor.serves_from.providers.empty() || !vendor.serves_from.countries.empty();
        complete &= vendor.serves_from.complete;
        clouds &= (vendor.roles & kHostProviderRole) != 0;
        places.insert(vendor.serves_from.providers.begin(), vendor.serves_from.providers.end());
        for (Country country : vendor.serves_from.countries) countries.insert(country.ToString());
        cloud.merge(Group(name));
      }
      if (serves) conclude(s.providers, provider_said, places, complete);
      if (!serves && !listed && clouds) conclude(s.providers, provider_said, cloud, false);
      if (lies) conclude(s.countries, country_said, countries, complete);
    }
    s.providers.Drop({"none"}, likely);
  }
  said(s.hosts, FactKind::kHost);
  Names misfits;
  for (const std::string& name : s.hosts.members) {
    if (name == "OTHER") continue;
    const HostFacts& host = hosts_.at(name);
    if (host.provider.is_none() && !s.providers.members.contains("none")) misfits.insert(name);
    if (host.provider.has_value() && !s.providers.members.contains(host.provider.value()))
      misfits.insert(name);
    if (host.country && !s.countries.members.contains(host.country->ToString())) misfits.insert(name);
  }
  if (s.hosts.open()) {
    s.hosts.members = Minus(s.hosts.members, misfits);
    return;
  }
  s.hosts.Drop(misfits, likely);
  if (s.hosts.open()) return;
  Names providers, countries;
  bool any_provider = false, any_country = false;
  for (const std::string& name : s.hosts.members) {
    const HostFacts& host = hosts_.at(name);
    if (host.provider.is_none()) providers.insert("none");
    if (host.provider.has_value()) providers.insert(host.provider.value());
    any_provider |= host.provider.is_unknown();
    if (host.country) countries.insert(host.country->ToString());
    any_country |= !host.country;
  }
  if (!any_provider) s.providers.Keep(providers, likely);
  if (!any_country) s.countries.Keep(countries, likely);
}

}  // namespace linchpin::engine
