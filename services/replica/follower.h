// Keeps a replica by the Watch stream of Inventory: what Policy and Risk read from when they run in processes
// of their own.
#ifndef LINCHPIN_SERVICES_REPLICA_FOLLOWER_H_
#define LINCHPIN_SERVICES_REPLICA_FOLLOWER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/replica/source.h"

namespace grpc {
class ChannelInterface;
class ClientContext;
}  // namespace grpc

namespace linchpin::replica {

struct FollowerOptions {
  // Between attempts to reach Inventory, doubled from the first to the longest; each is shortened by up to
  // half at random.
  absl::Duration backoff_min = absl::Milliseconds(100);
  absl::Duration backoff_max = absl::Seconds(5);
  // Called before each attempt: adds credentials. May be null.
  std::function<void(grpc::ClientContext&)> prepare;
  // Told when the stream ends and when a snapshot has been loaded. May be null.
  std::function<void(std::string_view message, const absl::Status& status)> log;
};

// What is known of the link. For metrics.
struct FollowerStats {
  bool connected = false;  // Something has come over the present stream.
  int64_t newest = 0;      // The newest revision heard of.
  int64_t streams = 0;     // Attempts, the first included.
  int64_t snapshots = 0;
};

// A ViewSource filled by a thread of its own: a snapshot, then each revision whole, resumed by token after a
// break. When the start has been compacted or the history is another, it takes a snapshot again; the old view
// stays readable meanwhile.
//
// Ownership: shares the channel. The channel should have keepalive on, which is how a peer that has gone
// silent is noticed. Thread safety: all members may run at once. The destructor ends the stream and joins the
// thread. Errors: none reach readers; Age() tells how old the view is. Cost: a million dependencies load in a
// few seconds; a change is visible some tens of microseconds after it arrives.
class Follower {
 public:
  static std::unique_ptr<Follower> Start(std::shared_ptr<grpc::ChannelInterface> channel,
                                         FollowerOptions options = {});
  virtual ~Follower() = default;

  virtual ViewSource& source() = 0;
  virtual FollowerStats Stats() const = 0;
  // What makes views of the past of this source; before anybody reads it. Must outlive all calls.
  virtual void SetPast(PastViews* past) = 0;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_FOLLOWER_H_
