// WatchFindings: the findings that hold, then each that is written, in order of revision, without gaps.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_FINDING_WATCH_H_
#define LINCHPIN_SERVICES_POLICY_RPC_FINDING_WATCH_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/store/port/resource_store.h"

namespace linchpin::policy {

struct FindingWatchOptions {
  // Between progress marks, when nothing else is sent.
  absl::Duration progress_interval = absl::Seconds(1);
  // Changes read from the store at a time, and bytes that share a message.
  int64_t changes_max = 1000;
  int64_t message_bytes = 256 << 10;
  // How long a start above the newest revision may wait for it.
  absl::Duration future_start = absl::Seconds(5);
};

// Serves one stream per call, on the caller's thread. Findings change seldom, beside the inventory: a stream
// has no queue and shares nothing, it reads the changes of the store whenever its view has moved.
//
// Ownership: keeps references to the view of the policy store and to the store, which must outlive it.
// Thread safety: all members may run at once.
class FindingWatch {
 public:
  FindingWatch(replica::ViewSource& policies, store::ResourceStore& store, FindingWatchOptions options = {})
      : policies_(policies), store_(store), options_(options) {}

  // Returns when the call is over; errors as the proto says.
  absl::Status Watch(kit::Call& call, const v1::WatchFindingsRequest& request,
                     kit::StreamWriter<v1::WatchFindingsResponse>& writer);

 private:
  class Stream;

  replica::ViewSource& policies_;
  store::ResourceStore& store_;
  const FindingWatchOptions options_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_FINDING_WATCH_H_
