#include "services/inventory/importers/import_record.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/map_field.h"
#include "services/inventory/catalogue/names.h"
#include "services/resource/fields.h"
#include "services/resource/kinds.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::importers {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The entries of a map from text to text.
std::vector<std::pair<std::string, std::string>> TextMap(const Message& resource,
                                                         const FieldDescriptor& field) {
  const auto& reflection = *resource.GetReflection();
  const FieldDescriptor* const key = field.message_type()->map_key();
  const FieldDescriptor* const value = field.message_type()->map_value();
  std::vector<std::pair<std::string, std::string>> out;
  for (int i = 0; i < reflection.FieldSize(resource, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(resource, &field, i);
    out.emplace_back(entry.GetReflection()->GetString(entry, key),
                     entry.GetReflection()->GetString(entry, value));
  }
  return out;
}

// What the entries of a map from text to text, or of a list of bounds or likelihoods, have under their keys.
std::vector<std::pair<std::string, std::string>> Keyed(const Message& resource,
                                                       const FieldDescriptor& field) {
  if (field.is_map()) return TextMap(resource, field);
  const auto& reflection = *resource.GetReflection();
  std::vector<std::pair<std::string, std::string>> out;
  for (int i = 0; i < reflection.FieldSize(resource, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(resource, &field, i);
    out.emplace_back(resource::EntryKey(entry), resource::StableBytes(entry));
  }
  return out;
}

// The digest of one field: of a message that holds nothing else.
std::string DigestOf(const Message& resource, const FieldDescriptor& field) {
  return catalogue::ShortHash(resource::StableBytes(*resource::OnlyField(resource, field)));
}

}  // namespace

ImportRecord RecordOf(const Message& resource) {
  std::unique_ptr<Message> facts(resource.New());
  facts->CopyFrom(resource);
  resource::ClearOutputOnly(*facts);
  std::vector<const FieldDescriptor*> fields;
  facts->GetReflection()->ListFields(*facts, &fields);
  ImportRecord record;
  for (const FieldDescriptor* field : fields) {
    if (field->name() == "name" || field->name() == "evidence") continue;
    if (!field->is_map() && !resource::IsKnowledgeList(*field)) {
      record[std::string(field->name())] = DigestOf(*facts, *field);
      continue;
    }
    for (const auto& [key, value] : Keyed(*facts, *field)) {
      if (key != kRecordAnnotation)
        record[absl::StrCat(field->name(), ".", key)] = catalogue::ShortHash(value);
    }
  }
  return record;
}

std::optional<ImportRecord> StoredRecord(const Message& resource) {
  const FieldDescriptor* const field = resource.GetDescriptor()->FindFieldByName("annotations");
  for (const auto& [key, value] : TextMap(resource, *field)) {
    if (key != kRecordAnnotation) continue;
    ImportRecord record;
    for (size_t at = 0; at < value.size();) {
      const size_t end = std::min(value.find(' ', at), value.size());
      const std::string_view part = std::string_view(value).substr(at, end - at);
      const size_t equals = part.rfind('=');
      if (equals != std::string_view::npos) record.emplace(part.substr(0, equals), part.substr(equals + 1));
      at = end + 1;
    }
    return record;
  }
  return std::nullopt;
}

void StoreRecord(const ImportRecord& record, Message& resource) {
  std::string text;
  for (const auto& [path, digest] : record) {
    absl::StrAppend(&text, text.empty() ? "" : " ", path, "=", digest);
  }
  const FieldDescriptor* const field = resource.GetDescriptor()->FindFieldByName("annotations");
  const auto& reflection = *resource.GetReflection();
  Message* entry = nullptr;
  for (int i = 0; i < reflection.FieldSize(resource, field) && entry == nullptr; ++i) {
    Message* const present = reflection.MutableRepeatedMessage(&resource, field, i);
    const std::string key = present->GetReflection()->GetString(*present, field->message_type()->map_key());
    if (key == kRecordAnnotation) entry = present;
  }
  if (entry == nullptr) entry = reflection.AddMessage(&resource, field);
  const auto& of_entry = *entry->GetReflection();
  of_entry.SetString(entry, field->message_type()->map_key(), kRecordAnnotation);
  of_entry.SetString(entry, field->message_type()->map_value(), std::move(text));
}

}  // namespace linchpin::importers
