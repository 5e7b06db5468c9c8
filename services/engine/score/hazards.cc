#include "services/engine/score/hazards.h"

#include <algorithm>

namespace linchpin::engine {

AtomHazard Hazards::Of(AtomClass atom_class, std::string_view key) const {
  if (const auto own = by_atom_.find(std::string(key)); own != by_atom_.end()) {
    return {own->second, HazardSource::kAtom};
  }
  const auto date = dates_.find(std::string(key));
  if (date == dates_.end()) return {OfClass(atom_class), HazardSource::kClass};
  const int64_t start = std::max<int64_t>(0, date->second);
  return {{.rate_per_year = 0, .notice_seconds = start}, HazardSource::kDate, start};
}

Cutoff CutoffOf(const Graph& graph, const Atom& atom, const AtomHazard& hazard) {
  Cutoff cutoff = CutoffOf(graph, atom);
  cutoff.start_seconds = hazard.start_seconds;
  cutoff.notice_seconds = hazard.hazard.notice_seconds;
  cutoff.duration_seconds = hazard.hazard.duration_seconds;
  return cutoff;
}

}  // namespace linchpin::engine
