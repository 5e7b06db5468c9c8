#include "services/inventory/importers/litellm/names.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "services/inventory/catalogue/names.h"
#include "services/resource/kinds.h"

namespace linchpin::importers {
namespace {

using catalogue::ApiForm;
using catalogue::Catalogue;
using catalogue::Squash;
using Names = ApiForm::Names;

// A way to read a name.
struct Reading {
  std::string name;
  double confidence;
  std::string note;
};

bool Take(std::string& text, std::string_view begin) {
  if (text.substr(0, begin.size()) != begin) return false;
  text.erase(0, begin.size());
  return true;
}

bool Drop(std::string& text, std::string_view end) {
  if (text.size() <= end.size() || std::string_view(text).substr(text.size() - end.size()) != end)
    return false;
  text.resize(text.size() - end.size());
  return true;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "llama3.1:8b-instruct" of "llama3.1:8b-instruct-q4_K_M".
std::string WithoutQuantisation(const std::string& name) {
  for (size_t at = name.size(); at-- > 1;) {
    const bool mark = name[at] == 'q' || name[at] == 'Q';
    if (mark && at + 1 < name.size() && IsDigit(name[at + 1]) &&
        std::string_view("-_.:").find(name[at - 1]) != std::string_view::npos) {
      return name.substr(0, at - 1);
    }
  }
  std::string out = name;
  for (const char* end :
       {"-fp16", "-fp8", "-FP8", "-bf16", "-awq", "-AWQ", "-gptq", "-GPTQ", "-int4", "-int8", "-GGUF"}) {
    if (Drop(out, end)) return out;
  }
  return name;
}

// "llama-v3.1-8b" of "llama-v3p1-8b".
std::string WithPoints(std::string name) {
  for (size_t at = 1; at + 1 < name.size(); ++at) {
    if (name[at] == 'p' && IsDigit(name[at - 1]) && IsDigit(name[at + 1])) name[at] = '.';
  }
  return name;
}

// "llama-3.1-8b" of "llama-v3.1-8b".
std::string WithoutV(std::string name) {
  const size_t at = name.find("-v");
  if (at != std::string::npos && at + 2 < name.size() && IsDigit(name[at + 2])) name.erase(at + 1, 1);
  return name;
}

// Cuts `mark` and digits (and `unit`) off the end of a name; false if it does not end so.
bool DropNumbered(std::string& name, std::string_view mark, std::string_view unit = "") {
  std::string_view rest = name;
  if (rest.size() < unit.size() || rest.substr(rest.size() - unit.size()) != unit) return false;
  rest.remove_suffix(unit.size());
  const size_t digits = rest.find_last_not_of("0123456789");
  if (digits == std::string_view::npos || digits + 1 == rest.size() || digits + 1 < mark.size()) return false;
  const size_t begin = digits + 1 - mark.size();
  if (begin == 0 || rest.substr(begin, mark.size()) != mark) return false;
  name.resize(begin);
  return true;
}

bool EndsWithDate(const std::string& name) {
  const size_t digits = name.find_last_not_of("0123456789");
  return name.size() - (digits == std::string::npos ? 0 : digits + 1) == 8;
}

// "anthropic.claude-v2:1" of "eu.anthropic.claude-v2:1:18k": without the area and the length of the context.
std::string BedrockId(std::string name) {
  for (const char* area : {"us-gov.", "us.", "eu.", "apac.", "global.", "au.", "jp.", "ca."}) {
    if (Take(name, area)) break;
  }
  DropNumbered(name, ":", "k");
  return name;
}

// "claude-sonnet-4-20250514" of "claude-sonnet-4-20250514-v1:0": `:0` is a version of the API, and so is
// `-v1` after a date; another `-v1` may be the model's.
std::string WithoutApiVersion(std::string name) {
  DropNumbered(name, ":");
  std::string bare = name;
  return DropNumbered(bare, "-v") && EndsWithDate(bare) ? bare : name;
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

std::vector<Reading> Readings(const ApiForm* form, const std::string& name) {
  std::vector<Reading> readings = {{name, 0.9, ""}};
  std::string bare = name;
  for (const char* end : {"-maas", ":free", "@default", "@latest"}) {
    if (Drop(bare, end)) readings.push_back({bare, 0.9, ""});
  }
  const Names names = form == nullptr ? Names::kModel : form->names;
  std::string of_fireworks = name;
  if (Take(of_fireworks, "accounts/fireworks/models/") || names == Names::kFireworks) {
    of_fireworks = WithPoints(of_fireworks);
    readings.push_back({of_fireworks, 0.9, ""});
    readings.push_back({WithoutV(of_fireworks), 0.85, ""});
  }
  if (names == Names::kBedrock) {
    readings.push_back({BedrockId(name), 0.9, ""});
    readings.push_back({WithoutApiVersion(SplitBedrock(name).name), 0.9, ""});
  }
  const bool is_file = name[0] == '/' || name.find(".gguf") != std::string::npos;
  if (is_file) {
    bare = LastPart(name);
    Drop(bare, ".gguf");
    readings.push_back({bare, 0.5, "read from the name of a file"});
  }
  if (const std::string whole = WithoutQuantisation(bare); whole != bare) {
    readings.push_back({whole, is_file ? 0.5 : 0.85, "a quantised copy"});
  }
  return readings;
}

// A tag of the Ollama library, verbatim; one with a size also as the name of open weights. Which model
// `latest` is, only the catalogue can say.
NamedModel FindOllamaModel(const std::string& name, const Catalogue& catalogue) {
  const std::string tagged = WithTag(name);
  const char* const note = tagged == name ? "" : "no tag is given: the library's latest";
  if (const auto* model = catalogue.FindVerbatim("ollama", tagged)) {
    return {model, tagged == name ? 0.9 : 0.8, note};
  }
  if (tagged.substr(tagged.find(':')) == ":latest") return {};
  for (const std::string& reading : {tagged, WithoutQuantisation(tagged)}) {
    const auto* const model = catalogue.MatchModel("ollama", reading);
    if (model == nullptr || model->weights() == inventory::v1::Model::WEIGHTS_PROPRIETARY) continue;
    return {model, reading == tagged ? 0.9 : 0.85, reading == tagged ? "" : "a quantised copy"};
  }
  return {};
}

}  // namespace

BedrockName SplitBedrock(const std::string& name) {
  const std::string id = BedrockId(name);
  const size_t dot = id.find('.');
  if (dot == std::string::npos || id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") != dot) {
    return {"", id};
  }
  return {id.substr(0, dot), id.substr(dot + 1)};
}

std::string UnlistedBedrockName(const std::string& name) {
  const BedrockName split = SplitBedrock(name);
  const std::string bare = WithoutApiVersion(split.name);
  return EndsWithDate(bare) ? bare : split.name;
}

std::string WithTag(const std::string& ollama_name) {
  return ollama_name.find(':') == std::string::npos ? ollama_name + ":latest" : ollama_name;
}

ModelString SplitModel(std::string_view model, const Catalogue& catalogue) {
  ModelString out;
  const size_t slash = model.find('/');
  if (slash != std::string_view::npos) out.form = catalogue.FindForm(model.substr(0, slash));
  out.bare = out.form == nullptr;
  out.name = std::string(out.bare ? model : model.substr(slash + 1));
  if (out.bare) {
    const inventory::v1::Model* const found = catalogue.MatchModel("litellm", out.name);
    if (slash == std::string_view::npos && found != nullptr &&
        found->weights() != inventory::v1::Model::WEIGHTS_OPEN) {
      out.form = catalogue.BareForm(found->developer());
    }
  } else {
    for (const std::string& part : out.form->strip) Take(out.name, part + "/");
    if (out.form->names == Names::kBedrock) {
      const std::string region = out.name.substr(0, out.name.find('/'));
      if (catalogue.FindHost("hosts/aws-" + region) != nullptr) {
        out.region = region;
        Take(out.name, region + "/");
      }
    }
  }
  out.wildcard = out.name.find('*') != std::string::npos;
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
  const std::vector<Reading> readings = Readings(form, std::string(name));
  for (const Reading& reading : readings) {
    if (const auto* model = catalogue.MatchModel(system, reading.name)) {
      return {model, reading.confidence, reading.note};
    }
  }
  for (const Reading& reading : readings) {
    const std::string last = LastPart(reading.name);
    const auto* model = last.size() == reading.name.size() ? nullptr : catalogue.MatchModel(system, last);
    if (model != nullptr && IsOwnNamespace(reading.name, *model)) {
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
    readings.push_back({form_of_entry, written.name, "", false, false});
  }
  readings.push_back({nullptr, written.name, "", false, false});
  for (const ModelString& reading : readings) {
    if (reading.wildcard) continue;
    NamedModel found = FindModelByName(reading.form, reading.name, catalogue);
    if (found.model != nullptr) return found;
  }
  return {};
}

}  // namespace linchpin::importers
