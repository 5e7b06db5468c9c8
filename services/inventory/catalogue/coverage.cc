#include "services/inventory/catalogue/coverage.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using inventory::v1::Model;
using inventory::v1::Vendor;

constexpr int kLinesMax = 8;  // of versions of versions

bool Begins(std::string_view text, const std::vector<std::string_view>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
  });
}

// A family: a maker, and how the ids of its models begin; no beginnings: all of the maker's.
struct Family {
  const char* name;
  const char* developer;
  std::vector<std::string_view> beginnings;
};

const std::vector<Family>& Families() {
  static const auto* const families = new std::vector<Family>{
      {"GPT, o and the other models of OpenAI", "vendors/openai", {}},
      {"Claude", "vendors/anthropic", {}},
      {"Gemini", "vendors/google", {"gemini"}},
      {"Gemma", "vendors/google", {"gemma", "codegemma", "shieldgemma", "medgemma", "embeddinggemma"}},
      {"Llama", "vendors/meta", {"llama", "meta-llama", "codellama"}},
      {"Qwen", "vendors/alibaba", {"qwen", "qwq", "qvq"}},
      {"DeepSeek and its distillations", "vendors/deepseek", {}},
      {"Mistral", "vendors/mistral", {}},
      {"Phi", "vendors/microsoft", {"phi"}},
      {"Command and Aya", "vendors/cohere", {"command", "aya"}},
      {"Kimi", "vendors/moonshotai", {}},
      {"GLM", "vendors/zhipuai", {}},
      {"Grok", "vendors/xai", {}},
      {"Nemotron",
       "vendors/nvidia",
       {"nemotron", "llama-3", "llama-nemotron", "minitron", "mistral-nemotron"}},
      {"Falcon", "vendors/tii", {}},
      {"OLMo", "vendors/ai2", {"olmo"}},
      {"MiniMax", "vendors/minimax", {}},
      {"Yi", "vendors/x-01ai", {}},
      {"Granite", "vendors/ibm", {"granite"}},
      {"Jamba", "vendors/ai21", {"jamba"}},
      {"Nova and Titan", "vendors/amazon", {}},
  };
  return *families;
}

bool HasTask(const Model& model, std::initializer_list<std::string_view> tasks) {
  return std::any_of(model.tasks().begin(), model.tasks().end(), [&](const std::string& task) {
    return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
  });
}

template <typename T>
bool IsKnownNone(const T& resource, std::string_view field) {
  return std::find(resource.known_none().begin(), resource.known_none().end(), field) !=
         resource.known_none().end();
}

bool IsLikely(const Vendor& vendor, std::string_view field) {
  return std::any_of(vendor.likely().begin(), vendor.likely().end(),
                     [&](const auto& likely) { return likely.field() == field; });
}

// "117 (94%)".
std::string Share(int part, int whole) {
  return whole == 0 ? "-" : absl::StrCat(part, " (", (200 * part + whole) / (2 * whole), "%)");
}

// Counts of one row of models.
class ModelRow {
 public:
  explicit ModelRow(const Catalogue& catalogue) : catalogue_(catalogue) {}

  void Count(const Model& model) {
    ++all_;
    developer_ += Says(model, [](const Model& m) { return !m.developer().empty(); });
    weights_ += WeightsOf(model) != Model::WEIGHTS_UNSPECIFIED;
    licence_ += Says(model, [](const Model& m) { return !m.licence().empty() || IsKnownNone(m, "licence"); });
    lineage_ += HasLineage(model);
    release_ += model.has_release_time();
    retirement_ += model.has_retirement_time();
    versions_ += !model.version_of().empty();
  }

  std::string Text(const std::string& name) const {
    return absl::StrCat("| ", name, " | ", all_, " | ", Share(developer_, all_), " | ", Share(weights_, all_),
                        " | ", Share(licence_, all_), " | ", Share(lineage_, all_), " | ",
                        Share(release_, all_), " | ", retirement_, " | ", versions_, " |\n");
  }

 private:
  // Whether the model or a line that it belongs to says so.
  bool Says(const Model& model, const std::function<bool(const Model&)>& says) const {
    const Model* at = &model;
    for (int i = 0; at != nullptr && i < kLinesMax; ++i) {
      if (says(*at)) return true;
      at = catalogue_.FindModel(at->version_of());
    }
    return false;
  }

  Model::Weights WeightsOf(const Model& model) const {
    Model::Weights weights = Model::WEIGHTS_UNSPECIFIED;
    Says(model, [&](const Model& m) { return (weights = m.weights()) != Model::WEIGHTS_UNSPECIFIED; });
    return weights;
  }

  bool HasLineage(const Model& model) const {
    if (Says(model, [](const Model& m) { return m.derivations_size() > 0 || IsKnownNone(m, "derivations"); }))
      return true;
    const Vendor* const developer = catalogue_.FindVendor(model.developer());
    if (developer == nullptr) return false;
    return developer->own_line() == Vendor::OWN_LINE_ALL ||
           (developer->own_line() == Vendor::OWN_LINE_CLOSED &&
            WeightsOf(model) == Model::WEIGHTS_PROPRIETARY);
  }

  const Catalogue& catalogue_;
  int all_ = 0, developer_ = 0, weights_ = 0, licence_ = 0, lineage_ = 0, release_ = 0, retirement_ = 0,
      versions_ = 0;
};

// A row of the models that `belongs` picks.
std::string RowOf(const Catalogue& catalogue, const std::string& name,
                  const std::function<bool(const Model&)>& belongs) {
  ModelRow row(catalogue);
  catalogue.ForEach([&](const google::protobuf::Message& document) {
    const auto* const model = dynamic_cast<const Model*>(&document);
    if (model != nullptr && belongs(*model)) row.Count(*model);
  });
  return row.Text(name);
}

std::string ModelTable(const Catalogue& catalogue) {
  std::string out =
      "| family | models | developer | weights | licence | lineage | release | retirement | versions |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const Family& family : Families()) {
    out += RowOf(catalogue, family.name, [&](const Model& model) {
      return model.developer() == family.developer &&
             (family.beginnings.empty() || Begins(resource::IdOf(model.name()), family.beginnings));
    });
  }
  out += RowOf(catalogue, "embeddings and rerankers of all makers", [](const Model& model) {
    return HasTask(model, {"embedding", "rerank"});
  });
  out += RowOf(catalogue, "speech of all makers", [](const Model& model) {
    return HasTask(model, {"audio-transcription", "audio-speech", "realtime"});
  });
  return out + RowOf(catalogue, "all models", [](const Model&) { return true; });
}

bool Plays(const Vendor& vendor, Vendor::Role role) {
  return std::find(vendor.roles().begin(), vendor.roles().end(), role) != vendor.roles().end();
}

std::string VendorRow(const Catalogue& catalogue, const std::string& name,
                      const std::function<bool(const Vendor&)>& belongs) {
  int all = 0, parent = 0, likely = 0, country = 0, roles = 0, own_line = 0, places = 0, complete = 0,
      hosted = 0, upstreams = 0;
  catalogue.ForEach([&](const google::protobuf::Message& document) {
    const auto* const vendor = dynamic_cast<const Vendor*>(&document);
    if (vendor == nullptr || !belongs(*vendor)) return;
    ++all;
    parent += !vendor->parent().empty() || IsKnownNone(*vendor, "parent");
    likely += IsLikely(*vendor, "parent");
    country += !vendor->country().empty();
    roles += vendor->roles_size() > 0;
    own_line += vendor->own_line() != Vendor::OWN_LINE_UNSPECIFIED;
    places += vendor->has_serves_from();
    complete += vendor->serves_from().complete();
    hosted += vendor->hosted_developers_size() > 0;
    upstreams += vendor->upstreams().operators_size() > 0;
  });
  return absl::StrCat("| ", name, " | ", all, " | ", Share(parent, all), " | ", likely, " | ",
                      Share(country, all), " | ", Share(roles, all), " | ", own_line, " | ", places, " (",
                      complete, ") | ", hosted, " | ", upstreams, " |\n");
}

std::string VendorTable(const Catalogue& catalogue) {
  const auto playing = [](Vendor::Role role) { return [role](const Vendor& v) { return Plays(v, role); }; };
  return absl::StrCat(
      "| vendors | number | parent or none | parent likely | country | roles | own line | serves from "
      "(complete) | hosted developers | upstreams |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
      VendorRow(catalogue, "developers", playing(Vendor::ROLE_DEVELOPER)),
      VendorRow(catalogue, "operators", playing(Vendor::ROLE_OPERATOR)),
      VendorRow(catalogue, "host providers", playing(Vendor::ROLE_HOST_PROVIDER)),
      VendorRow(catalogue, "resellers and routers", playing(Vendor::ROLE_RESELLER)),
      VendorRow(catalogue, "all vendors", [](const Vendor&) { return true; }));
}

}  // namespace

std::string CoverageTables(const Catalogue& catalogue) {
  return absl::StrCat(ModelTable(catalogue), "\n", VendorTable(catalogue));
}

}  // namespace linchpin::catalogue
