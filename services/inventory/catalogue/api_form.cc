#include "services/inventory/catalogue/api_form.h"

#include <cstddef>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/node.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::catalogue {
namespace {

using resource::Node;

absl::Status Wrong(std::string_view file, const resource::Position& at, const std::string& what) {
  return base::Error(base::reason::FileInvalid{.file = file},
                     absl::StrCat(std::string(file), ":", at.line, ":", at.column, ": ", what));
}

const std::map<std::string, ApiForm::Names>& NameKinds() {
  static const auto* const kKinds = new std::map<std::string, ApiForm::Names>{
      {"MODEL", ApiForm::Names::kModel},         {"OLLAMA", ApiForm::Names::kOllama},
      {"BEDROCK", ApiForm::Names::kBedrock},     {"OWNER_CHOSEN", ApiForm::Names::kOwnerChosen},
      {"FIREWORKS", ApiForm::Names::kFireworks}, {"ENDPOINT", ApiForm::Names::kEndpoint},
  };
  return *kKinds;
}

bool SetForm(const Node::Entry& entry, ApiForm& form) {
  const std::string& text = entry.value.text;
  if (entry.key == "strip") {
    for (const Node& item : entry.value.items) form.strip.push_back(item.text);
    return true;
  }
  if (entry.key == "names") {
    const auto found = NameKinds().find(text);
    if (found == NameKinds().end()) return false;
    form.names = found->second;
    return true;
  }
  if (entry.key == "serves") return form.own_models_only = text == "OWN";
  if (entry.key == "base") return form.account_base = text == "ACCOUNT";
  if (entry.key == "local") return form.local = text == "true";
  if (entry.key == "prefix") return !(form.prefix = text).empty();
  if (entry.key == "operator") return !(form.operator_vendor = text).empty();
  if (entry.key == "intermediary") return !(form.intermediary = text).empty();
  if (entry.key == "bareNamesOf") return !(form.bare_names_of = text).empty();
  if (entry.key == "mostlyModelsOf") return !(form.mostly_models_of = text).empty();
  if (entry.key == "hostPrefix") return !(form.host_prefix = text).empty();
  return false;
}

bool SetEndpoint(const Node::Entry& entry, Endpoint& endpoint) {
  const std::string& text = entry.value.text;
  if (entry.key == "serves") return endpoint.own_models_only = text == "OWN";
  if (entry.key == "host") return !(endpoint.host = text).empty();
  if (entry.key == "operator") return !(endpoint.operator_vendor = text).empty();
  if (entry.key == "intermediary") return !(endpoint.intermediary = text).empty();
  if (entry.key == "mostlyModelsOf") return !(endpoint.mostly_models_of = text).empty();
  if (entry.key == "answers") return endpoint.canned = text == "CANNED";
  if (entry.key == "hostPrefix") return !(endpoint.host_prefix = text).empty();
  return false;
}

bool SetMainHost(const Node::Entry& entry, MainHost& host) {
  const std::string& text = entry.value.text;
  if (entry.key == "confidence")
    return absl::SimpleAtod(text, &host.confidence) && host.confidence >= 0.5 && host.confidence <= 1;
  if (entry.key == "operator") return !(host.operator_vendor = text).empty();
  if (entry.key == "form") return !(host.form = text).empty();
  if (entry.key == "provider") return !(host.provider = text).empty();
  if (entry.key == "reason") return !(host.reason = text).empty();
  if (entry.key == "source") return !(host.source = text).empty();
  return false;
}

bool SetMakerOperated(const Node::Entry& entry, MakerOperated& sold) {
  const std::string& text = entry.value.text;
  if (entry.key == "seller") return !(sold.seller = text).empty();
  if (entry.key == "maker") return !(sold.maker = text).empty();
  if (entry.key == "reason") return !(sold.reason = text).empty();
  if (entry.key == "source") return !(sold.source = text).empty();
  return false;
}

bool SetOwnModelsOnly(const Node::Entry& entry, OwnModelsOnly& only) {
  const std::string& text = entry.value.text;
  if (entry.key == "operator") return !(only.operator_vendor = text).empty();
  if (entry.key == "reason") return !(only.reason = text).empty();
  if (entry.key == "source") return !(only.source = text).empty();
  return false;
}

template <typename T>
absl::Status ReadList(std::string_view file, const Node& list, bool (*set)(const Node::Entry&, T&),
                      std::vector<T>& out) {
  for (const Node& item : list.items) {
    T value;
    for (const Node::Entry& entry : item.entries) {
      if (!set(entry, value))
        return Wrong(file, entry.at, "`" + entry.key + "` is unknown here or has a wrong value");
    }
    out.push_back(std::move(value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FormTable> ReadForms(std::string_view file, std::string_view text) {
  resource::TreeResult trees = resource::ReadYaml(text, 0, {});
  if (!trees.errors.empty()) return Wrong(file, trees.errors[0].at, trees.errors[0].message);
  FormTable table;
  for (const Node& document : trees.documents) {
    for (const Node::Entry& entry : document.entries) {
      absl::Status status;
      if (entry.key == "forms") {
        status = ReadList(file, entry.value, &SetForm, table.forms);
      } else if (entry.key == "endpoints") {
        status = ReadList(file, entry.value, &SetEndpoint, table.endpoints);
      } else if (entry.key == "mainHosts") {
        status = ReadList(file, entry.value, &SetMainHost, table.main_hosts);
      } else if (entry.key == "operatedByMaker") {
        status = ReadList(file, entry.value, &SetMakerOperated, table.operated_by_makers);
      } else if (entry.key == "ownModelsOnly") {
        status = ReadList(file, entry.value, &SetOwnModelsOnly, table.own_models_only);
      } else {
        status =
            Wrong(file, entry.at,
                  "`" + entry.key +
                      "` is not `forms`, `endpoints`, `mainHosts`, `operatedByMaker` or `ownModelsOnly`");
      }
      if (!status.ok()) return status;
    }
  }
  return table;
}

bool HostFits(std::string_view pattern, std::string_view host, std::string* region) {
  constexpr std::string_view kRegion = "{region}";
  if (pattern.empty()) return host.empty();
  if (pattern.substr(0, kRegion.size()) == kRegion) {
    // A region is one label or the part of a label before what follows in the pattern.
    for (size_t n = 1; n <= host.size() && host[n - 1] != '.'; ++n) {
      if (!HostFits(pattern.substr(kRegion.size()), host.substr(n), region)) continue;
      *region = std::string(host.substr(0, n));
      return true;
    }
    return false;
  }
  if (pattern[0] == '*') {
    for (size_t n = 1; n <= host.size(); ++n) {
      if (HostFits(pattern.substr(1), host.substr(n), region)) return true;
    }
    return false;
  }
  return !host.empty() && pattern[0] == host[0] && HostFits(pattern.substr(1), host.substr(1), region);
}

}  // namespace linchpin::catalogue
