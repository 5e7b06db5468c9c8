// The listener of the API.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_SERVER_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/steady.h"

namespace grpc {
class Channel;
class ServerCredentials;
class Service;
}  // namespace grpc

namespace linchpin::kit {

class Log;
class Metrics;
class Pipeline;
class RpcMetrics;

// A service with the pipeline that its calls pass.
struct Served {
  grpc::Service* service;
  Pipeline* pipeline;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:0";
  std::shared_ptr<grpc::ServerCredentials> credentials;  // Null: plaintext.
  bool reflection = true;
  int message_bytes_max = 16 << 20;
  int concurrent_streams_max = 256;  // Of one connection.
  absl::Duration handshake_timeout = absl::Seconds(5);
  absl::Duration ping_interval_min =
      absl::Seconds(10);  // Clients that ping more often are disconnected (GOAWAY, too_many_pings).
  // After it a connection takes no new calls; those under way go on.
  absl::Duration connection_age_max = absl::InfiniteDuration();
  // File descriptors kept free: a connection that would take them is closed at once.
  int fds_reserved = 64;
};

// Accepts connections on a thread of its own and hands them to gRPC, which by itself never accepts again
// after running out of file descriptors once.
//
// Ownership: services, pipelines, log and metrics must outlive it.
// Thread safety: Drain from one thread.
class Server {
 public:
  // Errors: UNAVAILABLE if the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<Served>& served, Log& log,
                                                       Metrics& metrics, RpcMetrics& rpc_metrics);

  // Ends what has not been drained.
  virtual ~Server() = default;

  virtual int port() const = 0;

  // A channel to the services of this server that uses no network.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;

  // Whether a call of this process to its own listener is answered within `timeout`
  // (services/kit/listener/self_call.h). From one thread at a time, not while it drains.
  virtual bool AnswersItself(absl::Duration timeout) = 0;

  // Stops accepting; refuses new calls with DRAINING; lets those under way finish until `deadline`; then ends
  // them. Whether all had finished.
  virtual bool Drain(base::SteadyTime deadline) = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_SERVER_H_
