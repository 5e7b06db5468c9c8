#include "services/inventory/importers/litellm/import_litellm.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/inventory/catalogue/names.h"
#include "services/inventory/importers/import_record.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/proposals.h"
#include "services/inventory/importers/litellm/resolve.h"
#include "services/inventory/importers/litellm/routes.h"
#include "services/resource/kinds.h"

namespace linchpin::importers {
namespace {

using catalogue::Catalogue;
using catalogue::Slug;
using catalogue::UniqueIds;
using catalogue::Wanted;
using google::protobuf::Message;
using inventory::v1::Dependency;
using inventory::v1::Deployment;
using Kind = ImportNote::Kind;

// A deployment of one file, with the first entry that calls it.
struct Call {
  const LiteLlmEntry* entry;
  Resolution resolution;
  std::string name;   // of the deployment
  std::string model;  // of the model; empty: unknown
};

// One file on its way to proposals.
struct Gateway {
  const ImportFile* file;
  std::string id;
  LiteLlmConfig config;
  std::vector<Call> calls;
  std::vector<size_t> call_of;  // by entry
};

// What makes two entries the same way to call the same model. Keys and limits are no part of it.
std::string IdentityOf(const LiteLlmEntry& entry) {
  return absl::StrCat(entry.model, "\n", entry.address.kept, "\n", entry.region, "\n", entry.base_model);
}

std::string QualifierOf(const LiteLlmEntry& entry) {
  if (!entry.region.empty()) return entry.region;
  return entry.address.host.empty() ? entry.address.kept : entry.address.host;
}

// The unlisted models of all files need ids that no other model has.
class UnlistedModels {
 public:
  explicit UnlistedModels(const Catalogue& catalogue) : catalogue_(catalogue) {}

  // Notes a model; its name is known after Name().
  void Add(const std::string& gateway, const Call& call) {
    if (call.resolution.unlisted.empty()) return;
    places_.emplace(IdentityOf(gateway, call), wanted_.size());
    wanted_.push_back({WordsOf(gateway, call), "", IdentityOf(gateway, call)});
  }

  void Name() {
    std::vector<Wanted> once;
    for (const auto& [identity, place] : places_) once.push_back(wanted_[place]);
    const std::vector<std::string> ids = UniqueIds(once);
    for (size_t i = 0; i < ids.size(); ++i) {
      std::string name = "models/" + ids[i];
      if (catalogue_.Find(name) != nullptr)
        name = "models/" + Slug(ids[i] + "-" + catalogue::ShortHash(once[i].identity));
      names_[once[i].identity] = std::move(name);
    }
  }

  std::string NameOf(const std::string& gateway, const Call& call) const {
    return call.resolution.unlisted.empty() ? std::string() : names_.at(IdentityOf(gateway, call));
  }

 private:
  static std::string WordsOf(const std::string& gateway, const Call& call) {
    const Resolution& r = call.resolution;
    return r.unlisted_is_private ? absl::StrCat(gateway, "-", r.unlisted) : r.unlisted;
  }
  static std::string IdentityOf(const std::string& gateway, const Call& call) {
    const Resolution& r = call.resolution;
    return absl::StrCat(r.unlisted_is_private ? gateway : "", "\n", r.unlisted, "\n",
                        r.unlisted_developer.value);
  }

  const Catalogue& catalogue_;
  std::vector<Wanted> wanted_;
  std::map<std::string, size_t> places_;
  std::map<std::string, std::string> names_;
};

// Builds the result of one import.
class Importer {
 public:
  explicit Importer(const Catalogue& catalogue) : catalogue_(catalogue), unlisted_(catalogue) {}

  absl::Status Read(const std::vector<ImportFile>& files) {
    std::map<std::string, std::string> taken;
    for (const ImportFile& file : files) {
      const std::string id = file.gateway.empty() ? GatewayOf(file.path) : file.gateway;
      if (absl::Status status = CheckGateway(file, id, taken); !status.ok()) return status;
      absl::StatusOr<LiteLlmConfig> config = ReadLiteLlm(file, result_.notes);
      if (!config.ok()) return config.status();
      result_.gateways.push_back(id);
      gateways_.push_back({&file, id, *std::move(config), {}, {}});
    }
    return absl::OkStatus();
  }

  ImportResult Run() {
    for (Gateway& gateway : gateways_) FindCalls(gateway);
    for (const Gateway& gateway : gateways_) {
      for (const Call& call : gateway.calls) unlisted_.Add(gateway.id, call);
    }
    unlisted_.Name();
    for (Gateway& gateway : gateways_) {
      NameCalls(gateway);
      Propose(gateway);
    }
    AddCatalogueEntries();
    Sort();
    return std::move(result_);
  }

 private:
  static absl::Status CheckGateway(const ImportFile& file, const std::string& id,
                                   std::map<std::string, std::string>& taken) {
    if (!resource::IsId(id)) {
      return base::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                         absl::StrCat(file.path, ": `", id, "` is no gateway id; use a-z, 0-9 and dashes"));
    }
    const auto [at, fresh] = taken.emplace(id, file.path);
    if (fresh) return absl::OkStatus();
    return base::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                       absl::StrCat(file.path, ": ", at->second, " is gateway `", id,
                                    "` too; give each file a gateway id of its own"));
  }

  void Note(const Gateway& gateway, Kind kind, int line, std::string message) {
    result_.notes.push_back({kind, gateway.file->path, line, std::move(message)});
  }

  void FindCalls(Gateway& gateway) {
    std::map<std::string, size_t> known;
    for (const LiteLlmEntry& entry : gateway.config.entries) {
      const auto [at, fresh] = known.emplace(IdentityOf(entry), gateway.calls.size());
      gateway.call_of.push_back(at->second);
      if (fresh) {
        gateway.calls.push_back({&entry, Resolve(entry, catalogue_), "", ""});
        continue;
      }
      ++result_.counts.duplicates;
      Note(gateway, Kind::kInfo, entry.line,
           absl::StrCat("`", entry.group, "` calls `", entry.model, "` as line ",
                        gateway.calls[at->second].entry->line, " does: one deployment"));
    }
    result_.counts.files += 1;
    result_.counts.entries += gateway.config.listed;
    result_.counts.malformed += gateway.config.malformed;
    result_.counts.deployments += static_cast<int>(gateway.calls.size());
  }

  void NameCalls(Gateway& gateway) {
    std::vector<Wanted> wanted;
    for (const Call& call : gateway.calls) {
      wanted.push_back({absl::StrCat(gateway.id, "-", call.entry->model), QualifierOf(*call.entry),
                        IdentityOf(*call.entry)});
    }
    const std::vector<std::string> ids = UniqueIds(wanted);
    for (size_t i = 0; i < ids.size(); ++i) {
      Call& call = gateway.calls[i];
      call.name = "deployments/" + ids[i];
      call.model = call.resolution.model.value.empty() ? unlisted_.NameOf(gateway.id, call)
                                                       : call.resolution.model.value;
    }
  }

  void Propose(const Gateway& gateway) {
    for (const Call& call : gateway.calls) {
      const ReadAt at{gateway.file->path, call.entry->line};
      if (!call.resolution.unlisted.empty() && proposed_.insert(call.model).second) {
        Add(UnlistedModelOf(call.model, *call.entry, call.resolution, at));
      }
      Add(DeploymentOf(call.name, gateway.id, *call.entry, call.resolution, call.model, at));
      for (const std::string& unknown : call.resolution.unknown)
        Note(gateway, Kind::kUnknown, at.line, unknown);
      Count(call);
    }
    const std::vector<Route> routes =
        RoutesOf(gateway.config, gateway.call_of, gateway.file->path, result_.notes);
    std::vector<Wanted> wanted;
    for (const Route& route : routes)
      wanted.push_back({absl::StrCat(gateway.id, "-", route.name), "", route.name});
    const std::vector<std::string> ids = UniqueIds(wanted);
    for (size_t i = 0; i < routes.size(); ++i) ProposeRoute(gateway, routes[i], "applications/" + ids[i]);
  }

  void ProposeRoute(const Gateway& gateway, const Route& route, const std::string& name) {
    const ReadAt at{gateway.file->path, route.line};
    std::vector<std::string> targets;
    for (const size_t call : route.deployments) targets.push_back(gateway.calls[call].name);
    Add(ApplicationOf(name, gateway.id, route, at));
    Add(DependencyOf(name, targets, PurposeOfRoute(gateway, route), route, at));
    ++result_.counts.groups;
    if (!route.alias_of.empty()) ++result_.counts.aliases;
  }

  // What the group says, else what the model of its first deployment is for.
  Dependency::Purpose PurposeOfRoute(const Gateway& gateway, const Route& route) const {
    const std::string& group = route.alias_of.empty() ? route.name : route.alias_of;
    for (const LiteLlmEntry& entry : gateway.config.entries) {
      if (entry.group == group && !entry.mode.empty()) return PurposeOf(entry.mode);
    }
    const auto* model = catalogue_.FindModel(gateway.calls[route.deployments[0]].model);
    return model == nullptr || model->tasks().empty() ? Dependency::PURPOSE_UNSPECIFIED
                                                      : PurposeOf(model->tasks(0));
  }

  void Count(const Call& call) {
    ImportCounts& counts = result_.counts;
    const auto* model = catalogue_.FindModel(call.model);
    const std::string developer =
        model == nullptr ? call.resolution.unlisted_developer.value : model->developer();
    const auto* vendor = catalogue_.FindVendor(developer);
    const bool origin = (model != nullptr && !model->origin_country().empty()) ||
                        (vendor != nullptr && !vendor->country().empty());
    const auto mode = call.resolution.mode;
    counts.with_model += call.model.empty() ? 0 : 1;
    counts.with_developer += developer.empty() ? 0 : 1;
    counts.with_origin += origin ? 1 : 0;
    counts.with_operator +=
        !call.resolution.operator_vendor.value.empty() || mode == Deployment::HOSTING_MODE_SELF_HOSTED;
    counts.with_mode += mode == Deployment::HOSTING_MODE_UNSPECIFIED ? 0 : 1;
    counts.with_host += call.resolution.host.value.empty() ? 0 : 1;
  }

  template <typename Resource>
  void Add(Resource resource) {
    Proposal proposal;
    proposal.resource = std::make_unique<Resource>(std::move(resource));
    StoreRecord(RecordOf(*proposal.resource), *proposal.resource);
    result_.proposals.push_back(std::move(proposal));
  }

  // All that the proposals refer to and the catalogue has.
  void AddCatalogueEntries() {
    std::map<std::string, const Message*> needed;
    for (const Proposal& proposal : result_.proposals) {
      for (const resource::Reference& reference : resource::References(*proposal.resource)) {
        catalogue_.Closure(reference.target, needed);
      }
    }
    for (const auto& [name, document] : needed) {
      Proposal proposal{Proposal::From::kCatalogue, std::unique_ptr<Message>(document->New())};
      proposal.resource->CopyFrom(*document);
      result_.proposals.push_back(std::move(proposal));
    }
  }

  void Sort() {
    std::map<const google::protobuf::Descriptor*, size_t> place;
    for (const resource::KindInfo* kind : resource::Kinds()) place.emplace(kind->descriptor, place.size());
    const auto key = [&](const Proposal& p) {
      return std::make_pair(place.at(p.resource->GetDescriptor()),
                            std::string_view(resource::NameOf(*p.resource)));
    };
    std::sort(result_.proposals.begin(), result_.proposals.end(),
              [&](const Proposal& a, const Proposal& b) { return key(a) < key(b); });
    std::stable_sort(result_.notes.begin(), result_.notes.end(),
                     [](const ImportNote& a, const ImportNote& b) {
                       return std::tie(a.file, a.line) < std::tie(b.file, b.line);
                     });
  }

  const Catalogue& catalogue_;
  UnlistedModels unlisted_;
  std::vector<Gateway> gateways_;
  std::set<std::string> proposed_;
  ImportResult result_;
};

}  // namespace

std::string GatewayOf(std::string_view path) {
  static const std::set<std::string> kSayNothing = {"config",
                                                    "litellm",
                                                    "litellm-config",
                                                    "proxy-config",
                                                    "proxy-server-config",
                                                    "litellm-proxy",
                                                    "litellm-proxy-config"};
  const size_t slash = path.rfind('/');
  std::string_view stem = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  stem = stem.substr(0, stem.rfind('.') == 0 ? stem.size() : stem.rfind('.'));
  std::string id = Slug(stem);
  if (!kSayNothing.contains(id) || slash == std::string_view::npos || slash == 0) return id;
  const std::string_view folder = path.substr(0, slash);
  const std::string parent =
      Slug(folder.substr(folder.rfind('/') == std::string_view::npos ? 0 : folder.rfind('/') + 1));
  return parent.substr(0, 2) == "x-" ? id : parent;
}

absl::StatusOr<ImportResult> ImportLiteLlm(const std::vector<ImportFile>& files, const Catalogue& catalogue) {
  Importer importer(catalogue);
  if (absl::Status status = importer.Read(files); !status.ok()) return status;
  return importer.Run();
}

}  // namespace linchpin::importers
