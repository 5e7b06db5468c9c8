// The hazards that scores and expected losses of one day are computed with.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_HAZARD_SET_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_HAZARD_SET_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "linchpin/risk/v1/hazard.pb.h"
#include "services/engine/score/hazards.h"
#include "services/replica/view.h"

namespace linchpin::risk {

// By the name of a model: when it is retired.
using RetirementTimes = std::map<std::string, absl::Time>;

// The dates that the models of a view state. Cost: parses every model.
RetirementTimes RetirementTimesOf(const replica::View& view);

struct HazardSet {
  std::string table;                                // Name of the table.
  std::string version;                              // Its version.
  absl::Time as_of;                                 // Midnight UTC, from which the year runs.
  engine::Hazards hazards;                          // Of the atoms that scores read, with their dates.
  std::vector<linchpin::risk::v1::Hazard> classes;  // One row each, in the order of the enum.
  std::map<std::string, linchpin::risk::v1::Hazard> by_atom;  // Rows of atoms, by key.
  RetirementTimes retirements;

  const linchpin::risk::v1::Hazard& OfClass(linchpin::risk::v1::HazardClass hazard_class) const {
    return classes[static_cast<size_t>(hazard_class) - 1];
  }
  // Whether both give the same scores and say so in the same words.
  bool IsAs(const HazardSet& other) const {
    return table == other.table && version == other.version && as_of == other.as_of &&
           hazards == other.hazards;
  }
};

// Midnight UTC of the day of `now`.
absl::Time DayOf(absl::Time now);

// The shipped table with the rows of `table` in place of its own (null: none), on the day of `now`. That one
// of the countries of `home` bans its own weights or stops its own services is taken as never, unless `table`
// has a row for that atom; `by_atom` and `version` say so.
HazardSet MakeHazardSet(const linchpin::risk::v1::HazardTable* table, const RetirementTimes& retirements,
                        absl::Time now, const std::vector<std::string>& home = {});

// The class of atoms that a class of hazards is about; nothing for those that the score does not read.
std::optional<engine::AtomClass> AtomClassOf(linchpin::risk::v1::HazardClass hazard_class);
linchpin::risk::v1::HazardClass HazardClassOf(engine::AtomClass atom_class);

// The class that an atom's key belongs to, by what stands before the colon; UNSPECIFIED if it is none.
linchpin::risk::v1::HazardClass HazardClassOfKey(std::string_view key);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_HAZARD_SET_H_
