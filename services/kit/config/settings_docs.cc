#include "absl/strings/str_cat.h"
#include "services/kit/config/settings.h"

namespace linchpin::kit {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string_view TypeWord(const Setting& setting) {
  switch (setting.type) {
    case SettingType::kText:
      return setting.choices.empty() ? "text" : setting.choices;
    case SettingType::kPath:
      return "path";
    case SettingType::kAddress:
      return "host:port";
    case SettingType::kTarget:
      return "gRPC target";
    case SettingType::kCount:
      return "number";
    case SettingType::kSeconds:
      return "seconds";
    case SettingType::kSwitch:
      return "true|false";
    case SettingType::kList:
      return "list";
    case SettingType::kStore:
      return "store";
    case SettingType::kSecret:
      break;
  }
  return "secret";
}

std::string FlagWord(const Setting& setting) {
  return setting.type == SettingType::kSecret ? std::string("no flag")
                                              : absl::StrCat("`--", Absl(setting.name), "`");
}

// Wraps at 100 columns, indented by eight.
std::string Wrapped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t length = std::min<size_t>(text.size(), 92);
    if (length < text.size()) length = text.rfind(' ', length);
    if (length == std::string_view::npos || length == 0) length = text.size();
    absl::StrAppend(&out, "        ", Absl(text.substr(0, length)), "\n");
    text.remove_prefix(std::min(text.size(), length + 1));
  }
  return out;
}

}  // namespace

std::string SettingsMarkdown(std::span<const Setting> table) {
  std::string out =
      "| flag, environment, file key | value | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const Setting& setting : table) {
    std::string type(TypeWord(setting));
    for (size_t bar = type.find('|'); bar != std::string::npos; bar = type.find('|'))
      type.replace(bar, 1, ", ");
    const std::string fallback =
        setting.fallback.empty() ? "" : absl::StrCat("`", Absl(setting.fallback), "`");
    absl::StrAppend(&out, "| ", FlagWord(setting), " `", EnvironmentName(setting.name), "` `",
                    Absl(setting.name), "` | ", type, " | ", fallback, " | ", Absl(setting.doc), " |\n");
  }
  return out;
}

std::string SettingsHelp(std::span<const Setting> table) {
  std::string out;
  for (const Setting& setting : table) {
    if (setting.type == SettingType::kSecret) {
      absl::StrAppend(&out, "  ", EnvironmentName(setting.name), " (environment or file only)\n");
    } else {
      absl::StrAppend(&out, "  --", Absl(setting.name), " <", Absl(TypeWord(setting)), ">");
      absl::StrAppend(&out, setting.fallback.empty() ? "" : absl::StrCat("   [", Absl(setting.fallback), "]"),
                      "\n");
    }
    out += Wrapped(setting.doc);
  }
  return out;
}

}  // namespace linchpin::kit
