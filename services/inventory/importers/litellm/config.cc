#include "services/inventory/importers/litellm/config.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/address_sources.h"
#include "services/inventory/importers/litellm/document.h"
#include "services/inventory/importers/litellm/entry.h"
#include "services/inventory/importers/litellm/settings.h"
#include "services/inventory/importers/litellm/template_text.h"

namespace linchpin::importers {
namespace {

using resource::Node;
using Kind = ImportNote::Kind;

// Whether a section is known, and says nothing that the importer reads.
bool IsOfNoInterest(const std::string& key) {
  static const auto* const kKeys = new std::set<std::string>{
      "include",           "general_settings",     "guardrails",   "mcp_servers",        "mcp_tools",
      "finetune_settings", "files_settings",       "search_tools", "assistant_settings", "prompts",
      "callback_settings", "vector_store_registry"};
  return kKeys->contains(key);
}

// Whether the configuration is the file itself, and no part of a ConfigMap, of Helm values or of a template.
bool StandsAlone(const ImportFile& file) {
  if (HasActions(file.text)) return false;
  for (std::string_view key : {"model_list:", "include:"}) {
    const bool is_first = file.text.substr(0, key.size()) == key;
    if (is_first || file.text.find(absl::StrCat("\n", std::string(key))) != std::string::npos) return true;
  }
  return false;
}

// Reads the files of one gateway.
class Reader {
 public:
  explicit Reader(std::vector<ImportNote>& notes) : notes_(notes) {}

  absl::StatusOr<LiteLlmConfig> Read(const GatewaySources& sources) {
    for (const ConfigSource& source : sources) {
      for (const Node::Entry& entry : source.root.entries) {
        if (absl::Status status = Collect(*source.file, entry); !status.ok()) return status;
      }
    }
    if (const Section& general = sections_["litellm_settings"]; general.map != nullptr)
      addresses_.SetForAll(TextOf(*general.map, "api_base"));
    if (const Section& variables = sections_["environment_variables"]; variables.map != nullptr)
      addresses_.SetVariables(*variables.map);
    for (const auto& [file, item] : items_) ReadItem(*file, *item);
    absl::StatusOr<LiteLlmRouting> routing =
        ReadRouting(sections_["router_settings"], sections_["litellm_settings"], notes_);
    if (!routing.ok()) return routing.status();
    config_.routing = *std::move(routing);
    return std::move(config_);
  }

 private:
  absl::Status Collect(const ImportFile& file, const Node::Entry& entry) {
    const Node& value = entry.value;
    const bool is_null = value.type == Node::Type::kNull;
    if (entry.key == "model_list" || entry.key == "credential_list") {
      if (!is_null && value.type != Node::Type::kList)
        return FileFault(file, value.at, "`" + entry.key + "` must be a list");
      for (const Node& item : value.items) AddItem(file, entry.key, item);
    } else if (entry.key == "litellm_settings" || entry.key == "router_settings" ||
               entry.key == "environment_variables") {
      if (!is_null && value.type != Node::Type::kMap)
        return FileFault(file, value.at, "`" + entry.key + "` must be a map");
      SetSection(file, entry);
    } else if (!IsOfNoInterest(entry.key)) {
      AddNote(Kind::kInfo, {file.path, entry.at.line},
              absl::StrCat("`", entry.key, "` is not a part of the configuration that is read"), notes_);
    }
    return absl::OkStatus();
  }

  void AddItem(const ImportFile& file, const std::string& list, const Node& item) {
    if (list == "credential_list") return addresses_.AddCredential(item);
    items_.emplace_back(&file, &item);
  }

  void SetSection(const ImportFile& file, const Node::Entry& entry) {
    Section& section = sections_[entry.key];
    if (section.map != nullptr && !section.map->entries.empty()) {
      AddNote(Kind::kSkipped, {section.file->path, section.map->at.line},
              absl::StrCat("this `", entry.key, "` is replaced by that of `", file.path,
                           "`, as the gateway does with what it includes"),
              notes_);
    }
    section = {&file, entry.value.type == Node::Type::kMap ? &entry.value : nullptr};
  }

  void ReadItem(const ImportFile& file, const Node& item) {
    ++config_.listed;
    LiteLlmEntry entry;
    entry.at = {file.path, item.at.line};
    entry.in_cluster = !StandsAlone(file);
    const std::string why = ReadEntry(item, addresses_, entry, notes_);
    if (why.empty()) {
      config_.entries.push_back(std::move(entry));
    } else {
      ++config_.malformed;
      AddNote(Kind::kSkipped, {file.path, item.at.line}, why, notes_);
    }
  }

  std::vector<ImportNote>& notes_;
  std::vector<std::pair<const ImportFile*, const Node*>> items_;
  std::map<std::string, Section> sections_;
  AddressSources addresses_;
  LiteLlmConfig config_;
};

}  // namespace

absl::StatusOr<LiteLlmConfig> ReadLiteLlm(const GatewaySources& sources, std::vector<ImportNote>& notes) {
  return Reader(notes).Read(sources);
}

}  // namespace linchpin::importers
