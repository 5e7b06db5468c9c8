// What the documents of the inventory must satisfy beyond their protos.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_INVENTORY_RULES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_INVENTORY_RULES_H_

#include "services/writing/write_rules.h"

namespace linchpin::inventory {

// Quality order, hosting, no cycles, and the bounds of the supply graph, so that it takes whatever is stored.
writing::WriteRules InventoryRules();

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_INVENTORY_RULES_H_
