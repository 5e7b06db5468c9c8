#include "services/resource/fields.h"

#include <algorithm>

#include "google/api/field_behavior.pb.h"
#include "linchpin/common/v1/knowledge.pb.h"
#include "services/resource/kinds.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kFirstOwnField = 20;  // of every resource but findings, which are never written by people
constexpr int kDescriptionField = 3;

// Rank of a field of a resource: who it is, what it is, what is open about that, then the rest.
int Rank(const FieldDescriptor& field) {
  if (field.number() <= kDescriptionField) return 0;
  if (field.number() >= kFirstOwnField) return 1;
  return IsKnowledgeList(field) ? 2 : 3;
}

}  // namespace

std::vector<const FieldDescriptor*> SetFields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  const KindInfo* kind = FindKindOf(message.GetDescriptor());
  if (kind != nullptr && kind->kind != "Finding") {
    std::stable_sort(fields.begin(), fields.end(),
                     [](const FieldDescriptor* a, const FieldDescriptor* b) { return Rank(*a) < Rank(*b); });
  }
  return fields;
}

std::unique_ptr<Message> OnlyField(const Message& message, const FieldDescriptor& field) {
  std::unique_ptr<Message> whole(message.New()), only(message.New());
  whole->MergeFrom(message);
  message.GetReflection()->SwapFields(whole.get(), only.get(), {&field});
  return only;
}

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY) return true;
  }
  return false;
}

bool IsKnowledgeList(const FieldDescriptor& field) {
  return field.message_type() == linchpin::common::v1::Bound::descriptor() ||
         field.message_type() == linchpin::common::v1::Likely::descriptor();
}

std::string EntryKey(const Message& entry) {
  const FieldDescriptor* const of_map = entry.GetDescriptor()->map_key();
  return entry.GetReflection()->GetString(
      entry, of_map != nullptr ? of_map : entry.GetDescriptor()->FindFieldByName("field"));
}

std::vector<const Message*> SortedEntries(const Message& message, const FieldDescriptor& field) {
  std::vector<const Message*> entries;
  const auto& reflection = *message.GetReflection();
  entries.reserve(reflection.FieldSize(message, &field));
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    entries.push_back(&reflection.GetRepeatedMessage(message, &field, i));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Message* a, const Message* b) { return EntryKey(*a) < EntryKey(*b); });
  return entries;
}

}  // namespace linchpin::resource
