#include "tests/integration/inventory_client.h"

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <sstream>

#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "services/kit/rpc/status.h"
#include "services/resource/kinds.h"

namespace linchpin::integration {
namespace {

namespace inv = ::linchpin::inventory::v1;

std::string ServiceConfig() {
  std::ifstream file(std::string(LINCHPIN_SOURCE_DIR) + "/deploy/client/service_config.json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string NameIn(const inv::WatchResponse::Change& change) {
  if (change.has_delete_()) return change.delete_();
  const auto& resource = change.upsert();
  const auto* field =
      resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
  return field == nullptr ? "" : resource::NameOf(resource.GetReflection()->GetMessage(resource, field));
}

}  // namespace

struct InventoryClient::Impl {
  ClientOptions options;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<inv::InventoryService::Stub> stub;

  void Prepare(grpc::ClientContext& context, bool stream = false) const {
    if (!stream) context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
    if (!options.token.empty()) context.AddMetadata("authorization", "Bearer " + options.token);
  }
};

InventoryClient::InventoryClient(const std::string& address, ClientOptions options)
    : impl_(new Impl{std::move(options), {}, {}}) {
  grpc::ChannelArguments arguments;
  // Channels of one process share connections otherwise, and a test may want its own.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (impl_->options.service_config) {
    arguments.SetServiceConfigJSON(ServiceConfig());
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  }
  auto credentials =
      impl_->options.credentials ? impl_->options.credentials : grpc::InsecureChannelCredentials();
  impl_->channel = grpc::CreateCustomChannel(address, credentials, arguments);
  impl_->stub = inv::InventoryService::NewStub(impl_->channel);
}

InventoryClient::~InventoryClient() = default;

std::shared_ptr<grpc::Channel> InventoryClient::channel() { return impl_->channel; }

absl::StatusOr<int64_t> InventoryClient::CreateVendor(const std::string& id, const std::string& request_id) {
  grpc::ClientContext context;
  impl_->Prepare(context);
  inv::CreateVendorRequest request;
  request.set_vendor_id(id);
  request.set_request_id(request_id);
  request.mutable_vendor()->set_display_name("Vendor " + id);
  inv::Vendor vendor;
  if (auto status = kit::FromGrpcStatus(impl_->stub->CreateVendor(&context, request, &vendor)); !status.ok())
    return status;
  return vendor.revision();
}

absl::StatusOr<std::string> InventoryClient::GetVendor(const std::string& id,
                                                       const std::string& min_revision) {
  grpc::ClientContext context;
  impl_->Prepare(context);
  inv::GetVendorRequest request;
  request.set_name("vendors/" + id);
  request.set_min_revision(min_revision);
  inv::Vendor vendor;
  if (auto status = kit::FromGrpcStatus(impl_->stub->GetVendor(&context, request, &vendor)); !status.ok())
    return status;
  return vendor.display_name();
}

absl::Status InventoryClient::DeleteVendor(const std::string& id) {
  grpc::ClientContext context;
  impl_->Prepare(context);
  inv::DeleteVendorRequest request;
  request.set_name("vendors/" + id);
  google::protobuf::Empty empty;
  return kit::FromGrpcStatus(impl_->stub->DeleteVendor(&context, request, &empty));
}

absl::StatusOr<std::vector<std::string>> InventoryClient::ListVendors() {
  std::vector<std::string> names;
  inv::ListVendorsRequest request;
  request.set_page_size(1000);
  do {
    grpc::ClientContext context;
    impl_->Prepare(context);
    inv::ListVendorsResponse response;
    if (auto status = kit::FromGrpcStatus(impl_->stub->ListVendors(&context, request, &response));
        !status.ok())
      return status;
    for (const inv::Vendor& vendor : response.vendors()) names.push_back(vendor.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return names;
}

absl::Status InventoryClient::Watch(
    const std::string& resume_token,
    const std::function<bool(const std::vector<std::string>& names, const std::string& token)>& seen) {
  grpc::ClientContext context;
  impl_->Prepare(context, /*stream=*/true);
  inv::WatchRequest request;
  request.set_resume_token(resume_token);
  auto reader = impl_->stub->Watch(&context, request);
  inv::WatchResponse response;
  while (reader->Read(&response)) {
    std::vector<std::string> names;
    for (const auto& change : response.changes()) names.push_back(NameIn(change));
    if (seen(names, response.resume_token())) continue;
    context.TryCancel();
    while (reader->Read(&response)) continue;
    reader->Finish();
    return absl::OkStatus();
  }
  return kit::FromGrpcStatus(reader->Finish());
}

std::string HealthOf(const std::string& address, const std::string& service) {
  auto stub =
      ::grpc::health::v1::Health::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  ::grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  ::grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  if (!status.ok()) return std::to_string(status.error_code());
  return ::grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status());
}

}  // namespace linchpin::integration
