#include "services/inventory/rpc/watch_messages.h"

#include "google/protobuf/unknown_field_set.h"
#include "services/replica/wire/wire.h"
#include "services/resource/kinds.h"

namespace linchpin::inventory {
namespace {

// What stands before a string, bytes or message field of `size` bytes.
std::string BytesTag(int field, size_t size) {
  constexpr uint64_t kLengthDelimited = 2;
  std::string tag;
  replica::AppendVarint(static_cast<uint64_t>(field) << 3 | kLengthDelimited, tag);
  replica::AppendVarint(size, tag);
  return tag;
}

}  // namespace

void SetTime(absl::Time time, v1::WatchResponse& message) {
  const int64_t micros = absl::ToUnixMicros(time);
  message.mutable_time()->set_seconds(micros / 1'000'000);
  message.mutable_time()->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

MessageBuilder::MessageBuilder(int64_t revision, absl::Time time, bool snapshot, int64_t bytes_max)
    : revision_(revision), time_(time), snapshot_(snapshot), bytes_max_(bytes_max) {
  Begin();
}

void MessageBuilder::Begin() {
  message_.Clear();
  message_.set_revision(revision_);
  message_.set_snapshot(snapshot_);
  SetTime(time_, message_);
  bytes_ = 0;
}

bool MessageBuilder::Added(int64_t bytes, Send send) {
  bytes_ += bytes;
  if (bytes_ < bytes_max_) return true;
  if (!send(message_)) return false;
  Begin();
  return true;
}

bool MessageBuilder::AddUpsert(const replica::DocumentRef& document, Send send) {
  // The document's bytes go out as they are: as an unknown field of the message they are on the wire where
  // a parsed change would, and nobody here has to parse them.
  const auto* field = v1::Resource::descriptor()->FindFieldByName(document.kind->singular);
  output_only_.clear();
  replica::AppendOutputOnly(document, output_only_);
  const std::string head = BytesTag(field->number(), document.body.size() + output_only_.size());
  std::string* change = message_.GetReflection()->MutableUnknownFields(&message_)->AddLengthDelimited(
      v1::WatchResponse::kChangesFieldNumber);
  change->reserve(head.size() + document.body.size() + output_only_.size() + 8);
  *change = BytesTag(v1::WatchResponse::Change::kUpsertFieldNumber,
                     head.size() + document.body.size() + output_only_.size());
  *change += head;
  *change += document.body;
  *change += output_only_;
  return Added(static_cast<int64_t>(change->size()), send);
}

bool MessageBuilder::AddChange(const store::Change& change, Send send) {
  if (change.deleted) {
    // Unknown fields come after known ones on the wire; among changes of one revision the order does not
    // matter.
    message_.add_changes()->set_delete_(change.resource.name);
    return Added(static_cast<int64_t>(change.resource.name.size()), send);
  }
  replica::DocumentRef document;
  document.name = change.resource.name;
  document.kind = resource::FindKind(change.resource.kind);
  document.revision = change.resource.revision;
  document.create_time_us = absl::ToUnixMicros(change.resource.create_time);
  document.update_time_us = absl::ToUnixMicros(change.resource.update_time);
  document.body = change.resource.body;
  // A kind that this build does not know was written by a newer one; its watchers would not know it either.
  return document.kind == nullptr || AddUpsert(document, send);
}

bool MessageBuilder::End(const std::string& token, Send send) {
  message_.set_end_of_revision(true);
  message_.set_resume_token(token);
  return send(message_);
}

}  // namespace linchpin::inventory
