#include "services/inventory/catalogue/search.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Catalogue& Shipped() {
  static const auto* const kCatalogue = new Catalogue(*Catalogue::Shipped());
  return *kCatalogue;
}

std::vector<std::string> Names(const std::vector<Found>& found) {
  std::vector<std::string> names;
  for (const Found& one : found) names.push_back(resource::NameOf(*one.entry));
  return names;
}

TEST(Resolve, FindsEntriesByAnySpelling) {
  const std::pair<const char*, const char*> cases[] = {
      {"models/gpt-4o", "models/gpt-4o"},
      {"gpt4o", "models/gpt-4o"},
      {"GPT-4o", "models/gpt-4o"},
      {"openai/gpt-4o", "models/gpt-4o"},
      {"aws", "vendors/amazon"},
      {"azure", "vendors/microsoft"},
      {"Google Cloud", "vendors/google"},
      {"z.ai", "vendors/zhipuai"},
      {"Claude Sonnet 4.5", "models/claude-sonnet-4-5"},
      {"claude-4-sonnet-20250514", "models/claude-sonnet-4-20250514"},
      {"meta-llama/Llama-3.3-70B-Instruct", "models/llama-3-3-70b-instruct"},
      {"ollama/deepseek-r1:32b", "models/deepseek-r1-distill-qwen-32b"},
      {"groq/llama-3.3-70b-versatile", "models/llama-3-3-70b-instruct"},
      {"bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "models/claude-sonnet-4-5-20250929"},
      {"bedrock/eu.amazon.nova-pro-v1:0", "models/nova-pro-v1"},
      {"vertex_ai/claude-haiku-4-5@20251001", "models/claude-haiku-4-5-20251001"},
      {"hosts/aws-eu-central-1", "hosts/aws-eu-central-1"},
      {"apache-2.0", "licences/apache-2-0"},
  };
  for (const auto& [spelling, name] : cases)
    EXPECT_THAT(Names(Resolve(Shipped(), spelling)), ElementsAre(name)) << spelling;
}

TEST(Resolve, FindsNothingByPartsOfNames) {
  EXPECT_THAT(Resolve(Shipped(), "gpt-4o-m"), IsEmpty());
  EXPECT_THAT(Resolve(Shipped(), "models/no-such-model"), IsEmpty());
  EXPECT_THAT(Resolve(Shipped(), ""), IsEmpty());
  EXPECT_THAT(Resolve(Shipped(), " / "), IsEmpty());
}

TEST(Search, PutsTheBestFitFirst) {
  const std::vector<Found> found = Search(Shipped(), "gpt-4o");
  ASSERT_GT(found.size(), 3u);
  EXPECT_EQ(resource::NameOf(*found[0].entry), "models/gpt-4o");
  EXPECT_EQ(found[0].fit, Fit::kName);
  for (size_t i = 1; i < found.size(); ++i) EXPECT_GE(found[i].fit, found[i - 1].fit);
}

TEST(Search, WantsEveryWord) {
  const std::vector<std::string> names = Names(Search(Shipped(), "qwen coder 32b instruct"));
  EXPECT_THAT(names, ElementsAre("models/qwen2-5-coder-32b-instruct"));
  EXPECT_THAT(Search(Shipped(), "qwen nosuchword"), IsEmpty());
}

TEST(Search, SaysWhichNameFits) {
  const std::vector<Found> found = Search(Shipped(), "azure");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(resource::NameOf(*found[0].entry), "vendors/microsoft");
  EXPECT_EQ(found[0].spelling, "azure");
}

}  // namespace
}  // namespace linchpin::catalogue
