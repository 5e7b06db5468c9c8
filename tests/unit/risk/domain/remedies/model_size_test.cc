#include "services/risk/domain/remedies/model_size.h"

#include "gtest/gtest.h"

namespace linchpin::risk {
namespace {

TEST(ParametersNamed, ReadsTheWordThatStatesThem) {
  EXPECT_EQ(ParametersNamed("Llama-3.2-3B-Instruct"), 3);
  EXPECT_EQ(ParametersNamed("Qwen2.5-0.5B"), 0.5);
  EXPECT_EQ(ParametersNamed("llama3.3:70b"), 70);
  EXPECT_EQ(ParametersNamed("Mixtral-8x7B-v0.1"), 56);
  EXPECT_EQ(ParametersNamed("Mixtral 8x22b"), 176);
  EXPECT_EQ(ParametersNamed("Qwen3-235B-A22B"), 235);
  EXPECT_EQ(ParametersNamed("70b"), 70);
}

TEST(ParametersNamed, ReadsNothingElse) {
  for (const char* name : {"", "gpt-4o", "claude-3-5-haiku", "phi-3.5-mini", "gemma-3n-E4B", "128k", "b",
                           "4bit", "int8b2", "3.5.7b", "0b", "99999999b", "8x", "x7b", "r1-0528"}) {
    EXPECT_EQ(ParametersNamed(name), std::nullopt) << name;
  }
}

linchpin::inventory::v1::Model Model(const char* id, const char* display_name, const char* upstream) {
  linchpin::inventory::v1::Model model;
  model.set_name(std::string("models/") + id);
  model.set_display_name(display_name);
  if (*upstream != 0) model.add_upstream_ids()->set_id(upstream);
  return model;
}

TEST(ParametersOf, TakesTheNameThatKeepsItsPointBeforeTheIdThatLostIt) {
  EXPECT_EQ(ParametersOf(Model("qwen2-5-0-5b", "Qwen2.5-0.5B", "")), 0.5);
  EXPECT_EQ(ParametersOf(Model("qwen2-5-0-5b", "", "Qwen/Qwen2.5-0.5B")), 0.5);
  EXPECT_EQ(ParametersOf(Model("qwen2-5-0-5b", "", "")), std::nullopt);
  EXPECT_EQ(ParametersOf(Model("qwen-72b", "Qwen", "")), 72);
}

TEST(ParametersText, IsWhatPeopleWrite) {
  EXPECT_EQ(ParametersText(70), "70B");
  EXPECT_EQ(ParametersText(0.5), "0.5B");
}

}  // namespace
}  // namespace linchpin::risk
