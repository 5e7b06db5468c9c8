#include "services/inventory/catalogue/catalogue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/inventory/catalogue/names.h"
#include "services/inventory/catalogue/packed.h"
#include "services/resource/document.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

absl::Status FileFault(const resource::FileError& error) {
  return base::Error(base::reason::FileInvalid{}, error.Text());
}

std::string_view LastPart(std::string_view id) { return id.substr(id.rfind('/') + 1); }

template <typename T>
const T* As(const google::protobuf::Message* message) {
  return message == nullptr ? nullptr : dynamic_cast<const T*>(message);
}

}  // namespace

absl::StatusOr<Catalogue> Catalogue::Shipped() {
  Catalogue catalogue;
  const absl::Status status = ReadPacked(
      ShippedResources(),
      [&](std::unique_ptr<google::protobuf::Message> resource) { catalogue.Add(std::move(resource)); });
  if (!status.ok()) return status;
  if (absl::Status forms = catalogue.Complete(ShippedForms()); !forms.ok()) return forms;
  return catalogue;
}

absl::StatusOr<Catalogue> Catalogue::Read(const std::vector<CatalogueFile>& resources,
                                          const std::vector<CatalogueFile>& forms) {
  Catalogue catalogue;
  for (const CatalogueFile& file : resources) {
    const std::vector<resource::FileError> errors = resource::ReadDocuments(
        file.name, file.text,
        [&](resource::Document document) { catalogue.Add(std::move(document.resource)); });
    if (!errors.empty()) return FileFault(errors[0]);
  }
  if (absl::Status status = catalogue.Complete(forms); !status.ok()) return status;
  return catalogue;
}

void Catalogue::Add(std::unique_ptr<google::protobuf::Message> resource) {
  std::string name = resource::NameOf(*resource);
  documents_.emplace(std::move(name), std::move(resource));
}

absl::Status Catalogue::Complete(const std::vector<CatalogueFile>& forms) {
  for (const CatalogueFile& file : forms) {
    absl::StatusOr<FormTable> table = ReadForms(file.name, file.text);
    if (!table.ok()) return table.status();
    std::move(table->forms.begin(), table->forms.end(), std::back_inserter(forms_));
    std::move(table->endpoints.begin(), table->endpoints.end(), std::back_inserter(endpoints_));
    std::move(table->main_hosts.begin(), table->main_hosts.end(), std::back_inserter(main_hosts_));
    std::move(table->operated_by_makers.begin(), table->operated_by_makers.end(),
              std::back_inserter(operated_by_makers_));
    std::move(table->own_models_only.begin(), table->own_models_only.end(),
              std::back_inserter(own_models_only_));
  }
  IndexModels();
  return absl::OkStatus();
}

void Catalogue::IndexModels() {
  for (const auto& [name, document] : documents_) {
    const auto* model = As<inventory::v1::Model>(document.get());
    if (model == nullptr) continue;
    IndexSpelling(*model, resource::IdOf(name));
    IndexSpelling(*model, model->display_name());
    for (const std::string& alias : model->aliases()) IndexSpelling(*model, alias);
    for (const auto& upstream : model->upstream_ids()) {
      auto [at, fresh] = verbatim_.emplace(upstream.system() + " " + upstream.id(), model);
      if (!fresh && at->second != model) at->second = nullptr;
      // A tag says less than a name: `mistral-large:latest` is not the API's mistral-large-latest.
      if (upstream.system() == "ollama") continue;
      IndexSpelling(*model, upstream.id());
      IndexSpelling(*model, LastPart(upstream.id()));
    }
  }
  // A model's own id is its own, whatever else goes by that name.
  for (const auto& [name, document] : documents_) {
    const auto* model = As<inventory::v1::Model>(document.get());
    if (model != nullptr) spellings_[Squash(resource::IdOf(name))] = model;
  }
}

void Catalogue::IndexSpelling(const inventory::v1::Model& model, std::string_view spelling) {
  std::string key = Squash(spelling);
  if (key.empty()) return;
  auto [at, fresh] = spellings_.emplace(std::move(key), &model);
  if (!fresh && at->second != &model) at->second = nullptr;
}

const google::protobuf::Message* Catalogue::Find(std::string_view name) const {
  const auto found = documents_.find(name);
  return found == documents_.end() ? nullptr : found->second.get();
}

const inventory::v1::Vendor* Catalogue::FindVendor(std::string_view name) const {
  return As<inventory::v1::Vendor>(Find(name));
}

const inventory::v1::Vendor* Catalogue::FindVendorByWord(std::string_view word) const {
  if (word.empty()) return nullptr;
  if (const auto* vendor = FindVendor("vendors/" + std::string(word))) return vendor;
  const auto upstream = [&](const inventory::v1::Vendor& vendor) {
    return std::any_of(vendor.upstream_ids().begin(), vendor.upstream_ids().end(),
                       [&](const auto& id) { return id.id() == word; });
  };
  if (const auto* vendor = OnlyVendor(upstream)) return vendor;
  return OnlyVendor([&](const inventory::v1::Vendor& vendor) {
    return std::find(vendor.aliases().begin(), vendor.aliases().end(), word) != vendor.aliases().end();
  });
}

const inventory::v1::Vendor* Catalogue::OnlyVendor(
    const std::function<bool(const inventory::v1::Vendor&)>& fits) const {
  const inventory::v1::Vendor* found = nullptr;
  for (const auto& [name, document] : documents_) {
    const auto* const vendor = As<inventory::v1::Vendor>(document.get());
    if (vendor == nullptr || !fits(*vendor)) continue;
    if (found != nullptr) return nullptr;
    found = vendor;
  }
  return found;
}

const inventory::v1::Model* Catalogue::FindModel(std::string_view name) const {
  return As<inventory::v1::Model>(Find(name));
}

const inventory::v1::Host* Catalogue::FindHost(std::string_view name) const {
  return As<inventory::v1::Host>(Find(name));
}

void Catalogue::ForEach(const std::function<void(const google::protobuf::Message&)>& sink) const {
  for (const auto& [name, document] : documents_) sink(*document);
}

const inventory::v1::Model* Catalogue::MatchModel(std::string_view system, std::string_view id) const {
  const auto exact = verbatim_.find(std::string(system) + " " + std::string(id));
  if (exact != verbatim_.end()) return exact->second;
  const auto spelling = spellings_.find(Squash(id));
  return spelling == spellings_.end() ? nullptr : spelling->second;
}

const inventory::v1::Model* Catalogue::FindVerbatim(std::string_view system, std::string_view id) const {
  const auto exact = verbatim_.find(std::string(system) + " " + std::string(id));
  return exact == verbatim_.end() ? nullptr : exact->second;
}

const ApiForm* Catalogue::FindForm(std::string_view prefix) const {
  for (const ApiForm& form : forms_) {
    if (form.prefix == prefix) return &form;
  }
  return nullptr;
}

const ApiForm* Catalogue::BareForm(std::string_view vendor) const {
  for (const ApiForm& form : forms_) {
    if (!vendor.empty() && form.bare_names_of == vendor) return &form;
  }
  return nullptr;
}

const Endpoint* Catalogue::FindEndpoint(std::string_view host, std::string* region) const {
  for (const Endpoint& endpoint : endpoints_) {
    if (HostFits(endpoint.host, host, region)) return &endpoint;
  }
  return nullptr;
}

const MainHost* Catalogue::FindMainHost(std::string_view operator_vendor, std::string_view prefix) const {
  for (const MainHost& host : main_hosts_) {
    if (host.operator_vendor == operator_vendor && (host.form.empty() || host.form == prefix)) return &host;
  }
  return nullptr;
}

const MakerOperated* Catalogue::FindMakerOperated(std::string_view seller, std::string_view maker) const {
  for (const MakerOperated& sold : operated_by_makers_) {
    if (sold.seller == seller && sold.maker == maker) return &sold;
  }
  return nullptr;
}

void Catalogue::Closure(std::string_view name,
                        std::map<std::string, const google::protobuf::Message*>& out) const {
  std::vector<std::string> open = {std::string(name)};
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    const google::protobuf::Message* document = Find(next);
    if (document == nullptr || !out.emplace(next, document).second) continue;
    for (const resource::Reference& reference : resource::References(*document))
      open.push_back(reference.target);
  }
}

}  // namespace linchpin::catalogue
