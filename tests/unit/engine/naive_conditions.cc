#include "tests/unit/engine/naive_conditions.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

using Tri = int;
using Names = std::set<std::string>;

Tri Min(Tri a, Tri b) { return a < b ? a : b; }
Tri Max(Tri a, Tri b) { return a > b ? a : b; }
Tri Sure(bool value) { return value ? 1 : -1; }

const BoundFacts* BoundIn(const KnowledgeFacts& said, FactKind fact) {
  for (const BoundFacts& bound : said.bounds) {
    if (bound.fact == fact) return &bound;
  }
  return nullptr;
}
const LikelyFacts* LikelyIn(const KnowledgeFacts& said, FactKind fact) {
  for (const LikelyFacts& likely : said.likely) {
    if (likely.fact == fact) return &likely;
  }
  return nullptr;
}
Names Minus(const Names& a, const Names& b) {
  Names out;
  for (const std::string& name : a) {
    if (!b.contains(name)) out.insert(name);
  }
  return out;
}
Names SetOf(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }
const Names kFlags = {"false", "true"};
std::string Flag(const std::string& text) { return text == "YES" ? "true" : text == "NO" ? "false" : text; }
const Names kModes = {"VENDOR_API", "THIRD_PARTY_HOSTED", "SELF_HOSTED"};
const char* ModeText(HostingMode mode) {
  return mode == HostingMode::kVendorApi          ? "VENDOR_API"
         : mode == HostingMode::kThirdPartyHosted ? "THIRD_PARTY_HOSTED"
                                                  : "SELF_HOSTED";
}

}  // namespace

// --- Domains
// -------------------------------------------------------------------------------------------------

void NaiveConditions::Unknown::Become(Names next, bool likely) {
  if (dead) return;
  if (!next.empty()) {
    members = std::move(next);
  } else if (!likely) {
    dead = true;
    members = whole;
  }
}
void NaiveConditions::Unknown::Keep(const Names& list, bool likely) {
  Names next;
  for (const std::string& name : list) {
    // What a role leaves out is in again once it is named.
    if (members.contains(name) || (open() && !out.contains(name) && name != "none")) next.insert(name);
  }
  Become(next, likely);
}
void NaiveConditions::Unknown::Drop(const Names& list, bool likely) {
  if (!dead) out.insert(list.begin(), list.end());
  Become(Minus(members, list), likely);
}
void NaiveConditions::Unknown::Bound(const KnowledgeFacts& said, FactKind fact) {
  const BoundFacts* bound = BoundIn(said, fact);
  if (bound == nullptr) return;
  bound->one_of.empty() ? Drop(SetOf(bound->none_of), false) : Keep(SetOf(bound->one_of), false);
}
bool NaiveConditions::Unknown::Likely(const KnowledgeFacts& said, FactKind fact) {
  const LikelyFacts* likely = LikelyIn(said, fact);
  if (likely == nullptr) return false;
  Names list;
  for (const std::string& text : likely->one_of) list.insert(whole == kFlags ? Flag(text) : text);
  Keep(list, true);
  return true;
}

NaiveConditions::Side::Side(const NaiveConditions& all)
    : mode(kModes),
      operators(all.Vendors(kOperatorRole, true)),
      models(all.All("model", false)),
      developers(all.Vendors(kDeveloperRole, false)),
      hosts(all.All("host", false)),
      providers(all.Vendors(kHostProviderRole, true)),
      countries(all.countries_),
      custody({"HELD_VERIFIED", "HELD", "OBTAINABLE", "NOT_HELD"}),
      pass(kFlags),
      outlives(kFlags) {}

NaiveConditions::NaiveConditions(const GraphChanges& facts) : countries_{"AA", "BA", "CA", "ZZ"} {
  for (const auto& f : facts.vendors) vendors_[f.name] = f;
  for (const auto& f : facts.hosts) hosts_[f.name] = f;
  for (const auto& f : facts.licences) licences_[f.name] = f;
  for (const auto& f : facts.models) models_[f.name] = f;
  for (const auto& f : facts.deployments) deployments_[f.name] = f;
  for (const auto& [name, f] : vendors_) {
    parts_[name] |= f.roles == 0 ? 255 : f.roles;
    if (f.country) countries_.insert(f.country->ToString());
    for (const auto& p : f.serves_from.providers) parts_[p] |= kHostProviderRole;
    for (const auto& o : f.upstreams.operators) parts_[o] |= kOperatorRole;
    for (const auto& h : f.hosted_developers) parts_[h.developer] |= kDeveloperRole;
  }
  for (const auto& [name, f] : hosts_) {
    if (f.provider.has_value()) parts_[f.provider.value()] |= kHostProviderRole;
  }
  for (const auto& [name, f] : models_) {
    if (f.developer) parts_[*f.developer] |= kDeveloperRole;
  }
  for (const auto& [name, f] : deployments_) {
    if (f.operator_vendor) parts_[*f.operator_vendor] |= kOperatorRole;
  }
}

Names NaiveConditions::Vendors(int role, bool none) const {
  Names names{"OTHER"};
  if (none) names.insert("none");
  for (const auto& [name, facts] : vendors_) {
    if (role == 0 || (parts_.at(name) & role) != 0) names.insert(name);
  }
  return names;
}
Names NaiveConditions::All(const char* kind, bool none) const {
  Names names{"OTHER"};
  if (none) names.insert("none");
  auto add = [&](const auto& table) {
    for (const auto& [name, facts] : table) names.insert(name);
  };
  if (std::string(kind) == "model") add(models_);
  if (std::string(kind) == "host") add(hosts_);
  if (std::string(kind) == "licence") add(licences_);
  return names;
}

Tri NaiveConditions::Over(const Names& members, const std::function<Tri(const std::string&)>& ask) {
  bool all = !members.empty(), some = false;
  for (const std::string& member : members) {
    const Tri one = ask(member);
    all &= one == 1;
    some |= one != -1;
  }
  return all ? 1 : some ? 0 : -1;
}
Tri NaiveConditions::Ask(const Query& q, const Two& two, const std::function<Tri(const std::string&)>& ask) {
  const Tri proven = Over(two.proven, ask);
  return proven != 0 || !q.likely ? proven : Over(two.likely, ask);
}
NaiveConditions::Two NaiveConditions::Simple(const KnowledgeFacts& said, FactKind fact,
                                             const Names& whole) const {
  Unknown unknown(whole);
  unknown.Bound(said, fact);
  Two two{unknown.members, {}};
  unknown.Likely(said, fact);
  two.likely = unknown.members;
  return two;
}

// --- Models
// --------------------------------------------------------------------------------------------------

// The model that says it, itself or a line; itself if none does, or if the line's value is out of its bounds.
const ModelFacts& NaiveConditions::Says(const std::string& model, FactKind fact) const {
  const ModelFacts& own = models_.at(model);
  for (const ModelFacts* at = &own;;) {
    std::string value;
    if (fact == FactKind::kDeveloper && at->developer) value = *at->developer;
    if (fact == FactKind::kOrigin && at->origin) value = at->origin->ToString();
    if (fact == FactKind::kWeights && at->weights)
      value = *at->weights == Weights::kOpen ? "OPEN" : "PROPRIETARY";
    if (fact == FactKind::kLicence && !at->licence.is_unknown()) {
      value = at->licence.is_none() ? "none" : at->licence.value();
    }
    if (fact == FactKind::kDerivations && !at->derivations.is_unknown()) value = "stated";
    if (!value.empty()) {
      const BoundFacts* bound = at == &own ? nullptr : BoundIn(own.knowledge, fact);
      if (bound == nullptr || value == "none") return *at;
      const bool allowed = bound->one_of.empty() ? !SetOf(bound->none_of).contains(value)
                                                 : SetOf(bound->one_of).contains(value);
      return allowed ? *at : own;
    }
    if (!at->version_of) return own;
    at = &models_.at(*at->version_of);
  }
}
std::optional<std::string> NaiveConditions::Developer(const std::string& model) const {
  return Says(model, FactKind::kDeveloper).developer;
}
std::optional<Weights> NaiveConditions::WeightsOf(const std::string& model) const {
  return Says(model, FactKind::kWeights).weights;
}
Fact<std::string> NaiveConditions::Licence(const std::string& model) const {
  return Says(model, FactKind::kLicence).licence;
}
Fact<std::vector<DerivationFacts>> NaiveConditions::Bases(const std::string& model) const {
  return Says(model, FactKind::kDerivations).derivations;
}
std::optional<Country> NaiveConditions::Origin(const std::string& model) const {
  const ModelFacts& own = models_.at(model);
  if (own.origin) return own.origin;
  std::optional<Country> origin = Says(model, FactKind::kOrigin).origin;
  if (!origin) {
    // A line's origin that bounds refuse leaves the fact unknown, whoever developed it.
    for (const ModelFacts* at = &own; at->version_of; at = &models_.at(*at->version_of)) {
      if (models_.at(*at->version_of).origin) return std::nullopt;
    }
    if (const auto developer = Developer(model)) origin = vendors_.at(*developer).country;
  }
  if (!origin) return origin;
  const BoundFacts* bound = BoundIn(own.knowledge, FactKind::kOrigin);
  if (bound == nullptr) return origin;
  const bool allowed = bound->one_of.empty() ? !SetOf(bound->none_of).contains(origin->ToString())
                                             : SetOf(bound->one_of).contains(origin->ToString());
  return allowed ? origin : std::nullopt;
}
bool NaiveConditions::MadeFrom(const std::string& model, const std::string& base) const {
  if (model == base) return true;
  const ModelFacts& facts = models_.at(model);
  for (const DerivationFacts& derivation : facts.derivations.value()) {
    if (MadeFrom(derivation.base, base)) return true;
  }
  return facts.version_of && MadeFrom(*facts.version_of, base);
}

NaiveConditions::Two NaiveConditions::VendorCountry(const std::string& vendor) const {
  const VendorFacts& facts = vendors_.at(vendor);
  if (facts.country) return {{facts.country->ToString()}, {facts.country->ToString()}};
  return Simple(facts.knowledge, FactKind::kVendorCountry, countries_);
}
NaiveConditions::Two NaiveConditions::DeveloperDomain(const std::string& model) const {
  if (const auto developer = Developer(model)) return {{*developer}, {*developer}};
  // A contradicted fact is cut by nothing.
  const ModelFacts& own = models_.at(model);
  for (const ModelFacts* at = &own; at->version_of; at = &models_.at(*at->version_of)) {
    const auto& line = models_.at(*at->version_of).developer;
    if (line) return {Vendors(kDeveloperRole, false), Vendors(kDeveloperRole, false)};
  }
  return Simple(own.knowledge, FactKind::kDeveloper, Vendors(kDeveloperRole, false));
}
NaiveConditions::Two NaiveConditions::WeightsDomain(const std::string& model) const {
  const Names whole = {"OPEN", "PROPRIETARY"};
  if (const auto weights = WeightsOf(model)) {
    const Names one = {*weights == Weights::kOpen ? "OPEN" : "PROPRIETARY"};
    return {one, one};
  }
  return Simple(models_.at(model).knowledge, FactKind::kWeights, whole);
}

Names NaiveConditions::CountriesOf(const Names& vendors) const {
  Names countries;
  for (const std::string& vendor : vendors) {
    const Names of_one = vendor == "OTHER" ? countries_ : VendorCountry(vendor).proven;
    countries.insert(of_one.begin(), of_one.end());
  }
  return countries;
}
Names NaiveConditions::OriginsOfModelsBy(const Names& vendors) const {
  Names origins = CountriesOf(vendors);
  for (const auto& [name, facts] : models_) {
    const auto developer = Developer(name);
    if (!developer || !vendors.contains(*developer)) continue;
    const auto origin = Origin(name);
    const Names of_one = origin ? Names{origin->ToString()} : countries_;
    origins.insert(of_one.begin(), of_one.end());
  }
  return origins;
}

NaiveConditions::Two NaiveConditions::OriginDomain(const std::string& model) const {
  const ModelFacts& own = models_.at(model);
  // Contradicted by what the line or the developer says: cut by nothing.
  const auto developer = Developer(model);
  const bool said = (developer && vendors_.at(*developer).country) || [&] {
    for (const ModelFacts* at = &own; at->version_of; at = &models_.at(*at->version_of)) {
      if (models_.at(*at->version_of).origin) return true;
    }
    return false;
  }();
  if (said) return {countries_, countries_};
  Unknown unknown(countries_);
  unknown.Bound(own.knowledge, FactKind::kOrigin);
  const Two vendors = DeveloperDomain(model);
  unknown.Keep(developer ? VendorCountry(*developer).proven : CountriesOf(vendors.proven), false);
  Two two{unknown.members, {}};
  unknown.Likely(own.knowledge, FactKind::kOrigin);
  unknown.Keep(developer ? VendorCountry(*developer).likely : CountriesOf(vendors.likely), true);
  two.likely = unknown.members;
  return two;
}

Names NaiveConditions::Group(const std::string& vendor) const {
  auto root = [this](std::string name) {
    while (vendors_.at(name).parent.has_value()) name = vendors_.at(name).parent.value();
    return name;
  };
  Names group;
  for (const auto& [name, facts] : vendors_) {
    if (root(name) == root(vendor)) group.insert(name);
  }
  return group;
}

void NaiveConditions::Lineage(const std::string& model, Two& developers, Two& origins) const {
  const KnowledgeFacts& said = models_.at(model).knowledge;
  Unknown developer(Vendors(kDeveloperRole, true)), origin(countries_);
  for (bool likely : {false, true}) {
    bool stated = false;
    if (likely) {
      stated = developer.Likely(said, FactKind::kLineageDeveloper);
    } else {
      developer.Bound(said, FactKind::kLineageDeveloper);
    }
    // own-line
    const Names makers = likely ? DeveloperDomain(model).likely : DeveloperDomain(model).proven;
    const Names weights = likely ? WeightsDomain(model).likely : WeightsDomain(model).proven;
    const bool closed = weights == Names{"PROPRIETARY"};
    bool applies = !makers.contains("OTHER");
    Names own_line{"none"};
    for (const std::string& maker : makers) {
      std::optional<OwnLine> line;
      for (std::string at = maker; vendors_.contains(at) && !line;) {
        line = vendors_.at(at).own_line;
        at = vendors_.at(at).parent.value();
      }
      applies &= line && (closed || *line == OwnLine::kAll);
      if (vendors_.contains(maker)) own_line.merge(Group(maker));
    }
    if (applies && !makers.empty() && (likely ? !stated : closed)) developer.Keep(own_line, likely);

    likely ? (void)origin.Likely(said, FactKind::kLineageOrigin)
           : origin.Bound(said, FactKind::kLineageOrigin);
    Names real = developer.members;
    real.erase("none");
    if (!developer.open() && !real.empty()) origin.Keep(OriginsOfModelsBy(real), likely);
    (likely ? developers.likely : developers.proven) = developer.members;
    (likely ? origins.likely : origins.proven) = origin.members;
  }
}

// --- Deployments
// ---------------------------------------------------------------------------------------------

Names NaiveConditions::Developers(const DeploymentFacts& d, const Side& side, bool likely) const {
  if (!d.model) return side.developers.members;
  const Two two = DeveloperDomain(*d.model);
  return likely ? two.likely : two.proven;
}

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

// --- Predicates
// ----------------------------------------------------------------------------------------------

Tri NaiveConditions::IsAsked(const Query& q, const std::string& vendor) const {
  if (q.cutoff.kind != CutoffKind::kCountryServiceCutoff) return Sure(vendor == q.cutoff.target);
  return Over(VendorCountry(vendor).proven,
              [&](const std::string& country) { return Sure(country == q.cutoff.country->ToString()); });
}

// Who may be the unknown parent of a vendor: nobody whom the vendor owns itself.
NaiveConditions::Two NaiveConditions::Parents(const std::string& vendor) const {
  const VendorFacts& facts = vendors_.at(vendor);
  Unknown parent(Vendors(0, true));
  Names cycle;
  for (const auto& [name, other] : vendors_) {
    for (std::string at = name;; at = vendors_.at(at).parent.value()) {
      if (at == vendor) cycle.insert(name);
      if (at == vendor || !vendors_.at(at).parent.has_value()) break;
    }
  }
  parent.Bound(facts.knowledge, FactKind::kVendorParent);
  parent.open() ? (void)(parent.members = Minus(parent.members, cycle)) : parent.Drop(cycle, false);
  Two two{parent.members, {}};
  parent.Likely(facts.knowledge, FactKind::kVendorParent);
  parent.open() ? (void)(parent.members = Minus(parent.members, cycle)) : parent.Drop(cycle, true);
  two.likely = parent.members;
  return two;
}

// A vendor as it stands: an absent parent is none, unless bounds exclude that.
Tri NaiveConditions::Stands(const Query& q, const std::string& vendor, int depth) const {
  const Tri self = IsAsked(q, vendor);
  const VendorFacts& facts = vendors_.at(vendor);
  if (facts.parent.is_none()) return self;
  if (facts.parent.has_value()) return Max(self, Stands(q, facts.parent.value(), depth));
  const Two parents = Parents(vendor);
  if (parents.proven.contains("none")) return self;
  if (depth == 8 || parents.proven.contains("OTHER")) return self == 1 ? 1 : 0;
  return Max(self,
             Over(parents.proven, [&](const std::string& parent) { return Stands(q, parent, depth + 1); }));
}

// A vendor that is stated: its unknown parent is a fact of its own.
Tri NaiveConditions::Owned(const Query& q, const std::string& vendor) const {
  const VendorFacts& facts = vendors_.at(vendor);
  Tri self = IsAsked(q, vendor);
  if (q.cutoff.kind == CutoffKind::kCountryServiceCutoff) {
    self = Ask(q, VendorCountry(vendor),
               [&](const std::string& country) { return Sure(country == q.cutoff.country->ToString()); });
  }
  if (facts.parent.is_none()) return self;
  if (facts.parent.has_value()) return Max(self, Owned(q, facts.parent.value()));
  return Max(self, OneOf(q, Parents(vendor)));
}

Tri NaiveConditions::OneOf(const Query& q, const Two& vendors, bool other_counts) const {
  return Ask(q, vendors, [&](const std::string& vendor) -> Tri {
    if (vendor == "none") return -1;
    if (vendor == "OTHER") return q.cutoff.kind == CutoffKind::kCountryServiceCutoff && other_counts ? 0 : -1;
    return Stands(q, vendor, 0);
  });
}

Tri NaiveConditions::ModelIsCut(const Query& q, const std::string& model) const {
  if (q.cutoff.kind == CutoffKind::kCountryWeightsBan) {
    const std::string wanted = q.cutoff.country->ToString();
    if (const auto origin = Origin(model)) return Sure(origin->ToString() == wanted);
    return Ask(q, OriginDomain(model), [&](const std::string& origin) { return Sure(origin == wanted); });
  }
  const Fact<std::string> licence = Licence(model);
  if (!licence.is_unknown()) return Sure(licence.has_value() && licence.value() == q.cutoff.target);
  return Ask(q, Simple(models_.at(model).knowledge, FactKind::kLicence, All("licence", true)),
             [&](const std::string& name) { return Sure(name == q.cutoff.target); });
}

// As it stands: an absent licence is none unless bounds exclude that.
Tri NaiveConditions::StandsCut(const Query& q, const std::string& model) const {
  Query proven = q;
  proven.likely = false;
  if (q.cutoff.kind == CutoffKind::kLicenceRevocation && Licence(model).is_unknown()) {
    const Two two = Simple(models_.at(model).knowledge, FactKind::kLicence, All("licence", true));
    if (two.proven.contains("none")) return -1;
  }
  return ModelIsCut(proven, model);
}

namespace {
Tri Carried(const DerivationFacts& derivation, Reach reach) {
  if (!derivation.relation) return 0;
  if (*derivation.relation == Relation::kSyntheticData) return -1;
  if (*derivation.relation == Relation::kDistilled) return Sure(reach == Reach::kDistilled);
  return 1;
}
}  // namespace

Tri NaiveConditions::UnstatedBase(const Query& q, const std::string& child) const {
  Two developers, origins;
  Lineage(child, developers, origins);
  const bool ban = q.cutoff.kind == CutoffKind::kCountryWeightsBan;
  auto over = [&](const Names& vendors, const Names& countries) -> Tri {
    Names bases;
    if (vendors.contains("none")) bases.insert("none");
    Names real = vendors;
    real.erase("none");
    if (!real.empty()) bases.insert("OTHER");
    for (const auto& [name, facts] : models_) {
      const auto developer = Developer(name);
      const auto origin = Origin(name);
      const auto& made = models_.at(child).release_seconds;
      if (developer && !vendors.contains(*developer)) continue;
      if (origin && !countries.contains(origin->ToString())) continue;
      if (made && facts.release_seconds && *facts.release_seconds > *made) continue;
      if (!real.empty() && !MadeFrom(name, child)) bases.insert(name);
    }
    return Over(bases, [&](const std::string& base) -> Tri {
      if (base == "none") return -1;
      if (!ban) return base == "OTHER" ? -1 : StandsCut(q, base);
      const std::string wanted = q.cutoff.country->ToString();
      if (base != "OTHER" && Origin(base)) return Sure(Origin(base)->ToString() == wanted);
      return Over(countries, [&](const std::string& origin) { return Sure(origin == wanted); });
    });
  };
  const Tri proven = over(developers.proven, origins.proven);
  return proven != 0 || !q.likely ? proven : over(developers.likely, origins.likely);
}

Tri NaiveConditions::LineageIsCut(const Query& q, const std::string& model) const {
  Tri self = ModelIsCut(q, model);
  if (q.cutoff.reach == Reach::kDirect) return self;
  const auto bases = Bases(model);
  if (bases.is_unknown()) return Max(self, UnstatedBase(q, model));
  for (const DerivationFacts& derivation : bases.value()) {
    self = Max(self, Min(Carried(derivation, q.cutoff.reach), LineageIsCut(q, derivation.base)));
  }
  return self;
}

Tri NaiveConditions::SomeAncestor(const Query& q) const {
  if (q.d.model) return LineageIsCut(q, *q.d.model);
  std::function<Tri(const std::string&)> stands = [&](const std::string& model) -> Tri {
    Tri self = StandsCut(q, model);
    if (q.cutoff.reach == Reach::kDirect) return self;
    const auto bases = Bases(model);
    for (const DerivationFacts& derivation : bases.value()) {
      self = Max(self, Min(Carried(derivation, q.cutoff.reach), stands(derivation.base)));
    }
    return self;
  };
  auto over = [&](const Side& side) {
    return Over(side.models.members, [&](const std::string& model) -> Tri {
      if (model != "OTHER") return stands(model);
      if (q.cutoff.kind != CutoffKind::kCountryWeightsBan) return -1;
      const Names origins = side.developers.open() ? countries_ : OriginsOfModelsBy(side.developers.members);
      return Over(origins,
                  [&](const std::string& origin) { return Sure(origin == q.cutoff.country->ToString()); });
    });
  };
  const Tri proven = over(q.proven_side);
  return proven != 0 || !q.likely ? proven : over(q.likely_side);
}

Tri NaiveConditions::Needs(const Query& q, const std::string& model) const {
  if (model == q.cutoff.target) return 1;
  Tri needs = -1;
  if (models_.at(model).version_of) needs = Needs(q, *models_.at(model).version_of);
  const auto bases = Bases(model);
  for (const DerivationFacts& derivation : bases.value()) {
    Tri runs = derivation.relation ? Sure(*derivation.relation == Relation::kHostedFineTune) : 0;
    if (derivation.relation == Relation::kAdapter) {
      runs = Ask(q, WeightsDomain(derivation.base),
                 [](const std::string& w) { return Sure(w == "PROPRIETARY"); });
    }
    needs = Max(needs, Min(runs, Needs(q, derivation.base)));
  }
  return needs;
}

Tri NaiveConditions::Needed(const Query& q) const {
  if (q.d.model) return Needs(q, *q.d.model);
  Query proven = q;
  proven.likely = false;
  return Ask(q, {q.proven_side.models.members, q.likely_side.models.members},
             [&](const std::string& model) -> Tri {
               if (model == "OTHER") return -1;
               return Needs(proven, model);
             });
}

Tri NaiveConditions::Provided(const Query& q) const {
  const bool services = q.cutoff.kind == CutoffKind::kCountryServiceCutoff;
  if (!q.d.host) {
    const bool counts = !services || q.proven_side.countries.members.contains(q.cutoff.country->ToString());
    return OneOf(q, {q.proven_side.providers.members, q.likely_side.providers.members}, counts);
  }
  const HostFacts& host = hosts_.at(*q.d.host);
  if (host.provider.is_none()) return -1;
  if (host.provider.has_value()) return Owned(q, host.provider.value());
  const Names countries = host.country ? Names{host.country->ToString()}
                                       : Simple(host.knowledge, FactKind::kHostCountry, countries_).proven;
  return OneOf(q, Simple(host.knowledge, FactKind::kHostProvider, Vendors(kHostProviderRole, true)),
               !services || countries.contains(q.cutoff.country->ToString()));
}

Tri NaiveConditions::Hit(const Cutoff& cutoff, const DeploymentFacts& d, bool likely) const {
  Query q{cutoff, d, likely, Side(*this), Side(*this)};
  Read(d, q.proven_side, false);
  q.likely_side = q.proven_side;
  Read(d, q.likely_side, true);
  const Side &a = q.proven_side, &b = q.likely_side;

  auto mode_in = [&](const Names& wanted) {
    if (d.mode) return Sure(wanted.contains(ModeText(*d.mode)));
    return Ask(q, {a.mode.members, b.mode.members},
               [&](const std::string& m) { return Sure(wanted.contains(m)); });
  };
  auto flag = [&](const std::optional<bool>& value, const Two& two, bool wanted) {
    if (value) return Sure(*value == wanted);
    return Ask(q, two, [&](const std::string& text) { return Sure(text == (wanted ? "true" : "false")); });
  };
  const Tri vendor_api = mode_in({"VENDOR_API"}), third = mode_in({"THIRD_PARTY_HOSTED"}),
            self = mode_in({"SELF_HOSTED"}), not_self = mode_in({"VENDOR_API", "THIRD_PARTY_HOSTED"});
  Tri proprietary = 0, activation = 0;
  if (d.model) {
    proprietary =
        Ask(q, WeightsDomain(*d.model), [](const std::string& w) { return Sure(w == "PROPRIETARY"); });
    const ModelFacts& model = models_.at(*d.model);
    activation =
        flag(model.requires_activation, Simple(model.knowledge, FactKind::kActivation, kFlags), true);
  } else {
    const Two models{a.models.members, b.models.members};
    proprietary = Ask(q, models, [&](const std::string& m) -> Tri {
      if (m == "OTHER" || !WeightsOf(m)) return 0;
      return Sure(*WeightsOf(m) == Weights::kProprietary);
    });
    activation = Ask(q, models, [&](const std::string& m) -> Tri {
      if (m == "OTHER" || !models_.at(m).requires_activation) return 0;
      return Sure(*models_.at(m).requires_activation);
    });
  }
  const Tri passes = flag(d.pass_through, {a.pass.members, b.pass.members}, true);
  const Tri ends = flag(d.outlives_developer, {a.outlives.members, b.outlives.members}, false);
  auto op = [&] {
    Tri hit = -1;
    for (const std::string& name : d.intermediaries.value()) hit = Max(hit, Owned(q, name));
    if (d.mode == HostingMode::kSelfHosted) return hit;
    return Max(hit, Min(not_self, d.operator_vendor ? Owned(q, *d.operator_vendor)
                                                    : OneOf(q, {a.operators.members, b.operators.members})));
  };
  auto src = [&]() -> Tri {
    if (!d.weights_source) return -1;
    const Names fetched = {"OBTAINABLE", "NOT_HELD"};
    const Tri custody = d.custody
                            ? Sure(*d.custody == Custody::kObtainable || *d.custody == Custody::kNotHeld)
                            : Ask(q, {a.custody.members, b.custody.members},
                                  [&](const std::string& c) { return Sure(fetched.contains(c)); });
    return Min(Min(self, custody), Owned(q, *d.weights_source));
  };
  auto developed = [&] {
    if (!d.model) return OneOf(q, {a.developers.members, b.developers.members});
    if (const auto developer = Developer(*d.model)) return Owned(q, *developer);
    return OneOf(q, DeveloperDomain(*d.model));
  };
  auto exit = [&] {
    const Tri with_developer = Max(Max(Min(vendor_api, proprietary), Min(Min(third, proprietary), ends)),
                                   Min(Min(self, activation), proprietary));
    return Max(Max(Max(op(), src()), Provided(q)), Min(with_developer, developed()));
  };
  switch (cutoff.kind) {
    case CutoffKind::kVendorApiCutoff:
      return Max(Max(op(), src()), Min(Min(third, proprietary), Min(passes, developed())));
    case CutoffKind::kVendorExit:
      return exit();
    case CutoffKind::kCountryServiceCutoff: {
      Two countries{a.countries.members, b.countries.members},
          providers{a.providers.members, b.providers.members};
      if (d.host) {
        const HostFacts& host = hosts_.at(*d.host);
        countries = host.country ? Two{{host.country->ToString()}, {host.country->ToString()}}
                                 : Simple(host.knowledge, FactKind::kHostCountry, countries_);
        providers = host.provider.is_none() ? Two{{"none"}, {"none"}}
                    : host.provider.has_value()
                        ? Two{{host.provider.value()}, {host.provider.value()}}
                        : Simple(host.knowledge, FactKind::kHostProvider, Vendors(kHostProviderRole, true));
      }
      const Tri lies =
          Ask(q, countries, [&](const std::string& c) { return Sure(c == cutoff.country->ToString()); });
      // What is surely not self-hosted runs on somebody's host, also where what is said of it contradicts.
      const bool somebodys =
          !d.host && not_self == 1 && !(d.mode == std::nullopt && a.mode.members.contains("SELF_HOSTED"));
      const Tri provided =
          somebodys ? 1 : Ask(q, providers, [](const std::string& p) { return Sure(p != "none"); });
      return Max(exit(), Min(lies, provided));
    }
    case CutoffKind::kCountryWeightsBan:
      return SomeAncestor(q);
    case CutoffKind::kLicenceRevocation: {
      const LicenceFacts& licence = licences_.at(cutoff.target);
      const Tri revocable =
          flag(licence.irrevocable, Simple(licence.knowledge, FactKind::kIrrevocability, kFlags), false);
      return Min(revocable, SomeAncestor(q));
    }
    case CutoffKind::kModelWithdrawal:
      return Min(Needed(q), Max(Max(vendor_api, Min(Min(third, proprietary), passes)),
                                Min(Min(self, activation), proprietary)));
    case CutoffKind::kCloudFailure:
      if (!hosts_.contains(cutoff.target)) return Provided(q);
      if (d.host) return Sure(*d.host == cutoff.target);
      return Ask(q, {a.hosts.members, b.hosts.members},
                 [&](const std::string& h) { return Sure(h == cutoff.target); });
    case CutoffKind::kDeploymentOutage:
      return Sure(d.name == cutoff.target);
  }
  return -1;
}

}  // namespace linchpin::engine
