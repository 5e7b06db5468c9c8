#include "services/inventory/importers/litellm/names.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/inventory/catalogue/names.h"
#include "services/inventory/importers/litellm/readings.h"
#include "services/resource/kinds.h"

namespace linchpin::importers {
namespace {

using catalogue::ApiForm;
using catalogue::Catalogue;
using catalogue::Squash;
using Names = ApiForm::Names;

bool Take(std::string& text, std::string_view begin) {
  if (text.substr(0, begin.size()) != begin) return false;
  text.erase(0, begin.size());
  return true;
}

std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Whether the part before the slash belongs to the developer of the model.
bool IsOwnNamespace(const std::string& name, const inventory::v1::Model& model) {
  const std::string space = name.substr(0, name.find('/'));
  const std::string vendor = Squash(resource::IdOf(model.developer()));
  if (!vendor.empty() && Squash(space).substr(0, vendor.size()) == vendor) return true;
  return std::any_of(model.upstream_ids().begin(), model.upstream_ids().end(), [&](const auto& upstream) {
    return upstream.id().size() > space.size() && upstream.id()[space.size()] == '/' &&
           Squash(upstream.id().substr(0, space.size())) == Squash(space);
  });
}

bool IsOpen(const inventory::v1::Model& model) {
  return model.weights() != inventory::v1::Model::WEIGHTS_PROPRIETARY;
}

// The model that the Ollama library has under the tag of a size: `llama3:8b` for `llama3-8b`. Null if there
// is none.
const inventory::v1::Model* FindTagged(const std::string& name, const Catalogue& catalogue) {
  const size_t dash = name.rfind('-');
  const bool sized = dash != std::string::npos && name.size() > dash + 2 && name.back() == 'b' &&
                     name.find_first_not_of("0123456789.", dash + 1) == name.size() - 1;
  return sized ? catalogue.FindVerbatim("ollama", name.substr(0, dash) + ":" + name.substr(dash + 1))
               : nullptr;
}

// Open weights under a name with a size, as the library or its makers write it.
NamedModel FindSized(const std::string& name, const Catalogue& catalogue) {
  for (const NameReading& reading : ReadingsOf(nullptr, name)) {
    const auto* const model = catalogue.MatchModel("ollama", reading.name);
    if (model != nullptr && IsOpen(*model)) return {model, std::min(reading.confidence, 0.9), reading.note};
  }
  return {};
}

// A tag of the Ollama library, verbatim; one with a size also as the name of open weights. Which model
// `latest` is, only the catalogue can say.
NamedModel FindOllamaModel(const std::string& name, const Catalogue& catalogue) {
  const std::string tagged = WithTag(name);
  const char* const note = tagged == name ? "" : "no tag is given: the library's latest";
  if (const auto* model = catalogue.FindVerbatim("ollama", tagged)) {
    return {model, tagged == name ? 0.9 : 0.8, note};
  }
  if (const std::string served = WithoutCloudTag(name); !served.empty()) {
    if (const auto* model = catalogue.FindVerbatim("ollama", served)) return {model, 0.85, ""};
    return FindSized(served, catalogue);
  }
  // `alibayram/medgemma:4b`: what a user of the library put there under the name of open weights.
  if (const size_t slash = tagged.find('/'); slash != std::string::npos) {
    const auto* const model = catalogue.FindVerbatim("ollama", tagged.substr(slash + 1));
    if (model != nullptr && IsOpen(*model))
      return {model, 0.7, absl::StrCat("a copy that `", tagged.substr(0, slash), "` put into the library")};
  }
  if (tagged.substr(tagged.find(':')) == ":latest") return {};
  return FindSized(tagged, catalogue);
}

// What an ARN names.
struct Arn {
  std::string region;
  std::string kind;  // foundation-model, inference-profile ...
  std::string id;
};

// Takes `arn:aws:bedrock:REGION:ACCOUNT:KIND/ID` apart.
Arn ReadArn(std::string_view text) {
  std::string_view parts[5];
  for (std::string_view& part : parts) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  return {std::string(parts[3]), std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

void SetArn(ModelString& out) {
  const Arn arn = ReadArn(out.name);
  // A profile of an account may span regions, and its ARN does not tell.
  if (arn.kind != "application-inference-profile") out.region = arn.region;
  out.endpoint = arn.kind != "foundation-model" && arn.kind != "inference-profile";
  if (!out.endpoint) out.name = arn.id;
}

// Whether a name without a prefix is an id of Bedrock: the word before its dot is that of a maker there.
bool IsBareBedrock(const std::string& name) {
  static const auto* const kMakers = new std::set<std::string>{
      "ai21",    "amazon",   "anthropic",  "cohere", "deepseek", "google", "luma",      "meta",   "minimax",
      "mistral", "moonshot", "moonshotai", "nvidia", "openai",   "qwen",   "stability", "writer", "zai"};
  return name.find('/') == std::string::npos && kMakers->contains(SplitBedrock(name).vendor);
}

void SplitAfterPrefix(const Catalogue& catalogue, ModelString& out) {
  for (const std::string& part : out.form->strip) Take(out.name, part + "/");
  if (out.form->names != Names::kBedrock) return;
  const std::string region = out.name.substr(0, out.name.find('/'));
  if (catalogue.FindHost("hosts/aws-" + region) != nullptr) {
    out.region = region;
    Take(out.name, region + "/");
  }
  if (out.name.substr(0, 4) == "arn:") SetArn(out);
}

}  // namespace

std::string WithTag(const std::string& ollama_name) {
  return ollama_name.find(':') == std::string::npos ? ollama_name + ":latest" : ollama_name;
}

ModelString SplitModel(std::string_view model, const Catalogue& catalogue) {
  ModelString out;
  const size_t slash = model.find('/');
  if (slash != std::string_view::npos) out.form = catalogue.FindForm(model.substr(0, slash));
  out.bare = out.form == nullptr;
  out.name = std::string(out.bare ? model : model.substr(slash + 1));
  if (!out.bare) {
    SplitAfterPrefix(catalogue, out);
  } else if (out.name.substr(0, 4) == "arn:" || IsBareBedrock(out.name)) {
    out.form = catalogue.FindForm("bedrock");
    if (out.name.substr(0, 4) == "arn:") SetArn(out);
  } else if (slash == std::string_view::npos) {
    const inventory::v1::Model* found = catalogue.MatchModel("litellm", out.name);
    if (found == nullptr) found = catalogue.MatchModel("litellm", WithoutDate(out.name));
    if (found != nullptr && found->weights() != inventory::v1::Model::WEIGHTS_OPEN)
      out.form = catalogue.BareForm(found->developer());
  }
  out.wildcard = out.name.find('*') != std::string::npos;
  // `volcengine/ep-2025...` is an endpoint that somebody set up; other names are the vendor's.
  if (out.form != nullptr && out.form->prefix == "volcengine") out.endpoint = out.name.substr(0, 3) == "ep-";
  return out;
}

NamedModel FindModelByName(const ApiForm* form, std::string_view name, const Catalogue& catalogue) {
  if (name.empty()) return {};
  if (form != nullptr && form->names == Names::kOllama) return FindOllamaModel(std::string(name), catalogue);
  const std::string system = form == nullptr                        ? "litellm"
                             : form->names == Names::kBedrock       ? "bedrock"
                             : form->prefix.substr(0, 5) == "azure" ? "azure"
                                                                    : form->prefix;
  // A server inside that speaks another form may still be an Ollama.
  const bool tagged = name.find(':') != std::string_view::npos;
  if (const auto* model = tagged ? catalogue.FindVerbatim("ollama", name) : nullptr; model != nullptr) {
    return {model, 0.85, "read as a tag of the Ollama library"};
  }
  if (const std::string served = WithoutCloudTag(name); !served.empty())
    return FindOllamaModel(std::string(name), catalogue);
  const std::vector<NameReading> readings = ReadingsOf(form, std::string(name));
  for (const NameReading& reading : readings) {
    const auto* const model = catalogue.MatchModel(system, reading.name);
    if (model != nullptr && (!reading.open_only || IsOpen(*model)))
      return {model, reading.confidence, reading.note};
  }
  for (const NameReading& reading : readings) {
    const auto* const model = reading.open_only ? FindTagged(reading.name, catalogue) : nullptr;
    if (model != nullptr) return {model, std::min(reading.confidence, 0.8), reading.note};
  }
  for (const NameReading& reading : readings) {
    const std::string last = LastPart(reading.name);
    const auto* model = last.size() == reading.name.size() ? nullptr : catalogue.MatchModel(system, last);
    if (model != nullptr && IsOwnNamespace(reading.name, *model) && (!reading.open_only || IsOpen(*model))) {
      return {model, std::min(reading.confidence, 0.85), reading.note};
    }
  }
  return {};
}

NamedModel FindBaseModel(const ApiForm* form_of_entry, std::string_view base_model,
                         const Catalogue& catalogue) {
  const ModelString written = SplitModel(base_model, catalogue);
  std::vector<ModelString> readings = {written};
  if (form_of_entry != nullptr && form_of_entry != written.form) {
    // With the prefix of the entry before it, so that what the form strips is stripped here too.
    readings.push_back(SplitModel(form_of_entry->prefix + "/" + std::string(base_model), catalogue));
    readings.push_back({form_of_entry, written.name, "", false, false, false});
  }
  readings.push_back({nullptr, written.name, "", false, false, false});
  for (const ModelString& reading : readings) {
    if (reading.wildcard) continue;
    NamedModel found = FindModelByName(reading.form, reading.name, catalogue);
    if (found.model != nullptr) return found;
  }
  return {};
}

}  // namespace linchpin::importers
