// A whole inventory in this process: a store, the service over it, and a channel to it.
#ifndef LINCHPIN_TESTS_SUPPORT_INVENTORY_SERVER_H_
#define LINCHPIN_TESTS_SUPPORT_INVENTORY_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "services/inventory/rpc/inventory_backend.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/status.h"
#include "services/store/open.h"

namespace linchpin::testing {

using InventoryStub = inventory::v1::InventoryService::Stub;

// Over a store of its own in memory, or over one that outlives it. A failure to start ends the test program.
class InventoryServer {
 public:
  // With an address it also listens there (`unix:PATH`), so that clients survive its restart.
  explicit InventoryServer(inventory::InventoryOptions options = {}, store::ResourceStore* store = nullptr,
                           const std::string& address = "");
  ~InventoryServer();

  store::ResourceStore& store() { return *store_; }
  replica::ViewSource& source() { return inventory_->source(); }
  inventory::InventoryBackend& inventory() { return *inventory_; }
  InventoryStub& stub() { return *stub_; }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }

  // Calls `method` with a deadline of ten seconds.
  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (InventoryStub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    return Call(method, request, response, context);
  }
  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (InventoryStub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    return kit::FromGrpcStatus((*stub_.*method)(&context, request, response));
  }

  // Sends a BatchWriteRequest given as a text proto.
  absl::StatusOr<inventory::v1::BatchWriteResponse> Write(const std::string& batch_text_proto);

 private:
  std::unique_ptr<store::ResourceStore> owned_;
  store::ResourceStore* store_;
  kit::Pipeline pipeline_;
  std::unique_ptr<inventory::InventoryBackend> inventory_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<InventoryStub> stub_;
};

// A store in memory. Ends the program if it cannot be opened.
std::unique_ptr<store::ResourceStore> OpenMemoryStore();

}  // namespace linchpin::testing

#endif  // LINCHPIN_TESTS_SUPPORT_INVENTORY_SERVER_H_
