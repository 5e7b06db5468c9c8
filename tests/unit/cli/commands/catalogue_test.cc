#include <string>

#include "absl/strings/str_cat.h"
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

// As gateway files, clouds and people write them.
TEST(CatalogueShow, FindsEntriesByAnySpelling) {
  const std::pair<const char*, const char*> spellings[] = {
      {"anthropic/claude-sonnet-4-20250514", "claude-sonnet-4-20250514"},
      {"bedrock/anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4-20250514"},
      {"bedrock/global.anthropic.claude-opus-5", "claude-opus-5"},
      {"bedrock/us.amazon.nova-pro-v1:0", "nova-pro-v1"},
      {"bedrock_mantle/google.gemma-4-26b-a4b", "gemma-4-26b-a4b-it"},
      {"azure/gpt-35-turbo", "gpt-3-5-turbo"},
      {"azure_ai/claude-sonnet-4-5", "claude-sonnet-4-5"},
      {"vertex_ai/claude-opus-5@default", "claude-opus-5"},
      {"gpt-4-turbo-preview", "gpt-4-turbo-preview"},
      {"text-embedding-3-small", "text-embedding-3-small"},
      {"ollama/llama3.3:70b-instruct", "llama-3-3-70b-instruct"},
      {"ollama/mistral-large:latest", "mistral-large-instruct-2411"},
      {"ollama/alibayram/medgemma:4b", "medgemma-4b-it"},
      {"openai/qwen2.5-coder:3b", "qwen2-5-coder-3b-instruct"},
      {"openai/phi4-mini:latest", "phi-4-mini-instruct"},
      {"openai/kimi-k2.5:cloud", "kimi-k2-5"},
      {"openai/gpt-oss:120b-cloud", "gpt-oss-120b"},
      {"openai/deepdml/faster-whisper-large-v3-turbo-ct2", "faster-whisper-large-v3-turbo-ct2"},
      {"openrouter/deepseek/deepseek-r1-0528", "deepseek-r1-0528"},
      {"groq/llama-3.3-70b-versatile", "llama-3-3-70b-instruct"},
      {"groq/whisper-large-v3-turbo", "whisper-large-v3-turbo"},
      {"hosted_vllm/Qwen3.5-122B-A10B-FP8", "qwen3-5-122b-a10b"},
      {"hosted_vllm/openai/gpt-oss-120b", "gpt-oss-120b"},
      {"huggingface/meta-llama/Llama-3.2-3B-Instruct", "llama-3-2-3b-instruct"},
      {"fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-3-1-8b-instruct"},
      {"together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama-3-3-70b-instruct"},
      {"mistral/codestral-latest", "codestral-latest"},
      {"perplexity/pplx-70b-online", "pplx-70b-online"},
      {"cohere/command-r-plus-08-2024", "command-r-plus-08-2024"},
      {"volcengine/doubao-seed-2-0-pro", "seed-2-0-pro"},
      {"xai/grok-4-1-fast-reasoning", "grok-4-1-fast-reasoning"},
      {"LFM2.5-1.2B-Instruct-Q4_K_M", "lfm2-5-1-2b-instruct"},
      {"GPT 4o mini", "gpt-4o-mini"},
      {"Claude Sonnet 4.5", "claude-sonnet-4-5"}};
  for (const auto& [spelling, id] : spellings) {
    const RunResult outcome = Answer({"catalogue", "show", spelling, "-o", "name"});
    EXPECT_EQ(outcome.out, absl::StrCat("models/", id, "\n")) << spelling << ": " << outcome.err;
  }
  EXPECT_THAT(Answer({"catalogue", "search", "hosted_vllm/Qwen3.5-122B-A10B-FP8"}).out,
              HasSubstr("models/qwen3-5-122b-a10b"));
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
