#include "services/inventory/importers/litellm/config.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/text.h"
#include "services/inventory/importers/litellm/import_litellm.h"
#include "services/resource/node.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::importers {
namespace {

using resource::Node;
using Kind = ImportNote::Kind;

absl::Status Fault(const ImportFile& file, const resource::Position& at, const std::string& what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                     absl::StrCat(file.path, ":", at.line, ":", at.column, ": ", what))
      .With("file", file.path);
}

constexpr size_t kMaxName = 200;
constexpr size_t kMaxAddress = 1000;

bool IsText(const Node& node) { return node.type == Node::Type::kPlain || node.type == Node::Type::kQuoted; }

// The text under a key; empty if there is none.
std::string Text(const Node& map, const char* key) {
  const Node* const value = resource::Find(map, key);
  return value != nullptr && IsText(*value) ? value->text : std::string();
}

std::string FirstText(const Node& map, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (std::string text = Text(map, key); !text.empty()) return text;
  }
  return {};
}

// Why a text cannot be kept: longer than `bytes_max`, or with control characters; empty if it can.
std::string Unfit(const char* what, const std::string& text, size_t bytes_max) {
  if (text.size() > bytes_max) return absl::StrCat("`", what, "` has more than ", bytes_max, " bytes");
  if (base::FirstBadByte(text) != std::string::npos || text.find('\n') != std::string::npos) {
    return absl::StrCat("`", what, "` holds control characters");
  }
  return {};
}

std::string Unfit(const LiteLlmEntry& entry) {
  for (const auto& [what, text, bytes_max] :
       {std::tuple("model_name", &entry.group, kMaxName), std::tuple("model", &entry.model, kMaxName),
        std::tuple("api_base", &entry.address.kept, kMaxAddress),
        std::tuple("region", &entry.region, kMaxName), std::tuple("base_model", &entry.base_model, kMaxName),
        std::tuple("id", &entry.id, kMaxName)}) {
    if (std::string why = Unfit(what, *text, bytes_max); !why.empty()) return why;
  }
  return {};
}

// Reads the one tree of a file.
absl::StatusOr<Node> ReadTree(const ImportFile& file) {
  if (file.text.size() > kMaxLiteLlmBytes) {
    return Fault(
        file, {},
        absl::StrCat("the file has ", file.text.size(), " bytes; at most ", kMaxLiteLlmBytes, " are read"));
  }
  const size_t bad = base::FirstBadByte(file.text);
  if (bad != std::string::npos) {
    const int line = 1 + static_cast<int>(std::count(file.text.begin(), file.text.begin() + bad, '\n'));
    return Fault(file, {line, 1}, "not UTF-8 text; save the file as UTF-8");
  }
  const std::vector<resource::YamlPart> parts = resource::SplitYaml(file.text);
  if (parts.empty()) return Fault(file, {}, "the file is empty");
  if (parts.size() > 1) {
    return Fault(file, {parts[1].line_offset + 1, 1},
                 "a second document begins here; a configuration is one");
  }
  resource::ReadLimits limits;
  limits.document_bytes = kMaxLiteLlmBytes;
  limits.aliases = true;
  resource::TreeResult tree = resource::ReadYaml(
      std::string_view(file.text).substr(parts[0].offset, parts[0].size), parts[0].line_offset, limits);
  if (!tree.errors.empty()) return Fault(file, tree.errors[0].at, tree.errors[0].message);
  if (tree.documents.size() != 1) return Fault(file, {}, "the file holds no document");
  return std::move(tree.documents[0]);
}

// Reads one file into a LiteLlmConfig.
class Reader {
 public:
  Reader(const ImportFile& file, std::vector<ImportNote>& notes) : file_(file), notes_(notes) {}

  absl::StatusOr<LiteLlmConfig> Read() {
    absl::StatusOr<Node> root = ReadTree(file_);
    if (!root.ok()) return root.status();
    if (root->type != Node::Type::kMap)
      return Fault(file_, root->at, "a map with `model_list` is expected here");
    for (const Node::Entry& entry : root->entries) {
      if (absl::Status status = ReadTop(entry); !status.ok()) return status;
    }
    if (!has_models_) return Fault(file_, root->at, "there is no `model_list`: not a LiteLLM configuration");
    return std::move(config_);
  }

 private:
  void Note(Kind kind, int line, std::string message) {
    notes_.push_back({kind, file_.path, line, std::move(message)});
  }

  absl::Status ReadTop(const Node::Entry& entry) {
    static const std::set<std::string> kNotRead = {
        "general_settings",  "environment_variables", "credential_list", "guardrails",
        "mcp_servers",       "finetune_settings",     "files_settings",  "assistant_settings",
        "callback_settings", "vector_store_registry", "prompts",         "search_tools",
        "mcp_tools"};
    const Node& value = entry.value;
    const bool is_null = value.type == Node::Type::kNull;
    if (entry.key == "model_list") {
      has_models_ = true;
      if (!is_null && value.type != Node::Type::kList)
        return Fault(file_, value.at, "`model_list` must be a list");
      for (const Node& item : value.items) ReadEntry(item);
    } else if (entry.key == "litellm_settings" || entry.key == "router_settings") {
      if (!is_null && value.type != Node::Type::kMap) {
        return Fault(file_, value.at, "`" + entry.key + "` must be a map");
      }
      return ReadSettings(value, entry.key == "router_settings");
    } else if (entry.key == "include") {
      has_models_ = true;
      Note(Kind::kSkipped, entry.at.line,
           "`include` is not followed; import the files that it names as well");
    } else if (!kNotRead.contains(entry.key)) {
      Note(Kind::kInfo, entry.at.line, "`" + entry.key + "` is not a part of the configuration that is read");
    }
    return absl::OkStatus();
  }

  void ReadEntry(const Node& item) {
    ++config_.listed;
    LiteLlmEntry entry;
    entry.line = item.at.line;
    const Node* const params =
        item.type == Node::Type::kMap ? resource::Find(item, "litellm_params") : nullptr;
    entry.group = item.type == Node::Type::kMap ? Text(item, "model_name") : std::string();
    std::string why;
    if (item.type != Node::Type::kMap) {
      why = "an entry of `model_list` must be a map";
    } else if (entry.group.empty()) {
      why = "an entry of `model_list` needs `model_name`, a text";
    } else if (params == nullptr || params->type != Node::Type::kMap || Text(*params, "model").empty()) {
      why = "`" + entry.group + "` needs `litellm_params` with `model`, a text";
    }
    if (!why.empty()) return Malformed(item, why);
    ReadParams(*params, entry);
    if (const Node* info = resource::Find(item, "model_info");
        info != nullptr && info->type == Node::Type::kMap) {
      if (entry.base_model.empty()) entry.base_model = Text(*info, "base_model");
      entry.mode = Text(*info, "mode");
      entry.id = Text(*info, "id");
    }
    if (const std::string unfit = Unfit(entry); !unfit.empty()) return Malformed(item, unfit);
    if (entry.address.had_secrets) {
      Note(Kind::kInfo, entry.line,
           "user and query parts of the address of `" + entry.group + "` are left out");
    }
    config_.entries.push_back(std::move(entry));
  }

  void Malformed(const Node& item, const std::string& why) {
    ++config_.malformed;
    Note(Kind::kSkipped, item.at.line, why);
  }

  void ReadParams(const Node& params, LiteLlmEntry& entry) {
    entry.model = Text(params, "model");
    const std::string provider = Text(params, "custom_llm_provider");
    if (!provider.empty() && entry.model.substr(0, provider.size() + 1) != provider + "/") {
      entry.model = provider + "/" + entry.model;
    }
    entry.address = ReadAddress(FirstText(params, {"api_base", "base_url"}));
    entry.base_model = Text(params, "base_model");
    entry.region = FirstText(params, {"aws_region_name", "vertex_location", "vertex_ai_location",
                                      "region_name", "watsonx_region_name", "oci_region"});
  }

  // The router's own settings count before those of `litellm_settings`, as in LiteLLM.
  absl::Status ReadSettings(const Node& map, bool of_router) {
    for (const Node::Entry& entry : map.entries) {
      absl::Status status;
      if (entry.key == "fallbacks") {
        status = ReadFallbackList(entry, of_router, router_has_[0], config_.fallbacks);
      } else if (entry.key == "context_window_fallbacks") {
        status = ReadFallbackList(entry, of_router, router_has_[1], config_.context_window_fallbacks);
      } else if (entry.key == "content_policy_fallbacks") {
        status = ReadFallbackList(entry, of_router, router_has_[2], config_.content_policy_fallbacks);
      } else if (entry.key == "default_fallbacks") {
        if (entry.value.type != Node::Type::kList)
          return Fault(file_, entry.value.at, "`default_fallbacks` must be a list");
        config_.default_fallbacks = Targets(entry.value, "default_fallbacks");
      } else if (entry.key == "model_group_alias") {
        if (entry.value.type != Node::Type::kMap)
          return Fault(file_, entry.value.at, "`model_group_alias` must be a map");
        for (const Node::Entry& alias : entry.value.entries) ReadAlias(alias);
      }
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadFallbackList(const Node::Entry& entry, bool of_router, bool& router_has,
                                std::vector<LiteLlmFallbacks>& out) {
    if (entry.value.type == Node::Type::kNull) return absl::OkStatus();
    if (entry.value.type != Node::Type::kList)
      return Fault(file_, entry.value.at, "`" + entry.key + "` must be a list");
    if (!of_router && router_has) {
      Note(Kind::kSkipped, entry.at.line,
           "`" + entry.key + "` also stands in `router_settings`, which counts");
      return absl::OkStatus();
    }
    if (of_router && !out.empty()) {
      Note(Kind::kSkipped, out[0].line, "`" + entry.key + "` also stands in `router_settings`, which counts");
    }
    router_has = of_router;
    out.clear();
    for (const Node& item : entry.value.items) ReadFallback(entry.key, item, out);
    return absl::OkStatus();
  }

  void ReadFallback(const std::string& list, const Node& item, std::vector<LiteLlmFallbacks>& out) {
    if (item.type != Node::Type::kMap || item.entries.empty() ||
        item.entries[0].value.type != Node::Type::kList) {
      Note(Kind::kSkipped, item.at.line, "an item of `" + list + "` must be `{group: [group, ...]}`");
      return;
    }
    const Node::Entry& first = item.entries[0];
    if (item.entries.size() > 1) {
      Note(Kind::kSkipped, item.entries[1].at.line,
           "of a map in `" + list + "` LiteLLM reads the first key only; `" + item.entries[1].key +
               "` is left out");
    }
    out.push_back({first.key, first.at.line, Targets(first.value, list)});
  }

  std::vector<LiteLlmTarget> Targets(const Node& list, const std::string& where) {
    std::vector<LiteLlmTarget> targets;
    for (const Node& item : list.items) {
      if (IsText(item) && !item.text.empty() && Unfit("", item.text, kMaxName).empty()) {
        targets.push_back({item.text, item.at.line});
      } else {
        Note(Kind::kSkipped, item.at.line, "a target in `" + where + "` must be the name of a group");
      }
    }
    return targets;
  }

  void ReadAlias(const Node::Entry& alias) {
    std::string target = IsText(alias.value) ? alias.value.text : std::string();
    if (alias.value.type == Node::Type::kMap) target = Text(alias.value, "model");
    if (target.empty() || !Unfit("", alias.key, kMaxName).empty() || !Unfit("", target, kMaxName).empty()) {
      Note(Kind::kSkipped, alias.at.line, "the alias `" + alias.key + "` must name one group");
      return;
    }
    config_.aliases.push_back({alias.key, std::move(target), alias.at.line});
  }

  const ImportFile& file_;
  std::vector<ImportNote>& notes_;
  LiteLlmConfig config_;
  bool has_models_ = false;
  bool router_has_[3] = {false, false, false};
};

}  // namespace

absl::StatusOr<LiteLlmConfig> ReadLiteLlm(const ImportFile& file, std::vector<ImportNote>& notes) {
  return Reader(file, notes).Read();
}

}  // namespace linchpin::importers
