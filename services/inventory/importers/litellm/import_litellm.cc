#include "services/inventory/importers/litellm/import_litellm.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/inventory/catalogue/entries.h"
#include "services/inventory/catalogue/names.h"
#include "services/inventory/importers/import_record.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/proposals.h"
#include "services/inventory/importers/litellm/resolve.h"
#include "services/inventory/importers/litellm/routes.h"
#include "services/inventory/importers/litellm/unlisted_models.h"
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
  DeploymentNames names = {};
};

// One file on its way to proposals.
struct Gateway {
  std::string id;
  LiteLlmConfig config;
  std::vector<Call> calls;
  std::vector<size_t> call_of;  // by entry
};

// What makes two entries the same way to call the same model. Keys and limits are no part of it.
std::string IdentityOf(const LiteLlmEntry& entry) {
  return absl::StrCat(entry.model, "\n", entry.address.kept, "\n", entry.region, "\n", entry.base_model, "\n",
                      entry.lost_address);
}

std::string QualifierOf(const LiteLlmEntry& entry) {
  if (!entry.region.empty()) return entry.region;
  const bool is_variable = entry.address.kind == Address::Kind::kReference;
  return entry.address.host.empty() || is_variable ? entry.address.kept : entry.address.host;
}

// Notes of which several say the same are one: of the first place, with the other lines.
class RepeatedNotes {
 public:
  void Add(const FileLine& at, const std::string& message) {
    const auto [known, fresh] = places_.try_emplace({std::string(at.file), message});
    if (fresh) order_.push_back(&*known);
    known->second.push_back(at.line);
  }

  // Appends them and forgets them.
  void Write(std::vector<ImportNote>& notes) {
    for (const auto* note : order_) {
      const auto& [file, message] = note->first;
      notes.push_back({Kind::kUnknown, file, note->second[0], message + AlsoLines(note->second)});
    }
    order_.clear();
    places_.clear();
  }

 private:
  using Places = std::map<std::pair<std::string, std::string>, std::vector<int>>;

  static std::string AlsoLines(const std::vector<int>& lines) {
    if (lines.size() == 1) return {};
    std::vector<std::string> others;
    for (size_t i = 1; i < lines.size(); ++i) others.push_back(std::to_string(lines[i]));
    return absl::StrCat(others.size() == 1 ? " (also line " : " (also lines ", base::JoinNames(others), ")");
  }

  Places places_;
  std::vector<const Places::value_type*> order_;
};

// Builds the result of one import.
class Importer {
 public:
  explicit Importer(const Catalogue& catalogue)
      : catalogue_(catalogue), families_(catalogue), places_(catalogue), unlisted_(catalogue) {}

  absl::Status Read(const std::vector<ImportFile>& files) {
    absl::StatusOr<std::vector<GatewaySources>> gateways = JoinIncludes(files, result_.notes);
    if (!gateways.ok()) return gateways.status();
    result_.counts.files = static_cast<int>(files.size());
    std::map<std::string, std::string> taken;
    for (const GatewaySources& sources : *gateways) {
      const ImportFile& file = *sources[0].file;
      const std::string id = file.gateway.empty() ? GatewayOf(file.path) : file.gateway;
      if (absl::Status status = CheckGateway(file, id, taken); !status.ok()) return status;
      absl::StatusOr<LiteLlmConfig> config = ReadLiteLlm(sources, result_.notes);
      if (!config.ok()) return config.status();
      result_.gateways.push_back(id);
      gateways_.push_back({id, *std::move(config), {}, {}});
    }
    return absl::OkStatus();
  }

  ImportResult Run() {
    for (Gateway& gateway : gateways_) FindCalls(gateway);
    for (const Gateway& gateway : gateways_) {
      for (const Call& call : gateway.calls) unlisted_.Add(gateway.id, call.resolution.unlisted);
    }
    unlisted_.Name();
    for (Gateway& gateway : gateways_) {
      NameCalls(gateway);
      NameHosts(gateway);
      for (const Call& call : gateway.calls) Propose(gateway, call);
      unknowns_.Write(result_.notes);
      ProposeRoutes(gateway);
      if (gateway.calls.empty()) result_.empty_gateways.push_back(gateway.id);
    }
    AddCatalogueEntries();
    Sort();
    return std::move(result_);
  }

 private:
  static absl::Status CheckGateway(const ImportFile& file, const std::string& id,
                                   std::map<std::string, std::string>& taken) {
    if (!resource::IsId(id)) {
      return base::Error(
          base::reason::FileInvalid{.file = file.path},
          absl::StrCat(file.path, ": `", id, "` is not a gateway id; use a-z, 0-9 and dashes"));
    }
    const auto [at, fresh] = taken.emplace(id, file.path);
    if (fresh) return absl::OkStatus();
    return base::Error(base::reason::FileInvalid{.file = file.path},
                       absl::StrCat(file.path, ": ", at->second, " is gateway `", id,
                                    "` too; give each file a gateway id of its own"));
  }

  void Note(Kind kind, const FileLine& at, std::string message) {
    AddNote(kind, at, std::move(message), result_.notes);
  }

  void FindCalls(Gateway& gateway) {
    const ResolveContext context{catalogue_, families_, places_};
    std::unordered_map<std::string, size_t> known;
    for (const LiteLlmEntry& entry : gateway.config.entries) {
      const auto [at, fresh] = known.emplace(IdentityOf(entry), gateway.calls.size());
      gateway.call_of.push_back(at->second);
      if (fresh) {
        gateway.calls.push_back({&entry, Resolve(entry, context)});
        continue;
      }
      ++result_.counts.duplicates;
      Note(Kind::kInfo, entry.at,
           absl::StrCat("`", entry.group, "` calls `", entry.model, "` as line ",
                        gateway.calls[at->second].entry->at.line, " does: one deployment"));
    }
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
      call.names.deployment = "deployments/" + ids[i];
      call.names.model = call.resolution.model.value.empty()
                             ? unlisted_.NameOf(gateway.id, call.resolution.unlisted)
                             : call.resolution.model.value;
    }
  }

  // Servers of the enterprise's own: one host for each address.
  void NameHosts(Gateway& gateway) {
    std::map<std::string, const Call*> servers;
    for (const Call& call : gateway.calls) {
      const std::string& address = call.resolution.own_server.address;
      if (!address.empty()) servers.emplace(address, &call);
    }
    std::vector<Wanted> wanted;
    for (const auto& [address, call] : servers)
      wanted.push_back({absl::StrCat(gateway.id, "-", address), "", address});
    const std::vector<std::string> ids = UniqueIds(wanted);
    std::map<std::string, std::string> names;
    for (size_t i = 0; i < ids.size(); ++i) {
      const Call& call = *servers.at(wanted[i].identity);
      names[wanted[i].identity] = "hosts/" + ids[i];
      Add(OwnHostOf("hosts/" + ids[i], gateway.id, call.resolution.own_server, call.entry->at));
    }
    for (Call& call : gateway.calls) {
      const std::string& address = call.resolution.own_server.address;
      if (!address.empty()) call.names.own_host = names.at(address);
    }
  }

  void Propose(const Gateway& gateway, const Call& call) {
    const FileLine& at = call.entry->at;
    const UnlistedModel& unlisted = call.resolution.unlisted;
    if (!unlisted.name.empty() && proposed_.insert(call.names.model).second)
      Add(UnlistedModelOf(call.names.model, *call.entry, unlisted, at));
    Add(DeploymentOf(call.names, gateway.id, *call.entry, call.resolution, at));
    for (const std::string& unknown : call.resolution.unknown) unknowns_.Add(at, unknown);
    Count(call);
  }

  void ProposeRoutes(const Gateway& gateway) {
    const std::vector<RoutePlan> routes =
        RoutesOf(gateway.config, gateway.call_of, catalogue_, result_.notes);
    std::unordered_map<std::string, std::string> modes;
    for (const LiteLlmEntry& entry : gateway.config.entries) {
      if (!entry.mode.empty()) modes.emplace(entry.group, entry.mode);
    }
    std::vector<Wanted> wanted;
    for (const RoutePlan& route : routes)
      wanted.push_back({absl::StrCat(gateway.id, "-", route.name), "", route.name});
    const std::vector<std::string> ids = UniqueIds(wanted);
    for (size_t i = 0; i < routes.size(); ++i) ProposeRoute(gateway, routes[i], modes, "routes/" + ids[i]);
  }

  void ProposeRoute(const Gateway& gateway, const RoutePlan& route,
                    const std::unordered_map<std::string, std::string>& modes, const std::string& name) {
    std::vector<std::string> targets;
    for (const RouteStep& step : route.steps)
      targets.push_back(gateway.calls[step.deployment].names.deployment);
    Add(RouteOf(name, gateway.id, targets, PurposeOfRoute(gateway, route, modes), route));
    ++result_.counts.groups;
    if (!route.alias_of.empty()) ++result_.counts.aliases;
  }

  // What the group says, else what the model of its first deployment is for.
  Dependency::Purpose PurposeOfRoute(const Gateway& gateway, const RoutePlan& route,
                                     const std::unordered_map<std::string, std::string>& modes) const {
    const auto mode = modes.find(route.alias_of.empty() ? route.name : route.alias_of);
    if (mode != modes.end()) return PurposeOf(mode->second);
    const auto* model = catalogue_.FindModel(gateway.calls[route.steps[0].deployment].names.model);
    return model == nullptr || model->tasks().empty() ? Dependency::PURPOSE_UNSPECIFIED
                                                      : PurposeOf(model->tasks(0));
  }

  // The developer of the model that a call serves, as far as it is known for sure.
  std::string DeveloperOf(const Call& call) const {
    const auto* model = catalogue_.FindModel(call.names.model);
    if (model == nullptr) model = catalogue_.FindModel(call.resolution.unlisted.line);
    return model == nullptr ? call.resolution.unlisted.developer.value : model->developer();
  }

  void Count(const Call& call) {
    ImportCounts& counts = result_.counts;
    const auto* model = catalogue_.FindModel(call.names.model);
    const std::string developer = DeveloperOf(call);
    const auto* vendor = catalogue_.FindVendor(developer);
    const bool origin = (model != nullptr && !model->origin_country().empty()) ||
                        (vendor != nullptr && !vendor->country().empty());
    const Resolution& resolution = call.resolution;
    const auto mode = resolution.mode;
    counts.with_model += call.names.model.empty() ? 0 : 1;
    counts.with_developer += developer.empty() ? 0 : 1;
    counts.with_origin += origin ? 1 : 0;
    counts.with_operator +=
        !resolution.operator_vendor.value.empty() || mode == Deployment::HOSTING_MODE_SELF_HOSTED;
    counts.with_mode += mode == Deployment::HOSTING_MODE_UNSPECIFIED ? 0 : 1;
    const bool own = !call.names.own_host.empty() && mode == Deployment::HOSTING_MODE_SELF_HOSTED;
    counts.with_host += !resolution.host.value.empty() || own;
    CountLikely(call);
  }

  static bool IsLikely(const std::vector<Narrowed>& narrowed, std::string_view field) {
    return std::any_of(narrowed.begin(), narrowed.end(),
                       [field](const Narrowed& fact) { return fact.field == field && fact.confidence > 0; });
  }

  void CountLikely(const Call& call) {
    const std::vector<Narrowed>& narrowed = call.resolution.narrowed;
    ImportCounts& counts = result_.counts;
    counts.likely_model += IsLikely(narrowed, "model");
    counts.likely_developer += IsLikely(call.resolution.unlisted.narrowed, "developer");
    counts.likely_operator += IsLikely(narrowed, "operator") || IsLikely(narrowed, "hosting_mode");
    counts.likely_mode += IsLikely(narrowed, "hosting_mode");
    counts.likely_host += IsLikely(narrowed, "host");
  }

  template <typename Resource>
  void Add(Resource resource) {
    ProposedResource proposal;
    proposal.resource = std::make_unique<Resource>(std::move(resource));
    StoreRecord(RecordOf(*proposal.resource), *proposal.resource);
    result_.proposals.push_back(std::move(proposal));
  }

  // All that the proposals refer to and the catalogue has.
  void AddCatalogueEntries() {
    std::vector<std::string> names;
    for (const ProposedResource& proposal : result_.proposals) {
      for (resource::Reference& reference : resource::References(*proposal.resource))
        names.push_back(std::move(reference.target));
    }
    for (std::unique_ptr<Message>& entry : catalogue::EntriesFor(catalogue_, names))
      result_.proposals.push_back({ProposedResource::From::kCatalogue, std::move(entry)});
  }

  void Sort() {
    std::map<const google::protobuf::Descriptor*, size_t> place;
    for (const resource::KindInfo* kind : resource::Kinds()) place.emplace(kind->descriptor, place.size());
    const auto key = [&](const ProposedResource& p) {
      return std::make_pair(place.at(p.resource->GetDescriptor()),
                            std::string_view(resource::NameOf(*p.resource)));
    };
    std::sort(result_.proposals.begin(), result_.proposals.end(),
              [&](const ProposedResource& a, const ProposedResource& b) { return key(a) < key(b); });
    std::stable_sort(result_.notes.begin(), result_.notes.end(),
                     [](const ImportNote& a, const ImportNote& b) {
                       return std::tie(a.file, a.line) < std::tie(b.file, b.line);
                     });
  }

  const Catalogue& catalogue_;
  const Families families_;
  const Places places_;
  UnlistedNames unlisted_;
  RepeatedNotes unknowns_;
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
