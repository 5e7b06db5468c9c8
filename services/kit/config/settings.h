// Settings: one table says what there is; values come from flags, then the environment, then a file, then
// defaults.
#ifndef LINCHPIN_SERVICES_KIT_CONFIG_SETTINGS_H_
#define LINCHPIN_SERVICES_KIT_CONFIG_SETTINGS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/kit/config/secret.h"

namespace linchpin::kit {

enum class SettingType {
  kText,
  kPath,
  kAddress,  // host:port, [v6]:port; empty where the setting may be switched off
  kTarget,   // where a service is, as gRPC takes it: host:port, dns:///host:port, ipv4:, ipv6:, unix:; may be
             // empty
  kCount,    // whole number, 0 or more
  kSeconds,  // number of seconds, 0 or more, fractions allowed
  kSwitch,   // true or false; the flag alone means true
  kList,     // comma-separated on the command line and in the environment; a list in the file
  kStore,    // the address of a store, shown without its password
  kSecret,   // never a flag: by the environment or a file
};

// One row of the table.
struct Setting {
  std::string_view
      name;  // "health-listen": flag --health-listen, LINCHPIN_HEALTH_LISTEN, file key health-listen
  SettingType type;
  std::string_view fallback;      // The default, as it would be written.
  std::string_view doc;           // Sentences.
  std::string_view choices = "";  // "a|b|c": no other value is taken.
};

// Where a value came from.
enum class SettingSource { kDefault, kFile, kEnvironment, kFlag };

// What Load reads from.
struct SettingSources {
  std::vector<std::string> arguments;  // Without the program's name.
  std::map<std::string, std::string> environment;
};

// The values of all settings of a table.
//
// Thread safety: immutable after Load. Reading a name that the table does not have, or with another type,
// ends the program.
class Settings {
 public:
  // The setting `config` of the table, if there is one, names the file.
  // Errors: INVALID_ARGUMENT, with a sentence for people: an unknown flag or key (and the nearest that
  // exists), a value of the wrong type, a key twice, a file that cannot be read or is larger than 256 KiB.
  static absl::StatusOr<Settings> Load(std::span<const Setting> table, const SettingSources& sources);

  const std::string& Text(std::string_view name) const;  // kText, kPath, kAddress, kTarget, kStore
  int64_t Count(std::string_view name) const;
  absl::Duration Seconds(std::string_view name) const;
  bool Switch(std::string_view name) const;
  std::vector<std::string> List(std::string_view name) const;
  Secret SecretOf(std::string_view name) const;

  SettingSource SourceOf(std::string_view name) const;

  // Every name with the value as it may be shown: secrets as "***" if set, addresses of stores without
  // password.
  std::vector<std::pair<std::string, std::string>> Shown() const;

  // Names in the environment that begin with LINCHPIN_ and are one or two letters away from a setting: likely
  // typing errors.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Value {
    std::string text;
    SettingSource source = SettingSource::kDefault;
  };
  const Value& Find(std::string_view name, std::initializer_list<SettingType> types) const;

  std::span<const Setting> table_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::string> warnings_;
};

// The table as a reference page section in Markdown, and as help text for a terminal.
std::string SettingsMarkdown(std::span<const Setting> table);
std::string SettingsHelp(std::span<const Setting> table);

// "LINCHPIN_HEALTH_LISTEN" of "health-listen".
std::string EnvironmentName(std::string_view setting);

// An address cut in two: "[::1]:80" is "::1" and 80.
struct HostPort {
  std::string host;
  int port = 0;
};
std::optional<HostPort> ParseHostPort(std::string_view address);

// Whether gRPC can be told to connect there: host:port, or one of its names for it: dns:host:port,
// dns://SERVER/host:port (the server may be empty), ipv4: and ipv6: with addresses separated by commas,
// unix:PATH, unix-abstract:NAME.
bool IsTarget(std::string_view target);

// Whether the host is one that only this machine can reach: localhost, 127.0.0.0/8, ::1.
bool IsLoopback(std::string_view host);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_CONFIG_SETTINGS_H_
