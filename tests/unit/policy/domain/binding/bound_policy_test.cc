#include "services/policy/domain/binding/bound_policy.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Fault {
  const char* name;
  const char* policy;
  const char* field;
  const char* says;
};

class PolicyFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(PolicyFaults, AreRefusedWithTheirPlace) {
  const absl::Status status = CheckPolicy(PolicyText(GetParam().policy));
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "POLICY_INVALID"));
  EXPECT_THAT(Violations(status), ElementsAre(AllOf(StartsWith(std::string(GetParam().field) + ": "),
                                                    HasSubstr(GetParam().says))));
}

INSTANTIATE_TEST_SUITE_P(
    All, PolicyFaults,
    ::testing::Values(
        Fault{"UnknownPath", "rules: [{id: r, select: {where: {teir: {le: 1}}}, lineage: {allowed: [FR]}}]",
              "rules[0].select.all[0].path", "Application has no field `teir`"},
        Fault{"UnknownInnerPath",
              "rules: [{id: r, select: {where: {continuity.wait: {le: 1}}}, lineage: {allowed: [FR]}}]",
              "rules[0].select.all[0].path", "has no field `wait`"},
        Fault{"WrongType", "rules: [{id: r, select: {where: {tier: {le: high}}}, lineage: {allowed: [FR]}}]",
              "rules[0].select.all[0].values[0]", "wrong type"},
        Fault{"NoOrder", "rules: [{id: r, select: {where: {owner: {le: 1}}}, lineage: {allowed: [FR]}}]",
              "rules[0].select.all[0].op", "has no order"},
        Fault{"UnknownEnumValue",
              "rules: [{id: r, select: {kind: MODEL, where: {weights: {eq: CLOSED}}}, lineage: {allowed: "
              "[FR]}}]",
              "rules[0].select.all[0].values[0]", "WEIGHTS_OPEN, WEIGHTS_PROPRIETARY"},
        Fault{"ListByScalarOperator",
              "rules: [{id: r, select: {kind: MODEL, where: {tasks: {eq: chat}}}, lineage: {allowed: [FR]}}]",
              "rules[0].select.all[0].op", "use ANY_IN"},
        Fault{"UnknownParameter", "rules: [{id: r, lineage: {allowed: \"${hom}\"}}]",
              "rules[0].lineage.allowed", "no parameter `hom`"},
        Fault{"ParameterOfWrongType",
              "parameters: [{id: home, type: RATIO}]\nrules: [{id: r, lineage: {allowed: \"${home}\"}}]",
              "rules[0].lineage.allowed", "needed is JURISDICTION_SET"},
        Fault{"AccessPathWithoutTests", "rules: [{id: r, accessPath: {possible: true}}]",
              "rules[0].access_path", "set `all`, `none` or both"},
        Fault{"AccessPathOfModels",
              "rules: [{id: r, select: {kind: MODEL}, accessPath: {none: {country: CN}}}]",
              "rules[0].access_path", "is asked of applications"},
        Fault{"AccessPathTestOfNoField", "rules: [{id: r, accessPath: {none: {land: CN}}}]",
              "rules[0].access_path.none[0].path", "Vendor has no field `land`"},
        Fault{"AccessPathTestOfWrongType", "rules: [{id: r, accessPath: {all: {country: 7}}}]",
              "rules[0].access_path.all[0].values[0]", "wrong type"},
        Fault{"AccessPathPrimaryOfDeployments",
              "rules: [{id: r, select: {kind: DEPLOYMENT}, accessPath: {none: {country: CN}, primaryOnly: "
              "true}}]",
              "rules[0].access_path.primary_only", "the subjects have none"},
        Fault{"SurvivabilityOfWhoIsSelected",
              "rules: [{id: r, select: {kind: MODEL}, survivability: {shock: {each: VENDOR}, atLeast: 0.9}}]",
              "rules[0].select", "use survivability.over"},
        Fault{"SurvivabilityOfModels",
              "rules: [{id: r, survivability: {over: {kind: MODEL}, shock: {each: VENDOR}, atLeast: 0.9}}]",
              "rules[0].survivability.over.kind", "counts applications or business services"},
        Fault{"SurvivabilityOfBoth",
              "rules: [{id: r, survivability: {shock: {each: HOST, named: [\"host:h\"]}, atLeast: 0.9}}]",
              "rules[0].survivability.shock", "exactly one of `each` and `named`"},
        Fault{
            "SurvivabilityOfNoLoss",
            "rules: [{id: r, survivability: {shock: {named: [\"vendor:a\", \"vendors/b\"]}, atLeast: 0.9}}]",
            "rules[0].survivability.shock.named[1]", "write vendor:ID"},
        Fault{"SurvivabilityOfNoCountry",
              "rules: [{id: r, survivability: {shock: {named: [\"weights:ZZ\"]}, atLeast: 0.9}}]",
              "rules[0].survivability.shock.named[0]", "names no loss"},
        Fault{"SurvivabilityOutsideOfVendors",
              "rules: [{id: r, survivability: {shock: {each: VENDOR, outside: [FR]}, atLeast: 0.9}}]",
              "rules[0].survivability.shock.outside", "is only read with"},
        Fault{"SurvivabilityOfTokens",
              "rules: [{id: r, survivability: {shock: {each: VENDOR}, basis: TOKENS, atLeast: 0.9}}]",
              "rules[0].survivability.basis", "APPLICATIONS or CRITICALITY"},
        Fault{"SurvivabilityAboveOne",
              "rules: [{id: r, survivability: {shock: {each: VENDOR}, atLeast: 90}}]",
              "rules[0].survivability.at_least", "write 0.9 for 90%"},
        Fault{"DefaultOfWrongType",
              "parameters: [{id: limit, type: RATIO, defaultValue: 40}]\nrules: [{id: r, lineage: {allowed: "
              "[FR]}}]",
              "parameters[0].default_value", "from 0 to 1"},
        Fault{"RequiredWithDefault",
              "parameters: [{id: limit, type: RATIO, defaultValue: 0.4, required: true}]\n"
              "rules: [{id: r, lineage: {allowed: [FR]}}]",
              "parameters[0]", "has no default"},
        Fault{"NoSuchCountry", "rules: [{id: r, lineage: {allowed: [FR, UK]}}]", "rules[0].lineage.allowed",
              "`UK` is neither a country"},
        Fault{"AllowedAndDenied", "rules: [{id: r, lineage: {allowed: [FR], denied: [US]}}]",
              "rules[0].lineage", "exactly one"},
        Fault{"NothingToLookAt",
              "rules: [{id: r, lineage: {allowed: [FR], reach: DIRECT, excludeSelf: true}}]",
              "rules[0].lineage.exclude_self", "nothing left"},
        Fault{"HostOfAModel",
              "rules: [{id: r, select: {kind: MODEL}, lineage: {allowed: [FR], facets: [HOST_COUNTRY]}}]",
              "rules[0].lineage.facets", "a model has no host"},
        Fault{"WrongSubject", "rules: [{id: r, select: {kind: VENDOR}, fallback: {}}]", "rules[0].fallback",
              "applications, business services and dependencies only"},
        Fault{"TwoWaysToSayWhen",
              "parameters: [{id: d, type: DURATION}]\n"
              "rules: [{id: r, fallback: {testedWithin: 90d, testedWithinParameter: d}}]",
              "rules[0].fallback", "set one of"},
        Fault{"SelectOfConcentration",
              "rules: [{id: r, select: {kind: APPLICATION}, concentration: {groupBy: OPERATOR, metric: HHI, "
              "limit: 1}}]",
              "rules[0].select", "use concentration.over"},
        Fault{"ShareInPercent",
              "rules: [{id: r, concentration: {groupBy: OPERATOR, metric: SHARE, limit: 40}}]",
              "rules[0].concentration.limit", "0.4 for 40%"},
        Fault{"KWithoutTop",
              "rules: [{id: r, concentration: {groupBy: OPERATOR, metric: HHI, k: 2, limit: 1}}]",
              "rules[0].concentration.k", "TOP_K_SHARE"},
        Fault{"IgnoreWithoutReason", "rules: [{id: r, onUnknown: IGNORE, lineage: {allowed: [FR]}}]",
              "rules[0].on_unknown_reason", "say why"},
        Fault{"UnknownMessageKey", "rules: [{id: r, message: \"{who}\", lineage: {allowed: [FR]}}]",
              "rules[0].message", "`{who}` is none of"},
        Fault{"SameIdTwice", "rules: [{id: r, lineage: {allowed: [FR]}}, {id: r, lineage: {allowed: [FR]}}]",
              "rules[1].id", "earlier rule"}),
    [](const auto& info) { return info.param.name; });

TEST(CheckPolicy, ListsAllFaultsAtOnce) {
  const absl::Status status = CheckPolicy(PolicyText(
      "rules: [{id: r, lineage: {allowed: \"${a}\"}}, {id: s, lineage: {allowed: [FR], denied: [FR]}}]"));
  EXPECT_EQ(Violations(status).size(), 2u);
  EXPECT_THAT(std::string(status.message()), HasSubstr("(and 1 more)"));
}

TEST(CheckPolicy, TakesParametersWithoutValues) {
  EXPECT_THAT(CheckPolicy(PolicyText(
                  "parameters: [{id: home, type: JURISDICTION_SET, required: true},\n"
                  "  {id: share, type: RATIO}, {id: days, type: DURATION}]\n"
                  "rules:\n"
                  "- {id: r, select: {where: {tier: {le: 1}}}, lineage: {allowed: \"${home}\"}}\n"
                  "- {id: s, fallback: {testedWithinParameter: days}}\n"
                  "- {id: t, concentration: {groupBy: OPERATOR, metric: SHARE, limit: \"${share}\"}}")),
              IsOk());
}

const char kWithHome[] =
    "parameters: [{id: home, type: JURISDICTION_SET, required: true}]\n"
    "rules: [{id: r, severity: LOW, lineage: {allowed: \"${home}\"}}]";

TEST(BindPolicy, ResolvesSetsAndCountriesTogether) {
  v1::JurisdictionSet set;
  set.set_name("jurisdictionSets/benelux");
  for (const char* code : {"BE", "NL", "LU"}) set.add_countries(code);
  const auto bound =
      BindPolicy(PolicyText(kWithHome), AssignmentText("parameters: {home: [FR, jurisdictionSets/benelux]}"),
                 JurisdictionSets({set}));
  ASSERT_THAT(bound, IsOk());
  EXPECT_THAT(std::get<LineageSpec>(bound->rules[0].spec).countries.Codes(),
              ElementsAre("BE", "FR", "LU", "NL"));
}

TEST(BindPolicy, NamesTheParameterThatIsMissing) {
  const auto bound = BindPolicy(PolicyText(kWithHome), AssignmentText(""), JurisdictionSets());
  EXPECT_THAT(Violations(bound.status()), ElementsAre(StartsWith("assignment.parameters.home: ")));
}

TEST(BindPolicy, RefusesAParameterThatIsNotDeclared) {
  const auto bound = BindPolicy(PolicyText(kWithHome), AssignmentText("parameters: {home: [FR], hme: [FR]}"),
                                JurisdictionSets());
  EXPECT_THAT(Violations(bound.status()), ElementsAre(StartsWith("assignment.parameters.hme: ")));
}

TEST(BindPolicy, RefusesASetThatDoesNotExist) {
  const auto bound = BindPolicy(
      PolicyText(kWithHome), AssignmentText("parameters: {home: jurisdictionSets/eu}"), JurisdictionSets());
  EXPECT_THAT(std::string(bound.status().message()), HasSubstr("jurisdictionSets/eu does not exist"));
}

TEST(BindPolicy, TakesSeveritiesFromTheAssignment) {
  const auto one = BindPolicy(PolicyText(kWithHome),
                              AssignmentText("parameters: {home: FR}\nseverityOverrides: {\"*\": HIGH}"), {});
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(one->rules[0].severity, v1::SEVERITY_HIGH);
  const auto wrong = BindPolicy(PolicyText(kWithHome),
                                AssignmentText("parameters: {home: FR}\nseverityOverrides: {x: HIGH}"), {});
  EXPECT_THAT(Violations(wrong.status()), ElementsAre(HasSubstr("no rule `x`")));
}

TEST(BindPolicy, ReadsALimitAsTheDecimalThatIsWritten) {
  const auto bound = BindPolicy(
      PolicyText("rules: [{id: r, concentration: {groupBy: OPERATOR, metric: SHARE, limit: 0.4}}]"),
      AssignmentText(""), {});
  ASSERT_THAT(bound, IsOk());
  EXPECT_TRUE(
      engine::Compare(engine::Fraction{2, 5}, std::get<ConcentrationSpec>(bound->rules[0].spec).limit) == 0);
}

TEST(CheckMode, RefusesWhatIsNotSupportedYet) {
  EXPECT_THAT(CheckMode(AssignmentText("mode: AUDIT")), IsOk());
  EXPECT_THAT(CheckMode(AssignmentText("mode: WARN")), IsOk());
  EXPECT_THAT(CheckMode(AssignmentText("mode: ENFORCE")), IsOk());
  EXPECT_THAT(CheckMode(AssignmentText("mode: DISABLED")), IsOk());
  EXPECT_THAT(Violations(CheckMode(AssignmentText("mode: DRY_RUN"))),
              ElementsAre(HasSubstr("not supported yet")));
}

}  // namespace
}  // namespace linchpin::policy
