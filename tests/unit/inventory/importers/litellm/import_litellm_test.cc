#include "services/inventory/importers/litellm/import_litellm.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/inventory/importers/imports.h"

namespace linchpin::importers {
namespace {

using inventory::v1::Dependency;
using inventory::v1::Deployment;
using inventory::v1::Model;
using inventory::v1::Route;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Entry(const std::string& group, const std::string& params) {
  return absl::StrCat("  - model_name: ", group, "\n    litellm_params: {", params, "}\n");
}

// The one deployment of a configuration of one entry.
Deployment Only(const std::string& params) {
  const ImportResult result = Import("model_list:\n" + Entry("g", params));
  EXPECT_EQ(result.counts.deployments, 1) << params;
  for (const ProposedResource& proposal : result.proposals) {
    if (const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get())) return *d;
  }
  return {};
}

std::vector<std::string> Targets(const ImportResult& result, const std::string& group) {
  const auto* route = Proposed<Route>(result, "routes/g-" + group);
  std::vector<std::string> targets;
  if (route == nullptr) return targets;
  for (const auto& alternative : route->alternatives()) targets.push_back(alternative.target().substr(12));
  return targets;
}

TEST(LiteLlmDeployments, TellOperatorMakerAndModeApart) {
  struct Case {
    std::string params, model, operator_vendor;
    Deployment::HostingMode mode;
  };
  constexpr auto kVendor = Deployment::HOSTING_MODE_VENDOR_API;
  constexpr auto kThird = Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED;
  constexpr auto kSelf = Deployment::HOSTING_MODE_SELF_HOSTED;
  constexpr auto kUnknown = Deployment::HOSTING_MODE_UNSPECIFIED;
  const Case cases[] = {
      {"model: openai/gpt-4o", "models/gpt-4o", "vendors/openai", kVendor},
      {"model: gpt-4o, api_base: 'https://api.openai.com/v1'", "models/gpt-4o", "vendors/openai", kVendor},
      {"model: azure/gpt-4o, api_base: os.environ/AZURE_API_BASE", "models/gpt-4o", "vendors/microsoft",
       kThird},
      {"model: azure/my-own-name, api_base: 'https://x.openai.azure.com/'", "", "vendors/microsoft",
       kUnknown},
      {"model: 'bedrock/anthropic.claude-sonnet-4-20250514-v1:0'", "models/claude-sonnet-4-20250514",
       "vendors/amazon", kThird},
      {"model: 'bedrock/amazon.nova-pro-v1:0'", "models/nova-pro-v1", "vendors/amazon", kVendor},
      {"model: vertex_ai/claude-sonnet-4-6", "models/claude-sonnet-4-6", "vendors/google", kThird},
      {"model: openai/grok-4-fast, api_base: 'https://api.x.ai/v1'", "models/grok-4-fast", "vendors/xai",
       kVendor},
      {"model: openai/grok-4-latest, api_base: 'https://api.x.ai/v1'", "models/grok-4-latest", "vendors/xai",
       kVendor},
      {"model: xai/grok-99", "models/grok-99", "vendors/xai", kVendor},
      {"model: 'openai/qwen2.5-coder:3b', api_base: 'http://192.168.1.5:11434/v1'",
       "models/qwen2-5-coder-3b-instruct", "", kUnknown},
      {"model: openai/gpt-4o, api_base: 'http://litellm:4000'", "models/gpt-4o", "", kUnknown},
      {"model: openai/gpt-4o, api_base: os.environ/SOMEWHERE", "models/gpt-4o", "", kUnknown},
      {"model: openai/gpt-4o, api_base: 'https://proxy.example.com/v1'", "models/gpt-4o", "", kUnknown},
      {"model: 'ollama/qwen2.5:7b'", "models/qwen2-5-7b-instruct", "", kSelf},
      {"model: hosted_vllm/Qwen/Qwen3-8B, api_base: os.environ/VLLM", "models/qwen3-8b", "", kSelf},
      {"model: hosted_vllm/Qwen/Qwen3-8B, api_base: 'https://gpu.example.com'", "models/qwen3-8b", "",
       kUnknown},
      {"model: openai/*", "", "vendors/openai", kVendor},
      {"model: groq/*", "", "vendors/groq", kUnknown},
      {"model: sagemaker/my-endpoint", "", "vendors/amazon", kUnknown},
      {"model: no-such-thing", "models/no-such-thing", "", kUnknown},
      {"model: gpt-4o, custom_llm_provider: azure", "models/gpt-4o", "vendors/microsoft", kThird},
  };
  for (const Case& c : cases) {
    const Deployment d = Only(c.params);
    EXPECT_EQ(d.model(), c.model) << c.params;
    EXPECT_EQ(d.operator_(), c.operator_vendor) << c.params;
    EXPECT_EQ(d.hosting_mode(), c.mode) << c.params << " " << d.ShortDebugString();
  }
}

TEST(LiteLlmDeployments, ShowGatewaysAsIntermediaries) {
  const Deployment d = Only("model: openrouter/anthropic/claude-3-haiku");
  EXPECT_THAT(d.intermediaries(), ElementsAre("vendors/openrouter"));
  EXPECT_EQ(d.operator_(), "");
  EXPECT_EQ(d.hosting_mode(), Deployment::HOSTING_MODE_UNSPECIFIED);
  EXPECT_EQ(d.model(), "models/claude-3-haiku");
}

TEST(LiteLlmDeployments, FindHostsByRegion) {
  EXPECT_EQ(Only("model: vertex_ai/gemini-2.5-pro, vertex_location: europe-west4").host(),
            "hosts/gcp-europe-west4");
  EXPECT_EQ(Only("model: bedrock/eu-west-1/anthropic.claude-v2").host(), "hosts/aws-eu-west-1");
  EXPECT_EQ(Only("model: bedrock/x, api_base: 'https://bedrock-runtime.eu-north-1.amazonaws.com'").host(),
            "hosts/aws-eu-north-1");
  EXPECT_EQ(Only("model: vertex_ai/gemini-2.5-pro, vertex_location: global").host(), "");
  EXPECT_EQ(Only("model: bedrock/x, aws_region_name: os.environ/AWS_REGION").host(), "");
  EXPECT_EQ(Only("model: openai/gpt-4o").host(), "");
}

TEST(LiteLlmDeployments, TakeTheBaseModelWhereOneIsGiven) {
  const ImportResult result = Import(R"(model_list:
  - model_name: e
    litellm_params: {model: azure/our-embeddings, api_base: os.environ/A}
    model_info: {base_model: azure/text-embedding-3-large, mode: embedding, id: abc}
)");
  const auto* d = Proposed<Deployment>(result, "deployments/g-azure-our-embeddings");
  ASSERT_NE(d, nullptr);
  EXPECT_EQ(d->model(), "models/text-embedding-3-large");
  EXPECT_EQ(d->api_base(), "os.environ/A");
  EXPECT_EQ(d->upstream_ids(0).id(), "azure/our-embeddings");
  EXPECT_EQ(d->upstream_ids(1).id(), "abc");
  EXPECT_EQ(Proposed<Route>(result, "routes/g-e")->purpose(), Dependency::PURPOSE_EMBEDDING);
}

// The one deployment of an entry with a base model, and the notes.
std::pair<Deployment, std::vector<std::string>> WithBase(const std::string& model, const std::string& base) {
  const ImportResult result = Import("model_list:\n  - model_name: e\n    litellm_params: {model: '" + model +
                                     "'}\n    model_info: {base_model: '" + base + "'}\n");
  for (const ProposedResource& proposal : result.proposals) {
    if (const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get())) return {*d, Notes(result)};
  }
  return {};
}

TEST(LiteLlmBaseModel, IsReadInEveryForm) {
  const std::string arn = "bedrock/arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc";
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"azure/our-name", "azure/eu/gpt-4o-2024-08-06", "models/gpt-4o-2024-08-06"},
      {"azure/our-name", "azure/us/gpt-4o-2024-08-06", "models/gpt-4o-2024-08-06"},
      {"azure/our-name", "azure/global/gpt-4o-2024-11-20", "models/gpt-4o-2024-11-20"},
      {"azure/our-name", "azure/global-standard/gpt-4o-mini", "models/gpt-4o-mini"},
      {"azure/our-name", "eu/gpt-4o-2024-08-06", "models/gpt-4o-2024-08-06"},
      {"azure/our-name", "gpt-4o", "models/gpt-4o"},
      {"azure/our-name", "openai/gpt-4o", "models/gpt-4o"},
      {arn, "anthropic.claude-sonnet-4-20250514-v1:0", "models/claude-sonnet-4-20250514"},
      {arn, "bedrock/eu.anthropic.claude-sonnet-4-20250514-v1:0", "models/claude-sonnet-4-20250514"},
      {arn, "anthropic/claude-sonnet-4-20250514", "models/claude-sonnet-4-20250514"},
  };
  for (const auto& [model, base, expected] : cases) {
    const auto [d, notes] = WithBase(model, base);
    EXPECT_EQ(d.model(), expected) << base;
    EXPECT_THAT(notes, Not(Contains(HasSubstr("base_model")))) << base;
  }
}

TEST(LiteLlmBaseModel, MayBeADatedVersionOfTheNameThatIsCalled) {
  const auto [d, notes] = WithBase("azure/gpt-4o", "azure/gpt-4o-2024-08-06");
  EXPECT_EQ(d.model(), "models/gpt-4o-2024-08-06");
  EXPECT_EQ(d.likely_size(), 0);
}

TEST(LiteLlmBaseModel, ThatIsNoModelIsNotedAndTheNameIsNotTaken) {
  const auto [d, notes] = WithBase("azure/gpt-4", "azure/no-such-base");
  EXPECT_EQ(d.model(), "models/no-such-base");
  EXPECT_EQ(d.hosting_mode(), Deployment::HOSTING_MODE_UNSPECIFIED);
  EXPECT_THAT(notes,
              Contains(HasSubstr("`model_info.base_model` is `azure/no-such-base`, which is not in the "
                                 "catalogue; the name `gpt-4` is not taken instead")));
  EXPECT_EQ(WithBase("azure/gpt-4", "azure/*").first.model(), "");
}

TEST(LiteLlmDeployments, TakeTheVendorPartOfABedrockIdForTheDeveloper) {
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"anthropic.claude-99-sonnet-20990620-v1:0", "models/claude-99-sonnet-20990620", "vendors/anthropic"},
      {"us.anthropic.claude-99-sonnet-20990620-v1:0", "models/claude-99-sonnet-20990620",
       "vendors/anthropic"},
      {"anthropic.claude-v2:9", "models/claude-v2-9", "vendors/anthropic"},
      {"zai.glm-99", "models/glm-99", "vendors/zhipuai"},
      {"nobody.some-model", "models/nobody-some-model", ""},
  };
  for (const auto& [id, name, developer] : cases) {
    const ImportResult result = Import("model_list:\n" + Entry("g", "model: 'bedrock/" + id + "'"));
    const auto* model = Proposed<Model>(result, name);
    ASSERT_NE(model, nullptr) << id;
    EXPECT_EQ(model->developer(), developer) << id;
    EXPECT_EQ(std::count_if(model->evidence().begin(), model->evidence().end(),
                            [](const auto& one) { return one.field_path() == "developer"; }),
              developer.empty() ? 0 : 1);
    EXPECT_EQ(Only("model: 'bedrock/" + id + "'").hosting_mode(),
              developer.empty() ? Deployment::HOSTING_MODE_UNSPECIFIED
                                : Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED);
  }
}

TEST(LiteLlmDeployments, HaveNoModelWhereItStandsInAVariable) {
  for (const char* model : {"os.environ/CHAT_MODEL", "openai/os.environ/CHAT_MODEL", "azure/${DEPLOYMENT}"}) {
    const std::string entry = Entry("chat", absl::StrCat("model: '", model, "'"));
    const auto result =
        ImportLiteLlm({{"a.yaml", "model_list:\n" + entry, "a"}, {"b.yaml", "model_list:\n" + entry, "b"}},
                      ShippedCatalogue());
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->counts.deployments, 2);
    EXPECT_EQ(result->counts.with_model, 0) << model;
    for (const ProposedResource& proposal : result->proposals) {
      EXPECT_EQ(dynamic_cast<const Model*>(proposal.resource.get()), nullptr) << model;
    }
    for (const char* file : {"a", "b"}) {
      EXPECT_THAT(Notes(*result),
                  Contains(absl::StrCat(file, ".yaml:2: unknown: `model` is `", model,
                                        "`, which is resolved elsewhere; state the model by hand")));
    }
  }
  const auto [d, notes] = WithBase("azure/gpt-4", "os.environ/BASE");
  EXPECT_EQ(d.model(), "");
  EXPECT_THAT(notes, Contains(HasSubstr("`model_info.base_model` is `os.environ/BASE`")));
}

TEST(LiteLlmDeployments, CarryEvidenceWithFileAndLine) {
  const Deployment d = Only("model: azure/gpt-4o, api_base: os.environ/A");
  ASSERT_EQ(d.evidence_size(), 4);
  for (const auto& evidence : d.evidence()) {
    EXPECT_EQ(evidence.uri(), "g.yaml");
    EXPECT_EQ(evidence.line(), 2);
  }
  EXPECT_EQ(d.evidence(0).field_path(), "model");
  EXPECT_THAT(d.evidence(0).note(), HasSubstr("chosen by whoever set it up"));
}

TEST(LiteLlmDeployments, NameWhatIsUnknown) {
  const ImportResult result =
      Import("model_list:\n" + Entry("g", "model: openai/x, api_base: 'https://a.example/'"));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("g.yaml:2: unknown: who operates `a.example` is not known")));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("g.yaml:2: unknown: the model `x` is not in the catalogue")));
  const auto* model = Proposed<Model>(result, "models/g-x");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->developer(), "");
}

TEST(LiteLlmDeployments, AreOneWhereOnlyTheKeyDiffers) {
  const ImportResult result =
      Import("model_list:\n" + Entry("g", "model: openai/gpt-4o, api_key: a") +
             Entry("g", "model: openai/gpt-4o, api_key: b") + Entry("h", "model: openai/gpt-4o, rpm: 5"));
  EXPECT_EQ(result.counts.entries, 3);
  EXPECT_EQ(result.counts.deployments, 1);
  EXPECT_EQ(result.counts.duplicates, 2);
  EXPECT_THAT(Notes(result), Contains(HasSubstr("g.yaml:4: `g` calls `openai/gpt-4o` as line 2 does")));
  EXPECT_THAT(Targets(result, "h"), ElementsAre("g-openai-gpt-4o"));
}

TEST(LiteLlmDeployments, OfOneModelInTwoPlacesAreTwo) {
  const ImportResult result =
      Import("model_list:\n" + Entry("g", "model: vertex_ai/gemini-2.5-pro, vertex_location: europe-west1") +
             Entry("g", "model: vertex_ai/gemini-2.5-pro, vertex_location: europe-west4"));
  EXPECT_THAT(Targets(result, "g"), ElementsAre("g-vertex-ai-gemini-2-5-pro-europe-west1",
                                                "g-vertex-ai-gemini-2-5-pro-europe-west4"));
}

// Groups a to d, each with one deployment, and the rules given.
ImportResult WithRules(const std::string& rules) {
  std::string text = "model_list:\n";
  for (const auto& [group, model] :
       {std::pair("a", "gpt-4o"), std::pair("b", "gpt-4"), std::pair("c", "o3"), std::pair("d", "o1")}) {
    text += Entry(group, absl::StrCat("model: openai/", model));
  }
  return Import(text + rules);
}

TEST(LiteLlmGroups, ListReplicasThenFallbacksDepthFirst) {
  const ImportResult result = WithRules("router_settings:\n  fallbacks: [{a: [b, d]}, {b: [c]}]\n");
  EXPECT_THAT(Targets(result, "a"),
              ElementsAre("g-openai-gpt-4o", "g-openai-gpt-4", "g-openai-o3", "g-openai-o1"));
  EXPECT_THAT(Targets(result, "b"), ElementsAre("g-openai-gpt-4", "g-openai-o3"));
  EXPECT_THAT(Targets(result, "d"), ElementsAre("g-openai-o1"));
  const auto* route = Proposed<Route>(result, "routes/g-a");
  EXPECT_EQ(route->alternatives(0).activation(), Dependency::ACTIVATION_UNSPECIFIED);
  EXPECT_EQ(route->alternatives(1).activation(), Dependency::ACTIVATION_AUTOMATIC);
  EXPECT_EQ(route->gateway(), "g");
}

TEST(LiteLlmGroups, ThatFallBackToEachOtherEndAndAreNoted) {
  const ImportResult result = WithRules("litellm_settings:\n  fallbacks: [{a: [b]}, {b: [a]}]\n");
  EXPECT_THAT(Targets(result, "a"), ElementsAre("g-openai-gpt-4o", "g-openai-gpt-4"));
  EXPECT_THAT(Targets(result, "b"), ElementsAre("g-openai-gpt-4", "g-openai-gpt-4o"));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("fallbacks come back to where they start: a -> b -> a")));
}

TEST(LiteLlmGroups, UseDefaultFallbacksOnlyWithoutTheirOwn) {
  const ImportResult result = WithRules(
      "litellm_settings:\n  default_fallbacks: [d]\nrouter_settings:\n  fallbacks: [{a: [b]}, {c: []}]\n");
  EXPECT_THAT(Targets(result, "a"), ElementsAre("g-openai-gpt-4o", "g-openai-gpt-4", "g-openai-o1"));
  EXPECT_THAT(Targets(result, "b"), ElementsAre("g-openai-gpt-4", "g-openai-o1"));
  EXPECT_THAT(Targets(result, "c"), ElementsAre("g-openai-o3"));
}

TEST(LiteLlmGroups, PreferTheRoutersSettings) {
  const ImportResult result =
      WithRules("litellm_settings:\n  fallbacks: [{a: [b]}]\nrouter_settings:\n  fallbacks: [{a: [c]}]\n");
  EXPECT_THAT(Targets(result, "a"), ElementsAre("g-openai-gpt-4o", "g-openai-o3"));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("is also set in `router_settings`, which takes precedence")));
}

TEST(LiteLlmGroups, KeepFallbacksForLongRequestsApart) {
  const ImportResult result = WithRules("litellm_settings:\n  context_window_fallbacks: [{a: [b]}]\n");
  EXPECT_THAT(Targets(result, "a"), ElementsAre("g-openai-gpt-4o"));
  const auto* route = Proposed<Route>(result, "routes/g-a");
  EXPECT_EQ(route->annotations().at("linchpin.dev/context-window-fallbacks"), "b");
  EXPECT_EQ(route->labels().at("linchpin.dev/gateway-group"), "a");
}

TEST(LiteLlmGroups, HaveAliasesWithoutTheirFallbacks) {
  const ImportResult result =
      WithRules("router_settings:\n  model_group_alias: {x: a}\n  fallbacks: [{a: [b]}]\n");
  EXPECT_THAT(Targets(result, "x"), ElementsAre("g-openai-gpt-4o"));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("the alias `x` has none of the fallbacks of `a`")));
  EXPECT_EQ(Proposed<Route>(result, "routes/g-x")->annotations().at("linchpin.dev/alias-of"), "a");
}

TEST(LiteLlmGroups, GiveAliasesTheFallbacksThatNameThem) {
  const ImportResult result =
      WithRules("router_settings:\n  model_group_alias: {x: a}\n  fallbacks: [{x: [c]}, {b: [x]}]\n");
  EXPECT_THAT(Targets(result, "x"), ElementsAre("g-openai-gpt-4o", "g-openai-o3"));
  EXPECT_THAT(Targets(result, "b"), ElementsAre("g-openai-gpt-4", "g-openai-gpt-4o", "g-openai-o3"));
}

TEST(LiteLlmGroups, MayFallBackToAWildcard) {
  const ImportResult result = Import("model_list:\n" + Entry("a", "model: openai/gpt-4o") +
                                     Entry("'anthropic/*'", "model: anthropic/*") +
                                     "router_settings:\n  fallbacks: [{a: [anthropic/claude-x]}]\n");
  EXPECT_THAT(Targets(result, "a"), ElementsAre("g-openai-gpt-4o", "g-anthropic-any"));
  EXPECT_THAT(Notes(result), Not(Contains(HasSubstr("no group"))));
}

TEST(LiteLlmGroups, StopAtTheBoundOfADependency) {
  std::string text = "model_list:\n";
  for (int i = 0; i < 80; ++i) text += Entry("a", absl::StrCat("model: openai/m", i));
  const ImportResult result = Import(text);
  EXPECT_EQ(Targets(result, "a").size(), 64u);
  EXPECT_EQ(result.counts.deployments, 80);
  EXPECT_THAT(Notes(result), Contains(HasSubstr("more than 64 deployments")));
}

TEST(LiteLlmGroups, ChainsAreCutWhereTheRouterCutsThem) {
  std::string text = "model_list:\n";
  std::string rules = "router_settings:\n  fallbacks:\n";
  for (int i = 0; i < 2000; ++i) {
    text += Entry(absl::StrCat("g", i), absl::StrCat("model: openai/m", i));
    rules += absl::StrCat("    - g", i, ": [g", (i + 1) % 2000, "]\n");
  }
  const ImportResult result = Import(text + rules);
  EXPECT_EQ(result.counts.groups, 2000);
  EXPECT_EQ(Targets(result, "g0").size(), 6u);
  const ImportResult far = Import(text + rules + "  max_fallbacks: 1000\n");
  EXPECT_EQ(Targets(far, "g0").size(), 64u);
}

// A name later in a list is tried at a greater depth, as the router counts.
TEST(LiteLlmGroups, CountEachTargetOfAListAsAStep) {
  const ImportResult result =
      WithRules("router_settings:\n  max_fallbacks: 2\n  fallbacks: [{a: [b, c]}, {b: [b]}, {c: [d]}]\n");
  EXPECT_THAT(Targets(result, "a"), ElementsAre("g-openai-gpt-4o", "g-openai-gpt-4", "g-openai-o3"));
  EXPECT_THAT(Targets(result, "c"), ElementsAre("g-openai-o3", "g-openai-o1"));
}

TEST(LiteLlmImport, ProposesTheCatalogueEntriesThatItNeeds) {
  const ImportResult result = Import("model_list:\n" + Entry("g", "model: 'ollama/deepseek-r1:32b'"));
  for (const char* name : {"models/deepseek-r1-distill-qwen-32b", "models/qwen2-5-32b", "vendors/alibaba"}) {
    EXPECT_NE((Proposed<google::protobuf::Message>(result, name)), nullptr) << name;
  }
  for (const ProposedResource& proposal : result.proposals) {
    const auto* const host = dynamic_cast<const inventory::v1::Host*>(proposal.resource.get());
    const bool own = (host != nullptr && host->labels().contains("linchpin.dev/gateway")) ||
                     dynamic_cast<const Deployment*>(proposal.resource.get()) != nullptr ||
                     dynamic_cast<const Route*>(proposal.resource.get()) != nullptr;
    EXPECT_EQ(proposal.from == ProposedResource::From::kFile, own) << resource::NameOf(*proposal.resource);
  }
}

TEST(LiteLlmImport, DoesNotDependOnTheOrderOfEntries) {
  const std::string a = Entry("a", "model: azure/gpt-4o, api_base: os.environ/A");
  const std::string b = Entry("a", "model: azure/gpt-4o, api_base: os.environ/B");
  const ImportResult one = Import("model_list:\n" + a + b);
  const ImportResult other = Import("model_list:\n" + b + a);
  for (const ProposedResource& proposal : one.proposals) {
    const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get());
    if (d == nullptr) continue;
    const auto* same = Proposed<Deployment>(other, d->name());
    ASSERT_NE(same, nullptr) << d->name();
    EXPECT_EQ(d->api_base(), same->api_base());
  }
}

TEST(GatewayOf, TakesTheFolderWhereTheNameSaysNothing) {
  for (const auto& [path, id] :
       {std::pair("prod-gateway.yaml", "prod-gateway"),
        std::pair("teams/claims/litellm_config.yaml", "claims"),
        std::pair("litellm_config.yaml", "litellm-config"), std::pair("/config.yaml", "config"),
        std::pair("a/My Gateway.yml", "my-gateway"), std::pair(".hidden", "hidden")}) {
    EXPECT_EQ(GatewayOf(path), id) << path;
  }
}

}  // namespace
}  // namespace linchpin::importers
