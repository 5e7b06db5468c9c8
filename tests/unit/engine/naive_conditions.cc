#include <algorithm>

#include "tests/unit/engine/naive_conditions.h"
#include "tests/unit/engine/naive_helpers.h"

namespace linchpin::engine {

using namespace naive;  // NOLINT(google-build-using-namespace)

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
