// Files that are no configurations: one error each, with the place; nothing crashes.
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/resource/validate.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/inventory/importers/imports.h"

namespace linchpin::importers {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::string Repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// The classic: each anchor holds ten of the one before.
std::string AliasBomb() {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 12; ++i) {
    text +=
        absl::StrCat("a", i, ": &a", i, " [", Repeat(absl::StrCat("*a", i - 1, ", "), 9), "*a", i - 1, "]\n");
  }
  return text + "model_list: []\n";
}

// Each anchor holds the one before, one level deeper.
std::string DeepAliases() {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) text += absl::StrCat("a", i, ": &a", i, " [*a", i - 1, "]\n");
  return text + "model_list: []\n";
}

TEST(LiteLlmBadInput, IsRefusedWithThePlace) {
  struct Case {
    std::string what, text, place, message;
  };
  const Case cases[] = {
      {"empty", "", "g.yaml:1:", "empty"},
      {"comments only", "# nothing\n\n", "g.yaml:1:", "empty"},
      {"a list at the top", "- a\n- b\n", "g.yaml:1:", "a map with `model_list`"},
      {"a text at the top", "hello\n", "g.yaml:1:", "a map with `model_list`"},
      {"something else", "services:\n  web: 1\n", "g.yaml:1:", "no `model_list`"},
      {"model_list a map", "model_list:\n  a: b\n", "g.yaml:2:", "`model_list` must be a list"},
      {"model_list a text", "\nmodel_list: all\n", "g.yaml:2:", "`model_list` must be a list"},
      {"settings a list", "model_list: []\nrouter_settings:\n  - a\n",
       "g.yaml:3:", "`router_settings` must be a map"},
      {"fallbacks a map", "model_list: []\nrouter_settings:\n  fallbacks:\n    a: [b]\n",
       "g.yaml:4:", "`fallbacks` must be a list"},
      {"not YAML", "model_list: [\n", "g.yaml:", "not valid YAML"},
      {"tabs", "model_list:\n\t- a\n", "g.yaml:2:", "indented by a tab; YAML takes spaces only"},
      {"Latin-1", "model_list: []\n# caf\xE9\n", "g.yaml:2:", "UTF-8"},
      {"UTF-16", std::string("m\0o\0d\0", 6), "g.yaml:1:", "UTF-8"},
      {"binary",
       std::string("\x7F"
                   "ELF\x02\x01\0\0",
                   8),
       "g.yaml:1:", "UTF-8"},
      {"an alias bomb", AliasBomb(), "g.yaml:6:", "more than 200000 values"},
      {"an alias of nothing", "model_list: *a\n", "g.yaml:1:", "anchor"},
      {"an alias in itself", "a: &a\n  b: *a\nmodel_list: []\n",
       "g.yaml:2:", "refers to a node that contains it"},
      {"a merge of a text", "model_list: []\na:\n  <<: text\n", "g.yaml:3:", "`<<` needs a map"},
      {"aliases nested too deep", DeepAliases(), "g.yaml:", "deep"},
      {"a tag", "model_list: !python/object:os.system []\n", "g.yaml:1:", "tags"},
      {"two documents", "model_list: []\n---\nmodel_list: []\n", "g.yaml:3:", "second configuration"},
      {"10,000 deep in flow", "model_list: " + std::string(10'000, '[') + "\n", "g.yaml:1:", ""},
      {"10,000 deep in maps", "model_list: " + Repeat("{a: ", 10'000) + "\n", "g.yaml:1:", ""},
      {"10,000 items deep", "model_list:\n  " + Repeat("- ", 10'000) + "a\n", "g.yaml:2:", "deep"},
  };
  for (const Case& c : cases) {
    const auto result = TryImport(c.text);
    ASSERT_THAT(result, ::testing::Not(IsOk())) << c.what;
    const std::string message(result.status().message());
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument)) << c.what;
    EXPECT_EQ(message.rfind(c.place, 0), 0u) << c.what << message;
    EXPECT_THAT(message, HasSubstr(c.message)) << c.what;
    EXPECT_LT(message.size(), 400u) << c.what;
  }
}

TEST(LiteLlmBadInput, AKeyTwiceIsANoteAndTheLastCounts) {
  const ImportResult result = Import(
      "model_list: [x]\nmodel_list:\n"
      "  - model_name: a\n    model_name: b\n    litellm_params: {model: !!str openai/gpt-4o}\n"
      "c: &c {d: e}\nf:\n  <<: *c\n  <<: *c\n");
  EXPECT_NE(Proposed<inventory::v1::Deployment>(result, "deployments/g-openai-gpt-4o"), nullptr);
  EXPECT_EQ(result.counts.malformed, 0);
  EXPECT_THAT(Notes(result), Contains("g.yaml:2: duplicate key `model_list`; the last one counts"));
  EXPECT_THAT(Notes(result), Contains("g.yaml:4: duplicate key `model_name`; the last one counts"));
}

TEST(LiteLlmAliases, ShareSettings) {
  const ImportResult result = Import(R"(
x-azure: &azure
  api_base: https://one.openai.azure.com/
  api_key: os.environ/KEY
x-fast: &fast {timeout: 5, api_base: https://two.openai.azure.com/}
model_list:
  - &first
    model_name: a
    litellm_params: {<<: *azure, model: azure/gpt-4o}
  - model_name: b
    litellm_params:
      <<: [*fast, *azure]
      model: azure/gpt-4
  - model_name: c
    litellm_params:
      model: azure/o1
      api_base: https://three.openai.azure.com/
      <<: *azure
  - *first
router_settings:
  fallbacks: [{a: &to [b, c]}, {b: *to}]
)");
  const std::pair<const char*, const char*> addresses[] = {
      {"gpt-4o", "one"}, {"gpt-4", "two"}, {"o1", "three"}};
  for (const auto& [model, address] : addresses) {
    const auto* d = Proposed<inventory::v1::Deployment>(result, absl::StrCat("deployments/g-azure-", model));
    ASSERT_NE(d, nullptr) << model;
    EXPECT_EQ(d->api_base(), absl::StrCat("https://", address, ".openai.azure.com/"));
  }
  EXPECT_EQ(result.counts.entries, 4);
  EXPECT_EQ(result.counts.duplicates, 1);
  EXPECT_THAT(Notes(result), Contains(HasSubstr("g.yaml:19: `a` calls `azure/gpt-4o` as line 7 does")));
}

TEST(LiteLlmBadInput, AHundredMegabytesAreRefusedUnread) {
  const auto result = TryImport(std::string(size_t{100} << 20, ' '));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("at most 4194304"));
}

TEST(LiteLlmBadInput, OneWrongFileRefusesAll) {
  const auto result =
      ImportLiteLlm({{"a.yaml", "model_list: []\n", ""}, {"b.yaml", "- x\n", ""}}, ShippedCatalogue());
  ASSERT_THAT(result, ::testing::Not(IsOk()));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("b.yaml:1:"));
}

TEST(LiteLlmBadInput, TwoFilesOfOneGatewayAreRefused) {
  const auto result = ImportLiteLlm(
      {{"x/g.yaml", "model_list: []\n", ""}, {"y/g.yaml", "model_list: []\n", ""}}, ShippedCatalogue());
  ASSERT_THAT(result, ::testing::Not(IsOk()));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("x/g.yaml is gateway `g` too"));
}

TEST(LiteLlmBadInput, WrongItemsAreNotesAndTheRestGoesOn) {
  const ImportResult result = Import(R"(
model_list:
  - model_name: good
    litellm_params: {model: openai/gpt-4o}
  - just a text
  - [a, list]
  - model_name: [a]
    litellm_params: {model: openai/gpt-4o}
  - model_name: no-params
  - model_name: no-model
    litellm_params: {api_key: x}
  - model_name: wrong-model
    litellm_params: {model: [a]}
  - model_name: wrong-info
    litellm_params: {model: openai/gpt-4o-mini, api_base: [x], aws_region_name: {a: b}}
    model_info: nothing
router_settings:
  fallbacks:
    - good: nowhere
    - {model: good, context_window: 5}
    - text
    - good: [missing, {model: x}, [y]]
      second: [good]
    - ghost: [good]
  model_group_alias:
    a: [good]
    b: missing
    c: {model: good, hidden: true}
strange: 1
)");
  EXPECT_EQ(result.counts.entries, 8);
  EXPECT_EQ(result.counts.deployments, 2);
  EXPECT_EQ(result.counts.malformed, 6);
  EXPECT_EQ(result.counts.groups, 3);
  EXPECT_EQ(result.counts.aliases, 1);
  const std::vector<std::string> notes = Notes(result);
  for (const char* expected :
       {"g.yaml:5: not imported: an entry of `model_list` must be a map",
        "g.yaml:7: not imported: an entry of `model_list` needs `model_name`",
        "g.yaml:9: not imported: `no-params` needs `litellm_params`",
        "g.yaml:19: not imported: an item of `fallbacks` must be `{group: [group, ...]}`",
        "g.yaml:22: not imported: `fallbacks` lead to `missing`, which is not a group",
        "g.yaml:22: not imported: a target in `fallbacks` must be the name of a group",
        "`second` is left out",
        "g.yaml:24: not imported: `fallbacks` are given for `ghost`, which is not a group",
        "g.yaml:26: not imported: the alias `a` must name one group",
        "g.yaml:27: not imported: the alias `b` stands for `missing`, which is not a group",
        "g.yaml:29: `strange`"}) {
    EXPECT_THAT(notes, Contains(HasSubstr(expected)));
  }
}

TEST(LiteLlmBadInput, TextsThatNoResourceCanHoldAreNotes) {
  const std::string long_name(201, 'n');
  const ImportResult result = Import(
      "model_list:\n"
      "  - {model_name: " +
      long_name +
      ", litellm_params: {model: openai/gpt-4o}}\n"
      "  - {model_name: a, litellm_params: {model: openai/" +
      long_name +
      "}}\n"
      "  - {model_name: \"a\\0b\", litellm_params: {model: openai/gpt-4o}}\n"
      "  - {model_name: a, litellm_params: {model: openai/gpt-4o, api_base: 'http://h/" +
      std::string(1000, 'x') +
      "'}}\n"
      "  - {model_name: " +
      std::string(200, 'n') + ", litellm_params: {model: " + std::string(200, 'm') + "}}\n");
  EXPECT_EQ(result.counts.malformed, 4);
  EXPECT_EQ(result.counts.deployments, 1);
  for (const ProposedResource& proposal : result.proposals) {
    EXPECT_THAT(resource::Validate(*proposal.resource), IsOk());
  }
}

// Bytes changed at random places (a fixed sequence): an error with the place or a result that accounts for
// all.
TEST(LiteLlmBadInput, ChangedBytesNeverBreakTheImport) {
  const std::string good =
      "model_list:\n"
      "  - model_name: a\n    litellm_params: {model: \"openai/gpt-4o\", api_base: "
      "'http://u:p@h.example:1/?k=v'}\n"
      "  - model_name: b\n    litellm_params:\n      model: azure/x\n    model_info: {base_model: gpt-4, "
      "mode: chat}\n"
      "router_settings:\n  fallbacks: [{a: [b]}, {b: [a]}]\n  model_group_alias: {c: a, d: {model: b}}\n";
  uint64_t state = 1;
  const auto next = [&state](uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  int imported = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (uint64_t edits = 1 + next(4); edits > 0; --edits) {
      const char c = "{}[]:-,#&*!|>'\"%@`?\n\t \\/a\xC3\0"[next(27)];
      const size_t at = next(text.size());
      if (next(2) == 0) {
        text[at] = c;
      } else {
        text.insert(at, 1, c);
      }
    }
    const auto result = TryImport(text);
    if (!result.ok()) {
      EXPECT_EQ(result.status().message().substr(0, 7), "g.yaml:") << text;
      continue;
    }
    ++imported;
    const ImportCounts& c = result->counts;
    EXPECT_EQ(c.entries, c.deployments + c.duplicates + c.malformed) << text;
    for (const ProposedResource& proposal : result->proposals) {
      EXPECT_THAT(resource::Validate(*proposal.resource), IsOk()) << text;
    }
  }
  EXPECT_GT(imported, 100);
}

}  // namespace
}  // namespace linchpin::importers
