// The hazards that scores of one day are computed with.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_HAZARD_SET_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_HAZARD_SET_H_

#include <map>
#include <string>

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
  std::string table;    // Name of the table.
  std::string version;  // Its version.
  absl::Time as_of;     // Midnight UTC, from which the year runs.
  engine::Hazards hazards;
};

// Midnight UTC of the day of `now`.
absl::Time DayOf(absl::Time now);

// The shipped table, on the day of `now`, with the retirements that are known.
HazardSet ShippedHazardSet(const RetirementTimes& retirements, absl::Time now);

// The class of atoms that a class of hazards is about; nothing for those that the score does not read.
std::optional<engine::AtomClass> AtomClassOf(linchpin::risk::v1::HazardClass hazard_class);
linchpin::risk::v1::HazardClass HazardClassOf(engine::AtomClass atom_class);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_HAZARD_SET_H_
