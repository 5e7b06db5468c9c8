#include "services/inventory/rpc/watch_messages.h"

#include "services/resource/kinds.h"

namespace linchpin::inventory {

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
  v1::Resource& resource = *message_.add_changes()->mutable_upsert();
  const auto* field = v1::Resource::descriptor()->FindFieldByName(document.kind->singular);
  replica::ParseInto(document, *resource.GetReflection()->MutableMessage(&resource, field));
  return Added(static_cast<int64_t>(document.body.size()), send);
}

bool MessageBuilder::AddChange(const store::Change& change, Send send) {
  if (change.deleted) {
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
