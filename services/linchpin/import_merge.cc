#include "services/linchpin/import_merge.h"

#include <set>
#include <string>
#include <vector>

#include "linchpin/common/v1/provenance.pb.h"

namespace linchpin::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using linchpin::common::v1::Evidence;

std::vector<Evidence> EvidenceOf(const Message& resource) {
  std::vector<Evidence> out;
  const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName("evidence");
  if (field == nullptr) return out;
  for (int i = 0; i < resource.GetReflection()->FieldSize(resource, field); ++i) {
    out.push_back(
        static_cast<const Evidence&>(resource.GetReflection()->GetRepeatedMessage(resource, field, i)));
  }
  return out;
}

std::string TopField(const std::string& path) { return path.substr(0, path.find_first_of(".[")); }

void CopyField(const Message& from, const FieldDescriptor& field, Message& to) {
  // Merging one field by way of a message that holds only that field.
  std::vector<const FieldDescriptor*> others;
  std::unique_ptr<Message> one(from.New());
  one->CopyFrom(from);
  one->GetReflection()->ListFields(*one, &others);
  for (const FieldDescriptor* other : others) {
    if (other != &field) one->GetReflection()->ClearField(one.get(), other);
  }
  to.GetReflection()->ClearField(&to, &field);
  to.MergeFrom(*one);
}

void SetEvidence(const std::vector<Evidence>& evidence, Message& resource) {
  const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName("evidence");
  resource.GetReflection()->ClearField(&resource, field);
  for (const Evidence& item : evidence)
    resource.GetReflection()->AddMessage(&resource, field)->CopyFrom(item);
}

// Names in `known_none` whose field has a value now.
void DropContradictions(Message& resource) {
  const FieldDescriptor* list = resource.GetDescriptor()->FindFieldByName("known_none");
  const auto& r = *resource.GetReflection();
  std::vector<std::string> kept;
  for (int i = 0; i < r.FieldSize(resource, list); ++i) {
    const std::string name = r.GetRepeatedString(resource, list, i);
    const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName(name);
    const bool set = field != nullptr &&
                     (field->is_repeated() ? r.FieldSize(resource, field) > 0 : r.HasField(resource, field));
    if (!set) kept.push_back(name);
  }
  r.ClearField(&resource, list);
  for (const std::string& name : kept) r.AddString(&resource, list, name);
}

}  // namespace

void MergeImported(const Message& imported, bool overwrite, Message& present) {
  std::set<std::string> declared;
  std::vector<Evidence> evidence;
  for (const Evidence& item : EvidenceOf(present)) {
    if (item.source() != Evidence::SOURCE_DECLARED || overwrite) continue;
    declared.insert(TopField(item.field_path()));
    evidence.push_back(item);
  }
  for (const Evidence& item : EvidenceOf(imported)) {
    if (declared.count(TopField(item.field_path())) == 0) evidence.push_back(item);
  }
  std::vector<const FieldDescriptor*> fields;
  imported.GetReflection()->ListFields(imported, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->name() == "evidence" || field->name() == "etag" || declared.count(field->name()) > 0) continue;
    CopyField(imported, *field, present);
  }
  SetEvidence(evidence, present);
  DropContradictions(present);
}

}  // namespace linchpin::cli
