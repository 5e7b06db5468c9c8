#include "services/risk/domain/remedies/draft_inventory.h"

#include <string>

#include "services/replica/view_editor.h"

namespace linchpin::risk {

namespace inventory = ::linchpin::inventory::v1;
using google::protobuf::Message;

const Message* MessageIn(const inventory::Resource& resource) {
  const auto* oneof = inventory::Resource::descriptor()->oneof_decl(0);
  const auto* reflection = resource.GetReflection();
  const auto* field = reflection->GetOneofFieldDescriptor(resource, oneof);
  return field == nullptr ? nullptr : &reflection->GetMessage(resource, field);
}

std::string NameIn(const inventory::Resource& resource) {
  const Message* message = MessageIn(resource);
  return message == nullptr ? std::string() : resource::NameOf(*message);
}

void PutInto(const Message& message, inventory::Resource& resource) {
  const auto* oneof = inventory::Resource::descriptor()->oneof_decl(0);
  for (int i = 0; i < oneof->field_count(); ++i) {
    const auto* field = oneof->field(i);
    if (field->message_type() != message.GetDescriptor()) continue;
    resource.GetReflection()->MutableMessage(&resource, field)->CopyFrom(message);
  }
}

void DraftInventory::Write(const std::vector<linchpin::risk::v1::RemedyDocument>& documents) {
  std::vector<std::string> bodies;
  std::vector<replica::DocumentEdit> edits;
  bodies.reserve(documents.size());
  for (const auto& document : documents) {
    const Message* message = MessageIn(document.resource());
    if (message == nullptr) continue;
    bodies.push_back(message->SerializeAsString());
    edits.push_back({{.name = resource::NameOf(*message),
                      .kind = resource::FindKindOf(message->GetDescriptor()),
                      .revision = view_->revision() + 1,
                      .body = bodies.back()}});
  }
  replica::ViewEditor editor(*view_);
  editor.Suppose(edits);
  view_ = editor.Finish();
}

}  // namespace linchpin::risk
