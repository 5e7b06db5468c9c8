#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Answers no call: the catalogue needs no server.
RunResult Answer(const std::vector<std::string>& words) {
  FakeServices services;
  return RunWith(services, words);
}

TEST(CatalogueSearch, FindsByNicknameAndShowsTheBestFirst) {
  const RunResult outcome = Answer({"catalogue", "search", "aws"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, AllOf(StartsWith("NAME"), HasSubstr("\nvendors/amazon")));
  EXPECT_LT(outcome.out.find("vendors/amazon"), outcome.out.find("hosts/aws-"));
}

TEST(CatalogueSearch, TakesSeveralWordsAndAKind) {
  EXPECT_EQ(
      Answer({"catalogue", "search", "llama", "3.3", "70b", "instruct", "--kind", "models", "-o", "name"})
          .out,
      "models/llama-3-3-70b-instruct\n");
  EXPECT_EQ(Answer({"catalogue", "search", "llama", "--kind", "hosts"}).code, 4);
  const RunResult wrong = Answer({"catalogue", "search", "llama", "--kind", "robots"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--kind expects"));
}

TEST(CatalogueSearch, SaysWhatItLeavesOut) {
  const RunResult outcome = Answer({"catalogue", "search", "gpt", "--limit", "2"});
  EXPECT_THAT(outcome.err, HasSubstr("the first 2 of "));
  EXPECT_THAT(Answer({"catalogue", "search", "gpt", "--limit", "0"}).err, Not(HasSubstr("the first")));
}

TEST(CatalogueSearch, SuggestsTheNearestNameWhereNothingFits) {
  const RunResult outcome = Answer({"catalogue", "search", "claude-sonet-4-5"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("did you mean `claude-sonnet-4-5`?"));
}

TEST(CatalogueShow, GivesFactsWithTheirSources) {
  const RunResult outcome = Answer({"catalogue", "show", "gpt4o"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out,
              AllOf(StartsWith("models/gpt-4o"), HasSubstr("developer"), HasSubstr("vendors/openai"),
                    HasSubstr("https://developers.openai.com"), HasSubstr("derivations")));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("derivations"), HasSubstr("unknown"), HasSubstr("Versions: "),
                                 HasSubstr("models/gpt-4o-2024-08-06")));
}

TEST(CatalogueShow, ListsOtherNamesOnce) {
  const std::string out = Answer({"catalogue", "show", "aws"}).out;
  EXPECT_THAT(out, AllOf(HasSubstr("Also called: aws, "), Not(HasSubstr("litellm/bedrock"))));
}

TEST(CatalogueShow, TellsWhatIsProbable) {
  EXPECT_THAT(Answer({"catalogue", "show", "zenmux"}).out,
              AllOf(HasSubstr("probably none"), HasSubstr("(confidence 0.6)")));
}

TEST(CatalogueShow, WritesDocumentsThatApplyReads) {
  const RunResult yaml = Answer({"catalogue", "show", "aws", "-o", "yaml"});
  EXPECT_THAT(yaml.out, AllOf(StartsWith("apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/amazon\n"),
                              HasSubstr("servesFrom:")));
  EXPECT_THAT(Answer({"catalogue", "show", "aws", "-o", "json"}).out,
              HasSubstr("\"name\": \"vendors/amazon\""));
  EXPECT_EQ(Answer({"catalogue", "show", "aws", "gpt4o", "-o", "name"}).out,
            "vendors/amazon\nmodels/gpt-4o\n");
}

TEST(CatalogueShow, RefusesWhatNobodyIsCalled) {
  const RunResult outcome = Answer({"catalogue", "show", "nosuchthing"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("nothing in the catalogue is called `nosuchthing`"));
}

TEST(CatalogueCoverage, PrintsBothTables) {
  const RunResult outcome = Answer({"catalogue", "coverage"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("| all models |"), HasSubstr("| all vendors |")));
}

}  // namespace
}  // namespace linchpin::cli
