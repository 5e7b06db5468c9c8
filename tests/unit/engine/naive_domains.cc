// What each fact can be, as the table of K2 says it.
#include <algorithm>

#include "tests/unit/engine/naive_conditions.h"
#include "tests/unit/engine/naive_helpers.h"

namespace linchpin::engine {

using namespace naive;  // NOLINT(google-build-using-namespace)

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

}  // namespace linchpin::engine
