// The shipped library of scenarios: incidents that have happened, or that a law allows.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_PRESET_LIBRARY_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_PRESET_LIBRARY_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "linchpin/risk/v1/scenario.pb.h"

namespace linchpin::risk {

// How a scenario is made from the inventory.
enum class PresetShape : uint8_t {
  kOneCutoff,     // One cutoff of the target.
  kRetirements,   // Every model that states a date within a year is withdrawn on it.
  kOpenReleases,  // The interfaces of all vendors of a country that make open weights stop.
};

// One incident. Texts live as long as the program.
struct Preset {
  std::string_view id = {};
  std::string_view display_name = {};
  std::string_view description = {};
  std::string_view incident_date = {};
  std::string_view source = {};
  PresetShape shape = PresetShape::kOneCutoff;
  linchpin::risk::v1::Cutoff::Type type = linchpin::risk::v1::Cutoff::TYPE_UNSPECIFIED;
  std::string_view target = {};  // A resource name or a country: what the incident was about.
  linchpin::risk::v1::Cutoff::Reach reach = linchpin::risk::v1::Cutoff::REACH_UNSPECIFIED;
  int32_t severity_ppm = 0;  // 0: whole.
  int64_t notice_seconds = 0;
  int64_t duration_seconds = 0;  // 0: for good.
  int64_t horizon_seconds = 0;
};

// All of them, by id.
std::span<const Preset> Presets();
// Null if there is none.
const Preset* FindPreset(std::string_view id);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_PRESET_LIBRARY_H_
