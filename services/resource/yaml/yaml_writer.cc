#include "services/resource/yaml/yaml_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/base/text.h"
#include "services/resource/fields.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"
#include "services/resource/scalars.h"
#include "services/resource/short_forms.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using linchpin::policy::v1::Selector;
using linchpin::policy::v1::Test;
using linchpin::policy::v1::Value;

constexpr size_t kFlowWidth = 80;
constexpr size_t kSimpleKeyBytes = 500;  // YAML takes up to 1,024 characters

std::string Spaces(int n) { return std::string(static_cast<size_t>(n), ' '); }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Characters that YAML takes for line ends or marks although they are none here.
bool HasOddCharacter(std::string_view text) {
  for (std::string_view odd : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF", "\xC2\xA0"}) {
    if (text.find(odd) != std::string_view::npos) return true;
  }
  return false;
}

// Whether other readers of YAML would take the plain text for something else than text.
bool LooksTyped(std::string_view text) {
  static const std::vector<std::string> kWords = {"null", "true", "false", "yes", "no",
                                                  "on",   "off",  "y",     "n"};
  if (std::find(kWords.begin(), kWords.end(), Lower(text)) != kWords.end()) return true;
  const char c = text[0];
  return (c >= '0' && c <= '9') || c == '.' || c == '+';
}

bool IsPlainSafe(std::string_view text, bool flow) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || LooksTyped(text) || HasOddCharacter(text))
    return false;
  const char first = text.front();
  const bool letter = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
  if (!letter && first != '_' && first != '/' && first != '$' && static_cast<unsigned char>(first) < 0x80)
    return false;
  const std::string_view allowed = flow ? "_/.@+=$()-; " : "_/.@+=$()-; ,{}'%";
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (word || static_cast<unsigned char>(c) >= 0x80 || allowed.find(c) != std::string_view::npos) continue;
    if (c == ':' && !flow && i + 1 < text.size() && text[i + 1] != ' ') continue;
    return false;
  }
  return true;
}

std::string Quoted(std::string_view text) {
  std::string out = JsonQuote(text);
  for (const auto& [odd, escaped] : {std::pair<std::string, std::string>{"\xC2\x85", "\\u0085"},
                                     {"\xE2\x80\xA8", "\\u2028"},
                                     {"\xE2\x80\xA9", "\\u2029"},
                                     {"\xEF\xBB\xBF", "\\uFEFF"}}) {
    for (size_t at = out.find(odd); at != std::string::npos; at = out.find(odd, at))
      out.replace(at, odd.size(), escaped);
  }
  return out;
}

std::string Text(std::string_view text, bool flow = false) {
  return IsPlainSafe(text, flow) ? std::string(text) : Quoted(text);
}

// Whether a text of several lines can be a literal block.
bool IsBlockSafe(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n') return false;
  if (text.size() >= 2 && text.substr(text.size() - 2) == "\n\n") return false;
  if (HasOddCharacter(text)) return false;
  bool blank = false;  // the line so far
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F) return false;
    if (byte == '\n' && i > 0 && text[i - 1] == ' ') return false;
    blank = byte == '\n' || (blank && byte == ' ');
  }
  return !(blank && text.back() != '\n');
}

std::string Block(std::string_view text, int indent) {
  const bool ends = text.back() == '\n';
  if (ends) text.remove_suffix(1);
  std::string out = ends ? "|" : "|-";
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out += '\n';
    if (end > at) out += Spaces(indent) + std::string(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// Whether the short form of Value would take the plain text for something else than text.
bool IsTypedValue(std::string_view text) {
  return text == "true" || text == "false" || ParseNumber(text) || ParseDuration(text) || text.empty() ||
         text[0] == '-';
}

std::string ValueText(const Value& value, bool flow) {
  switch (value.kind_case()) {
    case Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case Value::kIntValue:
      return std::to_string(value.int_value());
    case Value::kNumberValue:
      return FormatNumber(value.number_value());
    case Value::kDurationValue:
      return FormatDuration(value.duration_value());
    case Value::kStringValue:
      return IsTypedValue(value.string_value()) ? Quoted(value.string_value())
                                                : Text(value.string_value(), flow);
    case Value::kListValue: {
      std::string out = "[";
      for (const std::string& item : value.list_value().values()) {
        if (out.size() > 1) out += ", ";
        out += Text(item, true);
      }
      return out + "]";
    }
    case Value::KIND_NOT_SET:
      break;
  }
  return "{}";
}

std::string TestValues(const Test& test) {
  if (TakesNothing(test.op())) return "true";
  if (!TakesList(test.op())) return ValueText(test.values(0), true);
  std::string out = "[";
  for (const Value& value : test.values()) {
    if (out.size() > 1) out += ", ";
    out += ValueText(value, true);
  }
  return out + "]";
}

// `retail`, `[a, b]` or `{ge: 1, le: 2}`.
std::string WhereText(const WhereKey& key) {
  if (key.tests.size() == 1 && (key.tests[0]->op() == Test::OP_EQ || key.tests[0]->op() == Test::OP_IN)) {
    return TestValues(*key.tests[0]);
  }
  std::string out = "{";
  for (const Test* test : key.tests) {
    if (out.size() > 1) out += ", ";
    out += base::Cat({OperatorWord(test->op()), ": ", TestValues(*test)});
  }
  return out + "}";
}

// Writes lines; nesting is bounded by the protos and by what was read.
class Writer {
 public:
  explicit Writer(bool server_fields) : server_fields_(server_fields) {}

  std::string Take() { return std::move(out_); }
  void Line(std::string_view key, std::string_view value) { out_ += base::Cat({key, ": ", value, "\n"}); }

  void Fields(const Message& message, int indent) {
    const bool selector = message.GetDescriptor() == Selector::descriptor();
    const auto tests = selector ? ShortTests(static_cast<const Selector&>(message)) : std::nullopt;
    for (const FieldDescriptor* field : SetFields(message)) {
      if (!server_fields_ && IsOutputOnly(*field)) continue;
      if (tests && field->name() == "all") {
        out_ += Spaces(indent) + "where:\n";
        for (const WhereKey& key : *tests)
          out_ += base::Cat({Spaces(indent + 2), Text(key.path), ": ", WhereText(key), "\n"});
        continue;
      }
      Field(message, *field, indent);
    }
  }

 private:
  void Field(const Message& message, const FieldDescriptor& field, int indent) {
    out_ += Spaces(indent) + field.json_name() + ":";
    if (field.is_map()) {
      out_ += '\n';
      for (const Message* entry : SortedEntries(message, field))
        Entry(*entry, *field.message_type()->map_value(), indent + 2);
    } else if (field.is_repeated()) {
      List(message, field, indent);
    } else {
      Single(message, field, -1, indent);
    }
  }

  void Entry(const Message& entry, const FieldDescriptor& field, int indent) {
    const std::string key = Text(EntryKey(entry));
    const bool simple = key.size() <= kSimpleKeyBytes;
    out_ += simple ? base::Cat({Spaces(indent), key, ":"})
                   : base::Cat({Spaces(indent), "? ", key, "\n", Spaces(indent), ":"});
    Single(entry, field, -1, indent);
  }

  // The value after `key:`, with its line feed.
  void Single(const Message& message, const FieldDescriptor& field, int i, int indent) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const auto& r = *message.GetReflection();
      const Message& child = i < 0 ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, i);
      const std::string inline_text = Inline(child);
      if (!inline_text.empty()) {
        out_ += base::Cat({" ", inline_text, "\n"});
      } else {
        out_ += '\n';
        Fields(child, indent + 2);
      }
      return;
    }
    out_ += base::Cat({" ", Scalar(message, field, i, indent + 2), "\n"});
  }

  void List(const Message& message, const FieldDescriptor& field, int indent) {
    const int size = message.GetReflection()->FieldSize(message, &field);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      std::string flow = FlowList(message, field, size);
      if (!flow.empty() && indent + field.json_name().size() + flow.size() < kFlowWidth) {
        out_ += base::Cat({" ", flow, "\n"});
        return;
      }
    }
    out_ += '\n';
    for (int i = 0; i < size; ++i) Item(message, field, i, indent + 2);
  }

  void Item(const Message& message, const FieldDescriptor& field, int i, int indent) {
    out_ += Spaces(indent) + "-";
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return Single(message, field, i, indent);
    const Message& child = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    const std::string inline_text = Inline(child);
    if (!inline_text.empty()) {
      out_ += base::Cat({" ", inline_text, "\n"});
      return;
    }
    // The first field depends on the line of the dash.
    const size_t begin = out_.size();
    Fields(child, indent + 2);
    out_.replace(begin, static_cast<size_t>(indent) + 2, " ");
  }

  // Elements on one line; empty if one of them cannot stand there.
  std::string FlowList(const Message& message, const FieldDescriptor& field, int size) {
    std::string out = "[";
    for (int i = 0; i < size; ++i) {
      if (i > 0) out += ", ";
      const auto& r = *message.GetReflection();
      out += field.cpp_type() == FieldDescriptor::CPPTYPE_STRING
                 ? Text(r.GetRepeatedString(message, &field, i), true)
                 : Scalar(message, field, i, 0);
      if (out.size() > kFlowWidth) return "";
    }
    return out + "]";
  }

  // A message that is written as one word; empty for others.
  std::string Inline(const Message& message) {
    if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
      return FormatDuration(static_cast<const google::protobuf::Duration&>(message));
    }
    if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      return FormatTime(static_cast<const google::protobuf::Timestamp&>(message));
    }
    if (message.GetDescriptor() == Value::descriptor()) {
      const auto& value = static_cast<const Value&>(message);
      return ValueText(value, false);
    }
    for (const FieldDescriptor* field : SetFields(message)) {
      if (server_fields_ || !IsOutputOnly(*field)) return "";
    }
    return "{}";
  }

  std::string Scalar(const Message& message, const FieldDescriptor& field, int i, int indent) {
    const auto& r = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string text =
            i < 0 ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, i);
        return IsBlockSafe(text) ? Block(text, indent) : Text(text);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        return (i < 0 ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, i)) ? "true"
                                                                                            : "false";
      case FieldDescriptor::CPPTYPE_INT32:
        return std::to_string(i < 0 ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, i));
      case FieldDescriptor::CPPTYPE_UINT32:
        return std::to_string(i < 0 ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, i));
      case FieldDescriptor::CPPTYPE_INT64:
        return std::to_string(i < 0 ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, i));
      case FieldDescriptor::CPPTYPE_UINT64:
        return std::to_string(i < 0 ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, i));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return FormatNumber(i < 0 ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, i));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return FormatNumber(i < 0 ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, i));
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number =
            i < 0 ? r.GetEnumValue(message, &field) : r.GetRepeatedEnumValue(message, &field, i);
        const auto* value = field.enum_type()->FindValueByNumber(number);
        return value == nullptr ? std::to_string(number) : EnumShortName(*value);
      }
      default:
        return "";
    }
  }

  const bool server_fields_;
  std::string out_;
};

}  // namespace

std::string WriteYamlDocument(const Message& resource, bool with_server_fields) {
  const KindInfo* kind = FindKindOf(resource.GetDescriptor());
  Writer writer(with_server_fields);
  writer.Line("apiVersion", "linchpin/v1");
  writer.Line("kind", kind == nullptr ? resource.GetDescriptor()->name() : kind->kind);
  writer.Fields(resource, 0);
  return writer.Take();
}

std::string WriteYaml(const Message& message) {
  Writer writer(true);
  writer.Fields(message, 0);
  return writer.Take();
}

}  // namespace linchpin::resource
