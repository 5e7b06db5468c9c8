#include "services/resource/field_changes.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/base/text.h"
#include "services/resource/fields.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"
#include "services/resource/scalars.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Elements = std::vector<const Message*>;

constexpr int kRepeated = -1;

// One value that is no list: a singular field, or element `index` of a list of scalars.
std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index == kRepeated;
  const FieldDescriptor* f = &field;
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? r.GetStringReference(message, f, &scratch)
                 : r.GetRepeatedStringReference(message, f, index, &scratch);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? r.GetBool(message, f) : r.GetRepeatedBool(message, f, index)) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumShortName(one ? *r.GetEnum(message, f) : *r.GetRepeatedEnum(message, f, index));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? r.GetInt32(message, f) : r.GetRepeatedInt32(message, f, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? r.GetInt64(message, f) : r.GetRepeatedInt64(message, f, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? r.GetUInt32(message, f) : r.GetRepeatedUInt32(message, f, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? r.GetUInt64(message, f) : r.GetRepeatedUInt64(message, f, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return FormatNumber(one ? r.GetFloat(message, f) : r.GetRepeatedFloat(message, f, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return FormatNumber(one ? r.GetDouble(message, f) : r.GetRepeatedDouble(message, f, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "";
}

// The text of a message that files write as one word; nothing for any other.
std::optional<std::string> WordOf(const Message& message) {
  if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
    return FormatDuration(static_cast<const google::protobuf::Duration&>(message));
  }
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    return FormatTime(static_cast<const google::protobuf::Timestamp&>(message));
  }
  return std::nullopt;
}

std::string MessageText(const Message& message) {
  const std::optional<std::string> word = WordOf(message);
  return word ? *word : WriteJson(message, 0);
}

// The first string that an element must have; null if there is none.
const FieldDescriptor* KeyField(const FieldDescriptor& list) {
  const google::protobuf::Descriptor& type = *list.message_type();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& options = type.field(i)->options();
    if (type.field(i)->cpp_type() != FieldDescriptor::CPPTYPE_STRING || type.field(i)->is_repeated())
      continue;
    for (int k = 0; k < options.ExtensionSize(google::api::field_behavior); ++k) {
      if (options.GetExtension(google::api::field_behavior, k) == google::api::REQUIRED) return type.field(i);
    }
  }
  return nullptr;
}

std::string KeyOf(const FieldDescriptor& list, const Message& element) {
  if (list.is_map() || IsKnowledgeList(list)) return EntryKey(element);
  const FieldDescriptor* key = KeyField(list);
  return key == nullptr ? std::string() : element.GetReflection()->GetString(element, key);
}

// Keys in their order; nothing if they do not tell the elements apart.
std::optional<std::vector<std::string>> KeysOf(const FieldDescriptor& list, const Elements& elements) {
  std::vector<std::string> keys;
  std::set<std::string> distinct;
  for (const Message* element : elements) {
    keys.push_back(KeyOf(list, *element));
    if (keys.back().empty() || !distinct.insert(keys.back()).second) return std::nullopt;
  }
  return keys;
}

bool Counts(const FieldDescriptor& field, bool top) {
  return !IsOutputOnly(field) && !(top && (field.name() == "name" || field.name() == "etag"));
}

// Collects differences while it walks.
class Walk {
 public:
  explicit Walk(const FieldChangeLimits& limits) : limits_(limits) {}

  void Compare(const std::string& prefix, const Message& before, const Message& after) {
    const bool top = prefix.empty();
    for (const FieldDescriptor* field : FieldsOf(before, after)) {
      if (!Counts(*field, top)) continue;
      CompareField(absl::StrCat(prefix, top ? "" : ".", field->json_name()), *field, before, after);
    }
  }

  std::vector<FieldDifference> Take() && { return std::move(found_); }

 private:
  // Fields that either has, in the order of files.
  static std::vector<const FieldDescriptor*> FieldsOf(const Message& before, const Message& after) {
    std::unique_ptr<Message> both(before.New());
    both->MergeFrom(before);
    both->MergeFrom(after);
    return SetFields(*both);
  }

  void CompareField(const std::string& path, const FieldDescriptor& field, const Message& before,
                    const Message& after) {
    if (field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return CompareElements(path, field, ElementsOf(before, field), ElementsOf(after, field));
    }
    if (field.is_repeated()) return Add(path, ListText(before, field), ListText(after, field));
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      return Add(path, SingleText(before, field), SingleText(after, field));
    }
    const Message& a = before.GetReflection()->GetMessage(before, &field);
    const Message& b = after.GetReflection()->GetMessage(after, &field);
    const bool has_a = before.GetReflection()->HasField(before, &field);
    const bool has_b = after.GetReflection()->HasField(after, &field);
    if (has_a && has_b && !WordOf(a)) return Compare(path, a, b);
    Add(path, has_a ? std::optional(MessageText(a)) : std::nullopt,
        has_b ? std::optional(MessageText(b)) : std::nullopt);
  }

  static std::optional<std::string> SingleText(const Message& message, const FieldDescriptor& field) {
    if (!message.GetReflection()->HasField(message, &field)) return std::nullopt;
    return ScalarText(message, field, kRepeated);
  }

  static std::optional<std::string> ListText(const Message& message, const FieldDescriptor& field) {
    const int size = message.GetReflection()->FieldSize(message, &field);
    if (size == 0) return std::nullopt;
    std::vector<std::string> texts;
    for (int i = 0; i < size; ++i) texts.push_back(ScalarText(message, field, i));
    return absl::StrCat("[", absl::StrJoin(texts, ", "), "]");
  }

  static Elements ElementsOf(const Message& message, const FieldDescriptor& field) {
    if (field.is_map()) return SortedEntries(message, field);
    Elements elements;
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      elements.push_back(&reflection.GetRepeatedMessage(message, &field, i));
    }
    return elements;
  }

  void CompareElements(const std::string& path, const FieldDescriptor& list, const Elements& before,
                       const Elements& after) {
    const auto keys_before = KeysOf(list, before), keys_after = KeysOf(list, after);
    if (!keys_before || !keys_after) return CompareByContent(path, before, after);
    std::map<std::string, std::pair<const Message*, const Message*>> by_key;
    for (size_t i = 0; i < before.size(); ++i) by_key[(*keys_before)[i]].first = before[i];
    for (size_t i = 0; i < after.size(); ++i) by_key[(*keys_after)[i]].second = after[i];
    CompareOrder(path, *keys_before, *keys_after, by_key.size());
    // In the order after, then what has gone.
    std::vector<std::string> order = *keys_after;
    for (const std::string& key : *keys_before) {
      if (by_key[key].second == nullptr) order.push_back(key);
    }
    for (const std::string& key : order) {
      CompareElement(absl::StrCat(path, "[", JsonQuote(key), "]"), list, by_key[key].first,
                     by_key[key].second);
    }
  }

  // The same elements in another order.
  void CompareOrder(const std::string& path, const std::vector<std::string>& before,
                    const std::vector<std::string>& after, size_t distinct) {
    if (distinct != before.size() || distinct != after.size() || before == after) return;
    Add(path, absl::StrCat("[", absl::StrJoin(before, ", "), "]"),
        absl::StrCat("[", absl::StrJoin(after, ", "), "]"));
  }

  // Two states of one element, of which one may be null.
  void CompareElement(const std::string& path, const FieldDescriptor& list, const Message* before,
                      const Message* after) {
    if (list.is_map()) return Add(path, EntryText(before), EntryText(after));
    if (before != nullptr && after != nullptr) return Compare(path, *before, *after);
    Add(path, before == nullptr ? std::nullopt : std::optional(MessageText(*before)),
        after == nullptr ? std::nullopt : std::optional(MessageText(*after)));
  }

  static std::optional<std::string> EntryText(const Message* entry) {
    if (entry == nullptr) return std::nullopt;
    const FieldDescriptor* value = entry->GetDescriptor()->map_value();
    if (value->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return ScalarText(*entry, *value, kRepeated);
    return MessageText(entry->GetReflection()->GetMessage(*entry, value));
  }

  // Elements without a name: those that both have are taken away, the rest is told by position.
  void CompareByContent(const std::string& path, const Elements& before, const Elements& after) {
    std::multiset<std::string> there;
    for (const Message* element : before) there.insert(StableBytes(*element));
    std::vector<size_t> added, removed;
    for (size_t i = 0; i < after.size(); ++i) {
      const auto same = there.find(StableBytes(*after[i]));
      same == there.end() ? added.push_back(i) : void(there.erase(same));
    }
    for (size_t i = 0; i < before.size(); ++i) {
      const auto left = there.find(StableBytes(*before[i]));
      if (left == there.end()) continue;
      there.erase(left);
      removed.push_back(i);
    }
    for (size_t i = 0; i < std::max(added.size(), removed.size()); ++i) {
      const Message* b = i < removed.size() ? before[removed[i]] : nullptr;
      const Message* a = i < added.size() ? after[added[i]] : nullptr;
      const size_t at = a != nullptr ? added[i] : removed[i];
      Add(absl::StrCat(path, "[", at, "]"), b == nullptr ? std::nullopt : std::optional(MessageText(*b)),
          a == nullptr ? std::nullopt : std::optional(MessageText(*a)));
    }
  }

  void Add(const std::string& path, std::optional<std::string> before, std::optional<std::string> after) {
    if (before == after || found_.size() >= limits_.fields) return;
    found_.push_back({path, Cut(std::move(before)), Cut(std::move(after))});
  }

  std::optional<std::string> Cut(std::optional<std::string> text) const {
    constexpr std::string_view kMore = "…";
    if (!text || text->size() <= limits_.value_bytes) return text;
    size_t end = limits_.value_bytes - kMore.size();
    while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xc0) == 0x80) --end;
    return base::Cat({std::string_view(*text).substr(0, end), kMore});
  }

  const FieldChangeLimits limits_;
  std::vector<FieldDifference> found_;
};

}  // namespace

std::vector<FieldDifference> FieldChanges(const Message& before, const Message& after,
                                          const FieldChangeLimits& limits) {
  Walk walk(limits);
  walk.Compare("", before, after);
  return std::move(walk).Take();
}

}  // namespace linchpin::resource
