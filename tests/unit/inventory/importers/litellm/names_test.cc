#include "services/inventory/importers/litellm/names.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/unit/inventory/importers/imports.h"

namespace linchpin::importers {
namespace {

struct Case {
  std::string text;
  std::string prefix;  // of the form; empty: none
  std::string name;
  std::string model;  // empty: not found
};

TEST(ModelStrings, AreTakenApart) {
  const Case cases[] = {
      {"openai/gpt-4o", "openai", "gpt-4o", "models/gpt-4o"},
      {"gpt-4o", "openai", "gpt-4o", "models/gpt-4o"},
      {"claude-opus-4-6", "anthropic", "claude-opus-4-6", "models/claude-opus-4-6"},
      {"gemini-2.5-pro", "vertex_ai", "gemini-2.5-pro", "models/gemini-2-5-pro"},
      {"azure/responses/gpt-5", "azure", "gpt-5", "models/gpt-5"},
      {"azure/chatgpt-v-2", "azure", "chatgpt-v-2", ""},
      {"azure/", "azure", "", ""},
      {"bedrock/anthropic.claude-sonnet-4-20250514-v1:0", "bedrock",
       "anthropic.claude-sonnet-4-20250514-v1:0", "models/claude-sonnet-4-20250514"},
      {"bedrock/converse/us.anthropic.claude-opus-4-6-v1", "bedrock", "us.anthropic.claude-opus-4-6-v1",
       "models/claude-opus-4-6"},
      {"bedrock/us-east-1/meta.llama3-1-8b-instruct-v1:0", "bedrock", "meta.llama3-1-8b-instruct-v1:0",
       "models/llama-3-1-8b-instruct"},
      {"bedrock/anthropic.claude-v2", "bedrock", "anthropic.claude-v2", "models/claude-2"},
      {"bedrock/anthropic.claude-v2:1", "bedrock", "anthropic.claude-v2:1", "models/claude-2-1"},
      {"bedrock_converse/us.anthropic.claude-v2:1:18k", "bedrock_converse", "us.anthropic.claude-v2:1:18k",
       "models/claude-2-1"},
      {"bedrock/anthropic.claude-v2:2", "bedrock", "anthropic.claude-v2:2", ""},
      {"bedrock/anthropic.claude-v3", "bedrock", "anthropic.claude-v3", ""},
      {"bedrock/amazon.titan-embed-text-v1", "bedrock", "amazon.titan-embed-text-v1",
       "models/titan-embed-text-v1"},
      {"bedrock/amazon.titan-embed-text-v2:0", "bedrock", "amazon.titan-embed-text-v2:0",
       "models/titan-embed-text-v2"},
      {"bedrock/cohere.embed-english-v3", "bedrock", "cohere.embed-english-v3", "models/embed-english-v3-0"},
      {"bedrock/eu-west-1/cohere.rerank-v3-5:0", "bedrock", "cohere.rerank-v3-5:0", "models/rerank-v3-5"},
      {"bedrock/us.deepseek.r1-v1:0", "bedrock", "us.deepseek.r1-v1:0", "models/deepseek-r1"},
      {"vertex_ai/claude-haiku-4-5@20251001", "vertex_ai", "claude-haiku-4-5@20251001",
       "models/claude-haiku-4-5-20251001"},
      {"ollama/llama3.3:70b-instruct", "ollama", "llama3.3:70b-instruct", "models/llama-3-3-70b-instruct"},
      {"ollama/llama3.1:8b-instruct-q4_K_M", "ollama", "llama3.1:8b-instruct-q4_K_M",
       "models/llama-3-1-8b-instruct"},
      {"ollama/nomic-embed-text", "ollama", "nomic-embed-text", "models/nomic-embed-text-v1-5"},
      {"fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct", "fireworks_ai",
       "llama-v3p1-8b-instruct", "models/llama-3-1-8b-instruct"},
      {"fireworks_ai/accounts/fireworks/models/deepseek-v3p1", "fireworks_ai", "deepseek-v3p1",
       "models/deepseek-v3-1"},
      {"fireworks_ai/accounts/fireworks/models/qwen2p5-72b-instruct", "fireworks_ai", "qwen2p5-72b-instruct",
       "models/qwen2-5-72b-instruct"},
      {"fireworks_ai/glm-4p7", "fireworks_ai", "glm-4p7", "models/glm-4-7"},
      {"fireworks_ai/accounts/me/models/llama-v3p1-8b-instruct", "fireworks_ai",
       "accounts/me/models/llama-v3p1-8b-instruct", ""},
      {"openai/accounts/fireworks/models/gpt-oss-120b", "openai", "accounts/fireworks/models/gpt-oss-120b",
       "models/gpt-oss-120b"},
      {"openai/llama-v3p1-8b-instruct", "openai", "llama-v3p1-8b-instruct", ""},
      {"cloudflare/@cf/meta/llama-3.2-3b-instruct", "cloudflare", "meta/llama-3.2-3b-instruct",
       "models/llama-3-2-3b-instruct"},
      {"cloudflare/@cf/qwen/qwq-32b", "cloudflare", "qwen/qwq-32b", "models/qwq-32b"},
      {"cloudflare/@cf/meta/llama-3.1-8b-instruct-fp8", "cloudflare", "meta/llama-3.1-8b-instruct-fp8",
       "models/llama-3-1-8b-instruct"},
      {"cloudflare/@hf/thebloke/llama-3.1-8b-instruct-awq", "cloudflare",
       "thebloke/llama-3.1-8b-instruct-awq", "models/llama-3-1-8b-instruct"},
      {"together_ai/meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "together_ai",
       "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "models/llama-3-1-8b-instruct"},
      {"lm_studio/lmstudio-community/Meta-Llama-3.1-8B-Instruct-GGUF", "lm_studio",
       "lmstudio-community/Meta-Llama-3.1-8B-Instruct-GGUF", "models/llama-3-1-8b-instruct"},
      {"lm_studio/text-embedding-nomic-embed-text-v1.5", "lm_studio", "text-embedding-nomic-embed-text-v1.5",
       "models/nomic-embed-text-v1-5"},
      {"lm_studio/qwen2.5-coder-32b-instruct@q4_k_m", "lm_studio", "qwen2.5-coder-32b-instruct@q4_k_m",
       "models/qwen2-5-coder-32b-instruct"},
      {"ollama/hf.co/bartowski/Qwen2.5-7B-Instruct-GGUF:Q4_K_M", "ollama",
       "hf.co/bartowski/Qwen2.5-7B-Instruct-GGUF:Q4_K_M", "models/qwen2-5-7b-instruct"},
      {"hosted_vllm/RedHatAI/Llama-3.1-8B-Instruct-FP8-dynamic", "hosted_vllm",
       "RedHatAI/Llama-3.1-8B-Instruct-FP8-dynamic", "models/llama-3-1-8b-instruct"},
      {"ollama/kimi-k2.5:cloud", "ollama", "kimi-k2.5:cloud", "models/kimi-k2-5"},
      {"groq/llama3-8b-8192", "groq", "llama3-8b-8192", "models/meta-llama-3-8b-instruct"},
      {"zhipu/glm-4.7", "zhipu", "glm-4.7", "models/glm-4-7"},
      {"anthropic.claude-sonnet-4-20250514-v1:0", "bedrock", "anthropic.claude-sonnet-4-20250514-v1:0",
       "models/claude-sonnet-4-20250514"},
      {"bedrock/arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0",
       "bedrock", "anthropic.claude-sonnet-4-20250514-v1:0", "models/claude-sonnet-4-20250514"},
      {"openai/someone/Llama-3.1-8B-Instruct-awq", "openai", "someone/Llama-3.1-8B-Instruct-awq", ""},
      {"ollama/mistral-large", "ollama", "mistral-large", "models/mistral-large-instruct-2411"},
      {"ollama/mistral-medium", "ollama", "mistral-medium", ""},
      {"ollama/mistral-medium:latest", "ollama", "mistral-medium:latest", ""},
      {"ollama/deepseek-r1", "ollama", "deepseek-r1", ""},
      {"ollama/gpt-4o", "ollama", "gpt-4o", ""},
      {"ollama/llama3.2", "ollama", "llama3.2", "models/llama-3-2-3b-instruct"},
      {"ollama_chat/hermes:latest", "ollama_chat", "hermes:latest", ""},
      {"ollama/alibayram/medgemma:4b", "ollama", "alibayram/medgemma:4b", "models/medgemma-4b-it"},
      {"openai//models/qwen2.5-7b-instruct-Q5_K_M.gguf", "openai", "/models/qwen2.5-7b-instruct-Q5_K_M.gguf",
       "models/qwen2-5-7b-instruct"},
      {"groq/llama-3.3-70b-versatile", "groq", "llama-3.3-70b-versatile", "models/llama-3-3-70b-instruct"},
      {"openrouter/deepseek/deepseek-r1", "openrouter", "deepseek/deepseek-r1", "models/deepseek-r1"},
      {"mistralai/mistral-7b-instruct", "", "mistralai/mistral-7b-instruct", "models/mistral-7b-instruct"},
      {"together_ai/someone-else/Llama-3.1-8B-Instruct", "together_ai", "someone-else/Llama-3.1-8B-Instruct",
       ""},
      {"together_ai/meta-llama/Llama-3.1-8B-Instruct", "together_ai", "meta-llama/Llama-3.1-8B-Instruct",
       "models/llama-3-1-8b-instruct"},
      {"no-such-model", "", "no-such-model", ""},
  };
  for (const Case& c : cases) {
    const ModelString parts = SplitModel(c.text, ShippedCatalogue());
    EXPECT_EQ(parts.form == nullptr ? "" : parts.form->prefix, c.prefix) << c.text;
    EXPECT_EQ(parts.name, c.name) << c.text;
    const NamedModel found = FindModelByName(parts.form, parts.name, ShippedCatalogue());
    EXPECT_EQ(found.model == nullptr ? "" : found.model->name(), c.model) << c.text;
  }
}

TEST(ModelStrings, KnowWildcardsAndRegions) {
  EXPECT_TRUE(SplitModel("openai/*", ShippedCatalogue()).wildcard);
  EXPECT_FALSE(SplitModel("openai/gpt-4o", ShippedCatalogue()).wildcard);
  EXPECT_EQ(SplitModel("bedrock/eu-west-1/anthropic.claude-v2:1", ShippedCatalogue()).region, "eu-west-1");
}

}  // namespace
}  // namespace linchpin::importers
