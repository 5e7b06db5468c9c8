#include "services/cli/commands/risk/offered.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/inventory/catalogue/entries.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using catalogue::ApiForm;
using catalogue::Catalogue;
using google::protobuf::Message;
using inventory::v1::Deployment;
using inventory::v1::Model;
using inventory::v1::Resource;
using inventory::v1::Vendor;

constexpr int kOfferedMax = 5000;  // of the service
constexpr size_t kHomeModelsPerTask = 4;
constexpr size_t kIdMax = 63;

void Put(const Message& message, Resource& resource) {
  const auto* oneof = Resource::descriptor()->oneof_decl(0);
  for (int i = 0; i < oneof->field_count(); ++i) {
    if (oneof->field(i)->message_type() != message.GetDescriptor()) continue;
    resource.GetReflection()->MutableMessage(&resource, oneof->field(i))->CopyFrom(message);
  }
}

bool CanBeHad(const Model& model) {
  return model.weights() == Model::WEIGHTS_OPEN && !model.has_retirement_time();
}

// The vendor that serves what `system` calls `id`: by the prefix that LiteLLM puts before it, or by the
// system's own name. Empty where the form does not tell, or somebody stands in between.
std::string OperatorOf(const Catalogue& catalogue, const std::string& system, const std::string& id) {
  const std::string prefix = system == "litellm" ? id.substr(0, id.find('/')) : system;
  const ApiForm* form = catalogue.FindForm(prefix);
  if (form == nullptr || form->local || form->own_models_only || !form->intermediary.empty()) return "";
  if (form->names == ApiForm::Names::kOwnerChosen || form->names == ApiForm::Names::kEndpoint) return "";
  return form->operator_vendor;
}

class Offers {
 public:
  Offers(const Catalogue& catalogue, google::protobuf::RepeatedPtrField<Resource>& offered)
      : catalogue_(catalogue), offered_(offered) {}

  void AddServices(const Model& model) {
    std::set<std::string> operators;
    for (const auto& upstream : model.upstream_ids()) {
      const std::string vendor = OperatorOf(catalogue_, upstream.system(), upstream.id());
      if (!vendor.empty() && vendor != model.developer()) operators.insert(vendor);
    }
    for (const std::string& vendor : operators) {
      AddEntries({vendor, model.name()});
      Deployment deployment;
      std::string id =
          Cat({std::string(resource::IdOf(model.name())), "-at-", std::string(resource::IdOf(vendor))});
      id.resize(std::min(id.size(), kIdMax));
      while (id.back() == '-') id.pop_back();
      deployment.set_name(Cat({"deployments/", id}));
      deployment.set_model(model.name());
      deployment.set_hosting_mode(Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED);
      deployment.set_operator_(vendor);
      (*deployment.mutable_labels())["linchpin.dev/proposed"] = "remedy";
      Add(deployment);
    }
  }

  // With all that they refer to; the catalogue is in the order of names, the answer in that of references.
  void AddEntries(const std::vector<std::string>& names) {
    std::map<std::string, std::unique_ptr<Message>> entries;
    for (auto& entry : catalogue::EntriesFor(catalogue_, names)) {
      const std::string name = resource::NameOf(*entry);
      entries.emplace(name, std::move(entry));
    }
    for (const auto& [name, entry] : entries) AddAfterItsOwn(entries, name);
  }

 private:
  void AddAfterItsOwn(const std::map<std::string, std::unique_ptr<Message>>& entries,
                      const std::string& name) {
    const auto found = entries.find(name);
    if (found == entries.end() || !begun_.insert(name).second) return;
    for (const resource::Reference& reference : resource::References(*found->second))
      AddAfterItsOwn(entries, reference.target);
    Add(*found->second);
  }

  void Add(const Message& message) {
    if (offered_.size() < kOfferedMax && added_.insert(resource::NameOf(message)).second)
      Put(message, *offered_.Add());
  }

  const Catalogue& catalogue_;
  google::protobuf::RepeatedPtrField<Resource>& offered_;
  std::set<std::string> begun_, added_;
};

// By task, newest first.
std::vector<const Model*> HomeModels(const Catalogue& catalogue, const std::set<std::string>& held,
                                     const std::vector<std::string>& home) {
  std::map<std::string, std::vector<const Model*>> by_task;
  catalogue.ForEach([&](const Message& message) {
    const auto* model = google::protobuf::DynamicCastToGenerated<Model>(&message);
    if (model == nullptr || !CanBeHad(*model) || held.contains(model->name()) || model->tasks().empty())
      return;
    const Vendor* developer = catalogue.FindVendor(model->developer());
    if (developer == nullptr || std::find(home.begin(), home.end(), developer->country()) == home.end())
      return;
    by_task[model->tasks(0)].push_back(model);
  });
  std::vector<const Model*> chosen;
  for (auto& [task, models] : by_task) {
    std::stable_sort(models.begin(), models.end(), [](const Model* a, const Model* b) {
      return a->release_time().seconds() > b->release_time().seconds();
    });
    models.resize(std::min(models.size(), kHomeModelsPerTask));
    chosen.insert(chosen.end(), models.begin(), models.end());
  }
  return chosen;
}

}  // namespace

void OfferFrom(const Catalogue& catalogue, const std::vector<std::string>& held,
               const std::vector<std::string>& home, google::protobuf::RepeatedPtrField<Resource>& offered) {
  Offers offers(catalogue, offered);
  for (const std::string& name : held) {
    const Model* model = catalogue.FindModel(name);
    if (model != nullptr && CanBeHad(*model)) offers.AddServices(*model);
  }
  for (const Model* model : HomeModels(catalogue, {held.begin(), held.end()}, home))
    offers.AddEntries({model->name()});
}

absl::Status OfferFromCatalogue(Client& client, const std::vector<std::string>& home,
                                google::protobuf::RepeatedPtrField<Resource>& offered) {
  const absl::StatusOr<Catalogue> catalogue = Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  std::vector<std::string> held;
  ListQuery query;
  query.kind = resource::FindKind("Model");
  const auto listed = ListResources(
      client, query, [&held](const Message& model) { held.push_back(resource::NameOf(model)); });
  if (!listed.ok()) return listed.status();
  OfferFrom(*catalogue, held, home, offered);
  return absl::OkStatus();
}

}  // namespace linchpin::cli
