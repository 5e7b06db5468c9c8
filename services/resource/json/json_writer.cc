#include "services/resource/json/json_writer.h"

#include <cmath>
#include <cstdio>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/base/text.h"
#include "services/resource/fields.h"
#include "services/resource/kinds.h"
#include "services/resource/scalars.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte != 0x7F && c != '"' && c != '\\';
}

void AppendEscaped(char c, std::string& out) {
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else {
    char buffer[8];
    std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned char>(c));
    out += buffer;
  }
}

void AppendJsonQuoted(std::string_view text, std::string& out) {
  out += '"';
  size_t written = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsPlain(text[i])) continue;
    out.append(text, written, i - written);
    AppendEscaped(text[i], out);
    written = i + 1;
  }
  out.append(text, written);
  out += '"';
}

// Writes one message. Messages nest as deep as their types do, so recursion is bounded by the protos and by
// what was read.
class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  std::string Take() { return std::move(out_); }

  void WriteMap(const Message& message, const std::string& kind) {
    Open('{');
    if (!kind.empty()) {
      Key("apiVersion");
      out_ += "\"linchpin/v1\"";
      Key("kind");
      AppendJsonQuoted(kind, out_);
    }
    for (const FieldDescriptor* field : SetFields(message)) {
      Key(field->json_name());
      WriteField(message, *field);
    }
    Close('}');
  }

 private:
  void Open(char c) {
    out_ += c;
    ++depth_;
    first_ = true;
  }
  void Close(char c) {
    --depth_;
    if (!first_) Break();
    out_ += c;
    first_ = false;
  }
  void Break() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(indent_) * depth_, ' ');
  }
  void Next() {
    if (!first_) out_ += ',';
    first_ = false;
    Break();
  }
  void Key(const std::string& key) {
    Next();
    AppendJsonQuoted(key, out_);
    out_ += indent_ == 0 ? ":" : ": ";
  }

  void WriteField(const Message& message, const FieldDescriptor& field) {
    if (field.is_map()) {
      Open('{');
      for (const Message* entry : SortedEntries(message, field)) {
        Key(EntryKey(*entry));
        WriteValue(*entry, *field.message_type()->map_value(), -1);
      }
      return Close('}');
    }
    if (!field.is_repeated()) return WriteValue(message, field, -1);
    Open('[');
    for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
      Next();
      WriteValue(message, field, i);
    }
    Close(']');
  }

  // A single value (`i` -1) or an element.
  void WriteValue(const Message& message, const FieldDescriptor& field, int i) {
    const auto& r = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return WriteMessage(i < 0 ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, i));
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        AppendJsonQuoted(i < 0 ? r.GetStringReference(message, &field, &scratch)
                               : r.GetRepeatedStringReference(message, &field, i, &scratch),
                         out_);
        return;
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ +=
            (i < 0 ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, i)) ? "true" : "false";
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        out_ += std::to_string(i < 0 ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, i));
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        out_ +=
            std::to_string(i < 0 ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, i));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        out_ += base::Cat(
            {"\"",
             std::to_string(i < 0 ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, i)),
             "\""});
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        out_ += base::Cat(
            {"\"",
             std::to_string(i < 0 ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, i)),
             "\""});
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return WriteNumber(i < 0 ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, i));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return WriteNumber(i < 0 ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, i));
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number =
            i < 0 ? r.GetEnumValue(message, &field) : r.GetRepeatedEnumValue(message, &field, i);
        const auto* value = field.enum_type()->FindValueByNumber(number);
        if (value == nullptr) {
          out_ += std::to_string(number);
        } else {
          AppendJsonQuoted(value->name(), out_);
        }
        return;
      }
    }
  }

  void WriteNumber(double value) {
    if (std::isfinite(value)) {
      out_ += FormatNumber(value);
    } else {
      out_ += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    }
  }

  void WriteMessage(const Message& message) {
    if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
      AppendJsonQuoted(FormatDurationJson(static_cast<const google::protobuf::Duration&>(message)), out_);
    } else if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      AppendJsonQuoted(FormatTime(static_cast<const google::protobuf::Timestamp&>(message)), out_);
    } else {
      WriteMap(message, "");
    }
  }

  const int indent_;
  std::string out_;
  int depth_ = 0;
  bool first_ = true;
};

}  // namespace

std::string JsonQuote(std::string_view text) {
  std::string out;
  AppendJsonQuoted(text, out);
  return out;
}

std::string WriteJson(const Message& message, int indent) {
  Writer writer(indent);
  writer.WriteMap(message, "");
  return writer.Take();
}

std::string WriteJsonDocument(const Message& resource, int indent) {
  const KindInfo* kind = FindKindOf(resource.GetDescriptor());
  Writer writer(indent);
  writer.WriteMap(resource, kind == nullptr ? "" : kind->kind);
  return writer.Take();
}

}  // namespace linchpin::resource
