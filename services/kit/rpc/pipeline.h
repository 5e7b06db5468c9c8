// What every call of a service passes through, in this order: request id, metrics, drain check,
// authentication and role, limits, deadline, validation of the request, handler, status with details, log,
// metrics.
#ifndef LINCHPIN_SERVICES_KIT_RPC_PIPELINE_H_
#define LINCHPIN_SERVICES_KIT_RPC_PIPELINE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/steady.h"

namespace linchpin::kit {

class AuthFailures;
class Authenticator;
struct Denial;
class Log;
class RpcMetrics;
class WorkerPool;

struct PipelineOptions {
  // All may be null: no log, no metrics, and everybody is an anonymous admin. They must outlive the pipeline.
  Log* log = nullptr;
  RpcMetrics* metrics = nullptr;
  const Authenticator* authenticator = nullptr;
  // Told of every call that it refuses. Null: nobody is.
  AuthFailures* auth_failures = nullptr;
  // Largest request and largest answer.
  int message_bytes_max = 16 << 20;
  // What a unary call gets that names no deadline.
  absl::Duration default_deadline = absl::Seconds(30);
  // Calls being answered at once, streams not counted. Of these, of the streams and of the places in the
  // pool's queue, one caller has at most half, so that nobody can keep the others out.
  int calls_max = 1024;
  int pool_threads = 4;
  int pool_queue_max = 256;
  // Server streams open at once.
  int streams_max = 256;
  // How often a stream's caller is asked again who it is, with the next message.
  absl::Duration recheck_interval = absl::Seconds(1);
};

// The state that the calls of one service share; services/kit/rpc/service.h makes the service itself.
//
// Ownership: must outlive the server that serves its service.
// Thread safety: everything may be called from any thread.
class Pipeline {
 public:
  // `service` is a full name, such as `linchpin.inventory.v1.InventoryService`, whose proto is linked in. A
  // wrong name ends the program: only a bug can cause it.
  explicit Pipeline(std::string_view service, const PipelineOptions& options = {});
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  const std::string& service() const;

  // From now on `record` is told of the calls of writing methods that a role does not allow, within the limit
  // of Denials. Once, before the service is served; it must be quick, and be there as long as calls are.
  void TellDenials(std::function<void(const Denial&)> record);

  // From now on new calls are refused with UNAVAILABLE, DRAINING, and streams of Watch... methods are
  // stopped.
  void Drain();
  // Stops all other streams and the calls that are answered later, too: they end with DRAINING as soon as
  // their handlers look.
  void StopCalls();
  // Calls and streams that are being answered.
  int InFlight() const;
  // Waits until none is, or until `deadline`; whether none is.
  bool WaitIdle(base::SteadyTime deadline) const;

  // For the files of this folder only.
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_PIPELINE_H_
