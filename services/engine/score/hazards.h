// How often each atom is lost, with what notice and for how long.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_HAZARDS_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_HAZARDS_H_

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "services/engine/cutoff/atoms.h"

namespace linchpin::engine {

// A year of S9 and of the score.
inline constexpr int64_t kYearSeconds = 31'536'000;
// One loss a day. What is lost more often is no event but a way of working.
inline constexpr double kRatePerYearMax = 365;

// One row of a table of hazards.
struct Hazard {
  double rate_per_year = 0;                      // Expected losses in a year, 0 to kRatePerYearMax.
  int64_t notice_seconds = 0;                    // Between announcement and start.
  std::optional<int64_t> duration_seconds = {};  // Absent: permanent.

  friend bool operator==(const Hazard&, const Hazard&) = default;
};

// Where the hazard of an atom comes from.
enum class HazardSource : uint8_t {
  kClass,  // The row of its class.
  kAtom,   // A row of its own.
  kDate,   // A date on which it happens.
};

// What is assumed of one atom.
struct AtomHazard {
  Hazard hazard;
  HazardSource source = HazardSource::kClass;
  // Of kDate: from now on; `hazard.rate_per_year` is then 0 and not read.
  int64_t start_seconds = 0;

  // It is taken as never happening; what happens on a date does.
  bool never() const { return source != HazardSource::kDate && hazard.rate_per_year == 0; }
  // It happens once within the year, for certain.
  bool certain() const { return source == HazardSource::kDate && start_seconds < kYearSeconds; }
  friend bool operator==(const AtomHazard&, const AtomHazard&) = default;
};

// A table of hazards, with the dates that are known.
// Thread safety: immutable once filled.
class Hazards {
 public:
  void SetClass(AtomClass atom_class, const Hazard& hazard) {
    by_class_[static_cast<size_t>(atom_class)] = hazard;
  }
  const Hazard& OfClass(AtomClass atom_class) const { return by_class_[static_cast<size_t>(atom_class)]; }
  // By the key of S8: "vendor:openai".
  void SetAtom(std::string_view key, const Hazard& hazard) { by_atom_[std::string(key)] = hazard; }
  // `seconds` from now on; one that has passed counts as 0. A date of a year or more ahead leaves nothing to
  // chance either: the atom is not lost within the year.
  void SetDate(std::string_view key, int64_t seconds) { dates_[std::string(key)] = seconds; }

  // An atom's own row before its date, its date before the row of its class; each replaces the others whole.
  AtomHazard Of(AtomClass atom_class, std::string_view key) const;

  friend bool operator==(const Hazards&, const Hazards&) = default;

 private:
  std::array<Hazard, std::size(kAtomClasses)> by_class_;
  absl::flat_hash_map<std::string, Hazard> by_atom_;
  absl::flat_hash_map<std::string, int64_t> dates_;
};

// The cutoff that loses an atom as its hazard says: total, from time 0, or from its date. A loss on a date is
// known now, so that its notice runs from now on.
Cutoff CutoffOf(const Graph& graph, const Atom& atom, const AtomHazard& hazard);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_HAZARDS_H_
