#include "services/inventory/importers/litellm/families.h"

#include <cstddef>
#include <set>

#include "absl/strings/ascii.h"
#include "services/resource/kinds.h"

namespace linchpin::importers {
namespace {

constexpr int kModelsMin = 2;
constexpr size_t kLettersMin = 3;

// Words that say what a model does, not whose it is, or that several makers use.
bool IsCommon(const std::string& word) {
  static const auto* const kWords = new std::set<std::string>{
      "text",     "embed", "embedding", "rerank", "reranker", "image", "video", "audio",  "chat",   "code",
      "coder",    "fast",  "model",     "vision", "nova",     "open",  "mini",  "large",  "small",  "base",
      "instruct", "auto",  "ocr",       "tts",    "voice",    "pro",   "lite",  "speech", "command"};
  return kWords->contains(word);
}

std::string LeadingWord(std::string_view name) {
  name.remove_prefix(name.rfind('/') + 1);
  size_t end = 0;
  while (end < name.size() && absl::ascii_isalpha(static_cast<unsigned char>(name[end])) != 0) ++end;
  return absl::AsciiStrToLower(std::string(name.substr(0, end)));
}

}  // namespace

Families::Families(const catalogue::Catalogue& catalogue) {
  struct Family {
    std::set<std::string> developers;
    int models = 0;
  };
  std::map<std::string, Family> families;
  catalogue.ForEach([&](const google::protobuf::Message& document) {
    const auto* const model = dynamic_cast<const inventory::v1::Model*>(&document);
    if (model == nullptr) return;
    Family& family = families[LeadingWord(resource::IdOf(model->name()))];
    family.developers.insert(model->developer());
    ++family.models;
  });
  for (const auto& [word, family] : families) {
    const bool one = family.developers.size() == 1 && !family.developers.begin()->empty();
    if (one && family.models >= kModelsMin && word.size() >= kLettersMin && !IsCommon(word))
      developers_.emplace(word, *family.developers.begin());
  }
}

std::string Families::WordOf(std::string_view name) const {
  std::string word = LeadingWord(name);
  if (word == "opus" || word == "sonnet" || word == "haiku") word = "claude";
  return developers_.contains(word) ? word : std::string();
}

}  // namespace linchpin::importers
