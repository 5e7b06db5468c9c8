#include "services/risk/domain/scenarios/preset_report.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/scenarios/preset_library.h"
#include "services/risk/domain/scenarios/scenario_reader.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr absl::Duration kYear = absl::Hours(24 * 365);

std::string Text(std::string_view text) { return std::string(text); }

v1::ScenarioPreset MessageOf(const Preset& preset) {
  v1::ScenarioPreset message;
  message.set_id(Text(preset.id));
  message.set_display_name(Text(preset.display_name));
  message.set_description(Text(preset.description));
  message.set_incident_date(Text(preset.incident_date));
  message.set_source(Text(preset.source));
  return message;
}

absl::Status NothingToCut(std::string_view target, const std::string& what) {
  return base::Error(
      base::reason::TargetNotFound{.target = target, .field = "target"},
      absl::StrCat("the inventory holds ", what, "; name another `target`, or another preset"));
}

// The classes of atoms that stand for the targets of a type of cutoff, by what they hit.
engine::AtomClass ClassOf(v1::Cutoff::Type type) {
  switch (type) {
    case v1::Cutoff::TYPE_CLOUD_FAILURE:
      return engine::AtomClass::kHost;
    case v1::Cutoff::TYPE_LICENCE_REVOCATION:
      return engine::AtomClass::kLicence;
    default:
      return engine::AtomClass::kVendor;
  }
}

const char* CollectionOf(engine::AtomClass atom_class) {
  return atom_class == engine::AtomClass::kHost      ? "hosts/"
         : atom_class == engine::AtomClass::kLicence ? "licences/"
                                                     : "vendors/";
}

bool IsOfCountry(const Preset& preset) {
  return preset.shape == PresetShape::kOpenReleases ||
         preset.type == v1::Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF ||
         preset.type == v1::Cutoff::TYPE_COUNTRY_WEIGHTS_BAN;
}

// Makes the scenario of one preset.
class Maker {
 public:
  Maker(const Analysis& analysis, const Preset& preset, v1::GetScenarioPresetResponse& response)
      : analysis_(analysis), graph_(analysis.graph()), preset_(preset), response_(response) {
    *response.mutable_preset() = MessageOf(preset);
    v1::Scenario& scenario = *response.mutable_preset()->mutable_scenario();
    scenario.set_name(absl::StrCat("scenarios/", Text(preset.id)));
    scenario.set_display_name(Text(preset.display_name));
    scenario.set_description(Text(preset.description));
    scenario.mutable_horizon()->set_seconds(preset.horizon_seconds);
  }

  absl::Status Make(const std::string& target, const RetirementTimes& retirements, absl::Time now) {
    if (preset_.shape == PresetShape::kRetirements) return MakeRetirements(target, retirements, now);
    const absl::StatusOr<std::string> chosen = IsOfCountry(preset_) ? Country(target) : Target(target);
    if (!chosen.ok()) return chosen.status();
    if (preset_.shape == PresetShape::kOpenReleases) return MakeOpenReleases(*chosen);
    v1::Cutoff& cutoff = Add();
    IsOfCountry(preset_) ? cutoff.set_country(*chosen) : cutoff.set_target(*chosen);
    return absl::OkStatus();
  }

 private:
  v1::Cutoff& Add() {
    v1::Cutoff& cutoff = *response_.mutable_preset()->mutable_scenario()->add_cutoffs();
    cutoff.set_type(preset_.type);
    cutoff.set_severity_ppm(preset_.severity_ppm == 0 ? static_cast<int32_t>(engine::kOne)
                                                      : preset_.severity_ppm);
    cutoff.mutable_notice()->set_seconds(preset_.notice_seconds);
    if (preset_.duration_seconds > 0) cutoff.mutable_duration()->set_seconds(preset_.duration_seconds);
    cutoff.set_reach(preset_.reach);
    return cutoff;
  }
  void Note(std::string sentence) { response_.add_notes(std::move(sentence)); }

  absl::StatusOr<std::string> Country(const std::string& target) const {
    if (target.empty()) return Text(preset_.target);
    if (engine::Country::Parse(target).has_value()) return target;
    return base::FieldError("target", "must be a country, ISO 3166-1 alpha-2, for this preset");
  }

  absl::StatusOr<std::string> Target(const std::string& target) {
    const engine::AtomClass atom_class = ClassOf(preset_.type);
    const std::string prefix = CollectionOf(atom_class);
    if (!target.empty()) {
      if (target.rfind(prefix, 0) != 0) {
        return base::FieldError("target",
                                absl::StrCat("must be a name such as `", prefix, "ID` for this preset"));
      }
      if (!Has(target)) return NothingToCut(target, absl::StrCat("no `", target, "`"));
      return target;
    }
    if (Has(Text(preset_.target))) return Text(preset_.target);
    return Largest(atom_class, prefix);
  }

  bool Has(const std::string& name) const {
    return graph_.vendors().Find(name).has_value() || graph_.hosts().Find(name).has_value() ||
           graph_.licences().Find(name).has_value();
  }

  // What takes the most deployments for certain.
  absl::StatusOr<std::string> Largest(engine::AtomClass atom_class, const std::string& prefix) {
    const engine::AtomIndex::Entry* largest = nullptr;
    for (const engine::AtomIndex::Entry& entry : analysis_.Atoms(atom_class).entries()) {
      if (largest == nullptr || entry.certain.size() > largest->certain.size()) largest = &entry;
    }
    if (largest == nullptr)
      return NothingToCut(prefix,
                          absl::StrCat("nothing in ", prefix, " whose loss takes a deployment with it"));
    const std::string name = prefix + largest->key.substr(largest->key.find(':') + 1);
    Note(absl::StrCat("The inventory does not hold `", Text(preset_.target), "`: `", name,
                      "` is taken in its place, which takes the most deployments."));
    return name;
  }

  absl::Status MakeRetirements(const std::string& target, const RetirementTimes& retirements,
                               absl::Time now) {
    if (!target.empty())
      return base::FieldError("target", "this preset takes none: it takes every model with a date");
    const absl::Time today = DayOf(now);
    std::vector<std::pair<absl::Time, std::string>> dated;
    for (const auto& [model, time] : retirements) {
      if (time >= today && time < today + kYear) dated.emplace_back(time, model);
    }
    if (dated.empty()) return NothingToCut("models/", "no model that states a retirement within a year");
    std::sort(dated.begin(), dated.end());
    if (dated.size() > kScenarioCutoffsMax) {
      Note(absl::StrCat("The first ", kScenarioCutoffsMax, " of ", dated.size(),
                        " retirements; a scenario takes no more."));
      dated.resize(kScenarioCutoffsMax);
    }
    for (const auto& [time, model] : dated) {
      v1::Cutoff& cutoff = Add();
      cutoff.set_target(model);
      cutoff.mutable_start()->set_seconds(absl::ToInt64Seconds(time - today));
      cutoff.mutable_notice()->set_seconds(cutoff.start().seconds());
    }
    return absl::OkStatus();
  }

  absl::Status MakeOpenReleases(const std::string& country) {
    std::set<std::string> vendors;
    for (engine::ModelIndex model : graph_.models()) {
      const engine::Model& record = graph_.models()[model];
      if (record.weights != engine::Weights::kOpen || !record.developer.has_value()) continue;
      const engine::Vendor& developer = graph_.vendors()[*record.developer];
      if (developer.country == engine::Country::Parse(country)) vendors.insert(developer.name);
    }
    if (vendors.empty())
      return NothingToCut(country, absl::StrCat("no open model of a developer in ", country));
    for (const std::string& vendor : vendors) {
      if (response_.preset().scenario().cutoffs_size() == kScenarioCutoffsMax) break;
      Add().set_target(vendor);
    }
    if (vendors.size() > kScenarioCutoffsMax) {
      Note(absl::StrCat("The first ", kScenarioCutoffsMax, " of ", vendors.size(),
                        " developers by name; a scenario takes no more."));
    }
    return absl::OkStatus();
  }

  const Analysis& analysis_;
  const engine::Graph& graph_;
  const Preset& preset_;
  v1::GetScenarioPresetResponse& response_;
};

std::string NearestId(const std::string& id) {
  std::vector<std::string> ids;
  for (const Preset& preset : Presets()) ids.push_back(Text(preset.id));
  const auto nearest = base::Nearest(id, ids);
  return nearest ? absl::StrCat("; did you mean `", *nearest, "`?") : "; ListScenarioPresets lists them";
}

}  // namespace

void ListPresets(v1::ListScenarioPresetsResponse& response) {
  for (const Preset& preset : Presets()) *response.add_presets() = MessageOf(preset);
}

absl::Status ReportPreset(const Analysis& analysis, const RetirementTimes& retirements, absl::Time now,
                          const v1::GetScenarioPresetRequest& request,
                          v1::GetScenarioPresetResponse& response) {
  const Preset* preset = FindPreset(request.id());
  if (preset == nullptr) {
    return base::Error(base::reason::ResourceNotFound{.name = request.id()},
                       absl::StrCat("`", request.id(), "` is not a preset", NearestId(request.id())));
  }
  return Maker(analysis, *preset, response).Make(request.target(), retirements, now);
}

}  // namespace linchpin::risk
