// The inside of a pipeline, for pipeline.cc and rpc.cc only.
#ifndef LINCHPIN_SERVICES_KIT_RPC_PIPELINE_IMPL_H_
#define LINCHPIN_SERVICES_KIT_RPC_PIPELINE_IMPL_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/worker_pool.h"

namespace grpc {
class CallbackServerContext;
class Status;
}  // namespace grpc

namespace linchpin::kit {

struct MethodMetrics;

// What is known of a method before it is called.
struct MethodState {
  std::string name;  // "linchpin.inventory.v1.InventoryService/GetVendor"
  std::optional<Role> role;
  bool watch = false;  // a stream without an end of its own
  MethodMetrics* metrics = nullptr;
};

// One call on its way through: made by Begin, ended once by End.
struct Passage {
  MethodState* method = nullptr;
  Call* call = nullptr;
  absl::Time begin;
  bool counted = false;
  bool echo = false;    // The caller named the request id.
  bool logged = false;  // Others have seen to it.
};

class Pipeline::Impl {
 public:
  Impl(std::string_view service, const PipelineOptions& options);

  // Everything before the handler. If it is not OK the handler is not run; End is due in both cases.
  absl::Status Begin(grpc::CallbackServerContext& context, const google::protobuf::Message& request,
                     bool stream, Call& call, Passage& passage);

  // Whether the caller of an open stream still may: its token may have expired or been taken away. Looks now
  // and then, at `next` at the earliest, and moves that on.
  absl::Status Recheck(const grpc::CallbackServerContext& context, const Passage& passage,
                       absl::Time& next) const;

  // Everything after it: adds trailing metadata to `context` and returns what to finish with.
  grpc::Status End(grpc::CallbackServerContext& context, const Passage& passage, absl::Status status);

  // A call that is open for longer than its handler's first moment, by the way it ends.
  enum class Kind {
    kUnary,   // is answered
    kStream,  // has an end of its own
    kWatch,   // has none
  };
  // Lets one more begin, to be stopped with the others; its end is then to be told by CallEnded. OVERLOADED
  // if there are too many, or too many of this caller.
  absl::Status CallStarted(const grpc::CallbackServerContext& context, const std::shared_ptr<Call>& call,
                           Kind kind);
  void CallEnded(const std::shared_ptr<Call>& call);
  void StopCalls(bool watches_only);

  void CountReceived(const MethodState& method) const;
  void CountSent(const MethodState& method) const;

  WorkerPool& pool();

  const std::string service;
  const PipelineOptions options;
  std::atomic<bool> draining{false};

  // Calls being answered, streams among them.
  std::atomic<int> calls{0};
  std::mutex mutex;  // Guards all below.
  std::unordered_map<std::shared_ptr<Call>, Kind> open;
  std::unordered_map<std::string, int> unary_of;    // Those in `open`, by caller.
  std::unordered_map<std::string, int> streams_of;  // The others.
  int streams = 0;
  bool stopped = false;

 private:
  absl::Status Admit(grpc::CallbackServerContext& context, const google::protobuf::Message& request,
                     bool stream, Passage& passage);
  absl::StatusOr<Principal> Identify(const grpc::CallbackServerContext& context,
                                     const MethodState& method) const;
  absl::Status Refused(const grpc::CallbackServerContext& context, Passage& passage,
                       absl::Status refusal) const;
  void SetDeadline(grpc::CallbackServerContext& context, bool stream, Call& call) const;
  void LogCall(const Passage& passage, const absl::Status& status, absl::Duration took) const;

  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MethodState>> methods_;
  std::once_flag pool_once_;
  std::unique_ptr<WorkerPool> pool_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_PIPELINE_IMPL_H_
