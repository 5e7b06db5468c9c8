#include "services/inventory/catalogue/names.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using ::testing::ElementsAre;

TEST(Slug, FollowsTheRule) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"meta-llama/Llama-3.1-8B", "meta-llama-llama-3-1-8b"},
      {"gpt-4.1", "gpt-4-1"},
      {"Claude 4.5 Haiku", "claude-4-5-haiku"},
      {"anthropic/*", "anthropic-any"},
      {"*", "any"},
      {"302ai", "x-302ai"},
      {"--a--", "a"},
      {"UPPER_case", "upper-case"},
  };
  for (const auto& [name, id] : cases) EXPECT_EQ(Slug(name), id) << name;
}

TEST(Slug, IsAlwaysAnId) {
  for (const std::string& name :
       {std::string(), std::string("/"), std::string("\xE6\x9D\x8E"), std::string(300, 'x'),
        std::string(300, '-') + "1", std::string(54, 'a') + std::string(40, '-') + "b",
        std::string("a\0b", 3)}) {
    EXPECT_TRUE(resource::IsId(Slug(name))) << Slug(name);
  }
}

TEST(Slug, KeepsLongNamesApart) {
  const std::string stem(80, 'm');
  EXPECT_NE(Slug(stem + "1"), Slug(stem + "2"));
}

TEST(Squash, DropsCaseAndPunctuation) {
  EXPECT_EQ(Squash("Llama-3.1-8B"), Squash("llama3.1:8b"));
  EXPECT_NE(Squash("gpt-4o"), Squash("gpt-4"));
}

TEST(UniqueIds, UseTheQualifierThenTheHash) {
  const std::vector<std::string> ids = UniqueIds({{"g-vertex/x", "europe-west1", "1"},
                                                  {"g-vertex/x", "europe-west4", "2"},
                                                  {"g-openai/y", "", "3"},
                                                  {"g-openai-y", "", "4"},
                                                  {"g-z", "", "5"}});
  EXPECT_THAT(ids, ElementsAre("g-vertex-x-europe-west1", "g-vertex-x-europe-west4", "g-openai-y",
                               "g-openai-y-" + ShortHash("4"), "g-z"));
}

TEST(UniqueIds, DoNotDependOnTheOrder) {
  std::vector<Wanted> wanted = {{"a b", "", "x"}, {"a-b", "", "y"}, {"a.b", "", "z"}};
  const std::vector<std::string> there = UniqueIds(wanted);
  std::reverse(wanted.begin(), wanted.end());
  std::vector<std::string> back = UniqueIds(wanted);
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(there, back);
}

}  // namespace
}  // namespace linchpin::catalogue
