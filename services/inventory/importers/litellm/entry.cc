#include "services/inventory/importers/litellm/entry.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/text.h"

namespace linchpin::importers {
namespace {

using resource::Node;
using Kind = ImportNote::Kind;

constexpr size_t kMaxAddress = 1000;
constexpr double kMaxWeight = 1e9;

std::string FirstText(const Node& map, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (std::string text = TextOf(map, key); !text.empty()) return text;
  }
  return {};
}

std::string UnfitOf(const LiteLlmEntry& entry) {
  for (const auto& [what, text, bytes_max] :
       {std::tuple("model_name", &entry.group, kMaxName), std::tuple("model", &entry.model, kMaxName),
        std::tuple("api_base", &entry.address.kept, kMaxAddress),
        std::tuple("region", &entry.region, kMaxName), std::tuple("base_model", &entry.base_model, kMaxName),
        std::tuple("id", &entry.id, kMaxName)}) {
    if (std::string why = Unfit(what, *text, bytes_max); !why.empty()) return why;
  }
  return {};
}

// The number under a key; nullopt if there is none, or none that is finite and not negative.
std::optional<double> NumberOf(const Node& map, const char* key) {
  const std::string text = TextOf(map, key);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (text.empty() || !whole || !(value >= 0 && value <= kMaxWeight)) return std::nullopt;
  return value;
}

void ReadParams(const Node& params, LiteLlmEntry& entry) {
  entry.model = TextOf(params, "model");
  const std::string provider = TextOf(params, "custom_llm_provider");
  if (!provider.empty() && entry.model.substr(0, provider.size() + 1) != provider + "/") {
    entry.model = provider + "/" + entry.model;
  }
  entry.base_model = TextOf(params, "base_model");
  entry.region = FirstText(params, {"aws_region_name", "vertex_location", "vertex_ai_location", "region_name",
                                    "watsonx_region_name", "oci_region"});
  if (const auto order = NumberOf(params, "order")) entry.order = static_cast<int>(*order);
  entry.weight = NumberOf(params, "weight");
}

void ReadInfo(const Node& info, LiteLlmEntry& entry) {
  if (entry.base_model.empty()) entry.base_model = TextOf(info, "base_model");
  entry.mode = TextOf(info, "mode");
  entry.id = TextOf(info, "id");
  if (const auto order = NumberOf(info, "order"); order && !entry.order) {
    entry.order = static_cast<int>(*order);
  }
}

}  // namespace

bool IsText(const Node& node) { return node.type == Node::Type::kPlain || node.type == Node::Type::kQuoted; }

std::string TextOf(const Node& map, const char* key) {
  const Node* const value = resource::Find(map, key);
  return value != nullptr && IsText(*value) ? value->text : std::string();
}

std::string Unfit(const char* what, const std::string& text, size_t bytes_max) {
  if (text.size() > bytes_max) return absl::StrCat("`", what, "` has more than ", bytes_max, " bytes");
  if (base::FirstBadByte(text) != std::string::npos || text.find('\n') != std::string::npos) {
    return absl::StrCat("`", what, "` holds control characters");
  }
  return {};
}

std::string ReadEntry(const Node& item, const AddressSources& addresses, LiteLlmEntry& entry,
                      std::vector<ImportNote>& notes) {
  if (item.type != Node::Type::kMap) return "an entry of `model_list` must be a map";
  entry.group = TextOf(item, "model_name");
  if (entry.group.empty()) return "an entry of `model_list` needs `model_name`, a text";
  const Node* const params = resource::Find(item, "litellm_params");
  if (params == nullptr || params->type != Node::Type::kMap || TextOf(*params, "model").empty()) {
    return "`" + entry.group + "` needs `litellm_params` with `model`, a text";
  }
  ReadParams(*params, entry);
  addresses.Find(FirstText(*params, {"api_base", "base_url"}), TextOf(*params, "litellm_credential_name"),
                 entry);
  const Node* const info = resource::Find(item, "model_info");
  if (info != nullptr && info->type == Node::Type::kMap) ReadInfo(*info, entry);
  if (std::string unfit = UnfitOf(entry); !unfit.empty()) return unfit;
  if (entry.address.had_secrets) {
    AddNote(Kind::kInfo, entry.at,
            absl::StrCat("user and query parts of the address of `", entry.group, "` are left out"), notes);
  }
  return {};
}

}  // namespace linchpin::importers
