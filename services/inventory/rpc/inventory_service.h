// InventoryService over gRPC. The one file of the inventory, with its .cc, that knows gRPC.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_SERVICE_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_SERVICE_H_

#include <memory>

#include "grpcpp/impl/codegen/service_type.h"
#include "services/inventory/rpc/watcher.h"
#include "services/kit/rpc/pipeline.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::inventory {

// All references must outlive the service.
std::unique_ptr<grpc::Service> MakeInventoryService(kit::Pipeline& pipeline,
                                                    const replica::ViewSource& source,
                                                    const serving::Reader& reader, serving::Writer& writer,
                                                    Watcher& watcher);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_SERVICE_H_
