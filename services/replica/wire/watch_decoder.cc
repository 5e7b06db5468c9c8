#include "services/replica/wire/watch_decoder.h"

#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/replica/wire/wire.h"

namespace linchpin::replica {
namespace {

using inventory::v1::Resource;
using inventory::v1::WatchResponse;

// Output-only fields of every resource; see document.cc.
constexpr int kName = 1;
constexpr int kCreateTime = 10;
constexpr int kUpdateTime = 11;
constexpr int kRevision = 12;
constexpr int kEtag = 13;

// The kind of each field of Resource, by field number.
const std::vector<const resource::KindInfo*>& KindsByField() {
  static const auto* const kinds = [] {
    auto* by_field = new std::vector<const resource::KindInfo*>;
    const auto* descriptor = Resource::descriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto number = static_cast<size_t>(descriptor->field(i)->number());
      if (by_field->size() <= number) by_field->resize(number + 1, nullptr);
      (*by_field)[number] = resource::FindKindOf(descriptor->field(i)->message_type());
    }
    return by_field;
  }();
  return *kinds;
}

int64_t MicrosOf(std::string_view timestamp) {
  int64_t seconds = 0, nanos = 0;
  for (WireReader reader(timestamp); reader.Next();) {
    if (reader.field() == 1) seconds = static_cast<int64_t>(reader.number());
    if (reader.field() == 2) nanos = static_cast<int64_t>(reader.number());
  }
  return seconds * 1'000'000 + nanos / 1000;
}

bool IsOutputOnly(int field) { return field >= kCreateTime && field <= kEtag; }

// Splits a document as clients see it into what is stored and what is not. Every body is put into `owned`.
bool DecodeDocument(std::string_view bytes, DocumentRef& document, std::string& owned) {
  owned.clear();
  WireReader reader(bytes);
  const char* begin = bytes.data();
  while (reader.Next()) {
    const char* end = reader.rest().data();
    if (reader.field() == kName) document.name = reader.bytes();
    if (reader.field() == kCreateTime) document.create_time_us = MicrosOf(reader.bytes());
    if (reader.field() == kUpdateTime) document.update_time_us = MicrosOf(reader.bytes());
    if (reader.field() == kRevision) document.revision = static_cast<int64_t>(reader.number());
    if (!IsOutputOnly(reader.field())) owned.append(begin, static_cast<size_t>(end - begin));
    begin = end;
  }
  return !reader.broken() && !document.name.empty();
}

bool DecodeUpsert(std::string_view resource, WatchMessage& message) {
  for (WireReader reader(resource); reader.Next();) {
    const auto field = static_cast<size_t>(reader.field());
    const auto& kinds = KindsByField();
    if (!reader.has_bytes() || field >= kinds.size() || kinds[field] == nullptr) continue;
    DocumentEdit edit;
    edit.document.kind = kinds[field];
    if (!DecodeDocument(reader.bytes(), edit.document, message.bodies.emplace_back())) return false;
    message.edits.push_back(edit);
  }
  return true;
}

bool DecodeChange(std::string_view change, WatchMessage& message) {
  for (WireReader reader(change); reader.Next();) {
    if (reader.field() == WatchResponse::Change::kUpsertFieldNumber) {
      if (!DecodeUpsert(reader.bytes(), message)) return false;
    } else if (reader.field() == WatchResponse::Change::kDeleteFieldNumber) {
      DocumentEdit edit;
      edit.document.name = reader.bytes();
      edit.deleted = true;
      message.bodies.emplace_back();
      message.edits.push_back(edit);
    }
  }
  return true;
}

}  // namespace

bool DecodeWatchMessage(std::string_view bytes, WatchMessage& message) {
  message = WatchMessage();
  WireReader reader(bytes);
  while (reader.Next()) {
    switch (reader.field()) {
      case WatchResponse::kRevisionFieldNumber:
        message.revision = static_cast<int64_t>(reader.number());
        break;
      case WatchResponse::kChangesFieldNumber:
        if (!DecodeChange(reader.bytes(), message)) return false;
        break;
      case WatchResponse::kEndOfRevisionFieldNumber:
        message.end_of_revision = reader.number() != 0;
        break;
      case WatchResponse::kSnapshotFieldNumber:
        message.snapshot = reader.number() != 0;
        break;
      case WatchResponse::kResumeTokenFieldNumber:
        message.resume_token = reader.bytes();
        break;
      case WatchResponse::kTimeFieldNumber:
        message.time = absl::FromUnixMicros(MicrosOf(reader.bytes()));
        break;
      default:
        break;
    }
  }
  // Only now do the bodies stay where they are.
  for (size_t i = 0; i < message.edits.size(); ++i) message.edits[i].document.body = message.bodies[i];
  return !reader.broken();
}

}  // namespace linchpin::replica
