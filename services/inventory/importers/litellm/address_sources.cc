#include "services/inventory/importers/litellm/address_sources.h"

#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/entry.h"

namespace linchpin::importers {
namespace {

using resource::Node;

// The API form of a model string, as variables are named after it; names without a prefix are mostly those of
// OpenAI.
std::string FormOf(const std::string& model) {
  const size_t slash = model.find('/');
  return slash == std::string::npos ? "openai" : model.substr(0, slash);
}

// Forms whose calls go to the address for all. The gateway gives the others an address of their own.
bool ReadsAddressForAll(const std::string& form) {
  static const auto* const kForms = new std::set<std::string>{"openai",        "text-completion-openai",
                                                              "custom_openai", "azure",
                                                              "azure_text",    "anthropic",
                                                              "ollama",        "ollama_chat",
                                                              "huggingface",   "cohere",
                                                              "replicate"};
  return kForms->contains(form);
}

void SetAddress(const std::string& text, std::string from, LiteLlmEntry& entry) {
  entry.address = ReadAddress(text);
  entry.address_from = std::move(from);
}

}  // namespace

void AddressSources::AddCredential(const Node& item) {
  const std::string name = TextOf(item, "credential_name");
  const Node* const values = resource::Find(item, "credential_values");
  if (name.empty()) return;
  std::string address = values == nullptr ? "" : TextOf(*values, "api_base");
  if (address.empty() && values != nullptr) address = TextOf(*values, "base_url");
  credentials_[name] = std::move(address);
}

void AddressSources::SetVariables(const Node& map) {
  variables_.clear();
  for (const Node::Entry& entry : map.entries) {
    if (IsText(entry.value) && !entry.value.text.empty()) variables_[entry.key] = entry.value.text;
  }
}

std::string AddressSources::Resolved(const std::string& text) const {
  constexpr std::string_view kMark = "os.environ/";
  if (text.compare(0, kMark.size(), kMark) != 0) return text;
  const auto found = variables_.find(text.substr(kMark.size()));
  return found == variables_.end() || IsReference(found->second) ? text : found->second;
}

bool AddressSources::FindByForm(LiteLlmEntry& entry) const {
  std::string form = absl::AsciiStrToUpper(FormOf(entry.model));
  for (char& c : form) c = c == '-' ? '_' : c;
  for (const char* end : {"_API_BASE", "_BASE_URL"}) {
    const auto found = variables_.find(form + end);
    if (found == variables_.end()) continue;
    SetAddress(found->second, absl::StrCat("`environment_variables`, ", found->first), entry);
    return true;
  }
  return false;
}

void AddressSources::Find(const std::string& text, const std::string& credential, LiteLlmEntry& entry) const {
  if (!text.empty())
    return SetAddress(Resolved(text), Resolved(text) == text ? "" : "`environment_variables`", entry);
  if (!credential.empty()) {
    const auto found = credentials_.find(credential);
    if (found == credentials_.end()) {
      entry.address.kind = Address::Kind::kReference;
      entry.lost_address = absl::StrCat("the credential `", credential, "` is not in `credential_list`");
      return;
    }
    if (!found->second.empty()) {
      return SetAddress(Resolved(found->second), absl::StrCat("the credential `", credential, "`"), entry);
    }
  }
  if (FindByForm(entry)) return;
  if (!for_all_.empty() && ReadsAddressForAll(FormOf(entry.model)))
    SetAddress(Resolved(for_all_), "`litellm_settings.api_base`", entry);
}

}  // namespace linchpin::importers
