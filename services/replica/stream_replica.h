// What a follower does with the messages of a Watch stream, without the stream.
#ifndef LINCHPIN_SERVICES_REPLICA_STREAM_REPLICA_H_
#define LINCHPIN_SERVICES_REPLICA_STREAM_REPLICA_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/replica/publisher.h"
#include "services/replica/view_editor.h"
#include "services/replica/wire/watch_decoder.h"

namespace linchpin::replica {

// Applies messages in the order of their stream and publishes a view for every whole revision.
//
// Ownership: keeps a reference to the publisher, which must outlive it.
// Thread safety: one thread.
class StreamReplica {
 public:
  explicit StreamReplica(Publisher& publisher) : publisher_(publisher) {}

  // A stream begins: what the one before left unfinished is dropped.
  void Begin();

  // Takes one serialized WatchResponse.
  // Errors: INTERNAL for a message that does not decode or does not follow from the ones before; the stream
  // is of no use
  //   then, and the next one must start with a snapshot (resume_token() is empty). UNAVAILABLE, likewise, for
  //   a snapshot below the view of the same history: a view never goes back.
  absl::Status Take(std::string message);

  // Where the next stream goes on; empty: with a snapshot.
  const std::string& resume_token() const { return resume_token_; }
  // The next stream starts with a snapshot.
  void StartOver() { resume_token_.clear(); }

  // Snapshots loaded, the one being published included. From any thread.
  int64_t snapshots() const { return snapshots_.load(); }

 private:
  absl::Status TakeSnapshot(const WatchMessage& message);
  absl::Status Apply(int64_t revision, absl::Time time);
  absl::Status SetHistory(const std::string& token);

  // A message kept until its revision is whole.
  struct Kept {
    std::unique_ptr<const std::string> bytes;
    WatchMessage message;
  };

  Publisher& publisher_;
  std::string resume_token_;
  std::unique_ptr<ViewLoader> loader_;
  std::vector<Kept> kept_;
  std::atomic<int64_t> snapshots_{0};
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_STREAM_REPLICA_H_
