// BatchGet and BatchWrite: documents of all kinds together.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_BATCH_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_BATCH_H_

#include "absl/status/status.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/kit/call.h"
#include "services/methods/reader.h"
#include "services/methods/writer.h"
#include "services/replica/source.h"

namespace linchpin::inventory {

// From one view.
// Errors: INVALID_ARGUMENT, FIELD_INVALID; RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE, if the documents together
// are
//   larger than a message may be.
absl::Status BatchGet(const methods::Reader& reader, kit::Call& call, const v1::BatchGetRequest& request,
                      v1::BatchGetResponse& response);

// Waits for the answer: preparing thousands of documents is work for a pool's thread. `source` must outlive
// the call.
absl::Status BatchWrite(methods::Writer& writer, const replica::ViewSource& source, kit::Call& call,
                        const v1::BatchWriteRequest& request, v1::BatchWriteResponse& response);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_BATCH_H_
