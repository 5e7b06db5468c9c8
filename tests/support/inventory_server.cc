#include "tests/support/inventory_server.h"

#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <iostream>
#include <utility>

namespace linchpin::testing {
namespace {

template <typename T>
T Need(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << "\n";
  std::abort();
}

}  // namespace

std::unique_ptr<store::ResourceStore> OpenMemoryStore() {
  store::OpenOptions options;
  options.migrate = true;
  return Need(store::OpenStore("sqlite::memory:", "inventory", options));
}

InventoryServer::InventoryServer(inventory::InventoryOptions options, store::ResourceStore* store,
                                 const std::string& address)
    : owned_(store == nullptr ? OpenMemoryStore() : nullptr),
      store_(store == nullptr ? owned_.get() : store),
      pipeline_("linchpin.inventory.v1.InventoryService"),
      inventory_(Need(inventory::InventoryBackend::Create(*store_, pipeline_, std::move(options)))) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(64 << 20);
  if (!address.empty()) builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(inventory_->service());
  server_ = builder.BuildAndStart();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  channel_ = server_->InProcessChannel(arguments);
  stub_ = inventory::v1::InventoryService::NewStub(channel_);
}

InventoryServer::~InventoryServer() {
  pipeline_.Drain();
  pipeline_.StopCalls();
  server_->Shutdown();
  inventory_->Drain(absl::Now());
}

absl::StatusOr<inventory::v1::BatchWriteResponse> InventoryServer::Write(
    const std::string& batch_text_proto) {
  inventory::v1::BatchWriteRequest request;
  if (!google::protobuf::TextFormat::ParseFromString(batch_text_proto, &request)) {
    return absl::InvalidArgumentError("no BatchWriteRequest: " + batch_text_proto);
  }
  inventory::v1::BatchWriteResponse response;
  absl::Status status = Call(&InventoryStub::BatchWrite, request, &response);
  if (!status.ok()) return status;
  return response;
}

}  // namespace linchpin::testing
