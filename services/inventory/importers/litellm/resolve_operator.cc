// Who answers the calls of an entry, and who made what it serves.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/closed_family.h"
#include "services/inventory/importers/litellm/hints.h"
#include "services/inventory/importers/litellm/readings.h"
#include "services/inventory/importers/litellm/resolving.h"

namespace linchpin::importers {
namespace {

using inventory::v1::Deployment;
using inventory::v1::Model;
using Kind = Address::Kind;

constexpr char kOwnMachine[] = "localhost";

// Finds who answers.
class OperatorFinder {
 public:
  explicit OperatorFinder(Resolving& of) : of_(of), form_(of.form), address_(of.entry.address) {}

  void Run() {
    if (!of_.entry.lost_address.empty()) {
      return of_.Unknown(absl::StrCat(of_.entry.lost_address, ", so who answers is not known"));
    }
    if (const auto* endpoint = of_.Endpoint()) return AtEndpoint(*endpoint);
    switch (address_.kind) {
      case Kind::kNone:
        return WithoutAddress();
      case Kind::kReference:
        return AtVariable();
      case Kind::kInside:
        return Inside();
      case Kind::kOutside:
        of_.Unknown(absl::StrCat("who operates `", address_.host, "`", From(), " is not known"));
        if (IsLocalForm() && !of_.LooksClosed())
          LikelySelfHosted(0.6, absl::StrCat("`", form_->prefix, "` is a runtime that enterprises run"));
    }
  }

 private:
  bool IsLocalForm() const { return form_ != nullptr && form_->local; }

  // Where an address stands that is not the entry's own.
  std::string From() const {
    return of_.entry.address_from.empty() ? "" : absl::StrCat(" (of ", of_.entry.address_from, ")");
  }

  void WithoutAddress() {
    if (form_ == nullptr) return;
    if (form_->local) {
      const bool on_own_machine = of_.IsOllama() || form_->prefix == "vllm" || form_->prefix == "llamafile";
      return AtRuntime(on_own_machine ? kOwnMachine : "");
    }
    const std::string maker = LikelyMaker();
    const bool others =
        form_->own_models_only && !maker.empty() && !of_.SameGroup(form_->operator_vendor, maker);
    if (others) {
      return of_.Unknown(absl::StrCat("`", form_->prefix, "` serves models of its own only, so calls of `",
                                      of_.parts.name, "` go to an address that the file does not give"));
    }
    ByForm("the API form, without another address");
  }

  // The developer of the catalogue's model, else that of the family that the name is of.
  std::string LikelyMaker() const {
    std::string developer = of_.Developer();
    if (!developer.empty() || of_.out.unlisted.name.empty()) return developer;
    const std::string word = of_.known.families.WordOf(of_.out.unlisted.name);
    return word.empty() ? "" : of_.known.families.DeveloperOf(word);
  }

  void ByForm(const std::string& why) {
    if (!form_->operator_vendor.empty()) {
      of_.out.operator_vendor = {form_->operator_vendor, 0.9, why};
    } else if (!form_->intermediary.empty()) {
      of_.out.intermediary = {form_->intermediary, 0.9, why};
      of_.Unknown(absl::StrCat("which vendor operates `", form_->prefix, "` is not known"));
    } else {
      of_.Unknown(absl::StrCat("the API form `", form_->prefix, "` does not tell who operates it"));
    }
  }

  void AtEndpoint(const catalogue::Endpoint& endpoint) {
    const std::string why = absl::StrCat("the address `", address_.host, "`", From());
    if (!endpoint.operator_vendor.empty()) {
      of_.out.operator_vendor = {endpoint.operator_vendor, 0.95, why};
      return;
    }
    of_.out.intermediary = {endpoint.intermediary, 0.9, why};
    std::string behind = OperatorBehindGateway(address_, of_.known.catalogue);
    if (!behind.empty()) {
      of_.out.operator_vendor = {std::move(behind), 0.9, "the provider that the gateway's address names"};
    } else {
      of_.Unknown(absl::StrCat("which vendor operates `", address_.host, "` is not known"));
    }
  }

  void AtVariable() {
    if (IsLocalForm()) return AtRuntime("");
    if (form_ != nullptr && form_->account_base)
      return ByForm(absl::StrCat("the API form; the address is `", address_.kept, "`"));
    of_.Unknown(absl::StrCat("who operates the address `", address_.kept, "` is not known"));
    const VariableHint hint = HintOf(VariableIn(address_.kept), of_.known.catalogue);
    const std::string reason =
        absl::StrCat("the address is in a variable whose name contains `", hint.word, "`");
    if (hint.kind == VariableHint::Kind::kLocalRuntime && !of_.LooksClosed()) LikelySelfHosted(0.75, reason);
    if (hint.kind == VariableHint::Kind::kVendor) of_.Likely("operator", hint.vendor, 0.75, reason);
  }

  // A runtime that the enterprise runs itself; `server` may be unknown.
  void AtRuntime(const std::string& server) {
    if (!WithoutCloudTag(of_.parts.name).empty() && of_.IsOllama()) {
      of_.out.operator_vendor = {"vendors/ollama", 0.85,
                                 "the tag `cloud`: the runtime passes it on to Ollama's own service"};
      return;
    }
    const std::string why = absl::StrCat("`", form_->prefix, "` is a runtime that the enterprise runs");
    if (of_.parts.wildcard) {
      of_.Unknown(
          absl::StrCat("`", of_.entry.model, "` may be any model, so who runs it is not known for sure"));
      LikelySelfHosted(0.7, why);
    } else if (of_.LooksClosed()) {
      PassedOn();
    } else {
      of_.out.mode = Deployment::HOSTING_MODE_SELF_HOSTED;
      of_.out.mode_note = why;
      SetServer(server);
    }
  }

  void Inside() {
    const std::string server = IsOwnMachine(address_.host) ? kOwnMachine : address_.host;
    if (IsLocalForm()) return AtRuntime(server);
    // With an address of its own, `huggingface` is its text-generation server.
    const bool is_own_server = form_ != nullptr && form_->prefix == "huggingface";
    const bool is_gateway =
        form_ != nullptr && !is_own_server &&
        (form_->account_base || form_->prefix == "litellm_proxy" || !form_->intermediary.empty());
    if (is_gateway || of_.LooksClosed() || (of_.parts.wildcard && !is_own_server)) return PassedOn();
    LikelySelfHosted(
        of_.out.model.value.empty() ? 0.65 : 0.8,
        absl::StrCat("the address `", address_.host, "` lies inside",
                     of_.out.model.value.empty() ? "" : " and the name is that of open weights"));
    of_.Unknown(absl::StrCat("`", address_.host,
                             "` lies inside, so it is probably a server of your own; state "
                             "hostingMode to make it certain"));
  }

  // Something inside that cannot hold the weights, or need not.
  void PassedOn() {
    const std::string where = address_.kept.empty()
                                  ? absl::StrCat("`", of_.entry.model, "` is called at a runtime inside")
                                  : absl::StrCat("`", address_.kept, "`", From(), " lies inside");
    of_.Unknown(
        of_.LooksClosed() && !of_.parts.wildcard
            ? absl::StrCat(where, ", but the weights of `", of_.parts.name,
                           "` are not given out: something there passes calls on; to whom is not known")
            : absl::StrCat(where, " and may pass calls on; to whom is not known"));
    const ServiceHint service = ServiceNamed(address_.host);
    if (!service.vendor.empty()) {
      of_.Likely("operator", service.vendor, 0.65,
                 absl::StrCat("the address `", address_.host, "` names ", service.title));
    }
  }

  void LikelySelfHosted(double confidence, const std::string& reason) {
    of_.Likely("hosting_mode", "SELF_HOSTED", confidence, reason);
    if (address_.kind != Kind::kInside) return;
    SetServer(IsOwnMachine(address_.host) ? kOwnMachine : address_.host);
    of_.Likely("host", "", confidence, reason);  // the name is given with that of the server
    const OwnServer& own = of_.out.own_server;
    if (own.own_premises > 0) of_.Likely("host.provider", "none", own.own_premises, own.why);
  }

  void SetServer(const std::string& server) {
    of_.out.own_server = {server, 0, ""};
    if (server.empty()) return;
    if (IsLikelyOwnPremises(server)) {
      of_.out.own_server = {server, 0.7, "the address is one of own machines or of a local network"};
    } else if (!of_.entry.in_cluster && server.find_first_of(".:") == std::string::npos) {
      of_.out.own_server = {
          server, 0.6,
          "a name without a dot is mostly that of a container beside the gateway, on one machine"};
    }
  }

  Resolving& of_;
  const catalogue::ApiForm* const form_;
  const Address& address_;
};

// Who serves models of its own only does not answer for another maker's, whoever does.
void ExcludeOthers(Resolving& of) {
  const std::string developer = of.Developer();
  const bool is_open =
      of.out.operator_vendor.value.empty() && of.out.mode != Deployment::HOSTING_MODE_SELF_HOSTED;
  if (!is_open || developer.empty()) return;
  Narrowed bound{"operator", {}, {}, 0, "these serve models of their own only, by their lists of models"};
  for (const catalogue::OwnModelsOnly& only : of.known.catalogue.own_models_only()) {
    const bool is_likely =
        std::any_of(of.out.narrowed.begin(), of.out.narrowed.end(), [&](const Narrowed& fact) {
          return fact.field == "operator" && fact.one_of == std::vector<std::string>{only.operator_vendor};
        });
    if (!is_likely && !of.SameGroup(only.operator_vendor, developer))
      bound.none_of.push_back(only.operator_vendor);
  }
  if (!bound.none_of.empty()) of.out.narrowed.push_back(std::move(bound));
}

// The maker of most models that the service has, where the call goes.
std::string MostlyModelsOf(const Resolving& of) {
  if (const auto* endpoint = of.Endpoint(); endpoint != nullptr && !endpoint->mostly_models_of.empty())
    return endpoint->mostly_models_of;
  return of.form == nullptr ? "" : of.form->mostly_models_of;
}

// Texts of a program: nothing that it answers with was made from anything, and no maker of models is behind
// it, so none is named either. What has no origin must not look like a model of the operator's country.
void SetCanned(Resolving& of) {
  UnlistedModel& unlisted = of.out.unlisted;
  const char* const why = "the endpoint answers with texts of its program: there is no model";
  Narrowed no_maker{"developer", {}, {}, 0, why};
  for (const catalogue::OwnModelsOnly& only : of.known.catalogue.own_models_only())
    no_maker.none_of.push_back(only.operator_vendor);
  unlisted.narrowed.push_back(std::move(no_maker));
  unlisted.narrowed.push_back({"lineage.developer", {"none"}, {}, 0, why});
  unlisted.narrowed.push_back({"licence", {"none"}, {}, 0, why});
}

// Whether the operator serves its own models only, where the call goes.
bool ServesOwn(const Resolving& of) {
  if (const auto* endpoint = of.Endpoint()) return endpoint->own_models_only;
  return of.form != nullptr && of.form->own_models_only && !of.out.operator_vendor.value.empty() &&
         of.out.operator_vendor.value == of.form->operator_vendor;
}

void ResolveBedrockDeveloper(Resolving& of) {
  UnlistedModel& unlisted = of.out.unlisted;
  const std::string word = SplitBedrock(of.parts.name).vendor;
  if (const auto* vendor = of.known.catalogue.FindVendorByWord(word)) {
    unlisted.developer = {vendor->name(), 0.85, absl::StrCat("the part `", word, "` of the Bedrock id")};
  } else if (!word.empty()) {
    unlisted.name = absl::StrCat(word, ".", unlisted.name);  // whose it is tells it from others
  }
}

// The family of the name, else the one whose own models have no publisher before their names there.
void GuessDeveloper(Resolving& of) {
  UnlistedModel& unlisted = of.out.unlisted;
  const std::string word = of.known.families.WordOf(unlisted.name);
  const bool is_vertex = of.form != nullptr && of.form->prefix.substr(0, 9) == "vertex_ai";
  if (!word.empty()) {
    unlisted.narrowed.push_back(
        {"developer",
         {of.known.families.DeveloperOf(word)},
         {},
         unlisted.is_private ? 0.65 : 0.75,
         absl::StrCat("all models that the catalogue has under `", word, "` are theirs")});
  } else if (is_vertex && unlisted.name.find('/') == std::string::npos) {
    unlisted.narrowed.push_back({"developer",
                                 {"vendors/google"},
                                 {},
                                 0.75,
                                 "on Vertex AI most names without a publisher are Google's"});
  }
}

// What runs on a server of one's own is held there, so its weights are to be had.
bool RunsHere(const Resolving& of) {
  return of.out.mode == Deployment::HOSTING_MODE_SELF_HOSTED || !of.out.own_server.address.empty();
}

}  // namespace

void ResolveOperator(Resolving& of) {
  OperatorFinder(of).Run();
  const catalogue::MakerOperated* const sold =
      of.known.catalogue.FindMakerOperated(of.out.operator_vendor.value, of.Developer());
  if (sold == nullptr) return ExcludeOthers(of);
  of.out.intermediary = of.out.operator_vendor;
  of.out.operator_vendor = {sold->maker, 0.85, sold->reason};
}

void ResolveDeveloper(Resolving& of) {
  UnlistedModel& unlisted = of.out.unlisted;
  if (of.parts.wildcard && ServesOwn(of)) {
    of.out.narrowed.push_back({"model.developer",
                               {of.out.operator_vendor.value},
                               {},
                               0,
                               "the operator serves its own models only"});
  }
  const bool no_model = of.out.model.value.empty() && unlisted.name.empty() && !of.NarrowsModel();
  if (const std::string maker = MostlyModelsOf(of); no_model && !maker.empty())
    of.Likely("model.developer", maker, 0.8, "the call goes to a service made for its models");
  if (unlisted.name.empty()) return;
  if (const auto* endpoint = of.Endpoint(); endpoint != nullptr && endpoint->canned) return SetCanned(of);
  if (ServesOwn(of)) {
    unlisted.developer = {of.out.operator_vendor.value, 0.85, "the operator serves its own models only"};
  } else if (of.IsBedrock() && of.entry.base_model.empty()) {
    ResolveBedrockDeveloper(of);
  }
  if (unlisted.developer.value.empty() && unlisted.line.empty()) GuessDeveloper(of);
  if (RunsHere(of)) {
    unlisted.narrowed.push_back({"weights", {"OPEN"}, {}, 0.75, "a server of your own holds them"});
  }
}

void ResolveMode(Resolving& of) {
  const std::string& vendor = of.out.operator_vendor.value;
  if (of.out.mode != Deployment::HOSTING_MODE_UNSPECIFIED || vendor.empty()) return;
  const std::string developer = of.Developer();
  if (!developer.empty()) {
    const bool own = of.SameGroup(vendor, developer);
    of.out.mode = own ? Deployment::HOSTING_MODE_VENDOR_API : Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED;
    of.out.mode_note =
        own ? "the operator developed the model" : "operator and developer are different vendors";
  } else if (ServesOwn(of)) {
    of.out.mode = Deployment::HOSTING_MODE_VENDOR_API;
    of.out.mode_note = "the operator serves its own models only";
  }
}

}  // namespace linchpin::importers
