// The catalogue: facts about real vendors, hosts, licences and models, and about API forms, shipped with the
// product. Every fact has evidence; what is not known is absent. docs/concepts/catalogue.md says where the
// facts come from.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_CATALOGUE_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_CATALOGUE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/inventory/catalogue/api_form.h"
#include "services/inventory/catalogue/shipped.h"

namespace linchpin::catalogue {

// Immutable once read.
//
// Ownership: owns its documents; pointers that it hands out live as long as it does. Thread safety: const
// calls may run concurrently. Cost: reading takes about 20 ms, once; lookups are by hash or by a walk over
// about 250 patterns or vendors.
class Catalogue {
 public:
  // Reads the catalogue in the binary. An error here is a fault of the build.
  static absl::StatusOr<Catalogue> Shipped();

  // Reads other files, in YAML. Errors: INVALID_ARGUMENT with file, place and what is wrong.
  static absl::StatusOr<Catalogue> Read(const std::vector<CatalogueFile>& resources,
                                        const std::vector<CatalogueFile>& forms);

  Catalogue(Catalogue&&) = default;
  Catalogue& operator=(Catalogue&&) = default;

  // The document of that name; null if there is none.
  const google::protobuf::Message* Find(std::string_view name) const;
  const inventory::v1::Vendor* FindVendor(std::string_view name) const;
  // The vendor of that id, else the only one that models.dev or LiteLLM calls so, else the only one with that
  // alias, such as `aws`; null if there is none.
  const inventory::v1::Vendor* FindVendorByWord(std::string_view word) const;
  const inventory::v1::Model* FindModel(std::string_view name) const;
  const inventory::v1::Host* FindHost(std::string_view name) const;

  // All documents, by name, bytewise.
  void ForEach(const std::function<void(const google::protobuf::Message&)>& sink) const;
  size_t size() const { return documents_.size(); }

  // The model that `system` calls `id`, verbatim; else the one that any system calls so, but for case and
  // punctuation (tags of Ollama are found verbatim only). Null if there is none, or if several go by that
  // name.
  const inventory::v1::Model* MatchModel(std::string_view system, std::string_view id) const;

  // The model that `system` calls `id`, verbatim; null if there is none, or several.
  const inventory::v1::Model* FindVerbatim(std::string_view system, std::string_view id) const;

  // The form of that prefix; null if there is none.
  const ApiForm* FindForm(std::string_view prefix) const;

  // The form of names of `vendor`'s models that are written without a prefix; null if there is none.
  const ApiForm* BareForm(std::string_view vendor) const;

  // The first endpoint that fits `host`; null if there is none. `region` gets the region in it, if any.
  const Endpoint* FindEndpoint(std::string_view host, std::string* region) const;

  // Whose hosts probably carry what `operator_vendor` serves, called in the form of `prefix`; null if that is
  // not known.
  const MainHost* FindMainHost(std::string_view operator_vendor, std::string_view prefix) const;

  // Whether `maker` runs its models itself where `seller` sells the access; null if not.
  const MakerOperated* FindMakerOperated(std::string_view seller, std::string_view maker) const;

  // `name` and all that it refers to, directly or not, that the catalogue has.
  void Closure(std::string_view name, std::map<std::string, const google::protobuf::Message*>& out) const;

  const std::vector<ApiForm>& forms() const { return forms_; }
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  const std::vector<MainHost>& main_hosts() const { return main_hosts_; }
  const std::vector<MakerOperated>& operated_by_makers() const { return operated_by_makers_; }
  const std::vector<OwnModelsOnly>& own_models_only() const { return own_models_only_; }

 private:
  // Keys of MatchModel. A null model: several go by that name.
  using ModelIndex = std::unordered_map<std::string, const inventory::v1::Model*>;

  Catalogue() = default;
  void Add(std::unique_ptr<google::protobuf::Message> resource);
  // Reads the forms and makes the indexes; the last step.
  absl::Status Complete(const std::vector<CatalogueFile>& forms);
  const inventory::v1::Vendor* OnlyVendor(
      const std::function<bool(const inventory::v1::Vendor&)>& fits) const;
  void IndexModels();
  void IndexSpelling(const inventory::v1::Model& model, std::string_view spelling);

  std::map<std::string, std::unique_ptr<google::protobuf::Message>, std::less<>> documents_;
  std::vector<ApiForm> forms_;
  std::vector<Endpoint> endpoints_;
  std::vector<MainHost> main_hosts_;
  std::vector<MakerOperated> operated_by_makers_;
  std::vector<OwnModelsOnly> own_models_only_;
  ModelIndex verbatim_;   // "ollama qwen2.5:7b"
  ModelIndex spellings_;  // "qwen257b"
};

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_CATALOGUE_H_
