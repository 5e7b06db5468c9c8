// What an entry bounds, or makes likely, where it does not say a thing (docs/integrations/litellm.md).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "tests/unit/inventory/importers/imports.h"

namespace linchpin::importers {
namespace {

using inventory::v1::Deployment;
using inventory::v1::Host;
using inventory::v1::Model;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A configuration of one entry.
std::string Plain(const std::string& model, const std::string& address = "", const std::string& group = "g") {
  return absl::StrCat("model_list:\n  - model_name: ", group, "\n    litellm_params:\n      model: ", model,
                      "\n", address.empty() ? "" : absl::StrCat("      api_base: ", address, "\n"));
}

template <typename Resource>
Resource OnlyOf(const ImportResult& result) {
  Resource found;
  int count = 0;
  for (const Proposal& proposal : result.proposals) {
    if (const auto* one = dynamic_cast<const Resource*>(proposal.resource.get());
        one != nullptr && proposal.from == Proposal::From::kFile) {
      found = *one;
      ++count;
    }
  }
  EXPECT_EQ(count, 1);
  return found;
}

// "operator none of vendors/a|vendors/b", "model likely models/c 0.7".
template <typename Resource>
std::vector<std::string> Said(const Resource& resource) {
  std::vector<std::string> out;
  for (const auto& bound : resource.bounds()) {
    out.push_back(bound.one_of().empty()
                      ? absl::StrCat(bound.field(), " none of ", absl::StrJoin(bound.none_of(), "|"))
                      : absl::StrCat(bound.field(), " one of ", absl::StrJoin(bound.one_of(), "|")));
  }
  for (const auto& likely : resource.likely()) {
    EXPECT_FALSE(likely.reason().empty());
    out.push_back(absl::StrCat(likely.field(), " likely ", absl::StrJoin(likely.one_of(), "|"), " ",
                               likely.confidence()));
  }
  return out;
}

std::vector<std::string> SaidOf(const std::string& text) { return Said(OnlyOf<Deployment>(Import(text))); }

constexpr char kNotThese[] = "operator none of vendors/openai|vendors/anthropic|vendors/meta";

TEST(LiteLlmExclusions, WhoServesOnlyItsOwnModelsDoesNotServeAnothersSomewhere) {
  EXPECT_THAT(SaidOf(Plain("openai/qwen2.5-coder:3b", "http://192.168.1.9:11434/v1")), Contains(kNotThese));
  EXPECT_THAT(SaidOf(Plain("openai/gemini-2.5-flash", "http://gateway:8080/v1")), Contains(kNotThese));
  EXPECT_THAT(SaidOf(Plain("openai/gemma-4-31b-it", "os.environ/OTHER_URL")), Contains(kNotThese));
  EXPECT_THAT(SaidOf(Plain("openai/grok-4-1", "https://api.relay.example/v1")), Contains(kNotThese));
  EXPECT_THAT(SaidOf(Plain("openrouter/google/gemini-2.5-pro")), Contains(kNotThese));
}

TEST(LiteLlmExclusions, TheMakerItselfIsNeverExcluded) {
  EXPECT_THAT(SaidOf(Plain("openai/gpt-5.4", "https://api.relay.example/v1")),
              Contains("operator none of vendors/anthropic|vendors/meta"));
  EXPECT_THAT(SaidOf(Plain("openai/claude-sonnet-4-5", "http://gateway:8080/v1")),
              Contains("operator none of vendors/openai|vendors/meta"));
  EXPECT_THAT(SaidOf(Plain("openai/llama3.2:3b", "http://192.168.1.9:11434/v1")),
              Contains("operator none of vendors/openai|vendors/anthropic"));
}

TEST(LiteLlmExclusions, NothingIsExcludedWhereMakerOrOperatorAreNotOpen) {
  const auto excludes = Contains(HasSubstr("operator none of"));
  EXPECT_THAT(SaidOf(Plain("openai/our-own", "https://api.relay.example/v1")), Not(excludes))
      << "maker unknown";
  EXPECT_THAT(SaidOf(Plain("openai/*", "http://gateway:8080/v1")), Not(excludes)) << "any model";
  EXPECT_THAT(SaidOf(Plain("openai/gpt-4o")), Not(excludes)) << "the operator is known";
  EXPECT_THAT(SaidOf(Plain("ollama/qwen3:8b", "http://ollama:11434")), Not(excludes)) << "self-hosted";
}

// Each vendor that is excluded must be there.
TEST(LiteLlmExclusions, BringTheVendorsThatTheyName) {
  const ImportResult result = Import(Plain("openai/qwen2.5-coder:3b", "http://192.168.1.9:11434/v1"));
  for (const char* name : {"vendors/openai", "vendors/anthropic", "vendors/meta"})
    EXPECT_NE(Proposed<inventory::v1::Vendor>(result, name), nullptr) << name;
}

TEST(LiteLlmExclusions, AVendorThatTheAddressHintsAtIsNotExcludedBesides) {
  EXPECT_THAT(SaidOf(Plain("openai/claude-sonnet-4-5", "http://chatgpt-proxy:8080/v1")),
              Contains("operator none of vendors/meta"));
}

TEST(LiteLlmOwnServers, ANameWithoutADotIsProbablyOnTheGatewaysMachine) {
  const auto host = OnlyOf<Host>(Import(Plain("ollama/qwen3:8b", "http://ollama:11434")));
  EXPECT_THAT(Said(host), Contains("provider likely none 0.6"));
  EXPECT_THAT(SaidOf(Plain("openai/qwen3-8b", "http://speaches:8000/v1")),
              Contains("host.provider likely none 0.6"));
}

TEST(LiteLlmOwnServers, InAClusterANameSaysNothingOfThePlace) {
  const std::string map =
      "kind: ConfigMap\ndata:\n  config.yaml: |\n    model_list:\n      - model_name: g\n"
      "        litellm_params: {model: ollama/qwen3:8b, api_base: 'http://ollama:11434'}\n";
  EXPECT_THAT(Said(OnlyOf<Host>(Import(map))), IsEmpty());
  const std::string values =
      "litellm:\n  model_list:\n    - model_name: g\n"
      "      litellm_params: {model: ollama/qwen3:8b, api_base: 'http://ollama:11434'}\n";
  EXPECT_THAT(Said(OnlyOf<Host>(Import(values))), IsEmpty());
  EXPECT_THAT(Said(OnlyOf<Host>(Import(Plain("ollama/qwen3:8b", "http://o.ns.svc.cluster.local:11434")))),
              IsEmpty());
}

TEST(LiteLlmEndpointNames, MayHoldTheNameOfOpenWeights) {
  EXPECT_THAT(SaidOf(Plain("sagemaker/team-x-Llama-2-70b-chat-hf-4")),
              Contains("model likely models/llama-2-70b-chat 0.7"));
  EXPECT_THAT(SaidOf(Plain("sagemaker/jumpstart-dft-2024")), Not(Contains(HasSubstr("model"))));
  EXPECT_THAT(SaidOf(Plain("sagemaker/claims-gpt-4o-eu-2")), Not(Contains(HasSubstr("model likely"))))
      << "closed weights are not on endpoints of one's own";
  EXPECT_THAT(SaidOf(Plain(absl::StrCat("sagemaker/", std::string(190, '-')))),
              Not(Contains(HasSubstr("model likely"))));
}

TEST(LiteLlmEndpointNames, OfACallThatNamesNothingTheGroupSpeaks) {
  const std::string azure = "https://x.openai.azure.com/";
  EXPECT_THAT(SaidOf(Plain("azure/", azure, "dall-e-2")), Contains("model likely models/dall-e-2 0.7"));
  EXPECT_THAT(SaidOf(Plain("azure/", azure, "llama-3-8b")), Not(Contains(HasSubstr("model likely"))))
      << "the service is made for models of OpenAI";
  EXPECT_THAT(SaidOf(Plain("azure/", azure, "pictures")), Not(Contains(HasSubstr("model likely"))));
  EXPECT_THAT(SaidOf(Plain("azure/our-own", azure, "gpt-4")), Not(Contains(HasSubstr("model likely"))))
      << "it names something";
}

TEST(LiteLlmCannedAnswers, HaveNoModelBehindThemWhateverIsCalled) {
  for (const char* called : {"openai/fake", "openai/gpt-3.5-turbo"}) {
    const ImportResult result =
        Import(Plain(called, "https://exampleopenaiendpoint-production.up.railway.app/"));
    const auto deployment = OnlyOf<Deployment>(result);
    EXPECT_EQ(deployment.operator_(), "vendors/berriai") << called;
    EXPECT_THAT(Said(deployment), Contains("host.provider likely vendors/railway 0.8")) << called;
    const auto model = OnlyOf<Model>(result);
    EXPECT_EQ(model.developer(), "") << "a ban of weights of the operator's country does not reach it";
    EXPECT_THAT(Said(model), Contains("developer none of vendors/openai|vendors/anthropic|vendors/meta"));
    EXPECT_THAT(Said(model), Contains("lineage.developer one of none")) << called;
    EXPECT_THAT(Said(model), Contains("licence one of none")) << called;
  }
}

TEST(LiteLlmServices, OfOneMakersModelsMakeThatMakerLikelyOrCertain) {
  EXPECT_THAT(SaidOf(Plain("openai/*", "https://api.mistral.ai/v1")),
              Contains("model.developer likely vendors/mistral 0.8"))
      << "Mistral serves models of others, too";
  EXPECT_THAT(SaidOf(Plain("openai/*", "https://api.z.ai/api/coding/paas/v4")),
              Contains("model.developer one of vendors/zhipuai"));
  EXPECT_THAT(SaidOf(Plain("openai/*", "https://api.minimaxi.chat/v1")),
              Contains("model.developer one of vendors/minimax"));
}

TEST(LiteLlmServices, KeepTheirMainHostWhereARegionSaysNothing) {
  EXPECT_THAT(
      SaidOf("model_list:\n  - model_name: g\n    litellm_params: {model: openai/gpt-4o, region_name: eu}\n"),
      Contains("host.provider likely vendors/microsoft 0.7"));
}

}  // namespace
}  // namespace linchpin::importers
