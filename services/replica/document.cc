#include "services/replica/document.h"

#include "services/replica/wire/wire.h"

namespace linchpin::replica {
namespace {

// Every resource message has these fields under these numbers; a test walks all kinds.
constexpr int kCreateTime = 10;
constexpr int kUpdateTime = 11;
constexpr int kRevision = 12;
constexpr int kEtag = 13;

// Of google.protobuf.Timestamp.
constexpr int kSeconds = 1;
constexpr int kNanos = 2;

constexpr int kVarint = 0;
constexpr int kBytes = 2;

void AppendTag(int field, int type, std::string& wire) {
  AppendVarint(static_cast<uint64_t>(field) << 3 | type, wire);
}

void AppendTimestamp(int field, int64_t micros, std::string& wire) {
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  std::string timestamp;
  if (seconds != 0) {
    AppendTag(kSeconds, kVarint, timestamp);
    AppendVarint(static_cast<uint64_t>(seconds), timestamp);
  }
  if (rest != 0) {
    AppendTag(kNanos, kVarint, timestamp);
    AppendVarint(static_cast<uint64_t>(rest) * 1000, timestamp);
  }
  AppendTag(field, kBytes, wire);
  AppendVarint(timestamp.size(), wire);
  wire += timestamp;
}

}  // namespace

void AppendOutputOnly(const DocumentRef& document, std::string& wire) {
  AppendTimestamp(kCreateTime, document.create_time_us, wire);
  AppendTimestamp(kUpdateTime, document.update_time_us, wire);
  AppendTag(kRevision, kVarint, wire);
  AppendVarint(static_cast<uint64_t>(document.revision), wire);
  const std::string etag = resource::EtagOf(document.revision);
  AppendTag(kEtag, kBytes, wire);
  AppendVarint(etag.size(), wire);
  wire += etag;
}

bool ParseInto(const DocumentRef& document, google::protobuf::Message& message) {
  if (!message.ParseFromArray(document.body.data(), static_cast<int>(document.body.size()))) return false;
  std::string rest;
  rest.reserve(64);
  AppendOutputOnly(document, rest);
  return message.MergeFromString(rest);
}

}  // namespace linchpin::replica
