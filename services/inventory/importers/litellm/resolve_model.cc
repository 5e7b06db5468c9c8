// Which model an entry calls.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/inventory/catalogue/names.h"
#include "services/inventory/importers/litellm/readings.h"
#include "services/inventory/importers/litellm/resolving.h"
#include "services/resource/kinds.h"

namespace linchpin::importers {
namespace {

using Names = catalogue::ApiForm::Names;

constexpr size_t kEndpointNameMax = 128;  // bytes that are looked into for the name of a model

void UnknownReference(Resolving& of, const char* what, const std::string& text) {
  of.Unknown(
      absl::StrCat("`", what, "` is `", text, "`, which is resolved elsewhere; state the model by hand"));
}

bool NamesNoModel(const Resolving& of) {
  return of.parts.name.empty() || of.parts.endpoint ||
         (of.form != nullptr && of.form->names == Names::kEndpoint);
}

// Whether the name is that of a model and nothing stands in the way of looking it up.
bool NamesAModel(const Resolving& of) {
  return !IsReference(of.entry.model) && !IsReference(of.parts.name) && !of.parts.wildcard &&
         !NamesNoModel(of);
}

bool IsDateOrNothing(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos || text == "latest";
}

// Whether one is the other with a date, so that both names mean one line of models.
bool IsOneLine(const inventory::v1::Model& a, const inventory::v1::Model& b) {
  const std::string of_a = catalogue::Squash(resource::IdOf(a.name()));
  const std::string of_b = catalogue::Squash(resource::IdOf(b.name()));
  const std::string& shorter = of_a.size() < of_b.size() ? of_a : of_b;
  const std::string& longer = of_a.size() < of_b.size() ? of_b : of_a;
  return longer.compare(0, shorter.size(), shorter) == 0 &&
         IsDateOrNothing(std::string_view(longer).substr(shorter.size()));
}

// The call names one model, `base_model` another.
void Contradict(Resolving& of, const inventory::v1::Model& called, const inventory::v1::Model& base) {
  const std::string reason =
      absl::StrCat("the call names `", of.parts.name, "`, `base_model` is `", of.entry.base_model, "`");
  of.out.narrowed.push_back({"model", {called.name(), base.name()}, {}, 0.9, reason});
  of.Unknown(absl::StrCat(reason, ": which of the two answers is not known"));
}

// `model_info.base_model` is what the owner says that the name stands for: where it is no model's name, the
// entry's own name is not taken instead.
void ResolveBaseModel(Resolving& of) {
  const std::string& base_model = of.entry.base_model;
  const NamedModel found = FindBaseModel(of.form, base_model, of.known.catalogue);
  if (found.model != nullptr) {
    const NamedModel called =
        NamesAModel(of) ? FindModelByName(of.form, of.parts.name, of.known.catalogue) : NamedModel{};
    if (called.model != nullptr && called.model != found.model && !IsOneLine(*called.model, *found.model))
      return Contradict(of, *called.model, *found.model);
    of.out.model = {found.model->name(), std::min(0.95, found.confidence + 0.05),
                    absl::StrCat("model_info.base_model is `", base_model, "`")};
    return;
  }
  if (IsReference(base_model)) return UnknownReference(of, "model_info.base_model", base_model);
  const ModelString base = SplitModel(base_model, of.known.catalogue);
  const bool is_ollama = base.form != nullptr && base.form->names == Names::kOllama;
  if (!base.wildcard) of.out.unlisted.name = is_ollama ? WithTag(base.name) : base.name;
  of.Unknown(absl::StrCat("`model_info.base_model` is `", base_model,
                          "`, which is not in the catalogue; the name `", of.parts.name,
                          "` is not taken instead"));
}

// A name that the catalogue does not have.
void SetUnlisted(Resolving& of) {
  UnlistedModel& unlisted = of.out.unlisted;
  const std::string served = WithoutCloudTag(of.parts.name);
  unlisted.name = !served.empty()  ? served
                  : of.IsOllama()  ? WithTag(of.parts.name)
                  : of.IsBedrock() ? UnlistedBedrockName(of.parts.name)
                                   : of.parts.name;
  unlisted.is_private = of.NameIsChosen();
  of.Unknown(absl::StrCat("the model `", unlisted.name, "` is not in the catalogue"));
  const std::string line = of.LooksClosed() ? WithoutEffort(of.parts.name) : std::string();
  const std::string undated = unlisted.is_private ? std::string() : WithoutDate(of.parts.name);
  for (const std::string& name : {undated, line}) {
    const NamedModel found = name.empty() ? NamedModel{} : FindModelByName(of.form, name, of.known.catalogue);
    if (found.model == nullptr) continue;
    unlisted.line = found.model->name();
    return;
  }
}

// Names of weights inside the name of an endpoint have at least so many words, one with a digit.
constexpr size_t kWordsMin = 3;

bool HasDigit(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

// The longest run of words inside an endpoint's name that is the name of open weights: SageMaker JumpStart
// and people name endpoints so. Null where there is none.
const inventory::v1::Model* FindNameInside(const std::string& name, const catalogue::Catalogue& catalogue,
                                           std::string& found_as) {
  const std::vector<std::string> words = absl::StrSplit(name, '-');
  for (size_t count = words.size(); count >= kWordsMin; --count) {
    for (size_t begin = 0; begin + count <= words.size(); ++begin) {
      const auto first = words.begin() + static_cast<std::ptrdiff_t>(begin);
      found_as = absl::StrJoin(first, first + static_cast<std::ptrdiff_t>(count), "-");
      if (!HasDigit(found_as)) continue;
      const auto* const model = FindModelByName(nullptr, found_as, catalogue).model;
      if (model != nullptr && model->weights() == inventory::v1::Model::WEIGHTS_OPEN) return model;
    }
  }
  return nullptr;
}

// A name that is no model's may hold one.
void GuessModelOfEndpoint(Resolving& of) {
  if (of.form == nullptr || of.form->names != Names::kEndpoint || of.parts.name.size() > kEndpointNameMax)
    return;
  std::string found_as;
  const auto* const model = FindNameInside(of.parts.name, of.known.catalogue, found_as);
  if (model == nullptr) return;
  of.Likely("model", model->name(), 0.7,
            absl::StrCat("the name of the endpoint holds `", found_as, "`, the name of open weights"));
}

// A call that names nothing, as those of Azure OpenAI without a deployment's name: the group's name is then
// all that there is.
void GuessModelOfGroup(Resolving& of) {
  if (!of.parts.name.empty() || of.form == nullptr || of.form->mostly_models_of.empty()) return;
  const auto* const model = FindModelByName(of.form, of.entry.group, of.known.catalogue).model;
  if (model == nullptr || model->developer() != of.form->mostly_models_of) return;
  of.Likely("model", model->name(), 0.7,
            absl::StrCat("the call names no model, and its group is called `", of.entry.group, "`"));
}

}  // namespace

void ResolveModel(Resolving& of) {
  if (const auto* endpoint = of.Endpoint(); endpoint != nullptr && endpoint->canned) {
    of.out.unlisted.name = of.parts.name;
    of.out.unlisted.is_private = true;
    return of.Unknown(
        absl::StrCat("`", endpoint->host, "` answers with texts of its program: there is no model"));
  }
  if (!of.entry.base_model.empty()) return ResolveBaseModel(of);
  if (IsReference(of.entry.model) || IsReference(of.parts.name))
    return UnknownReference(of, "model", of.entry.model);
  if (of.parts.wildcard) return of.Unknown(absl::StrCat("`", of.entry.model, "` stands for any model"));
  if (NamesNoModel(of)) {
    GuessModelOfEndpoint(of);
    GuessModelOfGroup(of);
    return of.Unknown(absl::StrCat("`", of.entry.model, "` names an endpoint, not a model"));
  }
  const NamedModel found = FindModelByName(of.form, of.parts.name, of.known.catalogue);
  if (found.model != nullptr) {
    of.out.model = {found.model->name(), found.confidence, found.note};
    if (!of.NameIsChosen()) return;
    of.out.model.confidence = std::min(of.out.model.confidence, 0.7);
    of.out.model.note += absl::StrCat(of.out.model.note.empty() ? "" : "; ",
                                      "the name is chosen by whoever set it up; taken as the model's");
    return;
  }
  if (of.form != nullptr && of.form->names == Names::kOwnerChosen) {
    return of.Unknown(
        absl::StrCat("`", of.parts.name, "` is a name of its owner's choice; give `model_info.base_model`"));
  }
  SetUnlisted(of);
}

}  // namespace linchpin::importers
