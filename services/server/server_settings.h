// The settings of linchpind.
#ifndef LINCHPIN_SERVICES_SERVER_SERVER_SETTINGS_H_
#define LINCHPIN_SERVICES_SERVER_SERVER_SETTINGS_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/kit/config/settings.h"

namespace linchpin::linchpind {

// The table; docs/operating/configuration.md shows it.
std::span<const kit::Setting> ServerSettings();

// What the settings must hold together. Errors: INVALID_ARGUMENT, with a sentence saying what to change.
absl::Status CheckServerSettings(const kit::Settings& settings);

// The rules of knowledge that are switched off. The settings were checked.
engine::DisabledRules DisabledRulesOf(const kit::Settings& settings);

// Whether this process serves `area`: "inventory", "policy" or "risk".
bool Serves(const kit::Settings& settings, std::string_view area);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_SERVER_SETTINGS_H_
