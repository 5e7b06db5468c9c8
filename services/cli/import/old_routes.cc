#include "services/cli/import/old_routes.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/cli/client/api.h"
#include "services/cli/client/batch.h"
#include "services/cli/import/import_gone.h"
#include "services/inventory/importers/import_record.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;
using inventory::v1::Application;
using inventory::v1::Dependency;
using resource::Document;

constexpr char kRole[] = "linchpin.dev/role";

std::string LabelOf(const Application& application, const std::string& key) {
  const auto label = application.labels().find(key);
  return label == application.labels().end() ? std::string() : label->second;
}

// Whether a resource holds what the last import recorded, and no more.
bool IsUntouched(const Message& resource) {
  const auto record = importers::StoredRecord(resource);
  return record.has_value() && *record == importers::RecordOf(resource);
}

template <typename Resource>
absl::Status ForEach(Client& client, const std::function<void(const Resource&)>& sink) {
  ListQuery query;
  query.kind = resource::FindKindOf(Resource::descriptor());
  return ListResources(client, query,
                       [&](const Message& message) { sink(dynamic_cast<const Resource&>(message)); })
      .status();
}

// An application that stands for a group.
struct Old {
  Application application;
  std::string route;
  std::vector<Dependency> dependencies;
};

// Finds what becomes of them.
class Finder {
 public:
  Finder(Client& client, const importers::ImportResult& result)
      : client_(client), gateways_(result.gateways.begin(), result.gateways.end()) {
    for (const auto& proposal : result.proposals) proposed_.insert(resource::NameOf(*proposal.resource));
  }

  absl::StatusOr<OldRoutes> Run() {
    absl::Status status = ForEach<Application>(client_, [&](const Application& one) { AddOld(one); });
    if (!status.ok() || old_.empty()) return status.ok() ? absl::StatusOr<OldRoutes>(OldRoutes()) : status;
    status = ForEach<Dependency>(client_, [&](const Dependency& one) { AddDependency(one); });
    if (!status.ok()) return status;
    for (auto& [name, old] : old_) Decide(old);
    return std::move(out_);
  }

 private:
  void AddOld(const Application& one) {
    const bool is_old = gateways_.count(LabelOf(one, "linchpin.dev/gateway")) > 0 &&
                        LabelOf(one, kRole) == "gateway-group" && importers::StoredRecord(one).has_value();
    if (is_old) old_[one.name()] = {one, "routes/" + std::string(resource::IdOf(one.name())), {}};
  }

  void AddDependency(const Dependency& one) {
    const auto parent = old_.find(std::string(resource::ParentName(one.name())));
    if (parent != old_.end()) return parent->second.dependencies.push_back(one);
    Dependency changed = one;
    changed.clear_alternatives();
    bool any = false;
    std::set<std::string> targets;
    for (const auto& alternative : one.alternatives()) {
      const auto target = old_.find(alternative.target());
      const bool moves = target != old_.end() && proposed_.count(target->second.route) > 0;
      any = any || moves;
      const std::string& to = moves ? target->second.route : alternative.target();
      if (!targets.insert(to).second) continue;
      *changed.add_alternatives() = alternative;
      changed.mutable_alternatives()->rbegin()->set_target(to);
    }
    if (!any) return;
    out_.repointed.push_back(one.name());
    out_.writes.push_back(DocumentOf(std::make_unique<Dependency>(std::move(changed))));
  }

  void Decide(Old& old) {
    const bool untouched = IsUntouched(old.application) && old.dependencies.size() <= 1 &&
                           (old.dependencies.empty() || IsUntouched(old.dependencies[0]));
    const bool has_route = proposed_.count(old.route) > 0;
    if (!has_route) return Remove(old, out_.gone);
    if (!untouched) return Keep(old);
    out_.replaced.push_back(old.application.name());
    Remove(old, out_.removals);
  }

  static void Remove(const Old& old, std::vector<Document>& documents) {
    documents.push_back(DocumentOf(std::make_unique<Application>(old.application)));
    for (const Dependency& dependency : old.dependencies)
      documents.push_back(DocumentOf(std::make_unique<Dependency>(dependency)));
  }

  void Keep(Old& old) {
    out_.kept.push_back(old.application.name());
    old.application.mutable_labels()->erase(kRole);
    old.application.mutable_annotations()->erase(importers::kRecordAnnotation);
    out_.writes.push_back(DocumentOf(std::make_unique<Application>(old.application)));
    for (Dependency& dependency : old.dependencies) {
      if (!IsUntouched(dependency)) continue;
      dependency.clear_alternatives();
      dependency.add_alternatives()->set_target(old.route);
      dependency.clear_evidence();
      dependency.mutable_annotations()->erase(importers::kRecordAnnotation);
      out_.writes.push_back(DocumentOf(std::make_unique<Dependency>(dependency)));
    }
  }

  Client& client_;
  const std::set<std::string> gateways_;
  std::set<std::string> proposed_;
  std::map<std::string, Old> old_;
  OldRoutes out_;
};

}  // namespace

absl::StatusOr<OldRoutes> FindOldRoutes(Client& client, const importers::ImportResult& result) {
  return Finder(client, result).Run();
}

absl::Status RemoveOldRoutes(Client& client, const std::vector<Document>& written, bool dry_run,
                             const OldRoutes& old) {
  if (old.removals.empty()) return absl::OkStatus();
  WriteJob job;
  for (const Document& document : old.removals) job.documents.push_back(&document);
  job.remove = job.allow_missing = true;
  job.validate_only = dry_run;
  if (dry_run) {
    std::vector<const Document*> all = job.documents;
    for (const Document& document : written) job.written_before.push_back(&document);
    all.insert(all.end(), job.written_before.begin(), job.written_before.end());
    if (BatchCount(all) > 1) return absl::OkStatus();
  }
  job.on_outcome = [](const Outcome&) {};
  return WriteDocuments(client, job).refusal.status;
}

}  // namespace linchpin::cli
