#include "services/replica/remote_past.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/history.pb.h"
#include "services/kit/rpc/status.h"
#include "services/resource/kinds.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::replica {
namespace {

namespace v1 = ::linchpin::inventory::v1;

constexpr char kMethod[] = "/linchpin.inventory.v1.InventoryService/DiffRevisions";
constexpr auto kPatience = std::chrono::minutes(1);

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// The document in a resource, as it is stored. False if it is of a kind that this build does not know.
bool Unpack(const v1::Resource& resource, store::StoredResource& stored) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  resource.GetReflection()->ListFields(resource, &fields);
  if (fields.empty()) return false;
  std::unique_ptr<google::protobuf::Message> document(
      resource.GetReflection()->GetMessage(resource, fields.front()).New());
  document->CopyFrom(resource.GetReflection()->GetMessage(resource, fields.front()));
  const auto& type = *document->GetDescriptor();
  const auto& reflection = *document->GetReflection();
  const auto time = [&](const char* field) {
    return TimeOf(static_cast<const google::protobuf::Timestamp&>(
        reflection.GetMessage(*document, type.FindFieldByName(field))));
  };
  stored.name = resource::NameOf(*document);
  stored.kind = type.name();
  stored.revision = reflection.GetInt64(*document, type.FindFieldByName("revision"));
  stored.create_time = time("create_time");
  stored.update_time = time("update_time");
  resource::ClearOutputOnly(*document);
  stored.body = resource::StableBytes(*document);
  return true;
}

class RemotePast final : public PastSource {
 public:
  RemotePast(std::shared_ptr<grpc::ChannelInterface> channel,
             std::function<void(grpc::ClientContext&)> prepare)
      : channel_(std::move(channel)),
        prepare_(std::move(prepare)),
        method_(kMethod, grpc::internal::RpcMethod::SERVER_STREAMING, channel_) {}

  absl::StatusOr<store::RevisionPoint> Resolve(const AsOf& as_of) override {
    v1::DiffRevisionsRequest request;
    request.set_from(as_of.revision ? absl::StrCat(*as_of.revision)
                                    : absl::FormatTime(absl::RFC3339_full, as_of.time, absl::UTCTimeZone()));
    request.set_to(request.from());
    store::RevisionPoint point;
    const absl::Status status = Ask(request, [&](const v1::DiffRevisionsResponse& part) {
      if (part.has_to()) point.revision = part.to().revision();
      if (part.to().has_time()) point.time = TimeOf(part.to().time());
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return point;
  }

  absl::StatusOr<std::vector<store::Change>> Read(int64_t base, int64_t revision,
                                                  int64_t bytes_max) override {
    v1::DiffRevisionsRequest request;
    request.set_from(absl::StrCat(base));
    request.set_to(absl::StrCat(revision));
    request.set_include_documents(true);
    std::vector<store::Change> changes;
    int64_t bytes = 0;
    const absl::Status status = Ask(request, [&](const v1::DiffRevisionsResponse& part) {
      for (const v1::ResourceChange& one : part.changes()) {
        store::Change change;
        change.resource.name = one.name();
        change.deleted = !one.has_after() || !Unpack(one.after(), change.resource);
        bytes += static_cast<int64_t>(change.resource.body.size());
        changes.push_back(std::move(change));
      }
      return bytes > bytes_max ? PastTooLarge(bytes_max) : absl::OkStatus();
    });
    if (!status.ok()) return status;
    return changes;
  }

 private:
  absl::Status Ask(const v1::DiffRevisionsRequest& request,
                   absl::FunctionRef<absl::Status(const v1::DiffRevisionsResponse&)> take) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    if (prepare_) prepare_(context);
    std::unique_ptr<grpc::ClientReader<v1::DiffRevisionsResponse>> reader(
        grpc::internal::ClientReaderFactory<v1::DiffRevisionsResponse>::Create(channel_.get(), method_,
                                                                               &context, request));
    v1::DiffRevisionsResponse part;
    absl::Status taken;
    while (reader->Read(&part)) {
      if (!taken.ok()) continue;
      taken = take(part);
      if (!taken.ok()) context.TryCancel();
    }
    const absl::Status finished = kit::FromGrpcStatus(reader->Finish());
    return taken.ok() ? finished : taken;
  }

  const std::shared_ptr<grpc::ChannelInterface> channel_;
  const std::function<void(grpc::ClientContext&)> prepare_;
  const grpc::internal::RpcMethod method_;
};

}  // namespace

std::unique_ptr<PastSource> MakeRemotePast(std::shared_ptr<grpc::ChannelInterface> channel,
                                           std::function<void(grpc::ClientContext&)> prepare) {
  return std::make_unique<RemotePast>(std::move(channel), std::move(prepare));
}

}  // namespace linchpin::replica
