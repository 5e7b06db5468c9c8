#include "services/inventory/importers/litellm/hints.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace linchpin::importers {
namespace {

// What Cloudflare's AI Gateway calls providers in its paths, where the prefix of LiteLLM is another. Source:
// its documentation, "Provider native".
struct PathWord {
  std::string_view word;
  std::string_view prefix;
};
constexpr PathWord kPathWords[] = {{"azure-openai", "azure"},
                                   {"aws-bedrock", "bedrock"},
                                   {"google-ai-studio", "gemini"},
                                   {"google-vertex-ai", "vertex_ai"},
                                   {"grok", "xai"},
                                   {"perplexity-ai", "perplexity"},
                                   {"workers-ai", "cloudflare"},
                                   {"cerebras-ai", "cerebras"},
                                   {"fireworks", "fireworks_ai"}};

constexpr std::string_view kRuntimes[] = {
    "ollama",     "vllm",   "lmstudio", "llamacpp",  "llamafile", "local",      "localai", "tgi",
    "xinference", "sglang", "tabby",    "koboldcpp", "oobabooga", "selfhosted", "onprem",  "mlx"};
constexpr std::string_view kGateways[] = {"litellm", "proxy", "gateway", "router", "bridge"};
// Forms that so many servers speak that their name in a variable says nothing.
constexpr std::string_view kSayNothing[] = {"openai", "custom", "llm", "anthropic"};

// Services with accounts that people put a gateway of their own before. Their names mean nothing else.
struct NamedService {
  std::string_view word;
  std::string_view title;
  std::string_view vendor;
};
constexpr NamedService kServices[] = {{"antigravity", "Google Antigravity", "vendors/google"},
                                      {"copilot", "GitHub Copilot", "vendors/github"},
                                      {"chatgpt", "ChatGPT", "vendors/openai"}};

template <typename List>
bool Has(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::string OperatorOfForm(std::string_view prefix, const catalogue::Catalogue& catalogue) {
  const catalogue::ApiForm* const form = catalogue.FindForm(prefix);
  return form == nullptr ? std::string() : form->operator_vendor;
}

std::string LowerOf(std::string_view text) { return absl::AsciiStrToLower(std::string(text)); }

// The words of a variable's name, and each two in a row as one (`LM_STUDIO_URL` has `lmstudio`).
std::vector<std::string> WordsOf(std::string_view variable) {
  std::vector<std::string> words = absl::StrSplit(LowerOf(variable), absl::ByAnyChar("_-."));
  const size_t count = words.size();
  for (size_t i = 0; i + 1 < count; ++i) words.push_back(words[i] + words[i + 1]);
  return words;
}

}  // namespace

std::string OperatorBehindGateway(const Address& address, const catalogue::Catalogue& catalogue) {
  constexpr size_t kProviderPart = 3;  // v1, account, gateway, provider
  if (address.host != "gateway.ai.cloudflare.com" || address.path.size() <= kProviderPart) return {};
  const std::string word = LowerOf(address.path[kProviderPart]);
  for (const PathWord& known : kPathWords) {
    if (known.word == word) return OperatorOfForm(known.prefix, catalogue);
  }
  return OperatorOfForm(word, catalogue);
}

ServiceHint ServiceNamed(std::string_view host) {
  const std::vector<std::string> words = WordsOf(host);
  for (const NamedService& service : kServices) {
    if (Has(words, service.word)) return {std::string(service.title), std::string(service.vendor)};
  }
  return {};
}

VariableHint HintOf(std::string_view variable, const catalogue::Catalogue& catalogue) {
  using Kind = VariableHint::Kind;
  const std::vector<std::string> words = WordsOf(variable);
  for (const std::string& word : words) {
    if (Has(kRuntimes, word)) return {Kind::kLocalRuntime, word, ""};
  }
  for (const std::string& word : words) {
    if (Has(kGateways, word)) return {Kind::kGateway, word, ""};
  }
  for (const std::string& word : words) {
    if (Has(kSayNothing, word)) continue;
    if (std::string vendor = OperatorOfForm(word, catalogue); !vendor.empty())
      return {Kind::kVendor, word, std::move(vendor)};
  }
  return {};
}

}  // namespace linchpin::importers
