// What a document of the inventory must satisfy by itself, beyond the constraints stated in its proto.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_DOCUMENT_RULES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_DOCUMENT_RULES_H_

#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/base/error.h"

namespace linchpin::inventory {

// Adds the violations of `document`, but for those of its annotations; field paths begin with `prefix`
// ("vendor.").
void CheckDocument(const google::protobuf::Message& document, std::string_view prefix,
                   std::vector<base::FieldViolation>& violations);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_DOCUMENT_RULES_H_
