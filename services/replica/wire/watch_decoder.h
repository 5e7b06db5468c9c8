// Reads messages of Watch without parsing the documents in them: a replica keeps bytes.
#ifndef LINCHPIN_SERVICES_REPLICA_WIRE_WATCH_DECODER_H_
#define LINCHPIN_SERVICES_REPLICA_WIRE_WATCH_DECODER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/replica/document_table.h"

namespace linchpin::replica {

// One linchpin.inventory.v1.WatchResponse.
struct WatchMessage {
  int64_t revision = 0;
  bool end_of_revision = false;
  bool snapshot = false;
  std::string resume_token;
  absl::Time time = absl::UnixEpoch();
  // Names point into the message, bodies into `bodies`.
  std::vector<DocumentEdit> edits;
  std::vector<std::string> bodies;  // One for each edit: the document without its output-only fields.

  // Nothing has changed up to `revision`, which was the newest at `time`.
  bool is_progress_mark() const { return edits.empty() && !end_of_revision && !resume_token.empty(); }
};

// Decodes a serialized WatchResponse. Fields and kinds that this build does not know are passed over. False
// if the bytes are no such message. `bytes` must live as long as the result.
bool DecodeWatchMessage(std::string_view bytes, WatchMessage& message);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_WIRE_WATCH_DECODER_H_
