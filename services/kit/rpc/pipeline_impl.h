// The inside of a pipeline, for the files of services/kit/rpc only.
#ifndef LINCHPIN_SERVICES_KIT_RPC_PIPELINE_IMPL_H_
#define LINCHPIN_SERVICES_KIT_RPC_PIPELINE_IMPL_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/base/steady.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/auth/denials.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/worker_pool.h"

namespace grpc {
class ByteBuffer;
class CallbackServerContext;
class Status;
}  // namespace grpc

namespace linchpin::kit {

struct MethodMetrics;

// Ends the program, saying what is wrong with what: only a bug can cause it.
[[noreturn]] void Die(std::string_view what, std::string_view name);

// RESOURCE_EXHAUSTED, OVERLOADED, with RetryInfo.
absl::Status OverloadedError(std::string_view what);

// What is known of a method before it is called.
struct MethodState {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string name;  // "linchpin.inventory.v1.InventoryService/GetVendor"
  std::string path;  // The same after a slash, as HTTP/2 has it.
  std::optional<Role> role;
  bool watch = false;  // a stream without an end of its own
  MethodMetrics* metrics = nullptr;
};

// What the pipeline keeps of one call: made by Begin, ended once by End.
struct CallRecord {
  const MethodState* method = nullptr;
  Call* call = nullptr;
  base::SteadyTime begin;
  bool counted = false;
  bool echo = false;    // The caller named the request id.
  bool logged = false;  // Others have seen to it.
};

class Pipeline::Impl {
 public:
  Impl(std::string_view service, const PipelineOptions& options);

  // Null if there is none of that name.
  MethodState* FindMethod(std::string_view name);

  // Everything before the request is looked at. If it is not OK the handler is not run; End is due in both
  // cases.
  absl::Status Begin(grpc::CallbackServerContext& context, const MethodState& method, size_t request_bytes,
                     bool stream, Call& call, CallRecord& record);

  // Makes `request`, of the prototype's type, from its bytes, and frees them; checks the constraints stated
  // in the proto.
  absl::Status Parse(const grpc::ByteBuffer& bytes, const google::protobuf::Message& prototype,
                     std::unique_ptr<google::protobuf::Message>& request) const;

  // Whether the caller of an open stream still may: its token may have expired or been taken away. Looks now
  // and then, at `next` at the earliest, and moves that on.
  absl::Status Recheck(const grpc::CallbackServerContext& context, const CallRecord& record,
                       base::SteadyTime& next) const;

  // Everything after it: adds trailing metadata to `context` and returns what to finish with.
  grpc::Status End(grpc::CallbackServerContext& context, const CallRecord& record, absl::Status status);

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
  std::unique_ptr<Denials> denials;  // Null: nobody wants to know.
  std::vector<MethodState> methods;  // By the descriptor's index; never changed once made.
  std::atomic<bool> draining{false};

  // Calls being answered, streams among them.
  std::atomic<int> calls{0};
  absl::Mutex mutex;
  std::unordered_map<std::shared_ptr<Call>, Kind> open ABSL_GUARDED_BY(mutex);
  std::unordered_map<std::string, int> unary_of ABSL_GUARDED_BY(mutex);    // Those in `open`, by caller.
  std::unordered_map<std::string, int> streams_of ABSL_GUARDED_BY(mutex);  // The others.
  int streams ABSL_GUARDED_BY(mutex) = 0;
  bool stopped ABSL_GUARDED_BY(mutex) = false;

 private:
  absl::Status Admit(grpc::CallbackServerContext& context, size_t request_bytes, bool stream,
                     CallRecord& record);
  absl::Status CheckSizes(const grpc::CallbackServerContext& context, size_t request_bytes) const;
  absl::StatusOr<Principal> Identify(const grpc::CallbackServerContext& context,
                                     const MethodState& method) const;
  absl::Status Refused(const grpc::CallbackServerContext& context, CallRecord& record,
                       absl::Status refusal) const;
  void SetDeadline(grpc::CallbackServerContext& context, bool stream, Call& call) const;
  void LogCall(const CallRecord& record, const absl::Status& status, absl::Duration took) const;

  std::once_flag pool_once_;
  std::unique_ptr<WorkerPool> pool_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_PIPELINE_IMPL_H_
