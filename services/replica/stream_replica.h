// What a follower does with the messages of a Watch stream, without the stream.
#ifndef LINCHPIN_SERVICES_REPLICA_STREAM_REPLICA_H_
#define LINCHPIN_SERVICES_REPLICA_STREAM_REPLICA_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/replica/peer_clock.h"
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
  // What the moments in messages are told by.
  struct Clocks {
    std::function<absl::Time()> wall = absl::Now;
    std::function<base::SteadyTime()> steady = base::SteadyNow;
  };

  explicit StreamReplica(Publisher& publisher) : StreamReplica(publisher, Clocks()) {}
  StreamReplica(Publisher& publisher, Clocks clocks) : publisher_(publisher), clocks_(std::move(clocks)) {}

  // A stream begins: what the one before left unfinished is dropped.
  void Begin();

  // Takes one serialized WatchResponse.
  // Errors: INTERNAL for a message that does not decode or does not follow from the ones before; the stream
  //   is of no use then, and the next one must start with a snapshot (resume_token() is empty). UNAVAILABLE,
  //   likewise, for a snapshot below the view of the same history: a view never goes back.
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
  // What is published was the newest at `time`, by the clock of whoever sends.
  void ConfirmNewest(absl::Time time);

  // A message kept until its revision is whole.
  struct Kept {
    std::unique_ptr<const std::string> bytes;
    WatchMessage message;
  };

  Publisher& publisher_;
  const Clocks clocks_;
  PeerClock peer_clock_;
  std::string resume_token_;
  std::unique_ptr<ViewLoader> loader_;
  std::vector<Kept> kept_;
  std::atomic<int64_t> snapshots_{0};
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_STREAM_REPLICA_H_
