#include "services/risk/domain/scenarios/loss_sources.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

engine::LossDuration DurationOf(std::optional<int64_t> seconds) {
  if (!seconds.has_value()) return {};
  return {engine::LossDuration::Kind::kFixed, *seconds};
}

void AddAtoms(const Analysis& analysis, const HazardSet& set, std::vector<engine::LossSource>& sources) {
  for (engine::AtomClass atom_class : engine::kAtomClasses) {
    for (const engine::AtomIndex::Entry& entry : analysis.Atoms(atom_class).entries()) {
      const engine::AtomHazard hazard = set.hazards.Of(atom_class, entry.key);
      engine::LossSource source{.key = entry.key,
                                .cutoff = engine::CutoffOf(analysis.graph(), entry.atom, hazard)};
      source.p_ppb = hazard.certain() ? engine::kPpbOne : engine::PpbOfRate(hazard.hazard.rate_per_year);
      source.duration = DurationOf(hazard.hazard.duration_seconds);
      if (hazard.certain()) source.at_seconds = hazard.start_seconds;
      source.cutoff.start_seconds = 0;  // Drawn, or given by at_seconds.
      if (source.p_ppb > 0) sources.push_back(std::move(source));
    }
  }
}

// What a vendor does to its interface: `api:ID`, `throttle:ID`.
void AddInterfaces(const Analysis& analysis, const HazardSet& set, v1::HazardClass hazard_class,
                   const std::string& prefix, std::vector<engine::LossSource>& sources) {
  for (const engine::VendorIndex vendor : analysis.graph().vendors()) {
    const std::string& name = analysis.graph().vendors()[vendor].name;
    const std::string key = absl::StrCat(prefix, ":", name.substr(name.rfind('/') + 1));
    const auto own = set.by_atom.find(key);
    const v1::Hazard& hazard = own != set.by_atom.end() ? own->second : set.OfClass(hazard_class);
    engine::LossSource source{
        .key = key, .cutoff = {.id = key, .kind = engine::CutoffKind::kVendorApiCutoff, .target = name}};
    source.cutoff.notice_seconds = hazard.notice().seconds();
    if (hazard.has_severity_ppm()) source.cutoff.severity_ppm = hazard.severity_ppm();
    source.p_ppb = engine::PpbOfRate(hazard.rate_per_year());
    if (hazard.has_duration()) source.duration = DurationOf(hazard.duration().seconds());
    if (source.p_ppb > 0) sources.push_back(std::move(source));
  }
}

}  // namespace

std::vector<engine::LossSource> LossSourcesOf(const Analysis& analysis, const HazardSet& hazards) {
  std::vector<engine::LossSource> sources;
  AddAtoms(analysis, hazards, sources);
  AddInterfaces(analysis, hazards, v1::HAZARD_CLASS_API_CUTOFF, "api", sources);
  AddInterfaces(analysis, hazards, v1::HAZARD_CLASS_THROTTLING, "throttle", sources);
  return sources;
}

}  // namespace linchpin::risk
