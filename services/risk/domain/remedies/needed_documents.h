// What has to be written with a document that refers to what only an offer holds.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_NEEDED_DOCUMENTS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_NEEDED_DOCUMENTS_H_

#include <vector>

#include "google/protobuf/message.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/replica/view.h"
#include "services/risk/domain/remedies/draft_inventory.h"

namespace linchpin::risk {

// All that `document` refers to, directly or not, and that is in `offered` but not in `draft`, without output
// fields; each once. What is referred to stands before what refers to it, as far as references do not run in
// a circle: a vendor may name itself, and two vendors each other. Takes no stack for the length of a chain.
std::vector<linchpin::risk::v1::RemedyDocument> NeededBy(const google::protobuf::Message& document,
                                                         const replica::View& offered,
                                                         const DraftInventory& draft);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_NEEDED_DOCUMENTS_H_
