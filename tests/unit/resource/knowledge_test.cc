#include "services/resource/knowledge.h"

#include <algorithm>
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/resource/validate.h"

namespace linchpin::resource {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace linchpin::inventory::v1;  // NOLINT: one message of each kind is built below

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// Paths and descriptions of what is wrong.
template <typename T>
std::vector<std::pair<std::string, std::string>> Wrong(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const base::FieldViolation& violation : Violations(Parse<T>(text)))
    found.emplace_back(violation.field, violation.description);
  return found;
}

template <typename T>
std::vector<std::string> WrongPaths(const std::string& text) {
  std::vector<std::string> paths;
  for (const auto& [path, description] : Wrong<T>(text)) paths.push_back(path);
  return paths;
}

// The facts of a kind as the table of docs/concepts/knowledge.md marks them: `?` can only be likely, `0` can
// be none.
std::vector<std::string> FactsOfKind(const google::protobuf::Descriptor* type) {
  std::vector<std::string> facts;
  for (const FactInfo& fact : FactsOf(type))
    facts.push_back(fact.path + (fact.can_be_bounded ? "" : "?") + (fact.can_be_none ? "0" : ""));
  return facts;
}

TEST(Facts, AreThoseOfTheTable) {
  EXPECT_THAT(FactsOfKind(Vendor::descriptor()), ElementsAre("country", "parent0"));
  EXPECT_THAT(FactsOfKind(Host::descriptor()), ElementsAre("provider0", "country"));
  EXPECT_THAT(FactsOfKind(Licence::descriptor()), ElementsAre("irrevocable?"));
  EXPECT_THAT(FactsOfKind(Model::descriptor()),
              ElementsAre("developer", "origin_country", "weights?", "licence0", "requires_activation?",
                          "lineage.developer0", "lineage.origin_country"));
  EXPECT_THAT(FactsOfKind(Deployment::descriptor()),
              ElementsAre("model", "model.developer", "hosting_mode", "operator", "host", "host.provider0",
                          "host.country", "pass_through?", "outlives_developer?", "custody"));
  EXPECT_THAT(FactsOfKind(Dependency::Alternative::descriptor()), ElementsAre("switch_duration?"));
  for (const KindInfo* kind : Kinds()) {
    const std::set<std::string> with = {"Vendor", "Host", "Licence", "Model", "Deployment"};
    EXPECT_EQ(FactsOf(kind->descriptor).empty(), with.count(kind->kind) == 0) << kind->kind;
  }
}

TEST(Facts, CanBeNoneWhereTheirFieldCan) {
  for (const KindInfo* kind : Kinds()) {
    for (const FactInfo& fact : FactsOf(kind->descriptor)) {
      // Of base models that are not stated, there may be none.
      if (fact.path == "lineage.developer") continue;
      const auto& none = FindKindOf(fact.field->containing_type())->knowable_none;
      EXPECT_EQ(fact.can_be_none, std::count(none.begin(), none.end(), fact.field->name()) > 0) << fact.path;
    }
  }
}

TEST(FactValue, HasOneSpelling) {
  const auto value = [](const google::protobuf::Descriptor* type, const char* path, const char* text) {
    return FactValue(*FindFact(type, path), text).value_or("-");
  };
  const auto* const deployment = Deployment::descriptor();
  EXPECT_EQ(value(deployment, "hosting_mode", "HOSTING_MODE_SELF_HOSTED"), "SELF_HOSTED");
  EXPECT_EQ(value(deployment, "hosting_mode", "SELF_HOSTED"), "SELF_HOSTED");
  EXPECT_EQ(value(deployment, "hosting_mode", "UNSPECIFIED"), "-");
  EXPECT_EQ(value(deployment, "hosting_mode", "none"), "-");
  EXPECT_EQ(value(deployment, "pass_through", "YES"), "YES");
  EXPECT_EQ(value(deployment, "operator", "vendors/a"), "vendors/a");
  EXPECT_EQ(value(deployment, "operator", "hosts/a"), "-");
  EXPECT_EQ(value(deployment, "operator", "none"), "-");
  EXPECT_EQ(value(deployment, "host.provider", "none"), "none");
  EXPECT_EQ(value(deployment, "host.country", "NO"), "NO");
  EXPECT_EQ(value(deployment, "host.country", "Norway"), "-");
  EXPECT_EQ(value(Licence::descriptor(), "irrevocable", "true"), "true");
  EXPECT_EQ(value(Licence::descriptor(), "irrevocable", "yes"), "-");
  const auto* const alternative = Dependency::Alternative::descriptor();
  EXPECT_EQ(value(alternative, "switch_duration", "7200s"), "2h");
  for (const char* text : {"1.5s", "-3s", "99999d", "4", "none"})
    EXPECT_EQ(value(alternative, "switch_duration", text), "-") << text;
}

TEST(Knowledge, IsAcceptedForEveryFact) {
  EXPECT_THAT(
      Wrong<Vendor>("bounds { field: 'country' one_of: ['DE', 'FR'] } "
                    "bounds { field: 'parent' none_of: ['vendors/x', 'none'] } "
                    "likely { field: 'parent' one_of: 'none' confidence: 1 reason: 'privately held' }"),
      IsEmpty());
  EXPECT_THAT(Wrong<Model>("bounds { field: 'lineage.developer' one_of: ['vendors/a', 'none'] } "
                           "likely { field: 'lineage.origin_country' one_of: 'US' confidence: 0.5 } "
                           "likely { field: 'weights' one_of: 'OPEN' } "
                           "likely { field: 'requires_activation' one_of: 'false' } "
                           "bounds { field: 'licence' none_of: 'licences/mit' }"),
              IsEmpty());
  EXPECT_THAT(Wrong<Deployment>("bounds { field: 'host' one_of: 'hosts/a' } "
                                "bounds { field: 'host.provider' one_of: 'vendors/a' } "
                                "likely { field: 'host.provider' one_of: 'vendors/a' } "
                                "bounds { field: 'hosting_mode' none_of: 'SELF_HOSTED' } "
                                "bounds { field: 'custody' one_of: ['HELD', 'CUSTODY_NOT_HELD'] }"),
              IsEmpty());
  EXPECT_THAT(
      Wrong<Dependency>("alternatives { target: 'deployments/a' } alternatives { target: 'deployments/b' "
                        "likely { field: 'switch_duration' one_of: '90s' } }"),
      IsEmpty());
}

TEST(Knowledge, IsRefusedOfWhatIsKnown) {
  EXPECT_THAT(Wrong<Vendor>("country: 'US' likely { field: 'country' one_of: 'DE' }"),
              ElementsAre(Pair("likely[0].field", "`country` has a value; remove one of the two")));
  EXPECT_THAT(Wrong<Vendor>("known_none: 'parent' bounds { field: 'parent' one_of: 'vendors/p' }"),
              ElementsAre(Pair("bounds[0].field", "`parent` is known to be none; remove one of the two")));
  EXPECT_THAT(WrongPaths<Deployment>("host: 'hosts/h' model: 'models/m' "
                                     "bounds { field: 'host.country' one_of: 'DE' } "
                                     "likely { field: 'host.provider' one_of: 'vendors/v' } "
                                     "likely { field: 'model.developer' one_of: 'vendors/v' }"),
              ElementsAre("bounds[0].field", "likely[0].field", "likely[1].field"));
  EXPECT_THAT(
      Wrong<Model>("derivations { base_model: 'models/b' } "
                   "bounds { field: 'lineage.developer' one_of: 'vendors/v' }"),
      ElementsAre(Pair("bounds[0].field",
                       "`lineage.developer` is read only while `derivations` is unknown, and that has a "
                       "value; remove one of the two")));
  EXPECT_THAT(
      WrongPaths<Model>("known_none: 'derivations' likely { field: 'lineage.developer' one_of: 'none' }"),
      ElementsAre("likely[0].field"));
  EXPECT_THAT(WrongPaths<Licence>("irrevocable: false likely { field: 'irrevocable' one_of: 'true' }"),
              ElementsAre("likely[0].field"));
  EXPECT_THAT(
      WrongPaths<Dependency>("alternatives { target: 'deployments/a' switch_duration { seconds: 0 } likely "
                             "{ field: 'switch_duration' one_of: '90s' } }"),
      ElementsAre("alternatives[0].likely[0].field"));
}

TEST(Knowledge, IsRefusedOfWhatIsNoFact) {
  EXPECT_THAT(Wrong<Deployment>("bounds { field: 'hostingMode' one_of: 'VENDOR_API' }"),
              ElementsAre(Pair("bounds[0].field", HasSubstr("did you mean `hosting_mode`?"))));
  EXPECT_THAT(Wrong<Licence>("bounds { field: 'spdx_expression' one_of: 'MIT' }"),
              ElementsAre(Pair("bounds[0].field", HasSubstr("these are: irrevocable"))));
  EXPECT_THAT(WrongPaths<Vendor>("bounds { one_of: 'US' } likely { field: 'country' }"),
              ElementsAre("bounds[0].field", "likely[0].one_of"));
}

TEST(Knowledge, IsRefusedTwiceOfOneFact) {
  EXPECT_THAT(
      WrongPaths<Vendor>("likely { field: 'country' one_of: 'US' } likely { field: 'country' one_of: 'DE' } "
                         "bounds { field: 'country' one_of: 'US' } "
                         "bounds { field: 'country' none_of: 'FR' }"),
      ElementsAre("bounds[1].field", "likely[1].field"));
}

TEST(Bounds, AreRefusedOfTwoValuesAndOfDurations) {
  EXPECT_THAT(WrongPaths<Model>("bounds { field: 'weights' one_of: 'OPEN' } "
                                "bounds { field: 'requires_activation' none_of: 'true' }"),
              ElementsAre("bounds[0].field", "bounds[1].field"));
  EXPECT_THAT(WrongPaths<Deployment>("bounds { field: 'outlives_developer' one_of: 'YES' }"),
              ElementsAre("bounds[0].field"));
}

TEST(Bounds, SayOneThingThatCanBeTrue) {
  EXPECT_THAT(WrongPaths<Vendor>("bounds { field: 'country' }"), ElementsAre("bounds[0]"));
  EXPECT_THAT(WrongPaths<Vendor>("bounds { field: 'country' one_of: 'US' none_of: 'DE' }"),
              ElementsAre("bounds[0]"));
  EXPECT_THAT(
      Wrong<Deployment>(
          "bounds { field: 'hosting_mode' none_of: ['VENDOR_API', 'THIRD_PARTY_HOSTED', 'SELF_HOSTED'] }"),
      ElementsAre(Pair("bounds[0].none_of", "leaves no value of `hosting_mode`; take one out")));
  EXPECT_THAT(
      WrongPaths<Deployment>("bounds { field: 'hosting_mode' none_of: ['VENDOR_API', 'SELF_HOSTED'] }"),
      IsEmpty());
}

TEST(Values, AreOfTheFactEachOnce) {
  EXPECT_THAT(
      Wrong<Deployment>("bounds { field: 'hosting_mode' one_of: ['VENDOR_API', 'CLOUD'] }"),
      ElementsAre(Pair("bounds[0].one_of[1]",
                       "`CLOUD` is not a value of `hosting_mode`; use one of VENDOR_API, THIRD_PARTY_HOSTED, "
                       "SELF_HOSTED")));
  EXPECT_THAT(
      Wrong<Host>("likely { field: 'provider' one_of: 'hosts/a' }"),
      ElementsAre(Pair("likely[0].one_of[0]",
                       "`hosts/a` is not a value of `provider`; use a name such as `vendors/x`, or `none`")));
  EXPECT_THAT(WrongPaths<Deployment>("bounds { field: 'hosting_mode' one_of: ['SELF_HOSTED', "
                                     "'HOSTING_MODE_SELF_HOSTED'] } "
                                     "likely { field: 'operator' one_of: ['none', 'vendors/a', ''] }"),
              ElementsAre("bounds[0].one_of[1]", "likely[0].one_of[0]", "likely[0].one_of[2]"));
}

TEST(Likely, HasOneOfTwoValuesAndOneDuration) {
  EXPECT_THAT(WrongPaths<Model>("likely { field: 'weights' one_of: ['OPEN', 'PROPRIETARY'] }"),
              ElementsAre("likely[0].one_of"));
  EXPECT_THAT(
      WrongPaths<Dependency>("alternatives { target: 'deployments/a' likely { field: 'switch_duration' "
                             "one_of: ['90s', '91s'] } }"),
      ElementsAre("alternatives[0].likely[0].one_of"));
}

TEST(Likely, IsAtLeastAsSureAsNot) {
  for (const char* confidence : {"0.5", "0.75", "1"})
    EXPECT_THAT(WrongPaths<Vendor>(std::string("likely { field: 'country' one_of: 'US' confidence: ") +
                                   confidence + " }"),
                IsEmpty());
  for (const char* confidence : {"0.49", "0", "-1", "1.01", "nan", "inf"})
    EXPECT_THAT(WrongPaths<Vendor>(std::string("likely { field: 'country' one_of: 'US' confidence: ") +
                                   confidence + " }"),
                testing::Contains("likely[0].confidence"))
        << confidence;
}

TEST(Bounds, HoldAsManyCountriesAsThereAre) {
  Vendor vendor;
  auto* const bound = vendor.add_bounds();
  bound->set_field("country");
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const std::string code = {a, b};
      if (IsCountry(code) && code != "CN") bound->add_one_of(code);
    }
  }
  EXPECT_GT(bound->one_of_size(), 240);
  EXPECT_THAT(Violations(vendor), IsEmpty());
}

TEST(Admits, WhatABoundLeaves) {
  const FactInfo& mode = *FindFact(Deployment::descriptor(), "hosting_mode");
  const auto only = Parse<linchpin::common::v1::Bound>("one_of: 'HOSTING_MODE_VENDOR_API'");
  EXPECT_TRUE(Admits(only, mode, "VENDOR_API"));
  EXPECT_FALSE(Admits(only, mode, "SELF_HOSTED"));
  const auto not_this = Parse<linchpin::common::v1::Bound>("none_of: 'VENDOR_API'");
  EXPECT_FALSE(Admits(not_this, mode, "VENDOR_API"));
  EXPECT_TRUE(Admits(not_this, mode, "SELF_HOSTED"));
}

TEST(StatedValue, IsThatOfAFieldOfTheMessage) {
  const auto deployment = Parse<Deployment>(
      "hosting_mode: HOSTING_MODE_VENDOR_API operator: 'vendors/a' host: 'hosts/h' pass_through: "
      "PASS_THROUGH_NO");
  const auto value = [&](const char* path) {
    return StatedValue(deployment, *FindFact(Deployment::descriptor(), path)).value_or("-");
  };
  EXPECT_EQ(value("hosting_mode"), "VENDOR_API");
  EXPECT_EQ(value("operator"), "vendors/a");
  EXPECT_EQ(value("pass_through"), "NO");
  EXPECT_EQ(value("custody"), "-");
  EXPECT_EQ(value("host.provider"), "-");
  const auto licence = Parse<Licence>("irrevocable: false");
  EXPECT_EQ(StatedValue(licence, *FindFact(Licence::descriptor(), "irrevocable")), "false");
}

TEST(DropKnowledge, RemovesWhatIsSettledAndKeepsTheOrder) {
  auto deployment = Parse<Deployment>(
      "bounds { field: 'host' one_of: 'hosts/a' } bounds { field: 'operator' one_of: 'vendors/a' } "
      "bounds { field: 'host.country' one_of: 'DE' } bounds { field: 'custody' one_of: 'HELD' } "
      "likely { field: 'host.provider' one_of: 'vendors/v' } likely { field: 'nonsense' } host: 'hosts/h'");
  DropKnowledge([&](const FactInfo& fact) { return IsSettled(deployment, fact); }, deployment);
  ASSERT_EQ(deployment.bounds_size(), 2);
  EXPECT_EQ(deployment.bounds(0).field(), "operator");
  EXPECT_EQ(deployment.bounds(1).field(), "custody");
  ASSERT_EQ(deployment.likely_size(), 1);
  EXPECT_EQ(deployment.likely(0).field(), "nonsense");
}

}  // namespace
}  // namespace linchpin::resource
