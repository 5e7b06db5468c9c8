// How an adaptor answers its RPCs. An adaptor derives from XService::CallbackService and has one line for
// each method:
//
//   grpc::ServerUnaryReactor* GetVendor(grpc::CallbackServerContext* context, const GetVendorRequest*
//   request,
//                                       Vendor* response) override {
//     return kit::Unary(pipeline_, context, request, response,
//                       [&](kit::Call& call) { return reader_.GetVendor(call, *request, *response); });
//   }
//
// Every function passes the call through the pipeline (services/kit/rpc/pipeline.h) and turns what the
// handler returns into a gRPC status with details. The method is known by the type of its request, so no
// names are given. An answer that is not OK sends no message; `response` may then hold anything.
#ifndef LINCHPIN_SERVICES_KIT_RPC_RPC_H_
#define LINCHPIN_SERVICES_KIT_RPC_RPC_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/pipeline.h"

namespace linchpin::kit {

using google::protobuf::Message;

// Runs `handler` on gRPC's own thread before it returns. For what reads memory: it must not block and should
// take less than a millisecond.
grpc::ServerUnaryReactor* Unary(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                const Message* request, Message* response,
                                absl::FunctionRef<absl::Status(Call&)> handler);

// Gives a finished status to the caller. The first call counts; if every copy is gone without one, the answer
// is INTERNAL.
using Done = std::function<void(absl::Status)>;

// Starts `handler` on gRPC's own thread; the answer is given when it, or whoever it passed it to, calls
// `done`, on any thread. `request` and `response` live until then. A caller that goes, and the end of a
// drain, cancel the call: whoever waits for something should ask for it by Call::WhenCancelled.
grpc::ServerUnaryReactor* UnaryAsync(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                     const Message* request, Message* response,
                                     const std::function<void(std::shared_ptr<Call>, Done)>& handler);

// The same for what is carried out to its end whether or not the caller is still there, such as a write that
// has been queued: his going does not cancel the call. Spares gRPC a hand-over to another thread.
grpc::ServerUnaryReactor* UnaryToTheEnd(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                        const Message* request, Message* response,
                                        const std::function<void(std::shared_ptr<Call>, Done)>& handler);

// Runs `handler` on the pipeline's bounded worker pool, where it may compute, but should not wait. OVERLOADED
// when the pool's queue is full; a call cancelled or past its deadline while it waited is not run.
grpc::ServerUnaryReactor* UnaryOnPool(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                      const Message* request, Message* response,
                                      std::function<absl::Status(Call&)> handler);

// Starts `handler` on the pool, as UnaryOnPool; the answer is given as in UnaryAsync. For what must compute
// before it can wait: the pool's threads are few, and whoever waits on one holds up the reads beside it.
grpc::ServerUnaryReactor* UnaryAsyncOnPool(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                           const Message* request, Message* response,
                                           std::function<void(std::shared_ptr<Call>, Done)> handler);

namespace internal {

// What StreamOnThread needs of the typed reactor.
class StreamTransport {
 public:
  virtual ~StreamTransport() = default;
  virtual void Send(const google::protobuf::MessageLite& message) = 0;
  virtual void End(const grpc::Status& status) = 0;
};

// The part of a server stream that does not depend on its message type. Deletes nothing.
class StreamCore : public MessageWriter {
 public:
  StreamCore(Pipeline& pipeline, grpc::CallbackServerContext* context, const Message* request,
             StreamTransport& transport);
  ~StreamCore() override;

  // Starts the thread if the pipeline lets it, and calls End otherwise.
  void Start(std::function<absl::Status(Call&, MessageWriter&)> handler);
  bool WriteMessage(const google::protobuf::MessageLite& message) override;
  void WriteDone(bool ok);
  void Cancelled();

 private:
  struct State;
  std::shared_ptr<State> state_;
  bool refused_ = false;
};

template <typename Response>
class StreamReactor final : public grpc::ServerWriteReactor<Response>, private StreamTransport {
 public:
  StreamReactor(Pipeline& pipeline, grpc::CallbackServerContext* context, const Message* request,
                std::function<absl::Status(Call&, MessageWriter&)> handler)
      : core_(pipeline, context, request, *this) {
    core_.Start(std::move(handler));
  }

  void OnWriteDone(bool ok) override { core_.WriteDone(ok); }
  void OnCancel() override { core_.Cancelled(); }
  void OnDone() override { delete this; }

 private:
  void Send(const google::protobuf::MessageLite& message) override {
    this->StartWrite(static_cast<const Response*>(&message));
  }
  void End(const grpc::Status& status) override { this->Finish(status); }

  StreamCore core_;
};

}  // namespace internal

// Runs `handler` on a thread of its own; the number of threads is bounded (OVERLOADED beyond it). The request
// lives until the handler returns. A stream of a method named Watch... is stopped as soon as the server
// drains, any other one at the end of the drain: the caller gets UNAVAILABLE, DRAINING.
template <typename Response>
grpc::ServerWriteReactor<Response>* StreamOnThread(
    Pipeline& pipeline, grpc::CallbackServerContext* context, const Message* request,
    std::function<absl::Status(Call&, StreamWriter<Response>&)> handler) {
  return new internal::StreamReactor<Response>(
      pipeline, context, request, [handler = std::move(handler)](Call& call, MessageWriter& writer) {
        StreamWriter<Response> typed(writer);
        return handler(call, typed);
      });
}

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_RPC_H_
