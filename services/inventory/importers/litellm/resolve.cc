#include "services/inventory/importers/litellm/resolve.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::importers {
namespace {

using catalogue::ApiForm;
using catalogue::Catalogue;
using inventory::v1::Deployment;
using inventory::v1::Model;
using Names = ApiForm::Names;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether a name holds a date: 20250929, 2024-08-06.
bool HasDate(std::string_view name) {
  int digits = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool joined =
        name[i] == '-' && i > 0 && IsDigit(name[i - 1]) && i + 1 < name.size() && IsDigit(name[i + 1]);
    if (joined) continue;
    digits = IsDigit(name[i]) ? digits + 1 : 0;
    if (digits == 8) return true;
  }
  return false;
}

// A vendor and all its parents, as far as known.
std::set<std::string> Owners(const std::string& vendor, const Catalogue& catalogue) {
  std::set<std::string> owners;
  for (std::string at = vendor; !at.empty() && owners.insert(at).second;) {
    const auto* found = catalogue.FindVendor(at);
    at = found == nullptr ? "" : found->parent();
  }
  return owners;
}

bool SameGroup(const std::string& a, const std::string& b, const Catalogue& catalogue) {
  const std::set<std::string> owners = Owners(a, catalogue);
  const std::set<std::string> others = Owners(b, catalogue);
  return std::any_of(owners.begin(), owners.end(), [&](const std::string& v) { return others.contains(v); });
}

// Resolves one entry.
class Resolver {
 public:
  Resolver(const LiteLlmEntry& entry, const Catalogue& catalogue)
      : entry_(entry),
        catalogue_(catalogue),
        parts_(SplitModel(entry.model, catalogue)),
        form_(parts_.form) {}

  Resolution Run() {
    if (form_ == nullptr && !IsReference(entry_.model)) {
      Unknown(absl::StrCat("the API form of `", entry_.model, "` is not known"));
    }
    ResolveModel();
    ResolveOperator();
    ResolveUnlistedDeveloper();
    ResolveMode();
    ResolveHost();
    ResolvePinning();
    return std::move(out_);
  }

 private:
  void Unknown(std::string what) { out_.unknown.push_back(std::move(what)); }

  // The name was chosen by whoever set the deployment or the server up.
  bool NameIsChosen() const {
    return (form_ != nullptr && form_->names == Names::kOwnerChosen) ||
           (entry_.address.kind != Address::Kind::kNone && !IsOllama() && Operator() == nullptr);
  }

  bool IsOllama() const { return form_ != nullptr && form_->names == Names::kOllama; }

  // The endpoint of the entry's address; null if it is not known or there is none.
  const catalogue::Endpoint* Operator() const {
    std::string region;
    return entry_.address.kind == Address::Kind::kOutside
               ? catalogue_.FindEndpoint(entry_.address.host, &region)
               : nullptr;
  }

  // `model_info.base_model` is what the owner says that the name stands for: where it is no model's name, the
  // entry's own name is not taken instead.
  void ResolveBaseModel() {
    const NamedModel found = FindBaseModel(form_, entry_.base_model, catalogue_);
    if (found.model != nullptr) {
      out_.model = {found.model->name(), std::min(0.95, found.confidence + 0.05),
                    absl::StrCat("model_info.base_model is `", entry_.base_model, "`")};
      return;
    }
    if (IsReference(entry_.base_model)) return UnknownReference("model_info.base_model", entry_.base_model);
    const ModelString base = SplitModel(entry_.base_model, catalogue_);
    const bool is_ollama = base.form != nullptr && base.form->names == Names::kOllama;
    if (!base.wildcard) out_.unlisted = is_ollama ? WithTag(base.name) : base.name;
    Unknown(absl::StrCat("`model_info.base_model` is `", entry_.base_model,
                         "`, which is not in the catalogue; the name `", parts_.name,
                         "` is not taken instead"));
  }

  void UnknownReference(const char* what, const std::string& text) {
    Unknown(
        absl::StrCat("`", what, "` is `", text, "`, which is resolved elsewhere; state the model by hand"));
  }

  void ResolveModel() {
    if (!entry_.base_model.empty()) return ResolveBaseModel();
    if (IsReference(entry_.model) || IsReference(parts_.name)) return UnknownReference("model", entry_.model);
    if (parts_.wildcard) {
      Unknown(absl::StrCat("`", entry_.model, "` stands for any model"));
      return;
    }
    if (parts_.name.empty() || (form_ != nullptr && form_->names == Names::kEndpoint) ||
        parts_.name.substr(0, 4) == "arn:") {
      Unknown(absl::StrCat("`", entry_.model, "` names an endpoint, not a model"));
      return;
    }
    const NamedModel found = FindModelByName(form_, parts_.name, catalogue_);
    if (found.model != nullptr) {
      out_.model = {found.model->name(), found.confidence, found.note};
      if (NameIsChosen()) {
        out_.model.confidence = std::min(out_.model.confidence, 0.7);
        out_.model.note += absl::StrCat(out_.model.note.empty() ? "" : "; ",
                                        "the name is chosen by whoever set it up; taken as the model's");
      }
      return;
    }
    if (form_ != nullptr && form_->names == Names::kOwnerChosen) {
      Unknown(
          absl::StrCat("`", parts_.name, "` is a name of its owner's choice; give `model_info.base_model`"));
      return;
    }
    out_.unlisted = IsOllama()    ? WithTag(parts_.name)
                    : IsBedrock() ? UnlistedBedrockName(parts_.name)
                                  : parts_.name;
    out_.unlisted_is_private = NameIsChosen();
    Unknown(absl::StrCat("the model `", out_.unlisted, "` is not in the catalogue"));
  }

  const Model* FoundModel() const { return catalogue_.FindModel(out_.model.value); }

  void ResolveOperator() {
    switch (entry_.address.kind) {
      case Address::Kind::kNone:
        return ByForm("the API form, without another address");
      case Address::Kind::kReference:
        if (form_ != nullptr && (form_->account_base || form_->local)) {
          return ByForm(absl::StrCat("the API form; the address is `", entry_.address.kept, "`"));
        }
        return Unknown(absl::StrCat("who operates the address `", entry_.address.kept, "` is not known"));
      case Address::Kind::kInside:
        return Inside();
      case Address::Kind::kOutside:
        return Outside();
    }
  }

  void ByForm(const std::string& why) {
    if (form_ == nullptr) return;
    if (form_->local)
      return SelfHosted(0.9, absl::StrCat("`", form_->prefix, "` is a runtime that the enterprise runs"));
    if (!form_->operator_vendor.empty()) {
      out_.operator_vendor = {form_->operator_vendor, 0.9, why};
    } else if (!form_->intermediary.empty()) {
      out_.intermediary = {form_->intermediary, 0.9, why};
      Unknown(absl::StrCat("which operator stands behind `", form_->prefix, "` is not known"));
    } else {
      Unknown(absl::StrCat("the API form `", form_->prefix, "` does not tell who operates it"));
    }
  }

  void SelfHosted(double confidence, std::string why) {
    const Model* const model = FoundModel();
    if (model != nullptr && model->weights() == Model::WEIGHTS_PROPRIETARY) {
      return Unknown(absl::StrCat("`", entry_.address.kept, "` lies inside, but the weights of `",
                                  entry_.model,
                                  "` are not given out: something passes the call on to an operator"));
    }
    out_.mode = Deployment::HOSTING_MODE_SELF_HOSTED;
    out_.mode_note = std::move(why);
    out_.mode_confidence = confidence;
  }

  void Inside() {
    const bool passes_on = form_ != nullptr && (form_->account_base || form_->prefix == "litellm_proxy" ||
                                                !form_->intermediary.empty());
    if (passes_on) {
      return Unknown(
          absl::StrCat("`", entry_.address.kept, "` lies inside and passes calls on; to whom is not known"));
    }
    SelfHosted(0.8, absl::StrCat("the address `", entry_.address.host, "` lies inside"));
  }

  void Outside() {
    const catalogue::Endpoint* const endpoint = Operator();
    if (endpoint == nullptr) {
      return Unknown(absl::StrCat("who operates `", entry_.address.host, "` is not known"));
    }
    const std::string why = absl::StrCat("the address `", entry_.address.host, "`");
    if (!endpoint->operator_vendor.empty()) {
      out_.operator_vendor = {endpoint->operator_vendor, 0.95, why};
    } else {
      out_.intermediary = {endpoint->intermediary, 0.9, why};
      Unknown(absl::StrCat("which operator stands behind `", entry_.address.host, "` is not known"));
    }
  }

  // Whether the operator serves its own models only, where the call goes.
  bool ServesOwn() const {
    if (const catalogue::Endpoint* endpoint = Operator()) return endpoint->own_models_only;
    return form_ != nullptr && form_->own_models_only && !out_.operator_vendor.value.empty() &&
           out_.operator_vendor.value == form_->operator_vendor;
  }

  bool IsBedrock() const { return form_ != nullptr && form_->names == Names::kBedrock; }

  void ResolveUnlistedDeveloper() {
    if (out_.unlisted.empty()) return;
    if (ServesOwn()) {
      out_.unlisted_developer = {out_.operator_vendor.value, 0.85, "the operator serves its own models only"};
    } else if (IsBedrock() && entry_.base_model.empty()) {
      const std::string word = SplitBedrock(parts_.name).vendor;
      if (const auto* vendor = catalogue_.FindVendorByWord(word)) {
        out_.unlisted_developer = {vendor->name(), 0.85,
                                   absl::StrCat("the part `", word, "` of the Bedrock id")};
      } else if (!word.empty()) {
        out_.unlisted = absl::StrCat(word, ".", out_.unlisted);  // whose it is tells it from others
      }
    }
  }

  void ResolveMode() {
    const std::string& vendor = out_.operator_vendor.value;
    if (out_.mode != Deployment::HOSTING_MODE_UNSPECIFIED || vendor.empty()) return;
    const Model* const model = FoundModel();
    const std::string developer = model == nullptr ? out_.unlisted_developer.value : model->developer();
    if (!developer.empty()) {
      const bool own = SameGroup(vendor, developer, catalogue_);
      out_.mode = own ? Deployment::HOSTING_MODE_VENDOR_API : Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED;
      out_.mode_note =
          own ? "the operator developed the model" : "operator and developer are different vendors";
    } else if (ServesOwn()) {
      out_.mode = Deployment::HOSTING_MODE_VENDOR_API;
      out_.mode_note = "the operator serves its own models only";
    }
  }

  void ResolveHost() {
    std::string region = parts_.region.empty() ? entry_.region : parts_.region;
    std::string prefix = form_ == nullptr ? "" : form_->host_prefix;
    if (const catalogue::Endpoint* endpoint = Operator()) {
      std::string in_address;
      catalogue_.FindEndpoint(entry_.address.host, &in_address);
      if (!in_address.empty() && region.empty()) region = in_address;
      if (!endpoint->host_prefix.empty()) prefix = endpoint->host_prefix;
    }
    if (region.empty()) return;
    const std::string host = absl::StrCat("hosts/", prefix, "-", region);
    if (!prefix.empty() && catalogue_.FindHost(host) != nullptr) {
      out_.host = {host, 0.95, absl::StrCat("the region `", region, "`")};
    } else {
      Unknown(absl::StrCat("the region `", region, "` is no single known host"));
    }
  }

  void ResolvePinning() {
    const std::string_view name = parts_.name;
    const bool latest = name.find("latest") != std::string_view::npos;
    if (parts_.wildcard) return;
    if (latest || (IsOllama() && name.find(':') == std::string_view::npos)) {
      out_.pinning = Deployment::PINNING_FLOATING;
    } else if (HasDate(name)) {
      out_.pinning = Deployment::PINNING_EXACT;
    }
  }

  const LiteLlmEntry& entry_;
  const Catalogue& catalogue_;
  const ModelString parts_;
  const ApiForm* const form_;
  Resolution out_;
};

}  // namespace

Resolution Resolve(const LiteLlmEntry& entry, const Catalogue& catalogue) {
  return Resolver(entry, catalogue).Run();
}

}  // namespace linchpin::importers
