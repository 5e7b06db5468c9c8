// InventoryService over gRPC: which handler answers which method.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_SERVICE_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_SERVICE_H_

#include <memory>

#include "services/inventory/rpc/history_answers.h"
#include "services/inventory/rpc/trace_answers.h"
#include "services/inventory/rpc/watcher.h"
#include "services/kit/rpc/pipeline.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace grpc {
class Service;
}

namespace linchpin::inventory {

// All references must outlive the service.
std::unique_ptr<grpc::Service> MakeInventoryService(kit::Pipeline& pipeline, const serving::Reader& reader,
                                                    serving::Writer& writer, Watcher& watcher,
                                                    TraceAnswers& traces, HistoryAnswers& history);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_SERVICE_H_
