// BatchGet and BatchWrite: documents of all kinds together.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_BATCH_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_BATCH_H_

#include "absl/status/status.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::inventory {

// Reads all documents from one view.
// Errors: INVALID_ARGUMENT, FIELD_INVALID; RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE, if the documents together
//   are larger than a message may be.
absl::Status BatchGet(const serving::Reader& reader, kit::Call& call, const v1::BatchGetRequest& request,
                      v1::BatchGetResponse& response);

// Prepares thousands of documents, which is work for a pool's thread; the answer is given by `done`, once,
// when they are committed. `source` must outlive the call; request and response live until the answer.
void BatchWrite(serving::Writer& writer, const replica::ViewSource& source, serving::Writer::CallPointer call,
                const v1::BatchWriteRequest& request, v1::BatchWriteResponse& response,
                serving::Writer::Done done);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_BATCH_H_
