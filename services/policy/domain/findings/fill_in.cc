#include "services/policy/domain/findings/fill_in.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/api/resource.pb.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "services/base/text.h"
#include "services/resource/knowledge.h"
#include "services/resource/scalars.h"

namespace linchpin::policy {
namespace {

using google::protobuf::FieldDescriptor;
using linchpin::common::v1::Constraint;

constexpr std::string_view kHead =
    "# Fill in what you know, delete the documents that you leave open, save it as\n"
    "# facts.yaml, then: linchpin apply --merge -f facts.yaml\n";

// The fields of a path; none if it is no path of singular fields.
std::vector<const FieldDescriptor*> FieldsOf(const resource::KindInfo& kind, std::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  const google::protobuf::Descriptor* at = kind.descriptor;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string part(path.substr(begin, end - begin));
    begin = end + 1;
    const FieldDescriptor* field = at == nullptr ? nullptr : at->FindFieldByName(part);
    // A list may come last: its document is the whole list.
    if (field == nullptr || (!fields.empty() && fields.back()->is_repeated())) return {};
    fields.push_back(field);
    at = field->message_type();
  }
  return fields;
}

std::string EnumWords(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) words.push_back(resource::EnumShortName(*type.value(i)));
  return absl::StrJoin(words, ", ");
}

std::string NumberWords(const FieldDescriptor& field) {
  const Constraint& constraint = field.options().GetExtension(linchpin::common::v1::constraint);
  if (field.name() == "tier") return "1 (most critical) to 4";
  if (constraint.has_min() && constraint.has_max())
    return absl::StrCat(constraint.min(), " to ", constraint.max());
  return "a number";
}

std::string MessageWords(const FieldDescriptor& field) {
  const std::string& type = field.message_type()->full_name();
  if (type == "google.protobuf.Timestamp") return "such as 2026-03-01T00:00:00Z";
  if (type == "google.protobuf.Duration") return "such as 90s, 15m or 4h";
  if (field.name() == "derivations") return "[{baseModel: models/ID, relation: FINE_TUNE}]";
  return "see `linchpin help`";
}

std::string TextWords(const FieldDescriptor& field) {
  const auto& reference = field.options().GetExtension(google::api::resource_reference);
  const size_t slash = reference.type().find('/');
  const resource::KindInfo* const kind =
      slash == std::string::npos ? nullptr : resource::FindKind(reference.type().substr(slash + 1));
  if (kind != nullptr) return absl::StrCat("a name such as ", kind->collection, "/ID");
  const Constraint& constraint = field.options().GetExtension(linchpin::common::v1::constraint);
  return constraint.format() == linchpin::common::v1::FORMAT_COUNTRY ? "two letters, such as DE" : "text";
}

// What may stand in the field.
std::string AnswerOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWords(*field.enum_type());
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageWords(field);
    case FieldDescriptor::CPPTYPE_STRING:
      return TextWords(field);
    default:
      return NumberWords(field);
  }
}

// The field as lines of a document.
std::string Lines(const std::vector<const FieldDescriptor*>& fields) {
  std::string lines, indent;
  for (const FieldDescriptor* field : fields) {
    absl::StrAppend(&lines, indent, base::CamelCase(field->name()), ":");
    if (field == fields.back()) absl::StrAppend(&lines, "  # ", AnswerOf(*field));
    lines += "\n";
    indent += "  ";
  }
  return lines;
}

// How else the fact can be stated, said once for all documents.
std::string Hints(const resource::KindInfo& kind, const std::vector<const FieldDescriptor*>& fields,
                  std::string_view path) {
  std::string hints;
  const std::string written = base::CamelCase(fields.front()->name());
  const auto& none = kind.knowable_none;
  if (fields.size() == 1 && std::find(none.begin(), none.end(), fields[0]->name()) != none.end())
    absl::StrAppend(&hints, "# If there is none, write instead: knownNone: [", written, "]\n");
  const resource::FactInfo* const fact = resource::FindFact(kind.descriptor, path);
  if (fact != nullptr && fact->can_be_bounded)
    absl::StrAppend(&hints, "# If you know it in part, write instead: bounds: [{field: ", written,
                    ", oneOf: [A, B]}]\n");
  return hints;
}

}  // namespace

std::string FillInDocuments(const resource::KindInfo& kind, const std::vector<std::string_view>& names,
                            std::string_view path) {
  const std::vector<const FieldDescriptor*> fields = FieldsOf(kind, path);
  if (fields.empty() || names.empty()) return "";
  const std::string lines = Lines(fields);
  std::string text = base::Cat({kHead, Hints(kind, fields, path)});
  for (const std::string_view name : names) {
    text += base::Cat({name == names.front() ? "" : "---\n", "apiVersion: linchpin/v1\nkind: ", kind.kind,
                       "\nname: ", name, "\n", lines});
  }
  return text;
}

}  // namespace linchpin::policy
