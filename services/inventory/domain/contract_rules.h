// Rules for contracts, legal entities and business functions by themselves.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_CONTRACT_RULES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_CONTRACT_RULES_H_

#include <string_view>
#include <vector>

#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/legal_entity.pb.h"
#include "services/base/error.h"

namespace linchpin::inventory {

// Append what contradicts itself; field paths begin with `prefix`.
void CheckContract(const v1::Contract& contract, std::string_view prefix,
                   std::vector<base::FieldViolation>& violations);
void CheckLegalEntity(const v1::LegalEntity& entity, std::string_view prefix,
                      std::vector<base::FieldViolation>& violations);
void CheckBusinessFunction(const v1::BusinessFunction& function, std::string_view prefix,
                           std::vector<base::FieldViolation>& violations);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_CONTRACT_RULES_H_
