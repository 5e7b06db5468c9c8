// What tables of hazards and scenarios must satisfy to be stored.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_RISK_RULES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_RISK_RULES_H_

#include <string_view>
#include <vector>

#include "linchpin/risk/v1/hazard.pb.h"
#include "linchpin/risk/v1/scenario.pb.h"
#include "services/base/error.h"
#include "services/writing/write_rules.h"

namespace linchpin::risk {

// A row is about one class or one atom, once; its rate lies from 0 to 365; severity stands only where
// something may be lost in part. `hazardTables/shipped` is nobody's to write. Adds what is wrong, paths under
// `prefix`.
void CheckHazardTable(const linchpin::risk::v1::HazardTable& table, std::string_view prefix,
                      std::vector<base::FieldViolation>& violations);

// What a scenario must satisfy whatever the inventory: 1 to 64 cutoffs, each of a type with the target or the
// country that it needs, ids unique. A target that is not in the inventory is for the simulation to say.
void CheckScenario(const linchpin::risk::v1::Scenario& scenario, std::string_view prefix,
                   std::vector<base::FieldViolation>& violations);

// Both, for the store of Risk.
writing::WriteRules RiskRules();

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCENARIOS_RISK_RULES_H_
