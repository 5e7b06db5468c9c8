// One stored document as the replica hands it out: bytes, parsed only when somebody asks.
#ifndef LINCHPIN_SERVICES_REPLICA_DOCUMENT_H_
#define LINCHPIN_SERVICES_REPLICA_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/resource/kinds.h"

namespace linchpin::replica {

// A document of a view. Its string views live as long as the view they came from.
struct DocumentRef {
  std::string_view name;
  const resource::KindInfo* kind = nullptr;
  int64_t revision = 0;        // The revision that last wrote it.
  int64_t create_time_us = 0;  // Microseconds since 1970.
  int64_t update_time_us = 0;
  std::string_view body;  // The serialized message without its output-only fields.

  absl::Time create_time() const { return absl::FromUnixMicros(create_time_us); }
  absl::Time update_time() const { return absl::FromUnixMicros(update_time_us); }
};

// Parses the document into `message`, which must be of its kind, and fills the output-only fields. False if
// the bytes are no such message; `message` is then unspecified. Cost: about a microsecond for a small
// document.
bool ParseInto(const DocumentRef& document, google::protobuf::Message& message);

// Appends the output-only fields (create_time, update_time, revision, etag) in wire form: `body` followed by
// them is the serialized message that clients see.
void AppendOutputOnly(const DocumentRef& document, std::string& wire);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_DOCUMENT_H_
