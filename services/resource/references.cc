// References and the fields that every resource has, by reflection.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "services/resource/kinds.h"

namespace linchpin::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::string_view kTypePrefix = "linchpin.dev/";

struct Walk {
  Area area;
  std::vector<Reference>* found;
};

const KindInfo* ExpectedKind(const FieldDescriptor* field) {
  const std::string& type = field->options().GetExtension(google::api::resource_reference).type();
  return type.size() > kTypePrefix.size() ? FindKind(std::string_view(type).substr(kTypePrefix.size()))
                                          : nullptr;
}

void AddReference(const Walk& walk, const FieldDescriptor* field, std::string path,
                  const std::string& target) {
  const KindInfo* const kind = KindOfName(target);
  if (kind == nullptr || kind->area != walk.area) return;
  walk.found->push_back({std::move(path), target, ExpectedKind(field)});
}

void WalkMessage(const Walk& walk, const Message& message, const std::string& prefix);

void WalkField(const Walk& walk, const Message& message, const FieldDescriptor* field,
               const std::string& prefix) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_reference = field->options().HasExtension(google::api::resource_reference);
  const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!is_reference && !is_message) return;
  const std::string path = absl::StrCat(prefix, field->name());
  if (!field->is_repeated()) {
    if (is_message) return WalkMessage(walk, reflection.GetMessage(message, field), absl::StrCat(path, "."));
    return AddReference(walk, field, path, reflection.GetString(message, field));
  }
  for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
    const std::string item = absl::StrCat(path, "[", i, "]");
    if (is_message) {
      WalkMessage(walk, reflection.GetRepeatedMessage(message, field, i), absl::StrCat(item, "."));
    } else {
      AddReference(walk, field, item, reflection.GetRepeatedString(message, field, i));
    }
  }
}

void WalkMessage(const Walk& walk, const Message& message, const std::string& prefix) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) WalkField(walk, message, field, prefix);
}

}  // namespace

std::vector<Reference> References(const Message& document) {
  std::vector<Reference> found;
  const KindInfo* const kind = FindKindOf(document.GetDescriptor());
  if (kind == nullptr) return found;
  if (kind->nested) {
    const std::string parent(ParentName(NameOf(document)));
    if (!parent.empty()) found.push_back({"name", parent, KindOfName(parent)});
  }
  WalkMessage({kind->area, &found}, document, "");
  return found;
}

const std::string& NameOf(const Message& document) {
  static const auto* const none = new std::string;
  const FieldDescriptor* const field = document.GetDescriptor()->FindFieldByName("name");
  if (field == nullptr) return *none;
  // Singular strings of generated messages are returned by reference; the scratch string stays unused.
  return document.GetReflection()->GetStringReference(document, field, const_cast<std::string*>(none));
}

void ClearOutputOnly(Message& document) {
  for (const char* name : {"create_time", "update_time", "revision", "etag"}) {
    const FieldDescriptor* const field = document.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) document.GetReflection()->ClearField(&document, field);
  }
}

}  // namespace linchpin::resource
