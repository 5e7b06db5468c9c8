#include "services/cli/print/field_reference.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <vector>

#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/flags/arguments.h"
#include "services/resource/comments/comments.h"
#include "services/resource/fields.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kValuesInLine = 8;

bool IsRequired(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    const auto behavior = options.GetExtension(google::api::field_behavior, i);
    if (behavior == google::api::REQUIRED || behavior == google::api::IDENTIFIER) return true;
  }
  return false;
}

// Fields that files hold, in the order of files.
std::vector<const FieldDescriptor*> FieldsOf(const Descriptor& type) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    if (!resource::IsOutputOnly(*type.field(i))) fields.push_back(type.field(i));
  }
  // The resource's own fields from 20 on; name, display name and description before them, the rest behind.
  if (resource::FindKindOf(&type) == nullptr) return fields;
  std::stable_partition(fields.begin(), fields.end(), [](const FieldDescriptor* field) {
    return field->number() <= 3 || field->number() >= 20;
  });
  return fields;
}

// The comment without the word that the type or a mark says already.
std::string MeaningOf(const FieldDescriptor& field) {
  std::string text = resource::CommentOf(field);
  for (const char* word : {"Required. ", "Optional. ", "Identifier. "}) {
    if (text.rfind(word, 0) == 0) return text.substr(std::string_view(word).size());
  }
  return text;
}

bool IsTime(const Descriptor* type) { return type == google::protobuf::Timestamp::descriptor(); }
bool IsDuration(const Descriptor* type) { return type == google::protobuf::Duration::descriptor(); }

// A message whose fields are explained one by one.
const Descriptor* MessageOf(const FieldDescriptor& field) {
  const Descriptor* type =
      field.is_map() ? field.message_type()->map_value()->message_type() : field.message_type();
  return type == nullptr || IsTime(type) || IsDuration(type) ? nullptr : type;
}

std::string FormText(const FieldDescriptor& field) {
  switch (field.options().GetExtension(common::v1::constraint).format()) {
    case common::v1::FORMAT_COUNTRY:
      return "country";
    case common::v1::FORMAT_PPM:
      return "parts per million";
    case common::v1::FORMAT_RATIO:
      return "ratio, 0 to 1";
    case common::v1::FORMAT_DATE:
      return "date";
    case common::v1::FORMAT_FACT_VALUE:
      return "value of a fact";
    default:
      return "";
  }
}

std::string ReferenceText(const FieldDescriptor& field) {
  const std::string& type = field.options().GetExtension(google::api::resource_reference).type();
  if (type.empty()) return "";
  const std::string kind = type.substr(type.rfind('/') + 1);
  return kind == "*"
             ? "name of a resource"
             : Cat({"name of ", std::string("AEIO").find(kind[0]) == std::string::npos ? "a " : "an ", kind});
}

std::string ValuesText(const google::protobuf::EnumDescriptor& type) {
  const std::vector<std::string> names = resource::EnumShortNames(type);
  if (names.size() > kValuesInLine) return Cat({"one of ", std::to_string(names.size()), " values"});
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += Cat({i == 0 ? "" : i + 1 == names.size() ? " or " : ", ", names[i]});
  }
  return text;
}

std::string SingleTypeText(const FieldDescriptor& field) {
  if (const std::string form = FormText(field); !form.empty()) return form;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string reference = ReferenceText(field);
      return reference.empty() ? "text" : reference;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return ValuesText(*field.enum_type());
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "number";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsTime(field.message_type())       ? "time"
             : IsDuration(field.message_type()) ? "duration"
                                                : field.message_type()->name();
    default:
      return "whole number";
  }
}

void PrintWrapped(std::string_view text, size_t indent, size_t width, std::ostream& out) {
  const size_t room = width > indent + 20 ? width - indent : 60;
  while (!text.empty()) {
    size_t end = text.size() <= room ? text.size() : text.rfind(' ', room);
    if (end == std::string_view::npos || end == 0) end = std::min(text.find(' '), text.size());
    out << std::string(indent, ' ') << text.substr(0, end) << "\n";
    text.remove_prefix(std::min(text.size(), end + 1));
  }
}

void PrintFields(const Descriptor& type, size_t width, std::ostream& out) {
  for (const FieldDescriptor* field : FieldsOf(type)) {
    out << "  " << field->json_name() << "  <" << TypeText(*field) << ">"
        << (IsRequired(*field) ? "  required" : "") << "\n";
    PrintWrapped(MeaningOf(*field), 6, width, out);
  }
}

void PrintValues(const google::protobuf::EnumDescriptor& type, size_t width, std::ostream& out) {
  out << "\nVALUES\n";
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (value.number() == 0) continue;
    out << "  " << resource::EnumShortName(value) << "\n";
    PrintWrapped(resource::CommentOf(value), 6, width, out);
  }
}

// A Markdown cell.
std::string Cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

// The rows of a message, then those of the messages in it, each type once for each kind.
void AddRows(const std::string& prefix, const Descriptor& type, std::set<const Descriptor*>& told,
             std::ostream& out) {
  for (const FieldDescriptor* field : FieldsOf(type)) {
    const std::string path =
        Cat({prefix, field->json_name(), field->is_repeated() && MessageOf(*field) ? "[]" : ""});
    out << "| `" << path << "` | " << Cell(TypeText(*field)) << (IsRequired(*field) ? ", required" : "")
        << " | " << Cell(MeaningOf(*field)) << " |\n";
    const Descriptor* inner = MessageOf(*field);
    if (inner != nullptr && told.insert(inner).second) AddRows(Cat({path, "."}), *inner, told, out);
  }
}

}  // namespace

std::string TypeText(const FieldDescriptor& field) {
  if (field.is_map()) {
    return Cat({"map of ", SingleTypeText(*field.message_type()->map_key()), " to ",
                SingleTypeText(*field.message_type()->map_value())});
  }
  return Cat({field.is_repeated() ? "list of " : "", SingleTypeText(field)});
}

absl::StatusOr<const FieldDescriptor*> FieldAt(const resource::KindInfo& kind, std::string_view path) {
  const Descriptor* type = kind.descriptor;
  const FieldDescriptor* field = nullptr;
  while (true) {
    const size_t dot = path.find('.');
    const std::string word(path.substr(0, dot));
    std::vector<std::string> names;
    field = nullptr;
    for (int i = 0; type != nullptr && i < type->field_count(); ++i) {
      names.push_back(type->field(i)->json_name());
      if (names.back() == word || type->field(i)->name() == word) field = type->field(i);
    }
    if (field == nullptr) {
      const auto nearest = base::Nearest(word, names);
      return UsageError(
          Cat({"`", word, "` is not a field of ", type == nullptr ? "it: it holds one value" : type->name(),
               nearest ? Cat({"; did you mean `", *nearest, "`?"}) : ""}));
    }
    if (dot == std::string_view::npos) return field;
    type = MessageOf(*field);
    path.remove_prefix(dot + 1);
  }
}

void PrintKind(const resource::KindInfo& kind, size_t width, std::ostream& out) {
  out << kind.kind << "  " << kind.patterns.front() << "\n";
  PrintWrapped(resource::CommentOf(*kind.descriptor), 2, width, out);
  out << "\nFIELDS\n";
  PrintFields(*kind.descriptor, width, out);
}

void PrintField(const resource::KindInfo& kind, std::string_view path, const FieldDescriptor& field,
                size_t width, std::ostream& out) {
  out << kind.kind << "." << path << "  <" << TypeText(field) << ">"
      << (IsRequired(field) ? "  required" : "") << "\n";
  PrintWrapped(MeaningOf(field), 2, width, out);
  if (field.enum_type() != nullptr) PrintValues(*field.enum_type(), width, out);
  const Descriptor* type = MessageOf(field);
  if (type == nullptr) return;
  out << "\n" << type->name() << "\n";
  PrintWrapped(resource::CommentOf(*type), 2, width, out);
  out << "\nFIELDS\n";
  PrintFields(*type, width, out);
}

std::string FieldsPage() {
  std::ostringstream out;
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (!IsStored(*kind) || kind->kind == "Finding") continue;
    out << "\n### " << kind->kind << "\n\n`" << base::Cat({kind->patterns.front()}) << "`. "
        << resource::CommentOf(*kind->descriptor) << "\n\n| field | holds | meaning |\n| --- | --- | --- |\n";
    std::set<const Descriptor*> told;
    AddRows("", *kind->descriptor, told, out);
  }
  return out.str();
}

}  // namespace linchpin::cli
