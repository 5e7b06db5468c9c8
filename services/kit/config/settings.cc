#include "services/kit/config/settings.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/base/redact.h"
#include "services/base/text.h"
#include "services/kit/config/settings_file.h"

namespace linchpin::kit {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

[[noreturn]] void Die(std::string_view name) {
  std::fprintf(stderr, "bug: no setting %.*s of that type\n", static_cast<int>(name.size()), name.data());
  std::abort();
}

const Setting* FindSetting(std::span<const Setting> table, std::string_view name) {
  for (const Setting& setting : table) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::vector<std::string> NamesOf(std::span<const Setting> table) {
  std::vector<std::string> names;
  for (const Setting& setting : table) names.emplace_back(setting.name);
  return names;
}

std::string Suggestion(std::span<const Setting> table, std::string_view name, std::string_view prefix) {
  const std::optional<std::string> nearest = base::Nearest(name, NamesOf(table));
  return nearest ? absl::StrCat("; did you mean ", Absl(prefix), *nearest, "?") : "";
}

bool IsChoice(const Setting& setting, const std::string& value) {
  if (setting.choices.empty()) return true;
  for (const auto choice : absl::StrSplit(Absl(setting.choices), '|')) {
    if (value == choice) return true;
  }
  return false;
}

// What a value should have been; empty if it is right.
std::string Expected(const Setting& setting, const std::string& value) {
  double number = 0;
  int64_t count = 0;
  switch (setting.type) {
    case SettingType::kAddress:
      return value.empty() || ParseHostPort(value) ? "" : "host:port";
    case SettingType::kTarget:
      return value.empty() || IsTarget(value) ? "" : "host:port, nor dns:///host:port or unix:PATH";
    case SettingType::kCount:
      return absl::SimpleAtoi(value, &count) && count >= 0 ? "" : "a whole number, 0 or more";
    case SettingType::kSeconds:
      return absl::SimpleAtod(value, &number) && number >= 0 && number <= 1e9
                 ? ""
                 : "a number of seconds, 0 or more";
    case SettingType::kSwitch:
      return value == "true" || value == "false" ? "" : "true or false";
    default:
      return IsChoice(setting, value)
                 ? ""
                 : absl::StrCat("one of ", absl::StrReplaceAll(Absl(setting.choices), {{"|", ", "}}));
  }
}

absl::Status CheckValue(const Setting& setting, const std::string& value, std::string_view where) {
  const std::string expected = Expected(setting, value);
  if (expected.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(Absl(where), ": \"", value, "\" is not ", expected));
}

// --name=value, --name value, --switch, --no-switch.
absl::StatusOr<std::map<std::string, std::string>> ParseFlags(std::span<const Setting> table,
                                                              const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (!argument.starts_with("--")) {
      return absl::InvalidArgumentError(absl::StrCat("unexpected argument ", arguments[i], "; see --help"));
    }
    argument.remove_prefix(2);
    const size_t equals = argument.find('=');
    std::string_view name = argument.substr(0, equals);
    const Setting* setting = FindSetting(table, name);
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = std::string(argument.substr(equals + 1));
    if (setting == nullptr && name.starts_with("no-") && !value) {
      setting = FindSetting(table, name.substr(3));
      if (setting != nullptr && setting->type != SettingType::kSwitch) setting = nullptr;
      value = "false";
    }
    if (setting == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown flag --", Absl(name), Suggestion(table, name, "--"), " All flags: --help"));
    }
    if (setting->type == SettingType::kSecret) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", Absl(name), " would show a secret to every user of this machine; set ",
                       EnvironmentName(name), " or use --", Absl(name), "-file"));
    }
    if (!value && setting->type == SettingType::kSwitch) value = "true";
    if (!value) {
      if (++i == arguments.size())
        return absl::InvalidArgumentError(absl::StrCat("--", Absl(name), " needs a value"));
      value = arguments[i];
    }
    if (auto status = CheckValue(*setting, *value, absl::StrCat("--", Absl(setting->name))); !status.ok())
      return status;
    if (!values.emplace(setting->name, *value).second) {
      return absl::InvalidArgumentError(absl::StrCat("--", Absl(setting->name), " is given twice"));
    }
  }
  return values;
}

// The values that the environment gives, by setting.
absl::StatusOr<std::map<std::string, std::string>> ReadEnvironment(
    std::span<const Setting> table, const std::map<std::string, std::string>& environment) {
  std::map<std::string, std::string> values;
  for (const Setting& setting : table) {
    const auto entry = environment.find(EnvironmentName(setting.name));
    if (entry == environment.end()) continue;
    if (auto status = CheckValue(setting, entry->second, entry->first); !status.ok()) return status;
    values.emplace(setting.name, entry->second);
  }
  return values;
}

// One for each variable that looks like a setting and is none.
std::vector<std::string> WarningsOf(std::span<const Setting> table,
                                    const std::map<std::string, std::string>& environment) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("LINCHPIN_")) continue;
    const std::string setting = absl::StrReplaceAll(absl::AsciiStrToLower(name.substr(9)), {{"_", "-"}});
    if (FindSetting(table, setting) != nullptr) continue;
    if (const auto nearest = base::Nearest(setting, NamesOf(table)))
      warnings.push_back(
          absl::StrCat(name, " is not a setting; did you mean ", EnvironmentName(*nearest), "?"));
  }
  return warnings;
}

absl::Status CheckFileEntry(std::span<const Setting> table, const std::string& name, const FileEntry& entry,
                            const std::string& where) {
  const Setting* setting = FindSetting(table, name);
  if (setting == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": unknown key ", name, Suggestion(table, name, "")));
  }
  if (entry.list && setting->type != SettingType::kList)
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", name, " takes one value, not a list"));
  return CheckValue(*setting, entry.value, absl::StrCat(where, ": ", name));
}

// The file of settings that flags or environment name; empty: none.
std::string PathOfFile(std::span<const Setting> table, const std::map<std::string, std::string>& flags,
                       const std::map<std::string, std::string>& environment) {
  if (FindSetting(table, "config") == nullptr) return "";
  for (const auto* source : {&flags, &environment}) {
    if (const auto found = source->find("config"); found != source->end()) return found->second;
  }
  return "";
}

}  // namespace

absl::StatusOr<Settings> Settings::Load(std::span<const Setting> table, const SettingSources& sources) {
  Settings settings;
  settings.table_ = table;
  auto flags = ParseFlags(table, sources.arguments);
  if (!flags.ok()) return flags.status();
  auto environment = ReadEnvironment(table, sources.environment);
  if (!environment.ok()) return environment.status();
  settings.warnings_ = WarningsOf(table, sources.environment);
  for (const Setting& setting : table)
    settings.values_[std::string(setting.name)].text = std::string(setting.fallback);
  if (const std::string path = PathOfFile(table, *flags, *environment); !path.empty()) {
    auto file = ReadSettingsFile(path);
    if (!file.ok()) return file.status();
    for (const auto& [name, entry] : *file) {
      const std::string where = absl::StrCat(path, ":", entry.line);
      if (auto status = CheckFileEntry(table, name, entry, where); !status.ok()) return status;
      settings.values_[name] = {entry.value, SettingSource::kFile};
    }
  }
  for (const auto& [name, value] : *environment)
    settings.values_[name] = {value, SettingSource::kEnvironment};
  for (const auto& [name, value] : *flags) settings.values_[name] = {value, SettingSource::kFlag};
  return settings;
}

const Settings::Value& Settings::Find(std::string_view name, std::initializer_list<SettingType> types) const {
  const Setting* setting = FindSetting(table_, name);
  if (setting == nullptr ||
      (types.size() > 0 && std::find(types.begin(), types.end(), setting->type) == types.end()))
    Die(name);
  return values_.find(name)->second;
}

const std::string& Settings::Text(std::string_view name) const {
  return Find(name, {SettingType::kText, SettingType::kPath, SettingType::kAddress, SettingType::kTarget,
                     SettingType::kStore})
      .text;
}

int64_t Settings::Count(std::string_view name) const {
  int64_t count = 0;
  if (!absl::SimpleAtoi(Find(name, {SettingType::kCount}).text, &count)) Die(name);
  return count;
}

absl::Duration Settings::Seconds(std::string_view name) const {
  double seconds = 0;
  if (!absl::SimpleAtod(Find(name, {SettingType::kSeconds}).text, &seconds)) Die(name);
  return absl::Seconds(seconds);
}

bool Settings::Switch(std::string_view name) const {
  return Find(name, {SettingType::kSwitch}).text == "true";
}

std::vector<std::string> Settings::List(std::string_view name) const {
  std::vector<std::string> items;
  for (auto item : absl::StrSplit(Find(name, {SettingType::kList}).text, ',', absl::SkipWhitespace())) {
    items.emplace_back(absl::StripAsciiWhitespace(item));
  }
  return items;
}

Secret Settings::SecretOf(std::string_view name) const {
  return Secret(Find(name, {SettingType::kSecret}).text);
}

SettingSource Settings::SourceOf(std::string_view name) const { return Find(name, {}).source; }

std::vector<std::pair<std::string, std::string>> Settings::Shown() const {
  std::vector<std::pair<std::string, std::string>> shown;
  for (const Setting& setting : table_) {
    std::string text = values_.find(setting.name)->second.text;
    if (setting.type == SettingType::kSecret && !text.empty()) text = "***";
    if (setting.type == SettingType::kStore) text = base::RedactAddress(text);
    shown.emplace_back(setting.name, std::move(text));
  }
  return shown;
}

std::string EnvironmentName(std::string_view setting) {
  return absl::StrCat("LINCHPIN_", absl::StrReplaceAll(absl::AsciiStrToUpper(Absl(setting)), {{"-", "_"}}));
}

std::optional<HostPort> ParseHostPort(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  HostPort result;
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') != host.ends_with(']')) return std::nullopt;
  const bool bracketed = host.starts_with('[') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find_first_of(":[] /") != std::string_view::npos))
    return std::nullopt;
  result.host = std::string(host);
  if (!absl::SimpleAtoi(Absl(address.substr(colon + 1)), &result.port)) return std::nullopt;
  if (result.port < 0 || result.port > 65535) return std::nullopt;
  return result;
}

bool IsTarget(std::string_view target) {
  const size_t colon = target.find(':');
  const std::string_view scheme = target.substr(0, colon);
  std::string_view rest = colon == std::string_view::npos ? "" : target.substr(colon + 1);
  if (scheme == "unix" || scheme == "unix-abstract") return !rest.empty();
  if (scheme == "dns") {
    if (rest.starts_with("//")) {
      const size_t slash = rest.find('/', 2);
      if (slash == std::string_view::npos) return false;
      rest = rest.substr(slash + 1);
    }
    return ParseHostPort(rest).has_value();
  }
  if (scheme == "ipv4" || scheme == "ipv6") {
    for (const auto address : absl::StrSplit(Absl(rest), ',')) {
      if (!ParseHostPort({address.data(), address.size()})) return false;
    }
    return true;
  }
  return ParseHostPort(target).has_value();
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  // Only a whole IPv4 address counts: 127.example.com is somebody's name.
  if (!host.starts_with("127.")) return false;
  return std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace linchpin::kit
