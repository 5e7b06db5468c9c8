// Get and List of all kinds, from memory.
#ifndef LINCHPIN_SERVICES_SERVING_READER_H_
#define LINCHPIN_SERVICES_SERVING_READER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/serving/snapshots.h"

namespace linchpin::serving {

// One code path for all kinds. The newest state answers; whoever must wait has waited (Snapshots::wait).
//
// Ownership: keeps a reference to the source, which must outlive it.
// Thread safety: all members may run at once. Nothing blocks.
// Errors: UNAVAILABLE, NOT_READY, before the first view.
class Reader {
 public:
  Reader(replica::ViewSource& source, std::string page_token_secret);

  const Snapshots& snapshots() const { return snapshots_; }

  // The stored bytes go out as they are. `kind` is that of the answer.
  absl::Status GetBytes(kit::Call& call, const google::protobuf::Message& request,
                        const resource::KindInfo& kind, std::string& wire) const;
  absl::Status List(kit::Call& call, const google::protobuf::Message& request,
                    google::protobuf::Message& response) const;

 private:
  Snapshots snapshots_;
  const std::string page_token_secret_;
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_READER_H_
