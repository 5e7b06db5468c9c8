#include "services/resource/document_reader.h"

#include <charconv>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "google/api/field_behavior.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/base/error.h"
#include "services/base/text.h"
#include "services/resource/results.h"
#include "services/resource/scalars.h"
#include "services/resource/short_forms.h"
#include "services/resource/validate.h"

namespace linchpin::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::string_view kApiVersion = "linchpin/v1";

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->json_name());
  return names;
}

// What the policy service finds and keeps, which no file says.
bool IsFound(const KindInfo& kind) { return kind.area == Area::kPolicy && IsResult(kind); }

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  for (const KindInfo* kind : Kinds()) {
    if (!IsFound(*kind)) names.push_back(kind->kind);
  }
  return names;
}

const FieldDescriptor* FindField(const Descriptor& type, const std::string& key) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == key || type.field(i)->name() == key) return type.field(i);
  }
  return nullptr;
}

// What the field takes, for "expects ...".
std::string Expected(const FieldDescriptor& field) {
  const bool ppm = field.name().size() > 4 && field.name().compare(field.name().size() - 4, 4, "_ppm") == 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "`true` or `false`";
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
      return ppm ? "parts per million, 0 to 1000000 (40% is 400000)" : "a whole number";
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "a whole number";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    default:
      return "text";
  }
}

template <typename T>
bool Fits(int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

// Clears what only the server sets, so that a document that was written out can be read again.
void ClearServerFields(Message& resource) {
  const Descriptor& type = *resource.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& options = type.field(i)->options();
    for (int k = 0; k < options.ExtensionSize(google::api::field_behavior); ++k) {
      if (options.GetExtension(google::api::field_behavior, k) == google::api::OUTPUT_ONLY) {
        resource.GetReflection()->ClearField(&resource, type.field(i));
      }
    }
  }
}

// One step of a field path: `alternatives[1]` is a name and an index.
struct Step {
  std::string name;
  std::optional<std::string> index;
};

Step ReadStep(std::string_view& path) {
  const size_t end = std::min(path.find_first_of(".["), path.size());
  Step step{std::string(path.substr(0, end)), std::nullopt};
  path.remove_prefix(end);
  if (!path.empty() && path[0] == '[') {
    const size_t close = std::min(path.find(']'), path.size());
    step.index = std::string(path.substr(1, close - 1));
    path.remove_prefix(std::min(close + 1, path.size()));
  }
  if (!path.empty() && path[0] == '.') path.remove_prefix(1);
  return step;
}

}  // namespace

const Node* Find(const Node& map, const char* key) {
  for (const Node::Entry& entry : map.entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string Show(const Node& node) {
  switch (node.type) {
    case Node::Type::kNull:
      return "nothing";
    case Node::Type::kList:
      return "a list";
    case Node::Type::kMap:
      return "a map";
    case Node::Type::kQuoted:
      return base::Cat({"the text \"", node.text.substr(0, 60), node.text.size() > 60 ? "..." : "", "\""});
    case Node::Type::kPlain:
      break;
  }
  return base::Cat({"`", node.text.substr(0, 60), node.text.size() > 60 ? "..." : "", "`"});
}

Position PositionOf(const Node& root, std::string_view path) {
  const Node* node = &root;
  Position at = root.at;
  while (!path.empty()) {
    const Step step = ReadStep(path);
    const Node::Entry* found = nullptr;
    for (const Node::Entry& entry : node->entries) {
      if (entry.key == step.name || base::SnakeCase(entry.key) == step.name) found = &entry;
    }
    if (found == nullptr) return at;
    at = found->at;
    node = &found->value;
    if (!step.index) continue;
    size_t index = 0;
    std::from_chars(step.index->data(), step.index->data() + step.index->size(), index);
    if (node->type == Node::Type::kMap) {
      for (const Node::Entry& entry : node->entries) {
        if (entry.key == *step.index) at = entry.at;
      }
      return at;
    }
    if (index >= node->items.size()) return at;
    node = &node->items[index];
    at = node->at;
  }
  return at;
}

std::optional<Document> MessageReader::ReadDocument(const Node& root) {
  const size_t before = errors_.size();
  if (root.type != Node::Type::kMap) {
    Fail(root.at, base::Cat({"a document is a map that begins with `apiVersion: ", kApiVersion, "`, not ",
                             Show(root)}));
    return std::nullopt;
  }
  const KindInfo* kind = KindOf(root);
  if (kind == nullptr) return std::nullopt;
  Document document;
  document.kind = kind;
  document.at = root.at;
  document.resource = kind->New();
  FillEntries(root, *document.resource, true);
  if (errors_.size() == before) Check(root, *kind, *document.resource);
  if (errors_.size() != before) return std::nullopt;
  return document;
}

const KindInfo* MessageReader::KindOf(const Node& root) {
  const Node* version = Find(root, "apiVersion");
  const Node* word = Find(root, "kind");
  const Node* name = Find(root, "name");
  const KindInfo* by_name = name == nullptr ? nullptr : KindOfName(name->text);
  if (Find(root, "model_list") != nullptr && word == nullptr) {
    Fail(root.at,
         "this is a configuration of LiteLLM, not a resource: read it with `linchpin import litellm FILE`");
    return nullptr;
  }
  if (version == nullptr && !(json_ && word == nullptr)) {
    Fail(root.at,
         base::Cat({"`apiVersion` is missing; begin the document with `apiVersion: ", kApiVersion, "`"}));
  } else if (version != nullptr && version->text != kApiVersion) {
    Fail(version->at,
         base::Cat({"`apiVersion` is ", Show(*version), "; this program reads `", kApiVersion, "`"}));
  }
  if (word == nullptr && json_ && by_name != nullptr) return IsFound(*by_name) ? nullptr : by_name;
  if (word == nullptr) {
    Fail(root.at, by_name != nullptr
                      ? base::Cat({"`kind` is missing; the name says `kind: ", by_name->kind, "`"})
                      : base::Cat({"`kind` is missing; it is one of ", base::JoinNames(KindNames(), 20)}));
    return nullptr;
  }
  const KindInfo* kind = FindKind(word->text);
  if (kind != nullptr && !IsFound(*kind)) return kind;
  const auto nearest = base::Nearest(word->text, KindNames());
  Fail(word->at, kind != nullptr
                     ? base::Cat({kind->collection, " are results; they are not written by files"})
                     : base::Cat({"unknown kind ", Show(*word), "; ",
                                  nearest ? base::Cat({"did you mean `", *nearest, "`?"})
                                          : base::Cat({"it is one of ", base::JoinNames(KindNames(), 20)})}));
  return nullptr;
}

void MessageReader::Fill(const Node& node, Message& message) {
  if (node.type != Node::Type::kMap) {
    Fail(node.at, base::Cat({"expects a map of the fields of ", message.GetDescriptor()->name(), ", not ",
                             Show(node)}));
    return;
  }
  FillEntries(node, message, false);
}

void MessageReader::FillEntries(const Node& node, Message& message, bool document) {
  const Descriptor& type = *message.GetDescriptor();
  std::set<const FieldDescriptor*> seen;
  for (const Node::Entry& entry : node.entries) {
    if (document && (entry.key == "apiVersion" || entry.key == "kind")) continue;
    if (ReadShortEntry(entry, message, *this)) continue;
    const FieldDescriptor* field = FindField(type, entry.key);
    if (field == nullptr) {
      UnknownField(entry, type);
      continue;
    }
    if (!seen.insert(field).second) {
      Fail(entry.at, base::Cat({"duplicate key `", field->json_name(), "`, in two spellings; remove one"}));
      continue;
    }
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
      const FieldDescriptor* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
      Fail(entry.at, base::Cat({"`", entry.key, "` excludes `", other->json_name(), "`; keep one of them"}));
      continue;
    }
    FillField(entry, *field, message);
  }
}

void MessageReader::UnknownField(const Node::Entry& entry, const Descriptor& type) {
  std::string hint;
  if (entry.key == "<<") {
    hint = "; merge keys are not supported, write the fields out";
  } else if (FindKindOf(&type) != nullptr && (entry.key == "metadata" || entry.key == "spec")) {
    hint = "; all fields stand at the top level, `name` first";
  } else if (auto nearest = base::Nearest(entry.key, FieldNames(type))) {
    hint = base::Cat({"; did you mean `", *nearest, "`?"});
  } else {
    hint = base::Cat({"; it has ", base::JoinNames(FieldNames(type), 40)});
  }
  Fail(entry.at, base::Cat({"`", entry.key.substr(0, 60), "` is not a field of ", type.name(), hint}));
}

void MessageReader::FillField(const Node::Entry& entry, const FieldDescriptor& field, Message& message) {
  const Node& node = entry.value;
  if (node.type == Node::Type::kNull) {
    if (!json_)
      Fail(entry.at,
           base::Cat({"`", entry.key, "` has no value; give one, or leave the line out if it is unknown"}));
    return;
  }
  if (field.is_map()) return FillMap(node, field, message);
  if (!field.is_repeated()) return FillValue(node, field, message);
  if (node.type != Node::Type::kList) {
    Fail(node.at, base::Cat({"`", entry.key, "` expects a list, not ", Show(node),
                             node.type == Node::Type::kMap
                                 ? ""
                                 : base::Cat({"; write `[", node.text.substr(0, 60), "]`"})}));
    return;
  }
  for (const Node& item : node.items) {
    if (item.type == Node::Type::kNull) {
      Fail(item.at, base::Cat({"an element of `", entry.key, "` has no value; remove it"}));
    } else {
      FillValue(item, field, message);
    }
  }
}

void MessageReader::FillMap(const Node& node, const FieldDescriptor& field, Message& message) {
  if (node.type != Node::Type::kMap) {
    Fail(node.at, base::Cat({"`", field.json_name(), "` expects a map, not ", Show(node)}));
    return;
  }
  for (const Node::Entry& entry : node.entries) {
    if (entry.value.type == Node::Type::kNull) {
      Fail(entry.at,
           base::Cat({"`", entry.key, "` has no value; give one (`\"\"` for empty text) or remove it"}));
      continue;
    }
    Message* pair = message.GetReflection()->AddMessage(&message, &field);
    pair->GetReflection()->SetString(pair, field.message_type()->map_key(), entry.key);
    FillValue(entry.value, *field.message_type()->map_value(), *pair);
  }
}

void MessageReader::FillValue(const Node& node, const FieldDescriptor& field, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return FillMessageValue(node, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                                      : *reflection.MutableMessage(&message, &field));
  }
  if (node.type != Node::Type::kPlain && node.type != Node::Type::kQuoted) {
    Fail(node.at, base::Cat({"`", field.json_name(), "` expects ", Expected(field), ", not ", Show(node)}));
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    FillEnum(node, field, message);
  } else {
    FillScalar(node, field, message);
  }
}

void MessageReader::FillMessageValue(const Node& node, Message& message) {
  const bool scalar = node.type == Node::Type::kPlain || node.type == Node::Type::kQuoted;
  if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
    const auto duration = scalar ? ParseDuration(node.text) : std::nullopt;
    if (!duration)
      return Fail(node.at, base::Cat({"expects a duration such as 90s, 15m, 4h or 30d, not ", Show(node)}));
    message.CopyFrom(*duration);
  } else if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    const auto time = scalar ? ParseTime(node.text) : std::nullopt;
    if (!time) {
      return Fail(node.at, base::Cat({"expects a time with its offset, such as 2026-10-02T09:00:00Z, not ",
                                      Show(node)}));
    }
    message.CopyFrom(*time);
  } else if (!ReadShortMessage(node, message, *this)) {
    Fill(node, message);
  }
}

void MessageReader::FillScalar(const Node& node, const FieldDescriptor& field, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  const bool quoted = node.type == Node::Type::kQuoted;
  // Proto JSON writes 64-bit numbers as text.
  const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                    field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  auto wrong = [&] {
    Fail(node.at, base::Cat({"`", field.json_name(), "` expects ", Expected(field), ", not ", Show(node)}));
  };
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    if (json_ && !quoted) return wrong();
    if (node.text.find('\0') != std::string::npos) return Fail(node.at, "text must not hold a NUL character");
    return many ? reflection.AddString(&message, &field, node.text)
                : reflection.SetString(&message, &field, node.text);
  }
  if (quoted && !wide) return wrong();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      if (node.text != "true" && node.text != "false") return wrong();
      const bool value = node.text == "true";
      return many ? reflection.AddBool(&message, &field, value) : reflection.SetBool(&message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      const auto value = ParseInt(node.text);
      if (!value || !Fits<int32_t>(*value)) return wrong();
      return many ? reflection.AddInt32(&message, &field, *value)
                  : reflection.SetInt32(&message, &field, *value);
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const auto value = ParseInt(node.text);
      if (!value) return wrong();
      return many ? reflection.AddInt64(&message, &field, *value)
                  : reflection.SetInt64(&message, &field, *value);
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      const auto value = ParseUint(node.text);
      if (!value) return wrong();
      return many ? reflection.AddUInt64(&message, &field, *value)
                  : reflection.SetUInt64(&message, &field, *value);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const auto value = ParseNumber(node.text);
      if (!value) return wrong();
      return many ? reflection.AddDouble(&message, &field, *value)
                  : reflection.SetDouble(&message, &field, *value);
    }
    default:
      return wrong();  // no resource has a field of another type; a test holds that
  }
}

void MessageReader::FillEnum(const Node& node, const FieldDescriptor& field, Message& message) {
  const auto& type = *field.enum_type();
  const EnumValueDescriptor* value = FindEnumValue(type, node.text);
  const std::vector<std::string> names = EnumShortNames(type);
  if (value == nullptr) {
    const auto nearest = base::Nearest(node.text, names);
    return Fail(node.at, base::Cat({Show(node), " is not a value of `", field.json_name(), "`; ",
                                    nearest ? base::Cat({"did you mean `", *nearest, "`?"})
                                            : base::Cat({"it is one of ", base::JoinNames(names, 30)})}));
  }
  if (value->number() == 0) {
    return Fail(node.at, base::Cat({"leave `", field.json_name(), "` out if nobody knows; its values are ",
                                    base::JoinNames(names, 30)}));
  }
  const Reflection& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddEnum(&message, &field, value)
                      : reflection.SetEnum(&message, &field, value);
}

void MessageReader::Check(const Node& root, const KindInfo& kind, Message& resource) {
  ClearServerFields(resource);
  if (NameOf(resource).empty()) {
    return Fail(root.at, base::Cat({"`name` is missing; it is the whole address, such as `",
                                    kind.patterns.front(), "`"}));
  }
  const absl::Status name = CheckName(kind, NameOf(resource));
  if (!name.ok()) Fail(PositionOf(root, "name"), std::string(name.message()));
  for (const base::FieldViolation& violation : Violations(resource, "", partial_)) {
    Fail(PositionOf(root, violation.field), base::Cat({"`", violation.field, "` ", violation.description}));
  }
}

}  // namespace linchpin::resource
