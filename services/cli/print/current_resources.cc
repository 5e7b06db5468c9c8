#include "services/cli/print/current_resources.h"

#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/cli/client/api.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ByName = std::map<std::string, std::unique_ptr<Message>>;

constexpr int kNamesMax = 1000;  // of one BatchGet

absl::Status ReadBatch(Client& client, inventory::BatchGetRequest& request, ByName& present) {
  if (request.names_size() == 0) return absl::OkStatus();
  inventory::BatchGetResponse response;
  if (absl::Status status = client.Call(kInventory, "BatchGet", request, response); !status.ok())
    return status;
  for (const inventory::Resource& item : response.resources()) {
    std::vector<const FieldDescriptor*> members;
    item.GetReflection()->ListFields(item, &members);
    if (members.empty()) continue;
    const Message& message = item.GetReflection()->GetMessage(item, members[0]);
    std::unique_ptr<Message> copy(message.New());
    copy->CopyFrom(message);
    const std::string name = resource::NameOf(*copy);
    present[name] = std::move(copy);
  }
  request.clear_names();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ByName> CurrentResources(Client& client, const std::vector<std::string>& names) {
  ByName present;
  inventory::BatchGetRequest request;
  for (const std::string& name : names) {
    const resource::KindInfo* kind = resource::KindOfName(name);
    if (kind != nullptr && kind->area == resource::Area::kInventory) {
      request.add_names(name);
      if (request.names_size() < kNamesMax) continue;
      if (absl::Status status = ReadBatch(client, request, present); !status.ok()) return status;
      continue;
    }
    auto resource = GetResource(client, name);
    if (resource.ok()) {
      present[name] = *std::move(resource);
    } else if (resource.status().code() != absl::StatusCode::kNotFound) {
      return resource.status();
    }
  }
  if (absl::Status status = ReadBatch(client, request, present); !status.ok()) return status;
  return present;
}

}  // namespace linchpin::cli
