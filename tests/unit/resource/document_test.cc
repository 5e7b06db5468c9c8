#include "services/resource/document.h"

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::resource {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kHead[] = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/a\n";

std::vector<std::string> ErrorsOf(const std::string& text, const std::string& file = "f.yaml") {
  std::vector<std::string> out;
  for (const FileError& error : ReadAll(file, text).errors) out.push_back(error.Text());
  return out;
}

template <typename T>
T ReadOne(const std::string& text, const std::string& file = "f.yaml") {
  ReadResult result = ReadAll(file, text);
  EXPECT_THAT(ErrorsOf(text, file), IsEmpty());
  if (result.documents.size() != 1) {
    ADD_FAILURE() << result.documents.size() << " documents";
    return T();
  }
  return static_cast<const T&>(*result.documents[0].resource);
}

TEST(ReadDocuments, ReadsTheExampleOfTheDocumentation) {
  const auto dependency = ReadOne<linchpin::inventory::v1::Dependency>(R"(apiVersion: linchpin/v1
kind: Dependency
name: applications/claims-triage/dependencies/summarise
purpose: CHAT
alternatives:
  - target: deployments/azure-gpt-4o-sweden
  - target: deployments/own-qwen-72b-frankfurt
    switchDuration: 4h
    activation: CONFIGURATION
    lastTest: { time: 2026-10-02T09:00:00Z, result: PASS }
)");
  EXPECT_EQ(dependency.purpose(), linchpin::inventory::v1::Dependency::PURPOSE_CHAT);
  ASSERT_EQ(dependency.alternatives_size(), 2);
  EXPECT_EQ(dependency.alternatives(1).switch_duration().seconds(), 14400);
  EXPECT_EQ(dependency.alternatives(1).last_test().time().seconds(), 1790931600);
}

constexpr char kKnowledge[] = R"(apiVersion: linchpin/v1
kind: Deployment
name: deployments/d
bounds:
  - field: host.country
    oneOf: ["NO", DE]
likely:
  - field: pass_through
    oneOf: ["NO"]
    confidence: 0.75
)";

TEST(ReadDocuments, ReadsBoundsAndLikelihoodsAsText) {
  const auto deployment = ReadOne<linchpin::inventory::v1::Deployment>(kKnowledge);
  EXPECT_EQ(WriteYamlDocument(deployment), kKnowledge);
  EXPECT_EQ(WriteYamlDocument(ReadOne<linchpin::inventory::v1::Deployment>(
                absl::StrReplaceAll(kKnowledge, {{"\"NO\"", "NO"}}))),
            kKnowledge);
  ASSERT_EQ(deployment.bounds_size(), 1);
  EXPECT_THAT(deployment.bounds(0).one_of(), ElementsAre("NO", "DE"));
  EXPECT_EQ(deployment.likely(0).confidence(), 0.75);
  const std::string json = WriteJsonDocument(deployment, 0);
  EXPECT_THAT(json, HasSubstr(R"("likely":[{"field":"pass_through","oneOf":["NO"],"confidence":0.75}])"));
  EXPECT_EQ(WriteYamlDocument(ReadOne<linchpin::inventory::v1::Deployment>(json, "f.json")), kKnowledge);
}

TEST(ReadDocuments, PlacesWhatIsWrongWithBoundsAndLikelihoods) {
  EXPECT_THAT(
      ErrorsOf(std::string(kHead) + "country: NO\nbounds:\n  - {field: country, oneOf: [DE]}\n"
                                    "  - field: parent\n    oneOf: [vendors/x,\n            hosts/y]\n"
                                    "likely:\n  - field: parent\n    oneOf: [none]\n    confidence: 0.2\n"),
      ElementsAre(HasSubstr("f.yaml:6:6: `bounds[0].field` `country` has a value"),
                  HasSubstr("f.yaml:9:13: `bounds[1].one_of[1]` `hosts/y` is not a value of `parent`"),
                  HasSubstr("f.yaml:13:5: `likely[0].confidence` is 0.2")));
}

TEST(ReadDocuments, ReadsTheExamplesOfThePageOnKnowledge) {
  const auto vendor = ReadOne<linchpin::inventory::v1::Vendor>(
      std::string(kHead) +
      "ownLine: CLOSED\nservesFrom: {providers: [vendors/b], complete: true, date: 2026-10-02}\n"
      "hostedDevelopers:\n  - {developer: vendors/c, passThrough: YES, outlivesDeveloper: NO}\n"
      "upstreams: {operators: [vendors/d]}\n");
  EXPECT_EQ(vendor.own_line(), linchpin::inventory::v1::Vendor::OWN_LINE_CLOSED);
  EXPECT_EQ(vendor.serves_from().date(), "2026-10-02");
  EXPECT_EQ(vendor.hosted_developers(0).pass_through(),
            linchpin::inventory::v1::Deployment::PASS_THROUGH_YES);
}

TEST(ReadDocuments, TypesPlainScalarsByTheField) {
  const auto vendor = ReadOne<linchpin::inventory::v1::Vendor>(
      std::string(kHead) + "country: NO\ndisplayName: 1.10\ndescription: yes\nlabels: {true: 0123}\n");
  EXPECT_EQ(vendor.country(), "NO");
  EXPECT_EQ(vendor.display_name(), "1.10");
  EXPECT_EQ(vendor.description(), "yes");
  EXPECT_EQ(vendor.labels().at("true"), "0123");
}

TEST(ReadDocuments, ReadsShortFormsOfPolicies) {
  const auto policy = ReadOne<linchpin::policy::v1::Policy>(R"(apiVersion: linchpin/v1
kind: Policy
name: policies/p
rules:
  - id: a
    select: {kind: APPLICATION, where: {tier: {le: 1}, businessUnit: retail, labels.Team_x: [a, b], owner: {exists: true}}}
    concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.4, over: {where: {tier: {ge: 1, lt: 3}}}}
)");
  const auto& rule = policy.rules(0);
  ASSERT_EQ(rule.select().all_size(), 4);
  EXPECT_EQ(rule.select().all(0).path(), "tier");
  EXPECT_EQ(rule.select().all(0).op(), linchpin::policy::v1::Test::OP_LE);
  EXPECT_EQ(rule.select().all(0).values(0).int_value(), 1);
  EXPECT_EQ(rule.select().all(1).path(), "business_unit");
  EXPECT_EQ(rule.select().all(1).op(), linchpin::policy::v1::Test::OP_EQ);
  EXPECT_EQ(rule.select().all(2).path(), "labels.Team_x");
  EXPECT_EQ(rule.select().all(2).op(), linchpin::policy::v1::Test::OP_IN);
  EXPECT_EQ(rule.select().all(2).values(1).string_value(), "b");
  EXPECT_EQ(rule.select().all(3).op(), linchpin::policy::v1::Test::OP_EXISTS);
  EXPECT_EQ(rule.concentration().limit().number_value(), 0.4);
  EXPECT_EQ(rule.concentration().over().all_size(), 2);
}

TEST(ReadDocuments, ReadsPlainValuesOfParameters) {
  const auto assignment = ReadOne<linchpin::policy::v1::Assignment>(R"(apiVersion: linchpin/v1
kind: Assignment
name: assignments/a
policy: policies/p
parameters: {home: [US, NO], age: 90d, share: 0.4, tier: 1, on: true, set: jurisdictionSets/eu, text: "90d", long: {numberValue: 3}}
)");
  const auto& p = assignment.parameters();
  EXPECT_THAT(p.at("home").list_value().values(), ElementsAre("US", "NO"));
  EXPECT_EQ(p.at("age").duration_value().seconds(), 7776000);
  EXPECT_EQ(p.at("share").number_value(), 0.4);
  EXPECT_EQ(p.at("tier").int_value(), 1);
  EXPECT_TRUE(p.at("on").bool_value());
  EXPECT_EQ(p.at("set").string_value(), "jurisdictionSets/eu");
  EXPECT_EQ(p.at("text").string_value(), "90d");
  EXPECT_EQ(p.at("long").number_value(), 3.0);
}

TEST(ReadDocuments, ReadsManyDocumentsAndSkipsEmptyOnes) {
  const ReadResult result =
      ReadAll("f.yaml", "# first\n---\n" + std::string(kHead) + "---\n# nothing\n---\n" +
                            "apiVersion: linchpin/v1\nkind: Host\nname: hosts/h\n...\n");
  EXPECT_THAT(result.errors, IsEmpty());
  ASSERT_THAT(result.documents, SizeIs(2));
  EXPECT_EQ(result.documents[1].name(), "hosts/h");
  EXPECT_EQ(result.documents[1].at.line, 9);
}

TEST(ReadDocuments, ReadsJsonObjectsListsStreamsAndListAnswers) {
  const std::string one =
      R"({"apiVersion":"linchpin/v1","kind":"Vendor","name":"vendors/a","country":"NO","displayName":"\ud83d\ude00"})";
  EXPECT_EQ(ReadOne<linchpin::inventory::v1::Vendor>(one, "-").display_name(), "\xF0\x9F\x98\x80");
  EXPECT_THAT(ReadAll("x.json", "[" + one + ",\n" + one + "]").documents, SizeIs(2));
  EXPECT_THAT(ReadAll("x.jsonl", one + "\n" + one + "\n").documents, SizeIs(2));
  const ReadResult answer = ReadAll(
      "-",
      R"({"vendors":[{"name":"vendors/a","revision":"3","etag":"\"3\""}],"nextPageToken":"","totalSize":1})");
  EXPECT_THAT(answer.errors, IsEmpty());
  ASSERT_THAT(answer.documents, SizeIs(1));
  EXPECT_EQ(answer.documents[0].kind->kind, "Vendor");
  EXPECT_THAT(
      ReadAll("x.json", "{\"resources\": [" + one + "], \"asks\": [{\"name\": \"vendors/a\"}]}").documents,
      SizeIs(1));
}

TEST(ReadDocuments, LetsAPartLackWhatIsRequired) {
  const std::string part =
      "apiVersion: linchpin/v1\nkind: Dependency\nname: applications/a/dependencies/d\nbridge: 4h\n";
  EXPECT_THAT(ReadAll("f.yaml", part).errors, SizeIs(1));
  ReadLimits limits;
  limits.partial = true;
  EXPECT_THAT(ReadAll("f.yaml", part, limits).documents, SizeIs(1));
  EXPECT_THAT(ReadAll("f.yaml", part + "alternatives: [{qualityPpm: 3}]\n", limits).errors, SizeIs(1));
}

TEST(ReadDocuments, GivesGoodDocumentsBesideBadOnes) {
  const ReadResult result = ReadAll("f.yaml", std::string(kHead) + "---\nkind: [\n---\n" + kHead);
  EXPECT_THAT(result.documents, SizeIs(2));
  EXPECT_THAT(result.errors, SizeIs(1));
}

TEST(ReadDocuments, ReportsAllErrorsOfADocumentWithTheirPlaces) {
  EXPECT_THAT(
      ErrorsOf("apiVersion: linchpin/v1\nkind: Application\nname: applications/a\nteir: 1\ntier: "
               "high\ncommercial: \"true\"\n"
               "continuity: {recoveryTimeObjective: 4 hours}\n"),
      ElementsAre(HasSubstr("f.yaml:4:1: `teir` is not a field of Application; did you mean `tier`?"),
                  HasSubstr("f.yaml:5:7: `tier` expects a whole number, not `high`"),
                  HasSubstr("f.yaml:6:13: `commercial` expects `true` or `false`, not the text \"true\""),
                  HasSubstr("f.yaml:7:37: expects a duration such as 90s, 15m, 4h or 30d, not `4 hours`")));
}

struct BadCase {
  const char* name;
  std::string text;
  const char* error;
};

class ReadBad : public testing::TestWithParam<BadCase> {};

TEST_P(ReadBad, GivesOneClearError) {
  EXPECT_THAT(ErrorsOf(GetParam().text), ElementsAre(HasSubstr(GetParam().error)));
  EXPECT_THAT(ReadAll("f.yaml", GetParam().text).documents, IsEmpty());
}

std::string Repeat(const std::string& text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

std::string With(const std::string& lines) { return kHead + lines; }

INSTANTIATE_TEST_SUITE_P(
    Cases, ReadBad,
    testing::ValuesIn(std::vector<BadCase>{
        {"DuplicateKey", With("country: US\ncountry: NO\n"), "f.yaml:5:1: duplicate key `country`"},
        {"TwoSpellings", With("displayName: a\ndisplay_name: b\n"),
         "f.yaml:5:1: duplicate key `displayName`, in two spellings"},
        {"Anchor", With("labels: &a {x: y}\n"), "f.yaml:4:9: anchors"},
        {"Alias", With("labels: *a\n"), "f.yaml:4:"},
        {"MergeKey", With("<<: {country: US}\n"), "merge keys are not supported"},
        {"Tag", With("country: !!str US\n"), "f.yaml:4:10: tags"},
        {"EmptyValue", With("country:\nhomepage: x\n"), "f.yaml:4:1: `country` has no value"},
        {"Null", With("country: null\n"), "f.yaml:4:1: `country` has no value"},
        {"ListForScalar", With("country: [US]\n"), "f.yaml:4:10: `country` expects text, not a list"},
        {"ScalarForList", With("roles: DEVELOPER\n"), "write `[DEVELOPER]`"},
        {"ScalarForMessage", With("upstreamIds: [x]\n"),
         "expects a map of the fields of UpstreamId, not `x`"},
        {"UnknownEnum", With("roles: [DEVELOPPER]\n"),
         "f.yaml:4:9: `DEVELOPPER` is not a value of `roles`; did you mean `DEVELOPER`?"},
        {"UnspecifiedEnum", With("roles: [UNSPECIFIED]\n"), "leave `roles` out if nobody knows"},
        {"NumberForEnum", With("roles: [1]\n"), "is not a value of `roles`"},
        {"BadCountry", With("country: UK\n"), "f.yaml:4:1: `country` `UK` is not a country of ISO 3166-1"},
        {"BadName", "apiVersion: linchpin/v1\nkind: Vendor\nname: Vendors/A\n",
         "f.yaml:3:1: name: must be a name of the form `vendors/{vendor}`"},
        {"NoName", "apiVersion: linchpin/v1\nkind: Vendor\ncountry: US\n", "`name` is missing"},
        {"NoKind", "apiVersion: linchpin/v1\nname: hosts/a\n", "the name says `kind: Host`"},
        {"NoApiVersion", "kind: Vendor\nname: vendors/a\n", "`apiVersion` is missing"},
        {"WrongApiVersion", "apiVersion: v1\nkind: Vendor\nname: vendors/a\n",
         "this program reads `linchpin/v1`"},
        {"UnknownKind", "apiVersion: linchpin/v1\nkind: Vender\nname: vendors/a\n", "did you mean `Vendor`?"},
        {"Finding", "apiVersion: linchpin/v1\nkind: Finding\nname: x\n", "findings are results"},
        {"Nested", With("metadata: {}\n"), "all fields stand at the top level"},
        {"LiteLlm", "model_list:\n  - model_name: a\n", "linchpin import litellm FILE"},
        {"NotAMap", "just text\n", "a document is a map"},
        {"BadYaml", With("labels: {a: b\n"), "not valid YAML"},
        {"StrayComma", ",\n", "f.yaml:1:1: not valid YAML: this closes something that was never opened"},
        {"StrayBracket", With("]\n"), "f.yaml:4:1: not valid YAML"},
        {"NotUtf8", With("country: \xFF\n"), "f.yaml:4:10: not UTF-8"},
        {"Utf16", std::string("\xFF\xFE") + "a", "is UTF-16; save it as UTF-8"},
        {"ControlCharacter", With("country: \x04\n"), "a control character"},
        {"BareDate", "apiVersion: linchpin/v1\nkind: Model\nname: models/m\nreleaseTime: 2026-01-01\n",
         "f.yaml:4:14: expects a time with its offset"},
        {"PercentForPpm",
         "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/a\nownerships: [{owner: vendors/b, sharePpm: "
         "40%}]\n",
         "40% is 400000"},
        {"IntTooLarge",
         "apiVersion: linchpin/v1\nkind: Application\nname: applications/a\ntier: 99999999999\n",
         "`tier` expects a whole number"},
        {"TierOutOfRange", "apiVersion: linchpin/v1\nkind: Application\nname: applications/a\ntier: 5\n",
         "f.yaml:4:1: `tier` is 5; the largest allowed is 4"},
        {"TwoOfOneof",
         "apiVersion: linchpin/v1\nkind: Policy\nname: policies/p\nrules: [{id: a, lineage: {}, fallback: "
         "{}}]\n",
         "`fallback` excludes `lineage`"},
        {"UnknownComparison",
         "apiVersion: linchpin/v1\nkind: Policy\nname: policies/p\nrules: [{id: a, fallback: {}, select: "
         "{where: {tier: {leq: 1}}}}]\n",
         "`leq` is not a comparison; did you mean"},
        {"DeepList", With("labels: " + Repeat("[", 10000) + Repeat("]", 10000) + "\n"),
         "nested more than 64 deep"},
        {"DeepMap", With("labels: " + Repeat("{a: ", 10000) + "\n"), "nested more than 64 deep"},
        {"DeepBlock", With("aliases:\n  " + Repeat("- ", 10000) + "x\n"), "nested more than 64 deep"},
        {"LongLine", With("description: " + Repeat("x", 300000) + "\n"),
         "the line has more than 262144 bytes"},
        {"AliasBomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "f.yaml:1:4: anchors"},
        {"ManyNodes", With("aliases:\n" + Repeat("- a\n", 250000)), "more than 200000 values"},
    }),
    [](const testing::TestParamInfo<BadCase>& info) { return info.param.name; });

TEST(ReadDocuments, RefusesJsonThatIsNotStrict) {
  const std::string head = R"({"apiVersion":"linchpin/v1","kind":"Application","name":"applications/a",)";
  for (const auto& [rest, error] : std::vector<std::pair<std::string, std::string>>{
           {R"("tier":"1"})", "`tier` expects a whole number, not the text \"1\""},
           {R"("tier":1,})", "expected a key in double quotes"},
           {R"("tier":01})", "`01` is not a JSON value"},
           {R"("tier":NaN})", "`NaN` is not a JSON value"},
           {R"('tier':1})", "expected a key in double quotes"},
           {R"("commercial":"true"})", "`commercial` expects `true` or `false`"},
           {R"("owner":5})", "`owner` expects text, not `5`"},
           {R"("owner":"\ud800"})", "half a surrogate pair"},
           {R"("owner":"a)", "a text is not closed"},
           {R"("aliases":[null]})", "an element of `aliases` has no value"},
           {R"("owner":"a","owner":"b"})", "duplicate key `owner`"},
           {"\"aliases\":" + Repeat("[", 10000), "nested more than 64 deep"}}) {
    EXPECT_THAT(ErrorsOf(head + rest, "x.json"), ElementsAre(HasSubstr(error))) << rest.substr(0, 60);
  }
  EXPECT_THAT(ErrorsOf(Repeat("[", 10000), "x.json"), ElementsAre(HasSubstr("nested more than 64 deep")));
}

TEST(ReadDocuments, TakesNullInJsonAsAbsent) {
  EXPECT_EQ(
      ReadOne<linchpin::inventory::v1::Host>(R"({"name":"hosts/h","country":null})", "x.json").country(), "");
}

TEST(ReadDocuments, RefusesWhatIsTooLargeBeforeReadingIt) {
  ReadLimits limits;
  limits.file_bytes = 1000;
  const ReadResult result = ReadAll("f.yaml", std::string(2000, '#'), limits);
  ASSERT_THAT(result.errors, SizeIs(1));
  EXPECT_THAT(result.errors[0].Text(), HasSubstr("has 2000 bytes; at most 1000 are read"));
}

TEST(ReadDocuments, StopsAtTheBoundOfErrors) {
  const ReadResult result = ReadAll("f.yaml", Repeat("x: 1\n---\n", 500));
  EXPECT_THAT(result.errors, SizeIs(101));
  EXPECT_THAT(result.errors.back().message, HasSubstr("more errors follow"));
}

TEST(Locate, FindsAFieldAgain) {
  const std::string text = "# c\n---\n" + std::string(kHead) + R"(---
apiVersion: linchpin/v1
kind: Dependency
name: applications/a/dependencies/d
alternatives:
  - target: deployments/x
  - qualityPpm: 5
    target: deployments/y
)";
  const ReadResult result = ReadAll("f.yaml", text);
  ASSERT_THAT(result.documents, SizeIs(2));
  const Position at = Locate(text, result.documents[1], "alternatives[1].target");
  EXPECT_EQ(at.line, 13);
  EXPECT_EQ(at.column, 5);
  EXPECT_EQ(Locate(text, result.documents[1], "alternatives[1].activation").line, 12);
  EXPECT_EQ(Locate(text, result.documents[0], "country").line, 3);
}

TEST(WriteYaml, WritesShortFormsWithoutDefaults) {
  const std::string text = R"(apiVersion: linchpin/v1
kind: Policy
name: policies/concentration
displayName: No vendor above its share
description: |-
  First line.
  Second line.
parameters:
  - id: max_share
    type: RATIO
    defaultValue: 0.4
rules:
  - id: share
    severity: HIGH
    concentration:
      over:
        where:
          tier: {le: 1}
          businessUnit: retail
          environment: [production, staging]
      groupBy: OPERATOR_GROUP
      metric: SHARE
      limit: ${max_share}
  - id: origin
    lineage:
      facets: [ORIGIN_COUNTRY]
      allowed: [US, "NO"]
  - id: tested
    fallback:
      testedWithin: 90d
labels:
  team: risk
)";
  EXPECT_EQ(WriteYamlDocument(ReadOne<linchpin::policy::v1::Policy>(text)), text);
}

TEST(WriteJson, WritesPlainProtoJson) {
  linchpin::inventory::v1::Vendor vendor;
  vendor.set_name("vendors/a");
  vendor.add_roles(linchpin::inventory::v1::Vendor::ROLE_DEVELOPER);
  vendor.set_revision(5);
  vendor.mutable_create_time()->set_seconds(1);
  EXPECT_EQ(
      WriteJson(vendor, 0),
      R"({"name":"vendors/a","roles":["ROLE_DEVELOPER"],"createTime":"1970-01-01T00:00:01Z","revision":"5"})");
}

}  // namespace
}  // namespace linchpin::resource
