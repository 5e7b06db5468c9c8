#include "services/inventory/importers/litellm/settings.h"

#include <charconv>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/document.h"
#include "services/inventory/importers/litellm/entry.h"

namespace linchpin::importers {
namespace {

using resource::Node;
using Kind = ImportNote::Kind;

constexpr int kMaxFallbacks = 1000;

// A value of a section with its place; null if there is none, or it is null.
struct Value {
  const Section* section = nullptr;
  const Node::Entry* entry = nullptr;

  explicit operator bool() const { return entry != nullptr; }
  FileLine at() const { return {section->file->path, entry->at.line}; }
};

Value FindIn(const Section& section, const char* key) {
  if (section.map == nullptr) return {};
  for (const Node::Entry& entry : section.map->entries) {
    if (entry.key == key && entry.value.type != Node::Type::kNull) return {&section, &entry};
  }
  return {};
}

// Reads routing out of both sections.
class Reader {
 public:
  Reader(const Section& router, const Section& general, std::vector<ImportNote>& notes)
      : router_(router), general_(general), notes_(notes) {}

  absl::StatusOr<LiteLlmRouting> Read() {
    ReadLists("fallbacks", out_.fallbacks);
    ReadLists("context_window_fallbacks", out_.context_window_fallbacks);
    ReadLists("content_policy_fallbacks", out_.content_policy_fallbacks);
    if (const Value value = Counting("default_fallbacks", Node::Type::kList, "a list"))
      out_.default_fallbacks = Targets(value, value.entry->value);
    ReadAliases();
    ReadMax();
    const Value strategy = FindIn(router_, "routing_strategy");
    out_.weights_count = !strategy || strategy.entry->value.text == "simple-shuffle";
    if (!fault_.ok()) return fault_;
    return std::move(out_);
  }

 private:
  // The value that counts: that of the router, else that of the general settings; noted where both stand. A
  // value of another type is a fault.
  Value Counting(const char* key, Node::Type type, const char* what) {
    Value router = FindIn(router_, key), general = FindIn(general_, key);
    for (const Value& value : {router, general}) {
      if (value && value.entry->value.type != type) {
        fault_.Update(FileFault(*value.section->file, value.entry->value.at,
                                absl::StrCat("`", key, "` must be ", what)));
        return {};
      }
    }
    // The gateway takes the general one where the router's is empty.
    if (router && general && router.entry->value.items.empty() && router.entry->value.entries.empty()) {
      return general;
    }
    if (router && general) {
      AddNote(Kind::kSkipped, general.at(),
              absl::StrCat("`", key, "` is also set in `router_settings`, which takes precedence"), notes_);
    }
    return router ? router : general;
  }

  void ReadLists(const char* key, std::vector<LiteLlmFallbacks>& out) {
    const Value value = Counting(key, Node::Type::kList, "a list");
    if (!value) return;
    for (const Node& item : value.entry->value.items) ReadList(value, item, out);
  }

  void ReadList(const Value& value, const Node& item, std::vector<LiteLlmFallbacks>& out) {
    const std::string& list = value.entry->key;
    if (item.type != Node::Type::kMap || item.entries.empty() ||
        item.entries[0].value.type != Node::Type::kList) {
      return Note(Kind::kSkipped, value, item.at.line,
                  absl::StrCat("an item of `", list, "` must be `{group: [group, ...]}`"));
    }
    const Node::Entry& first = item.entries[0];
    if (item.entries.size() > 1) {
      Note(Kind::kSkipped, value, item.entries[1].at.line,
           absl::StrCat("of a map in `", list, "` LiteLLM reads the first key only; `", item.entries[1].key,
                        "` is left out"));
    }
    out.push_back({first.key, {value.section->file->path, first.at.line}, Targets(value, first.value)});
  }

  std::vector<LiteLlmTarget> Targets(const Value& value, const Node& list) {
    std::vector<LiteLlmTarget> targets;
    for (const Node& item : list.items) {
      if (IsText(item) && !item.text.empty() && Unfit("", item.text, kMaxName).empty()) {
        targets.push_back({item.text, {value.section->file->path, item.at.line}});
      } else {
        Note(Kind::kSkipped, value, item.at.line,
             absl::StrCat("a target in `", value.entry->key, "` must be the name of a group"));
      }
    }
    return targets;
  }

  void ReadAliases() {
    const Value value = Counting("model_group_alias", Node::Type::kMap, "a map");
    if (!value) return;
    for (const Node::Entry& alias : value.entry->value.entries) ReadAlias(value, alias);
  }

  void ReadAlias(const Value& value, const Node::Entry& alias) {
    std::string target = IsText(alias.value) ? alias.value.text : std::string();
    if (alias.value.type == Node::Type::kMap) target = TextOf(alias.value, "model");
    if (target.empty() || !Unfit("", alias.key, kMaxName).empty() || !Unfit("", target, kMaxName).empty()) {
      return Note(Kind::kSkipped, value, alias.at.line,
                  absl::StrCat("the alias `", alias.key, "` must name one group"));
    }
    out_.aliases.push_back({alias.key, std::move(target), {value.section->file->path, alias.at.line}});
  }

  void ReadMax() {
    Value value = FindIn(router_, "max_fallbacks");
    if (!value) value = FindIn(general_, "max_fallbacks");
    if (!value) return;
    const std::string& text = value.entry->value.text;
    int steps = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
    if (error == std::errc() && end == text.data() + text.size() && steps >= 0 && steps <= kMaxFallbacks) {
      out_.fallbacks_max = steps;
    } else {
      AddNote(Kind::kSkipped, value.at(),
              absl::StrCat("`max_fallbacks` must be a number from 0 to ", kMaxFallbacks, "; ",
                           out_.fallbacks_max, " is taken"),
              notes_);
    }
  }

  void Note(Kind kind, const Value& value, int line, std::string message) {
    AddNote(kind, {value.section->file->path, line}, std::move(message), notes_);
  }

  const Section& router_;
  const Section& general_;
  std::vector<ImportNote>& notes_;
  LiteLlmRouting out_;
  absl::Status fault_;
};

}  // namespace

absl::StatusOr<LiteLlmRouting> ReadRouting(const Section& router, const Section& general,
                                           std::vector<ImportNote>& notes) {
  return Reader(router, general, notes).Read();
}

}  // namespace linchpin::importers
