// The past of an inventory that another process serves.
#ifndef LINCHPIN_SERVICES_REPLICA_REMOTE_PAST_H_
#define LINCHPIN_SERVICES_REPLICA_REMOTE_PAST_H_

#include <functional>
#include <memory>

#include "services/replica/past_source.h"

namespace grpc {
class ChannelInterface;
class ClientContext;
}  // namespace grpc

namespace linchpin::replica {

// Asks DiffRevisions of the inventory service, by its channel. What it answers is bounded by that service,
// too. `prepare` adds credentials to a call; may be null. Each call waits for a minute at most. Errors come
// with the code, reason and metadata that the service gave; UNAVAILABLE if it is not there.
std::unique_ptr<PastSource> MakeRemotePast(std::shared_ptr<grpc::ChannelInterface> channel,
                                           std::function<void(grpc::ClientContext&)> prepare);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_REMOTE_PAST_H_
