#include "services/engine/cutoff/conditions.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_maker.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One deployment "d": a proprietary model of Dev (FR, owned by Holding in DE), run by Op (US) as a third
// party on a host of Cloud in GB, licence "l", made from "base" of Maker (CN).
class Fixture {
 public:
  Fixture() {
    world.Vendor("Holding", "DE");
    world.Vendor("Dev", "FR").parent = "Holding";
    world.Vendor("Op", "US");
    world.Vendor("Cloud", "IE");
    world.Vendor("Maker", "CN");
    world.Vendor("Gate", "JP");
    world.Host("place", "Cloud", "GB");
    world.Licence("l", false);
    world.Open("base", "Maker");
    world.Derive(world.Closed("m", "Dev"), "base").licence = "l";
    world.Hosted("d", "m", "Op").host = "place";
  }
  Truth Of(const Cutoff& cutoff) const {
    const auto graph = world.Build();
    return Hits(*Knowledge::Create(graph), *Resolve(*graph, cutoff), *graph->deployments().Find("d"));
  }
  Truth Of(CutoffKind kind, const std::string& target) const { return Of({.kind = kind, .target = target}); }
  Truth OfCountry(CutoffKind kind, const char* country) const {
    return Of({.kind = kind, .country = Country::Parse(country)});
  }
  std::vector<std::string> Open(const Cutoff& cutoff) const {
    const auto graph = world.Build();
    std::vector<std::string> texts;
    const HitReason reason = ExplainD(graph, cutoff);
    if (reason.truth != Truth::kUnknown) return texts;
    for (const FactRef& fact : reason.facts) {
      texts.push_back(SubjectOf(*graph, fact) + " " + FieldOf(*graph, fact));
    }
    return texts;
  }
  // The facts that prove a hit, each as "subject field=value".
  std::vector<std::string> Proof(const Cutoff& cutoff) const {
    const auto graph = world.Build();
    std::vector<std::string> texts;
    const HitReason reason = ExplainD(graph, cutoff);
    EXPECT_EQ(reason.truth, Truth::kTrue);
    for (const FactRef& fact : reason.facts) {
      texts.push_back(SubjectOf(*graph, fact) + " " + FieldOf(*graph, fact) + "=" +
                      ValueOf(*Knowledge::Create(graph), fact));
    }
    return texts;
  }
  static HitReason ExplainD(const std::shared_ptr<const Graph>& graph, const Cutoff& cutoff) {
    return Explain(*Knowledge::Create(graph), *Resolve(*graph, cutoff), *graph->deployments().Find("d"));
  }
  DeploymentFacts& d() { return world.deployment("d"); }
  GraphMaker world;
};

TEST(Conditions, AnExitHitsWhatTheVendorOperatesHostsOrReaches) {
  Fixture f;
  for (const char* hit : {"Op", "Cloud", "Dev", "Holding"})
    EXPECT_EQ(f.Of(CutoffKind::kVendorExit, hit), Truth::kTrue);
  for (const char* not_hit : {"Maker", "Gate"})
    EXPECT_EQ(f.Of(CutoffKind::kVendorExit, not_hit), Truth::kFalse);
  f.world.model("m").weights = Weights::kOpen;
  EXPECT_EQ(f.Of(CutoffKind::kVendorExit, "Dev"), Truth::kFalse);
}

TEST(Conditions, ASelfHostedCopyIsReachedOnlyThroughActivationHostOrIntermediary) {
  Fixture f;
  f.d().mode = HostingMode::kSelfHosted;
  f.d().operator_vendor.reset();
  EXPECT_EQ(f.Of(CutoffKind::kVendorExit, "Dev"), Truth::kFalse);
  EXPECT_EQ(f.Of(CutoffKind::kVendorExit, "Cloud"), Truth::kTrue);
  EXPECT_EQ(f.Of(CutoffKind::kModelWithdrawal, "m"), Truth::kFalse);
  f.world.model("m").requires_activation = true;
  EXPECT_EQ(f.Of(CutoffKind::kVendorExit, "Holding"), Truth::kTrue);
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Dev"), Truth::kFalse);
  EXPECT_EQ(f.Of(CutoffKind::kModelWithdrawal, "m"), Truth::kTrue);
  EXPECT_EQ(f.Of(CutoffKind::kModelWithdrawal, "base"), Truth::kFalse) << "it has left its base behind";
  f.d().intermediaries = std::vector<std::string>{"Gate"};
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Gate"), Truth::kTrue);
  EXPECT_EQ(f.OfCountry(CutoffKind::kCountryServiceCutoff, "JP"), Truth::kTrue);
}

TEST(Conditions, AnApiCutoffOfTheDeveloperNeedsPassThrough) {
  Fixture f;
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Op"), Truth::kTrue);
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Dev"), Truth::kFalse);
  f.d().pass_through = true;
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Holding"), Truth::kTrue);
  f.d().pass_through.reset();
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Dev"), Truth::kUnknown);
  EXPECT_THAT(f.Open({.kind = CutoffKind::kVendorApiCutoff, .target = "Dev"}), ElementsAre("d pass_through"));
  f.world.model("m").weights = Weights::kOpen;
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Dev"), Truth::kFalse);
}

TEST(Conditions, ACountryCutsTheServicesOfItsVendorsAndHosts) {
  Fixture f;
  for (const char* hit : {"US", "IE", "FR", "DE", "GB"}) {
    EXPECT_EQ(f.OfCountry(CutoffKind::kCountryServiceCutoff, hit), Truth::kTrue) << hit;
  }
  for (const char* not_hit : {"CN", "JP"}) {
    EXPECT_EQ(f.OfCountry(CutoffKind::kCountryServiceCutoff, not_hit), Truth::kFalse) << not_hit;
  }
}

TEST(Conditions, AWeightsBanFollowsTheLineageAtItsReach) {
  Fixture f;
  Cutoff ban{.kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse("CN")};
  EXPECT_EQ(f.Of(ban), Truth::kTrue);
  ban.reach = Reach::kDirect;
  EXPECT_EQ(f.Of(ban), Truth::kFalse);
  f.world.Derive(f.world.model("m"), "base", Relation::kDistilled);
  ban.reach = Reach::kWeights;
  EXPECT_EQ(f.Of(ban), Truth::kFalse);
  ban.reach = Reach::kDistilled;
  EXPECT_EQ(f.Of(ban), Truth::kTrue);
  f.world.Derive(f.world.model("m"), "base", std::nullopt);
  ban.reach = Reach::kWeights;
  EXPECT_EQ(f.Of(ban), Truth::kUnknown);
  EXPECT_THAT(f.Open(ban), ElementsAre("m derivations[0].relation"));
}

TEST(Conditions, AnIrrevocableLicenceIsNotRevoked) {
  Fixture f;
  EXPECT_EQ(f.Of(CutoffKind::kLicenceRevocation, "l"), Truth::kTrue);
  f.world.Licence("l", true);
  EXPECT_EQ(f.Of(CutoffKind::kLicenceRevocation, "l"), Truth::kFalse);
  f.world.Licence("l", true).irrevocable.reset();
  EXPECT_THAT(f.Open({.kind = CutoffKind::kLicenceRevocation, .target = "l"}), ElementsAre("l irrevocable"));
}

TEST(Conditions, AHitIsProvedByTheFactsFromTheDeploymentToWhatIsCut) {
  Fixture f;
  const auto exit = [](const char* vendor) {
    return Cutoff{.kind = CutoffKind::kVendorExit, .target = vendor};
  };
  EXPECT_THAT(f.Proof(exit("Op")), ElementsAre("d hosting_mode=THIRD_PARTY_HOSTED", "d operator=Op"));
  EXPECT_THAT(f.Proof(exit("Cloud")), ElementsAre("d host=place", "place provider=Cloud"));
  EXPECT_THAT(f.Proof(exit("Holding")),
              ElementsAre("d hosting_mode=THIRD_PARTY_HOSTED", "d model=m", "m weights=PROPRIETARY",
                          "d outlives_developer=NO", "m developer=Dev", "Dev parent=Holding"));
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kCountryServiceCutoff, .country = Country::Parse("GB")}),
              ElementsAre("d host=place", "place country=GB", "place provider=Cloud"));
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse("CN")}),
              ElementsAre("d model=m", "m derivations[0].base_model=base",
                          "m derivations[0].relation=FINE_TUNE", "base developer=Maker", "Maker country=CN"));
  f.world.model("base").origin = Country::Parse("CN");
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse("CN")}),
              ElementsAre("d model=m", "m derivations[0].base_model=base",
                          "m derivations[0].relation=FINE_TUNE", "base origin_country=CN"));
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kLicenceRevocation, .target = "l"}),
              ElementsAre("d model=m", "m licence=l", "l irrevocable=false"));
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kDeploymentOutage, .target = "d"}), IsEmpty());
  f.d().intermediaries = std::vector<std::string>{"Op", "Gate"};
  EXPECT_THAT(f.Proof(exit("Gate")), ElementsAre("d intermediaries[1]=Gate"));
  f.d().pass_through = true;
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kVendorApiCutoff, .target = "Dev"}),
              ElementsAre("d hosting_mode=THIRD_PARTY_HOSTED", "d model=m", "m weights=PROPRIETARY",
                          "d pass_through=YES", "m developer=Dev"));
}

// Any proof will do, so the smallest is shown: of an operator that provides the host too, one of both.
TEST(Conditions, ASmallestProofIsEnough) {
  Fixture f;
  f.world.Host("place", "Op", "GB");
  f.d().intermediaries = std::vector<std::string>{"Op"};
  EXPECT_THAT(f.Proof({.kind = CutoffKind::kVendorExit, .target = "Op"}),
              ElementsAre("d intermediaries[0]=Op"));
}

// What is known of open weights does not make an exit certain of which the host is unknown.
TEST(Conditions, AKnownDeveloperOfOpenWeightsProvesNothing) {
  Fixture f;
  f.world.model("m").weights = Weights::kOpen;
  f.d().host.reset();
  EXPECT_THAT(f.Open({.kind = CutoffKind::kVendorExit, .target = "Dev"}), ElementsAre("d host"));
}

// What is unknown, what then is open for a cutoff, and a cutoff that it leaves decided.
TEST(Conditions, AnUnknownFactLeavesOpenWhatItDecidesAndNothingElse) {
  struct Case {
    const char* name;
    std::function<void(Fixture&)> forget;
    Cutoff open_for;
    std::vector<std::string> open;
    Cutoff decided_for;
  };
  const auto exit = [](const char* vendor) {
    return Cutoff{.kind = CutoffKind::kVendorExit, .target = vendor};
  };
  const auto services = [](const char* country) {
    return Cutoff{.kind = CutoffKind::kCountryServiceCutoff, .country = Country::Parse(country)};
  };
  const auto ban = [](const char* country) {
    return Cutoff{.kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse(country)};
  };
  const Cutoff outage{.kind = CutoffKind::kDeploymentOutage, .target = "d"};
  const Cutoff host_failure{.kind = CutoffKind::kCloudFailure, .target = "hGate"};
  const Cutoff withdrawal{.kind = CutoffKind::kModelWithdrawal, .target = "m"};
  const Case cases[] = {
      {"host", [](Fixture& f) { f.d().host.reset(); }, host_failure, {"d host"}, exit("Op")},
      {"provider",
       [](Fixture& f) { f.world.Host("place", "Cloud", "GB").provider = Fact<std::string>::Unknown(); },
       exit("Gate"),
       {"place provider"},
       exit("Dev")},
      {"host country",
       [](Fixture& f) { f.world.Host("place", "Cloud", "GB").country.reset(); },
       services("JP"),
       {"place country"},
       services("IE")},
      {"operator",
       [](Fixture& f) { f.d().operator_vendor.reset(); },
       exit("Gate"),
       {"d operator"},
       exit("Cloud")},
      {"mode, of which an operator leaves two",
       [](Fixture& f) { f.d().mode.reset(); },
       withdrawal,
       {"d hosting_mode"},
       exit("Op")},
      {"custody",
       [](Fixture& f) {
         f.d().mode = HostingMode::kSelfHosted;
         f.d().operator_vendor.reset();
         f.d().weights_source = "Gate";
         f.d().custody.reset();
       },
       exit("Gate"),
       {"d custody"},
       exit("Cloud")},
      {"parent",
       [](Fixture& f) { f.world.Vendor("Op").parent = Fact<std::string>::Unknown(); },
       exit("Gate"),
       {"Op parent"},
       exit("Op")},
      {"country",
       [](Fixture& f) { f.world.Vendor("Op").country.reset(); },
       services("JP"),
       {"Op country"},
       services("GB")},
      {"model", [](Fixture& f) { f.d().model.reset(); }, ban("CN"), {"d model"}, exit("Op")},
      {"developer",
       [](Fixture& f) { f.world.model("m").developer.reset(); },
       exit("Gate"),
       {"m developer"},
       ban("CN")},
      {"origin",
       [](Fixture& f) { f.world.model("base").developer.reset(); },
       ban("JP"),
       {"base origin_country"},
       ban("FR")},
      {"weights",
       [](Fixture& f) { f.world.model("m").weights.reset(); },
       exit("Dev"),
       {"m weights"},
       exit("Op")},
      {"licence",
       [](Fixture& f) { f.world.model("base").licence = Fact<std::string>::Unknown(); },
       {.kind = CutoffKind::kLicenceRevocation, .target = "l2"},
       {"base licence"},
       {.kind = CutoffKind::kLicenceRevocation, .target = "l"}},
      {"derivations",
       [](Fixture& f) { f.world.model("base").derivations = Fact<std::vector<DerivationFacts>>::Unknown(); },
       ban("JP"),
       {"base derivations"},
       ban("CN")},
      {"activation",
       [](Fixture& f) {
         f.world.model("m").requires_activation.reset();
         f.d().mode = HostingMode::kSelfHosted;
         f.d().operator_vendor.reset();
       },
       exit("Dev"),
       {"m requires_activation"},
       outage},
      {"two at once",
       [](Fixture& f) {
         f.d().host.reset();
         f.world.Vendor("Op").parent = Fact<std::string>::Unknown();
       },
       exit("Gate"),
       {"d host", "Op parent"},
       exit("Op")},
  };
  for (const Case& item : cases) {
    Fixture f;
    f.world.Licence("l2", false);
    item.forget(f);
    EXPECT_EQ(f.Of(item.open_for), Truth::kUnknown) << item.name;
    EXPECT_EQ(f.Open(item.open_for), item.open) << item.name;
    EXPECT_NE(f.Of(item.decided_for), Truth::kUnknown) << item.name;
    EXPECT_THAT(f.Open(item.decided_for), IsEmpty()) << item.name;
  }
}

TEST(Conditions, AnAbsentListOfIntermediariesIsNone) {
  Fixture f;
  f.d().intermediaries = Fact<std::vector<std::string>>::Unknown();
  EXPECT_EQ(f.Of(CutoffKind::kVendorApiCutoff, "Gate"), Truth::kFalse);
}

}  // namespace
}  // namespace linchpin::engine
