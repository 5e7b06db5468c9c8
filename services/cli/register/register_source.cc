#include "services/cli/register/register_source.h"

#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/cli/client/api.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;

template <typename Document, typename Visit>
absl::Status ForEach(Client& client, const Visit& visit) {
  ListQuery query;
  query.kind = resource::FindKindOf(Document::descriptor());
  return ListResources(
             client, query,
             [&](const google::protobuf::Message& message) { visit(static_cast<const Document&>(message)); })
      .status();
}

template <typename Document>
absl::Status Read(Client& client, std::map<std::string, Document>& documents) {
  return ForEach<Document>(client, [&](const Document& document) { documents[document.name()] = document; });
}

}  // namespace

absl::StatusOr<RegisterSource> ReadRegisterSource(Client& client) {
  RegisterSource source;
  const auto add = [&](const auto& alternatives, const std::string& user) {
    for (const auto& alternative : alternatives) source.users[alternative.target()].insert(user);
  };
  absl::Status status;
  status.Update(Read(client, source.vendors));
  status.Update(Read(client, source.hosts));
  status.Update(Read(client, source.deployments));
  status.Update(Read(client, source.entities));
  status.Update(Read(client, source.services));
  status.Update(Read(client, source.contracts));
  status.Update(ForEach<inventory::Dependency>(client, [&](const inventory::Dependency& dependency) {
    add(dependency.alternatives(), std::string(resource::ParentName(dependency.name())));
  }));
  status.Update(ForEach<inventory::Route>(
      client, [&](const inventory::Route& route) { add(route.alternatives(), route.name()); }));
  if (!status.ok()) return status;
  return source;
}

std::set<std::string> ServicesOn(const RegisterSource& source, const std::vector<std::string>& deployments) {
  std::set<std::string> met(deployments.begin(), deployments.end()), services;
  std::vector<std::string> left(met.begin(), met.end());
  while (!left.empty()) {
    const auto users = source.users.find(left.back());
    left.pop_back();
    if (users == source.users.end()) continue;
    for (const std::string& user : users->second) {
      if (!met.insert(user).second) continue;
      left.push_back(user);
      if (source.services.contains(user)) services.insert(user);
    }
  }
  return services;
}

UltimateParent UltimateParentOf(const RegisterSource& source, const std::string& vendor) {
  UltimateParent last{vendor};
  while (true) {
    const inventory::Vendor& document = source.vendors.at(last.vendor);
    if (document.parent().empty()) {
      last.open = !IsNone(document, "parent");
      return last;
    }
    last.vendor = document.parent();
  }
}

}  // namespace linchpin::cli
