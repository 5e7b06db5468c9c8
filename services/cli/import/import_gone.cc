#include "services/cli/import/import_gone.h"

#include <set>
#include <string>
#include <utility>

#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/cli/client/api.h"
#include "services/inventory/importers/import_record.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;
using inventory::v1::Deployment;
using inventory::v1::Host;
using inventory::v1::Route;
using resource::Document;

// Whether the resource carries the label of one of the gateways.
bool IsOf(const std::set<std::string>& gateways,
          const google::protobuf::Map<std::string, std::string>& labels) {
  const auto label = labels.find("linchpin.dev/gateway");
  return label != labels.end() && gateways.count(label->second) > 0;
}

// Calls `sink` for each resource of a type that an import of these gateways made.
template <typename Resource>
absl::Status ForEachMade(Client& client, const std::set<std::string>& gateways,
                         const std::function<void(const Resource&)>& sink) {
  ListQuery query;
  query.kind = resource::FindKindOf(Resource::descriptor());
  return ListResources(client, query,
                       [&](const Message& message) {
                         const auto& one = dynamic_cast<const Resource&>(message);
                         if (IsOf(gateways, one.labels()) && importers::StoredRecord(one).has_value())
                           sink(one);
                       })
      .status();
}

Document Named(std::unique_ptr<Message> resource, const std::string& name) {
  const auto* const field = resource->GetDescriptor()->FindFieldByName("name");
  resource->GetReflection()->SetString(resource.get(), field, name);
  return DocumentOf(std::move(resource));
}

}  // namespace

Document DocumentOf(std::unique_ptr<Message> resource) {
  Document document;
  document.kind = resource::FindKindOf(resource->GetDescriptor());
  document.resource = std::move(resource);
  return document;
}

absl::StatusOr<std::vector<Document>> FindGone(Client& client, const importers::ImportResult& result) {
  const std::set<std::string> gateways(result.gateways.begin(), result.gateways.end());
  std::set<std::string> proposed;
  for (const auto& proposal : result.proposals) proposed.insert(resource::NameOf(*proposal.resource));
  std::vector<Document> gone;
  absl::Status status = ForEachMade<Deployment>(client, gateways, [&](const Deployment& one) {
    if (proposed.count(one.name()) == 0) gone.push_back(Named(std::make_unique<Deployment>(), one.name()));
  });
  if (!status.ok()) return status;
  status = ForEachMade<Route>(client, gateways, [&](const Route& one) {
    if (proposed.count(one.name()) == 0) gone.push_back(Named(std::make_unique<Route>(), one.name()));
  });
  if (!status.ok()) return status;
  // Servers of the enterprise's own.
  status = ForEachMade<Host>(client, gateways, [&](const Host& one) {
    if (proposed.count(one.name()) == 0) gone.push_back(Named(std::make_unique<Host>(), one.name()));
  });
  if (!status.ok()) return status;
  return gone;
}

}  // namespace linchpin::cli
