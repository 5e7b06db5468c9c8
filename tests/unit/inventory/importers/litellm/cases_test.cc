// Small configurations on which importers went wrong, each with what is right.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "services/resource/validate.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/inventory/importers/imports.h"
#include "tests/unit/inventory/importers/litellm/routes_of.h"

namespace linchpin::importers {
namespace {

namespace fs = std::filesystem;
using inventory::v1::Deployment;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string TextOfCase(const std::string& path) {
  std::ifstream file(fs::path(LINCHPIN_SOURCE_DIR) / "tests/data/litellm/cases" / path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

ImportResult ImportCase(const std::string& path) {
  ImportResult result = Import(TextOfCase(path));
  for (const Proposal& proposal : result.proposals)
    EXPECT_THAT(resource::Validate(*proposal.resource), IsOk());
  return result;
}

Deployment DeploymentIn(const ImportResult& result, const std::string& id) {
  const auto* deployment = Proposed<Deployment>(result, "deployments/g-" + id);
  EXPECT_NE(deployment, nullptr) << id;
  return deployment == nullptr ? Deployment() : *deployment;
}

// "hosting_mode SELF_HOSTED", by field.
std::vector<std::string> Likely(const Deployment& deployment) {
  std::vector<std::string> out;
  for (const auto& likely : deployment.likely()) {
    out.push_back(absl::StrCat(likely.field(), " ", absl::StrJoin(likely.one_of(), "|")));
    EXPECT_FALSE(likely.reason().empty());
    EXPECT_GE(likely.confidence(), 0.5);
  }
  return out;
}

std::vector<std::string> Bounds(const Deployment& deployment) {
  std::vector<std::string> out;
  for (const auto& bound : deployment.bounds()) {
    out.push_back(
        absl::StrCat(bound.field(), bound.one_of().empty() ? " not " : " ",
                     absl::StrJoin(bound.one_of().empty() ? bound.none_of() : bound.one_of(), "|")));
  }
  return out;
}

TEST(LiteLlmCase, AnAliasHasItsGroupsDeploymentsAndNoneOfItsFallbacks) {
  const ImportResult result = ImportCase("alias.yaml");
  EXPECT_THAT(RouteIn(result, "nice-name"), ElementsAre("openai-gpt-4o"));
  EXPECT_THAT(RouteIn(result, "hidden-name"), ElementsAre("openai-gpt-4o"));
  // `fallback-model` is an alias too, so the fallback leads to the group itself.
  EXPECT_THAT(RouteIn(result, "real-model"), ElementsAre("openai-gpt-4o"));
  const std::vector<std::string> notes = Notes(result);
  for (const char* text :
       {"the alias `nice-name` has none of the fallbacks", "the alias `loop-a`", "the alias `loop-b`",
        "the alias `ghost` stands for `not-there`, which is not a group",
        "`fallback-model` is a group and an alias; the alias counts"}) {
    EXPECT_THAT(notes, Contains(HasSubstr(text)));
  }
}

TEST(LiteLlmCase, ChainsEndAfterTheRoutersSteps) {
  const ImportResult result = ImportCase("depth.yaml");
  EXPECT_THAT(RouteIn(result, "g0"), ElementsAre("openai-gpt-4o", "openai-gpt-4-1", "openai-gpt-4o-mini",
                                                 "openai-gpt-4-1-mini", "openai-gpt-5", "openai-gpt-5-mini"));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("fallbacks come back to where they start: g0 -> g1")));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("the router takes at most 5 fallbacks in a chain")));
  const ImportResult one = Import(TextOfCase("depth.yaml") + "  max_fallbacks: 1\n");
  EXPECT_THAT(RouteIn(one, "g0"), ElementsAre("openai-gpt-4o", "openai-gpt-4-1"));
  const ImportResult none = Import(TextOfCase("depth.yaml") + "  max_fallbacks: 0\n");
  EXPECT_THAT(RouteIn(none, "g0"), ElementsAre("openai-gpt-4o"));
}

TEST(LiteLlmCase, OrderDecidesWhoIsAskedFirst) {
  EXPECT_THAT(RouteIn(ImportCase("order.yaml"), "chat"),
              ElementsAre("openai-gpt-4o", "anthropic-claude-sonnet-4-5"));
}

TEST(LiteLlmCase, WeightsAreSharesAndWeightNoneIsASpare) {
  const ImportResult result = ImportCase("weight.yaml");
  EXPECT_THAT(RouteIn(result, "chat"), ElementsAre("anthropic-claude-sonnet-4-20250514",
                                                   "bedrock-us-anthropic-claude-sonnet-4-20250514-v1-0"));
  const auto& chat = AlternativesIn(result, "chat");
  EXPECT_EQ(chat[0].usage().requests(), 85);
  EXPECT_EQ(chat[1].usage().requests(), 15);
  EXPECT_EQ(chat[1].activation(), inventory::v1::Dependency::ACTIVATION_AUTOMATIC);
  EXPECT_THAT(RouteIn(result, "spare"), ElementsAre("openai-gpt-5-mini", "anthropic-claude-haiku-4-5"));
  EXPECT_EQ(AlternativesIn(result, "spare")[1].activation(),
            inventory::v1::Dependency::ACTIVATION_UNSPECIFIED);
  EXPECT_THAT(Notes(result), Contains(HasSubstr("`anthropic/claude-haiku-4-5` has weight 0 in `spare`")));
}

TEST(LiteLlmCase, FallbacksOfANameHoldForItsGroupWithAProvider) {
  const ImportResult result = ImportCase("stripped.yaml");
  EXPECT_THAT(RouteIn(result, "openai-gpt-4o"), ElementsAre("openai-gpt-4o", "anthropic-claude-sonnet-4-5"));
  EXPECT_THAT(Notes(result), Not(Contains(HasSubstr("no group"))));
}

TEST(LiteLlmCase, IncludedFilesAreOneGateway) {
  const std::string main = TextOfCase("include/config.yaml"), models = TextOfCase("include/models.yaml");
  for (const bool is_beside : {false, true}) {
    const auto result = ImportLiteLlm(
        {{"x/config.yaml", main, "g"}, {"x/models.yaml", models, "", is_beside}}, ShippedCatalogue());
    ASSERT_THAT(result, IsOk());
    EXPECT_THAT(result->gateways, ElementsAre("g"));
    EXPECT_THAT(RouteIn(*result, "main"), ElementsAre("openai-gpt-4o", "anthropic-claude-sonnet-4-5"));
    const Deployment main_model = DeploymentIn(*result, "openai-gpt-4o");
    EXPECT_EQ(main_model.evidence(0).uri(), "x/models.yaml");
    EXPECT_EQ(main_model.evidence(0).line(), 2);
  }
  const ImportResult alone = Import(main);
  EXPECT_THAT(Notes(alone), Contains(HasSubstr("`models.yaml` is included, but is not among the files")));
  EXPECT_THAT(IncludedPaths({"x/config.yaml", main, ""}), ElementsAre("x/models.yaml"));
}

TEST(LiteLlmCase, SettingsOfAnIncludedFileReplaceThoseOfTheMainOne) {
  const auto result =
      ImportLiteLlm({{"c.yaml",
                      "include: [m.yaml]\nmodel_list:\n  - {model_name: a, litellm_params: {model: "
                      "openai/gpt-4o}}\nrouter_settings: {fallbacks: [{a: [b]}]}\n",
                      "g"},
                     {"m.yaml",
                      "model_list:\n  - {model_name: b, litellm_params: {model: "
                      "openai/gpt-4}}\nrouter_settings: {num_retries: 2}\n",
                      ""}},
                    ShippedCatalogue());
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(RouteIn(*result, "a"), ElementsAre("openai-gpt-4o"));
  EXPECT_THAT(Notes(*result), Contains(HasSubstr("this `router_settings` is replaced by that of `m.yaml`")));
}

TEST(LiteLlmCase, AddressesMayComeFromCredentials) {
  const ImportResult result = ImportCase("credential.yaml");
  int deepseek = 0;
  for (const Proposal& proposal : result.proposals) {
    const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get());
    if (d == nullptr) continue;
    EXPECT_TRUE(d->operator_().empty() || d->operator_() == "vendors/deepseek") << d->name();
    deepseek += d->operator_() == "vendors/deepseek";
  }
  EXPECT_EQ(deepseek, 1);
  EXPECT_THAT(Notes(result), Contains(HasSubstr("the credential `not-there` is not in `credential_list`")));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("`openai` serves models of its own only, so calls of "
                                                "`claude-sonnet-4-5` go to an address that")));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("`anthropic` serves models of its own only")));
}

TEST(LiteLlmCase, AddressesMayComeFromVariablesAndSettings) {
  const std::string entry = "model_list:\n  - {model_name: a, litellm_params: {model: openai/deepseek-chat";
  for (const std::string& text :
       {entry + ", api_base: os.environ/X}}\nenvironment_variables: {X: 'https://api.deepseek.com/v1'}\n",
        entry + "}}\nenvironment_variables: {OPENAI_API_BASE: 'https://api.deepseek.com/v1'}\n",
        entry + "}}\nlitellm_settings: {api_base: 'https://api.deepseek.com/v1'}\n"}) {
    EXPECT_EQ(DeploymentIn(Import(text), "openai-deepseek-chat").operator_(), "vendors/deepseek") << text;
  }
  // The gateway gives Groq an address of its own.
  const ImportResult groq = Import(
      "model_list:\n  - {model_name: a, litellm_params: {model: groq/llama-3.3-70b-versatile}}\n"
      "litellm_settings: {api_base: 'https://api.deepseek.com/v1'}\n");
  EXPECT_EQ(DeploymentIn(groq, "groq-llama-3-3-70b-versatile").operator_(), "vendors/groq");
}

TEST(LiteLlmCase, ClosedModelsInsideMayBePassedOn) {
  const ImportResult result = ImportCase("inside.yaml");
  for (const char* id : {"openai-gemini-2-5-flash-thinking", "openai-claude-opus-4-6-thinking",
                         "openai-gpt-5-codex-mini", "openai-opus", "openai-any"}) {
    const Deployment d = DeploymentIn(result, id);
    EXPECT_EQ(d.hosting_mode(), Deployment::HOSTING_MODE_UNSPECIFIED) << id;
    EXPECT_EQ(d.operator_(), "") << id;
    EXPECT_EQ(d.host(), "") << id;
    EXPECT_THAT(Likely(d), Not(Contains(HasSubstr("hosting_mode")))) << id;
  }
  const Deployment open = DeploymentIn(result, "openai-qwen-qwen3-32b");
  EXPECT_EQ(open.hosting_mode(), Deployment::HOSTING_MODE_UNSPECIFIED);
  EXPECT_THAT(Likely(open),
              ElementsAre("hosting_mode SELF_HOSTED", "host hosts/g-vllm", "host.provider none"));
  EXPECT_NE(Proposed<inventory::v1::Host>(result, "hosts/g-vllm"), nullptr);
}

TEST(LiteLlmCase, CrossRegionProfilesAreNoSingleHost) {
  const ImportResult result = ImportCase("profile.yaml");
  const std::pair<const char*, const char*> profiles[] = {
      {"bedrock-global-anthropic-claude-sonnet-4-5-20250929-v1-0", "host.country not CN"},
      {"bedrock-apac-anthropic-claude-sonnet-4-20250514-v1-0", "host.country AU|IN|JP|KR|SG"},
      {"bedrock-eu-anthropic-claude-sonnet-4-20250514-v1-0", "host.country DE|ES|FR|IE|IT|SE"}};
  for (const auto& [id, countries] : profiles) {
    for (const Proposal& proposal : result.proposals) {
      const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get());
      if (d == nullptr || d->display_name().find(std::string(id).substr(8, 4)) == std::string::npos) continue;
      EXPECT_EQ(d->host(), "") << id;
      EXPECT_EQ(d->operator_(), "vendors/amazon") << id;
      EXPECT_THAT(Bounds(*d), ElementsAre("host.provider vendors/amazon", countries)) << id;
    }
  }
  EXPECT_EQ(DeploymentIn(result, "bedrock-anthropic-claude-3-haiku-20240307-v1-0").host(),
            "hosts/aws-eu-central-1");
  EXPECT_THAT(Notes(result), Contains(AllOf(HasSubstr("`eu.` is a cross-region profile"),
                                            HasSubstr("`eu-central-1` is where it enters"))));
}

TEST(LiteLlmCase, ASectionThatStandsTwiceIsANote) {
  const ImportResult result = ImportCase("twice.yaml");
  EXPECT_EQ(result.counts.deployments, 1);
  EXPECT_THAT(Notes(result), ElementsAre("g.yaml:5: duplicate key `general_settings`; the last one counts"));
}

TEST(LiteLlmCase, ABaseModelThatContradictsTheCallIsNotTaken) {
  const ImportResult result = ImportCase("base_model.yaml");
  const Deployment d = DeploymentIn(result, "azure-gpt-image-1");
  EXPECT_EQ(d.model(), "");
  EXPECT_THAT(Likely(d), ElementsAre("model models/gpt-image-1|models/dall-e-3"));
  EXPECT_THAT(Notes(result), Contains(HasSubstr("the call names `gpt-image-1`, `base_model` is `dall-e-3`")));
}

TEST(LiteLlmCase, IdsOfVendorsAndArnsNameModels) {
  const ImportResult result = ImportCase("ids.yaml");
  const Deployment dated = DeploymentIn(result, "volcengine-deepseek-v3-2-251201");
  EXPECT_EQ(dated.model(), "models/deepseek-v3-2");
  EXPECT_EQ(dated.operator_(), "vendors/bytedance");
  EXPECT_EQ(DeploymentIn(result, "volcengine-ep-20250101-abcd").model(), "");
  EXPECT_EQ(DeploymentIn(result, "chatgpt-gpt-5-2").operator_(), "vendors/openai");
  const Deployment cloud = DeploymentIn(result, "ollama-chat-glm-5-cloud");
  EXPECT_EQ(cloud.model(), "models/glm-5");
  EXPECT_EQ(cloud.operator_(), "vendors/ollama");
  EXPECT_EQ(cloud.hosting_mode(), Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED);
  EXPECT_EQ(DeploymentIn(result, "openai-models-qwen-qwen3-8b").model(), "models/qwen3-8b");
  int of_arn = 0;
  for (const Proposal& proposal : result.proposals) {
    const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get());
    if (d == nullptr || d->display_name().find("arn:") == std::string::npos) continue;
    ++of_arn;
    const bool is_profile = d->display_name().find("inference-profile") != std::string::npos;
    EXPECT_EQ(d->model(), is_profile ? "models/claude-sonnet-4-20250514" : "models/rerank-v1");
    EXPECT_EQ(d->host(), is_profile ? "" : "hosts/aws-us-west-2");
  }
  EXPECT_EQ(of_arn, 2);
}

TEST(LiteLlmCase, SomeAddressesThatLookPublicLieInside) {
  const ImportResult result = ImportCase("inside_addresses.yaml");
  for (const Proposal& proposal : result.proposals) {
    const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get());
    if (d == nullptr) continue;
    EXPECT_THAT(Likely(*d), Contains("hosting_mode SELF_HOSTED")) << d->api_base();
  }
  EXPECT_EQ(result.counts.deployments, 3);
}

TEST(LiteLlmCase, AnEmptyListIsReadAsOne) {
  const ImportResult result = ImportCase("empty.yaml");
  EXPECT_EQ(result.counts.entries, 0);
  EXPECT_THAT(result.proposals, IsEmpty());
  EXPECT_THAT(result.gateways, ElementsAre("g"));
}

TEST(LiteLlmCase, IsFoundInAConfigMapWithLinesOfTheFile) {
  const ImportResult result = ImportCase("configmap.yaml");
  EXPECT_EQ(DeploymentIn(result, "mistral-mistral-large-latest").evidence(0).line(), 11);
}

TEST(LiteLlmCase, IsFoundAmongHelmValuesWithLinesOfTheFile) {
  const ImportResult result = ImportCase("values.yaml");
  EXPECT_EQ(DeploymentIn(result, "azure-gpt-4o").evidence(0).line(), 5);
}

TEST(LiteLlmCase, OneServerIsOneHostForAllThatItRuns) {
  const ImportResult result = Import(
      "model_list:\n"
      "  - {model_name: a, litellm_params: {model: hosted_vllm/Qwen/Qwen3-8B, api_base: "
      "'http://gpu1:8000/v1'}}\n"
      "  - {model_name: b, litellm_params: {model: 'ollama/llama3.2:3b', api_base: 'http://GPU1:11434'}}\n"
      "  - {model_name: c, litellm_params: {model: 'ollama/llama3.2:3b', api_base: "
      "'http://host.docker.internal:11434'}}\n"
      "  - {model_name: d, litellm_params: {model: 'ollama/qwen2.5:7b'}}\n");
  EXPECT_EQ(DeploymentIn(result, "hosted-vllm-qwen-qwen3-8b").host(), "hosts/g-gpu1");
  EXPECT_EQ(DeploymentIn(result, "ollama-qwen2-5-7b").host(), "hosts/g-localhost");
  const auto* machine = Proposed<inventory::v1::Host>(result, "hosts/g-localhost");
  ASSERT_NE(machine, nullptr);
  EXPECT_EQ(machine->likely(0).one_of(0), "none") << "own premises, probably";
  std::vector<std::string> hosts;
  for (const Proposal& proposal : result.proposals) {
    const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get());
    if (d != nullptr) hosts.push_back(d->host());
  }
  EXPECT_THAT(hosts, testing::UnorderedElementsAre("hosts/g-gpu1", "hosts/g-gpu1", "hosts/g-localhost",
                                                   "hosts/g-localhost"));
}

TEST(LiteLlmCase, GatewaysMayNameTheProviderAndVariablesAKindOfServer) {
  const ImportResult result = Import(R"(model_list:
  - {model_name: a, litellm_params: {model: openai/gpt-4o, api_base: "https://gateway.ai.cloudflare.com/v1/abc/gw/openai"}}
  - {model_name: b, litellm_params: {model: openai/gpt-4.1, api_base: "https://api.openai.com/${VERSION}"}}
  - {model_name: c, litellm_params: {model: azure/gpt-4o, api_base: "https://${NAME}.openai.azure.com"}}
  - {model_name: d, litellm_params: {model: openai/Qwen/Qwen3-8B, api_base: os.environ/LM_STUDIO_URL}}
  - {model_name: e, litellm_params: {model: openai/gpt-5, api_base: os.environ/OLLAMA_URL}}
  - {model_name: f, litellm_params: {model: openai/deepseek-chat, api_base: os.environ/DEEPSEEK_BASE}}
)");
  const Deployment behind = DeploymentIn(result, "openai-gpt-4o");
  EXPECT_EQ(behind.operator_(), "vendors/openai");
  EXPECT_THAT(behind.intermediaries(), ElementsAre("vendors/cloudflare"));
  EXPECT_EQ(DeploymentIn(result, "openai-gpt-4-1").operator_(), "vendors/openai");
  EXPECT_EQ(DeploymentIn(result, "azure-gpt-4o").operator_(), "vendors/microsoft");
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-qwen-qwen3-8b")), ElementsAre("hosting_mode SELF_HOSTED"));
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-gpt-5")), IsEmpty()) << "its weights are not given out";
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-deepseek-chat")), ElementsAre("operator vendors/deepseek"));
}

TEST(LiteLlmCase, AServiceOnSeveralCloudsHasAMainOne) {
  const ImportResult result = Import(R"(model_list:
  - {model_name: a, litellm_params: {model: openai/gpt-4o}}
  - {model_name: b, litellm_params: {model: perplexity/sonar-pro}}
  - {model_name: c, litellm_params: {model: github/llama-3.1-8b-instant}}
  - {model_name: d, litellm_params: {model: mistral/mistral-large-latest}}
  - {model_name: e, litellm_params: {model: openai/gpt-4.1, api_base: "https://gateway.ai.cloudflare.com/v1/abc/gw/openai"}}
)");
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-gpt-4o")), ElementsAre("host.provider vendors/microsoft"));
  EXPECT_THAT(Likely(DeploymentIn(result, "perplexity-sonar-pro")),
              ElementsAre("host.provider vendors/amazon"));
  const Deployment github = DeploymentIn(result, "github-llama-3-1-8b-instant");
  EXPECT_THAT(Bounds(github), ElementsAre("host.provider vendors/microsoft")) << "GitHub says so itself";
  EXPECT_THAT(Likely(github), IsEmpty());
  EXPECT_THAT(Likely(DeploymentIn(result, "mistral-mistral-large-latest")), IsEmpty())
      << "it names four hosts and no main one";
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-gpt-4-1")), IsEmpty()) << "called through another vendor";
}

TEST(LiteLlmCase, AMakerMayRunItsModelsWhereAnotherSellsThem) {
  const ImportResult result = Import(R"(model_list:
  - {model_name: a, litellm_params: {model: azure_ai/claude-sonnet-4-5, api_base: "https://x.services.ai.azure.com"}}
  - {model_name: b, litellm_params: {model: azure_ai/mistral-large-2407, api_base: "https://x.services.ai.azure.com"}}
)");
  const Deployment claude = DeploymentIn(result, "azure-ai-claude-sonnet-4-5");
  EXPECT_EQ(claude.operator_(), "vendors/anthropic");
  EXPECT_THAT(claude.intermediaries(), ElementsAre("vendors/microsoft"));
  EXPECT_EQ(claude.hosting_mode(), Deployment::HOSTING_MODE_VENDOR_API);
  EXPECT_THAT(Likely(claude), IsEmpty()) << "at Azure or at hosts of Anthropic's, as was chosen there";
  const Deployment mistral = DeploymentIn(result, "azure-ai-mistral-large-2407");
  EXPECT_EQ(mistral.operator_(), "vendors/microsoft");
  EXPECT_EQ(mistral.hosting_mode(), Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED);
}

TEST(LiteLlmCase, AnUnknownNameAtAzureOpenAiIsProbablyAModelOfOpenAi) {
  const ImportResult result = Import(R"(model_list:
  - {model_name: a, litellm_params: {model: azure/chatgpt-v-2, api_base: "https://x.openai.azure.com"}}
  - {model_name: b, litellm_params: {model: azure_ai/our-own, api_base: "https://x.services.ai.azure.com"}}
)");
  EXPECT_THAT(Likely(DeploymentIn(result, "azure-chatgpt-v-2")),
              ElementsAre("model.developer vendors/openai"));
  EXPECT_THAT(Likely(DeploymentIn(result, "azure-ai-our-own")), IsEmpty()) << "a service of all makers";
}

TEST(LiteLlmCase, AServerMayNameTheServiceBehindIt) {
  const ImportResult result = Import(
      "model_list:\n"
      "  - {model_name: a, litellm_params: {model: openai/gemini-3-flash, api_base: "
      "'http://antigravity-gateway:8080/v1'}}\n"
      "  - {model_name: b, litellm_params: {model: openai/gemini-2.5-pro, api_base: "
      "'http://gateway:8080/v1'}}\n");
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-gemini-3-flash")), ElementsAre("operator vendors/google"));
  EXPECT_THAT(Likely(DeploymentIn(result, "openai-gemini-2-5-pro")), IsEmpty());
}

TEST(LiteLlmCase, WhatAUserPutIntoALibraryIsACopy) {
  const ImportResult result = Import(
      "model_list:\n"
      "  - {model_name: a, litellm_params: {model: 'ollama/alibayram/medgemma:4b'}}\n"
      "  - {model_name: b, litellm_params: {model: 'ollama/somebody/gpt-4o:latest'}}\n");
  EXPECT_EQ(DeploymentIn(result, "ollama-alibayram-medgemma-4b").model(), "models/medgemma-4b-it");
  EXPECT_NE(DeploymentIn(result, "ollama-somebody-gpt-4o-latest").model(), "models/gpt-4o")
      << "closed weights are in no library";
}

TEST(LiteLlmCase, ATemplateIsReadAsFarAsItSays) {
  const ImportResult result = Import(
      "{{- if .Values.on }}\nmetadata: {name: {{ .Release.Name }}-x}\ndata:\n  c.yaml: |\n    model_list:\n"
      "      - model_name: a\n        litellm_params:\n          model: openai/gpt-4o\n"
      "          api_base: {{ .Values.url | quote }}\n{{- end }}\n");
  const Deployment d = DeploymentIn(result, "openai-gpt-4o");
  EXPECT_EQ(d.operator_(), "");
  EXPECT_EQ(d.evidence(0).line(), 6);
  EXPECT_THAT(Notes(result), Contains(HasSubstr("the file is a template")));
}

}  // namespace
}  // namespace linchpin::importers
