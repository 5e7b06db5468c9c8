// Small random worlds and scenarios for property tests: cycles, pools, bridges, unknown facts.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_RANDOM_WORLD_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_RANDOM_WORLD_H_

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "services/engine/cutoff/scenario.h"
#include "services/engine/graph/facts.h"

namespace linchpin::engine {

struct RandomWorldOptions {
  int unknown_percent = 0;        // Chance of each fact to be unknown.
  bool unknown_switches = false;  // Also switch times.
  int pool_percent = 40;          // Chance of a deployment to have a finite capacity.
  bool full_baseline = false;     // Qualities and shares such that every baseline is ONE.
  int warm_percent = 40;          // Chance of an alternative to need preparation.
  // Chance of an unknown fact to be bounded, and of one to be likely; of a vendor to have roles and ties, and
  // of a model to be a version.
  int knowledge_percent = 0;
  bool bridges = true;    // One group in three has one.
  int usage_percent = 0;  // Chance of a dependency, and of an alternative, to have been observed.
};

class RandomWorld {
 public:
  RandomWorld(uint32_t seed, RandomWorldOptions options) : random_(seed), options_(options) {}

  GraphChanges Facts() {
    GraphChanges f;
    f.revision = 1;
    vendors_ = 3 + Pick(3), hosts_ = 2 + Pick(3), licences_ = 2, models_ = 3 + Pick(3),
    deployments_ = 3 + Pick(4);
    consumers_ = 3 + Pick(5);
    for (int i = 0; i < vendors_; ++i) f.vendors.push_back(Vendor(i));
    for (int i = 0; i < hosts_; ++i) f.hosts.push_back(Host(i));
    for (int i = 0; i < licences_; ++i) f.licences.push_back({Name("l", i), Maybe(Pick(3) == 0)});
    for (int i = 0; i < models_; ++i) f.models.push_back(Model(i));
    for (int i = 0; i < deployments_; ++i) f.deployments.push_back(Deployment(i, f));
    if (options_.knowledge_percent > 0) AddKnowledge(f);
    for (int i = 0; i < consumers_; ++i) {
      f.consumers.push_back(Consumer(i));
      const int groups = Pick(4);
      for (int g = 0; g < groups; ++g) f.groups.push_back(Group(i, g));
    }
    return f;
  }

  // A change of the consumers of these facts: one gets another dependency, one is used otherwise, one
  // goes, one comes. May be refused, where somebody depends on the one that goes.
  GraphChanges Change(const GraphChanges& facts) {
    GraphChanges changes;
    if (Pick(4) > 0) changes.groups.push_back(Group(Pick(consumers_), Pick(4)));
    if (!facts.groups.empty() && Pick(4) == 0) {
      changes.groups.push_back(
          facts.groups[static_cast<size_t>(Pick(static_cast<int>(facts.groups.size())))]);
      changes.groups.back().usage = AnyUsage();
    }
    if (Pick(6) == 0) changes.deleted_consumers.push_back(facts.consumers.back().name);
    if (Pick(3) > 0) return changes;
    ConsumerFacts consumer = facts.consumers.front();
    consumer.name = "applications/new";
    changes.consumers.push_back(consumer);
    changes.groups.push_back(Group(0, 0));
    changes.groups.back().consumer = consumer.name;
    return changes;
  }

  Scenario Cutoffs(int count_max = 4) {
    Scenario scenario;
    scenario.horizon_seconds = 5 + Pick(40);
    const int count = 1 + Pick(count_max);
    for (int i = 0; i < count; ++i) scenario.cutoffs.push_back(RandomCutoff(i));
    return scenario;
  }

  // The same world with every unknown fact given some value.
  GraphChanges Completed(GraphChanges f) {
    const int unknown_percent = std::exchange(options_.unknown_percent, 0);
    for (size_t i = 0; i < f.vendors.size(); ++i) {
      if (!f.vendors[i].country) f.vendors[i].country = AnyCountry();
      if (f.vendors[i].parent.is_unknown()) f.vendors[i].parent = Vendor(static_cast<int>(i)).parent;
    }
    for (HostFacts& host : f.hosts) {
      if (!host.country) host.country = AnyCountry();
      if (host.provider.is_unknown()) host.provider = AnyVendor();
    }
    for (LicenceFacts& licence : f.licences) {
      if (!licence.irrevocable) licence.irrevocable = Pick(2) == 0;
    }
    for (size_t i = 0; i < f.models.size(); ++i) {
      ModelFacts& model = f.models[i];
      ModelFacts other = Model(static_cast<int>(i));
      if (!model.developer) model.developer = other.developer;
      if (!model.weights) model.weights = other.weights;
      if (model.licence.is_unknown()) model.licence = other.licence;
      if (model.derivations.is_unknown()) model.derivations = other.derivations;
      if (!model.requires_activation) model.requires_activation = other.requires_activation;
      if (!model.derivations.has_value()) continue;
      std::vector<DerivationFacts> bases = model.derivations.value();
      for (DerivationFacts& base : bases) {
        if (!base.relation) base.relation = Pick(2) == 0 ? Relation::kMerge : Relation::kSyntheticData;
      }
      model.derivations = bases;
    }
    for (DeploymentFacts& d : f.deployments) {
      if (!d.model) d.model = Name("m", Pick(models_));
      if (!d.mode)
        d.mode =
            d.operator_vendor || Pick(2) == 0 ? HostingMode::kThirdPartyHosted : HostingMode::kSelfHosted;
      if (!d.operator_vendor && d.mode != HostingMode::kSelfHosted) d.operator_vendor = AnyVendor();
      if (!d.host) d.host = Name("h", Pick(hosts_));
      if (!d.pass_through) d.pass_through = Pick(2) == 0;
      if (!d.outlives_developer) d.outlives_developer = Pick(2) == 0;
      if (!d.custody) d.custody = static_cast<Custody>(Pick(4));
    }
    options_.unknown_percent = unknown_percent;
    return f;
  }

  // The same world with one fact, picked at random, forgotten.
  GraphChanges WithoutOne(GraphChanges f) {
    const auto any = [this](auto& list) -> auto& { return list[Pick(static_cast<int>(list.size()))]; };
    DeploymentFacts& d = any(f.deployments);
    ModelFacts& m = any(f.models);
    switch (Pick(17)) {
      case 0:
        any(f.vendors).country.reset();
        break;
      case 1:
        any(f.vendors).parent = Fact<std::string>::Unknown();
        break;
      case 2:
        any(f.hosts).country.reset();
        break;
      case 3:
        any(f.hosts).provider = Fact<std::string>::Unknown();
        break;
      case 4:
        any(f.licences).irrevocable.reset();
        break;
      case 5:
        m.developer.reset();
        break;
      case 6:
        m.origin.reset(), m.developer.reset();
        break;
      case 7:
        m.weights.reset();
        break;
      case 8:
        m.licence = Fact<std::string>::Unknown();
        break;
      case 9:
        m.derivations = Fact<std::vector<DerivationFacts>>::Unknown();
        break;
      case 10:
        m.requires_activation.reset();
        break;
      case 11:
        d.model.reset();
        break;
      case 12:
        d.mode.reset();
        break;
      case 13:
        d.operator_vendor.reset();
        break;
      case 14:
        d.host.reset();
        break;
      case 15:
        d.pass_through.reset();
        break;
      default:
        d.outlives_developer.reset(), d.custody.reset();
        break;
    }
    return f;
  }

  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  static std::string Name(const std::string& kind, int i) { return kind + "/" + std::to_string(i); }

 private:
  bool IsUnknown() { return Pick(100) < options_.unknown_percent; }
  template <typename T>
  std::optional<T> Maybe(T value) {
    if (IsUnknown()) return std::nullopt;
    return value;
  }
  Country AnyCountry() { return *Country::Parse(std::string(1, "ABC"[Pick(3)]) + "A"); }
  std::string AnyVendor() { return Name("v", Pick(vendors_)); }

  VendorFacts Vendor(int i) {
    VendorFacts facts{
        .name = Name("v", i), .country = Maybe(AnyCountry()), .parent = Fact<std::string>::None()};
    if (i > 0 && Pick(3) == 0) facts.parent = Name("v", Pick(i));
    if (IsUnknown()) facts.parent = Fact<std::string>::Unknown();
    return facts;
  }
  HostFacts Host(int i) {
    HostFacts facts{.name = Name("h", i), .provider = AnyVendor(), .country = Maybe(AnyCountry())};
    if (Pick(5) == 0) facts.provider = Fact<std::string>::None();
    if (IsUnknown()) facts.provider = Fact<std::string>::Unknown();
    return facts;
  }
  ModelFacts Model(int i) {
    ModelFacts facts;
    facts.name = Name("m", i);
    facts.developer = Maybe(AnyVendor());
    if (Pick(2) == 0) facts.origin = AnyCountry();
    facts.weights = Maybe(Pick(2) == 0 ? Weights::kOpen : Weights::kProprietary);
    facts.licence = Fact<std::string>::None();
    if (Pick(3) > 0) facts.licence = Name("l", Pick(licences_));
    if (IsUnknown()) facts.licence = Fact<std::string>::Unknown();
    facts.derivations = Fact<std::vector<DerivationFacts>>::None();
    std::vector<DerivationFacts> bases;
    for (int base = 0; base < i; ++base) {
      if (Pick(3) > 0) continue;
      static const Relation kRelations[] = {Relation::kFineTune,       Relation::kMerge,
                                            Relation::kDistilled,      Relation::kSyntheticData,
                                            Relation::kHostedFineTune, Relation::kAdapter};
      bases.push_back({Name("m", base), Maybe(kRelations[Pick(6)])});
    }
    if (!bases.empty()) facts.derivations = bases;
    if (IsUnknown()) facts.derivations = Fact<std::vector<DerivationFacts>>::Unknown();
    facts.requires_activation = Maybe(Pick(4) == 0);
    return facts;
  }
  DeploymentFacts Deployment(int i, const GraphChanges& f) {
    DeploymentFacts facts;
    facts.name = Name("d", i);
    const int model = Pick(models_);
    facts.model = Maybe(Name("m", model));
    static const HostingMode kModes[] = {HostingMode::kVendorApi, HostingMode::kThirdPartyHosted,
                                         HostingMode::kSelfHosted};
    facts.mode = Maybe(kModes[Pick(3)]);
    if (facts.mode != HostingMode::kSelfHosted) facts.operator_vendor = Maybe(AnyVendor());
    // A vendor API is run by the developer, else the graph refuses it.
    if (facts.mode == HostingMode::kVendorApi) {
      facts.operator_vendor = facts.model.has_value() ? f.models[model].developer : std::nullopt;
    }
    facts.host = Maybe(Name("h", Pick(hosts_)));
    facts.capacity_units = Fact<int64_t>::None();
    if (Pick(100) < options_.pool_percent)
      facts.capacity_units = options_.full_baseline ? 60 + Pick(20) : Pick(9);
    facts.pass_through = Maybe(Pick(2) == 0);
    facts.outlives_developer = Maybe(Pick(2) == 0);
    facts.custody = Maybe(static_cast<Custody>(Pick(4)));
    if (Pick(3) == 0) facts.weights_source = AnyVendor();
    facts.intermediaries = Fact<std::vector<std::string>>::None();
    if (Pick(5) == 0) facts.intermediaries = std::vector<std::string>{AnyVendor()};
    return facts;
  }
  // --- Bounds, likelihoods, roles, ties, versions --------------------------------------------------------
  bool Knows() { return Pick(100) < options_.knowledge_percent; }
  std::vector<std::string> Some(const std::vector<std::string>& values) {
    std::vector<std::string> some;
    for (const std::string& value : values) {
      if (Pick(3) == 0) some.push_back(value);
    }
    if (some.empty()) some.push_back(values[Pick(static_cast<int>(values.size()))]);
    return some;
  }
  void Say(KnowledgeFacts& said, FactKind fact, const std::vector<std::string>& values, bool bounded = true) {
    if (bounded && Knows()) {
      BoundFacts& bound = said.bounds.emplace_back();
      bound.fact = fact;
      (Pick(2) == 0 ? bound.one_of : bound.none_of) = Some(values);
    }
    if (Knows()) {
      std::vector<std::string> likely = bounded ? Some(values) : std::vector<std::string>{values[Pick(2)]};
      said.likely.push_back({.fact = fact, .one_of = std::move(likely)});
    }
  }
  std::vector<std::string> Names(const std::string& kind, int count, bool none = false) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(Name(kind, i));
    if (none) names.push_back("none");
    return names;
  }
  void AddKnowledge(GraphChanges& f) {
    const std::vector<std::string> countries = {"AA", "BA", "CA"};
    for (VendorFacts& vendor : f.vendors) AddTo(vendor, countries);
    for (HostFacts& host : f.hosts) {
      if (!host.country) Say(host.knowledge, FactKind::kHostCountry, countries);
      if (host.provider.is_unknown())
        Say(host.knowledge, FactKind::kHostProvider, Names("v", vendors_, true));
    }
    for (LicenceFacts& licence : f.licences) {
      if (!licence.irrevocable) {
        Say(licence.knowledge, FactKind::kIrrevocability, {"true", "false"}, false);
      }
    }
    for (size_t i = 0; i < f.models.size(); ++i) AddTo(f.models[i], static_cast<int>(i), countries);
    for (DeploymentFacts& deployment : f.deployments) AddTo(deployment, countries);
  }
  void AddTo(VendorFacts& vendor, const std::vector<std::string>& countries) {
    if (!vendor.country) Say(vendor.knowledge, FactKind::kVendorCountry, countries);
    if (vendor.parent.is_unknown())
      Say(vendor.knowledge, FactKind::kVendorParent, Names("v", vendors_, true));
    if (Knows()) vendor.roles = static_cast<uint8_t>(1 + Pick(15));
    if (Knows()) vendor.own_line = Pick(2) == 0 ? OwnLine::kClosed : OwnLine::kAll;
    if (Knows()) {
      if (Pick(4) > 0) vendor.serves_from.providers = Some(Names("v", vendors_));
      if (Pick(2) == 0) vendor.serves_from.countries = {AnyCountry()};
      vendor.serves_from.complete = Pick(2) == 0;
    }
    if (Knows()) vendor.upstreams = {Some(Names("v", vendors_)), Pick(2) == 0};
    if (Knows()) {
      vendor.hosted_developers.push_back({AnyVendor(), Maybe(Pick(2) == 0), Maybe(Pick(2) == 0)});
    }
  }
  void AddTo(ModelFacts& model, int i, const std::vector<std::string>& countries) {
    if (i > 0 && Knows()) model.version_of = Name("m", Pick(i));
    if (Knows()) model.release_seconds = Pick(4);
    KnowledgeFacts& said = model.knowledge;
    if (!model.developer) Say(said, FactKind::kDeveloper, Names("v", vendors_));
    if (!model.origin) Say(said, FactKind::kOrigin, countries);
    if (!model.weights) Say(said, FactKind::kWeights, {"OPEN", "PROPRIETARY"}, false);
    if (model.licence.is_unknown()) Say(said, FactKind::kLicence, Names("l", licences_, true));
    if (!model.requires_activation) Say(said, FactKind::kActivation, {"true", "false"}, false);
    if (!model.derivations.is_unknown()) return;
    Say(said, FactKind::kLineageDeveloper, Names("v", vendors_, true));
    Say(said, FactKind::kLineageOrigin, countries);
  }
  void AddTo(DeploymentFacts& d, const std::vector<std::string>& countries) {
    KnowledgeFacts& said = d.knowledge;
    if (!d.mode) Say(said, FactKind::kHostingMode, {"VENDOR_API", "THIRD_PARTY_HOSTED", "SELF_HOSTED"});
    if (!d.operator_vendor && d.mode != HostingMode::kSelfHosted) {
      Say(said, FactKind::kOperator, Names("v", vendors_));
    }
    if (!d.model) Say(said, FactKind::kModel, Names("m", models_));
    if (!d.model) Say(said, FactKind::kDeveloperOfModel, Names("v", vendors_));
    if (!d.host) Say(said, FactKind::kHost, Names("h", hosts_));
    if (!d.host) Say(said, FactKind::kProviderOfHost, Names("v", vendors_, true));
    if (!d.host) Say(said, FactKind::kCountryOfHost, countries);
    if (!d.pass_through) Say(said, FactKind::kPassThrough, {"YES", "NO"}, false);
    if (!d.outlives_developer) Say(said, FactKind::kOutlives, {"YES", "NO"}, false);
    if (!d.custody) {
      Say(said, FactKind::kCustody, {"HELD_VERIFIED", "HELD", "OBTAINABLE", "NOT_HELD"});
    }
  }

  ConsumerFacts Consumer(int i) {
    static const int64_t kViable[] = {0, 0, 1, 300'000, 800'000, kOne};
    ConsumerFacts facts;
    facts.name = Name("c", i);
    facts.continuity.priority = Pick(3);
    facts.continuity.weight = Pick(4);
    facts.continuity.min_viable_ppm = kViable[Pick(6)];
    facts.continuity.loss_per_hour_minor = Pick(1'000'000);
    facts.continuity.penalty_minor = Pick(100);
    facts.continuity.recovery_time_objective_seconds = Pick(20);
    facts.continuity.max_tolerable_downtime_seconds = Pick(20);
    if (Pick(6) == 0) facts.tier = 1 + Pick(4), facts.continuity = {};
    return facts;
  }
  GroupFacts Group(int consumer, int g) {
    GroupFacts facts;
    facts.consumer = Name("c", consumer);
    facts.id = Name("g", g);
    if (Pick(3) == 0) facts.essential = false, facts.weight_ppm = 100'000 * Pick(11);
    if (Pick(2) == 0) facts.units = 1 + Pick(5);
    if (Pick(3) == 0 && options_.bridges) facts.bridge_seconds = Pick(12);
    int64_t quality = kOne;
    const int count = 1 + Pick(4);
    for (int k = 0; k < count; ++k) {
      AlternativeFacts alternative;
      alternative.target = Pick(3) == 0 ? Name("c", Pick(consumers_)) : Name("d", Pick(deployments_));
      if (k > 0 || !options_.full_baseline) {
        if (Pick(3) == 0) quality = quality * (1 + Pick(9)) / 9;
        alternative.quality_ppm = quality;
        if (Pick(3) == 0) alternative.share_ppm = 100'000 * Pick(11);
      }
      alternative.switch_seconds = Pick(100) < options_.warm_percent ? Pick(25) : 0;
      if (options_.unknown_switches && Pick(5) == 0) alternative.switch_seconds.reset();
      alternative.usage = AnyUsage();
      facts.alternatives.push_back(alternative);
    }
    facts.usage = AnyUsage();
    return facts;
  }
  Usage AnyUsage() {
    Usage usage;
    if (options_.usage_percent == 0 || Pick(100) >= options_.usage_percent) return usage;
    usage.window_seconds = 86'400 * (1 + Pick(40));
    if (Pick(3) > 0) usage.requests = Pick(1000);
    if (Pick(3) > 0) usage.tokens = Pick(1'000'000);
    if (Pick(3) > 0) usage.spend_minor = Pick(10'000);
    return usage;
  }
  Cutoff RandomCutoff(int i) {
    static const CutoffKind kKinds[] = {
        CutoffKind::kVendorApiCutoff,   CutoffKind::kVendorExit,        CutoffKind::kCountryServiceCutoff,
        CutoffKind::kCountryWeightsBan, CutoffKind::kLicenceRevocation, CutoffKind::kModelWithdrawal,
        CutoffKind::kCloudFailure,      CutoffKind::kDeploymentOutage,  CutoffKind::kDeploymentOutage};
    static const Reach kReaches[] = {Reach::kWeights, Reach::kDirect, Reach::kDistilled};
    Cutoff cutoff;
    cutoff.id = "cut" + std::to_string(i);
    cutoff.kind = kKinds[Pick(9)];
    cutoff.reach = kReaches[Pick(3)];
    cutoff.severity_ppm = Pick(2) == 0 ? kOne : 100'000 * Pick(11);
    cutoff.start_seconds = Pick(25);
    if (Pick(2) == 0) cutoff.notice_seconds = Pick(30);
    if (Pick(3) > 0) cutoff.duration_seconds = 1 + Pick(15);
    switch (cutoff.kind) {
      case CutoffKind::kVendorApiCutoff:
      case CutoffKind::kVendorExit:
        cutoff.target = AnyVendor();
        break;
      case CutoffKind::kCountryServiceCutoff:
      case CutoffKind::kCountryWeightsBan:
        cutoff.country = AnyCountry();
        break;
      case CutoffKind::kLicenceRevocation:
        cutoff.target = Name("l", Pick(licences_));
        break;
      case CutoffKind::kModelWithdrawal:
        cutoff.target = Name("m", Pick(models_));
        break;
      case CutoffKind::kCloudFailure:
        cutoff.target = Pick(2) == 0 ? Name("h", Pick(hosts_)) : AnyVendor();
        break;
      case CutoffKind::kDeploymentOutage:
        cutoff.target = Name("d", Pick(deployments_));
        break;
    }
    return cutoff;
  }

  std::mt19937 random_;
  RandomWorldOptions options_;
  int vendors_ = 0, hosts_ = 0, licences_ = 0, models_ = 0, deployments_ = 0, consumers_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_RANDOM_WORLD_H_
