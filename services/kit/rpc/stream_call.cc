#include "services/kit/rpc/stream_call.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "services/base/steady.h"

namespace linchpin::kit {
namespace {

using base::SteadyTime;
using grpc::ByteBuffer;
using grpc::CallbackServerContext;

// How long a reader may take nothing, and how long once the stream is to stop.
constexpr absl::Duration kStall = absl::Seconds(60);
constexpr absl::Duration kStopGrace = absl::Seconds(1);
constexpr absl::Duration kLook = absl::Milliseconds(200);

// Shared by the reactor and the thread, whichever ends last.
class StreamCall : public MessageWriter, public std::enable_shared_from_this<StreamCall> {
 public:
  StreamCall(Pipeline::Impl& pipeline, const StreamBinding& binding, CallbackServerContext& context,
             grpc::ServerWriteReactor<ByteBuffer>& reactor)
      : pipeline_(pipeline), binding_(binding), context_(context), reactor_(reactor) {}

  void Start(MethodState& method, const ByteBuffer& request) {
    absl::Status status =
        pipeline_.Begin(context_, method, request.Length(), /*stream=*/true, *call_, record_);
    if (status.ok()) status = pipeline_.Parse(request, *binding_.request, request_);
    using Kind = Pipeline::Impl::Kind;
    if (status.ok())
      status = pipeline_.CallStarted(context_, call_, method.watch ? Kind::kWatch : Kind::kStream);
    if (!status.ok()) return Finish(std::move(status));
    if (!binding_.wait.due || !binding_.wait.due(*request_)) return StartThread();
    binding_.wait.start(*call_, *request_, [self = shared_from_this()](const absl::Status& ready) {
      ready.ok() ? self->StartThread() : self->EndCall(ready);
    });
  }

  bool WriteMessage(const google::protobuf::MessageLite& message) override {
    if (denied_.ok()) denied_ = pipeline_.Recheck(context_, record_, recheck_at_);
    if (!denied_.ok() || call_->Cancelled()) return false;
    bool own = false;
    out_.Clear();
    using Lite = google::protobuf::MessageLite;
    if (!grpc::GenericSerialize<grpc::ProtoBufferWriter, Lite>(message, &out_, &own).ok()) return false;
    {
      absl::MutexLock lock(&mutex_);
      if (broken_) return false;
      writing_ = true;
    }
    reactor_.StartWrite(&out_);
    if (!AwaitWritten()) return false;
    pipeline_.CountSent(*record_.method);
    return true;
  }

  void WriteDone(bool ok) {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    broken_ |= !ok;
    written_.NotifyAll();
  }

  void Cancelled() { call_->Cancel(Call::Stop::kCancelled); }

 private:
  void StartThread() {
    std::thread([self = shared_from_this()] {
      absl::Status status = self->call_->Cancelled()
                                ? absl::CancelledError("the stream was stopped")
                                : self->binding_.handler.run(*self->call_, *self->request_, *self);
      if (!self->denied_.ok()) status = self->denied_;
      if (self->call_->stopped() != Call::Stop::kNone)
        status = absl::CancelledError("the stream was stopped");
      self->EndCall(std::move(status));
    }).detach();
  }

  // The last use of what may be gone once the call is finished: the pipeline, the context and the reactor.
  void EndCall(absl::Status status) {
    pipeline_.CallEnded(call_);
    Finish(std::move(status));
  }

  void Finish(absl::Status status) { reactor_.Finish(pipeline_.End(context_, record_, std::move(status))); }

  // Waits for the write under way; false if it failed. A reader that takes nothing for too long is cut off:
  // the message belongs to gRPC until it says that it is done with it.
  bool AwaitWritten() {
    const SteadyTime begin = base::SteadyNow();
    const auto written = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !writing_; };
    absl::MutexLock lock(&mutex_);
    while (!written_.Await(mutex_, base::SteadyNow() + kLook, written)) {
      const absl::Duration waited = base::SteadyNow() - begin;
      if (waited > kStall || (call_->stopped() != Call::Stop::kNone && waited > kStopGrace))
        context_.TryCancel();
    }
    return !broken_;
  }

  Pipeline::Impl& pipeline_;
  const StreamBinding& binding_;
  CallbackServerContext& context_;
  grpc::ServerWriteReactor<ByteBuffer>& reactor_;
  const std::shared_ptr<Call> call_ = std::make_shared<Call>();
  CallRecord record_;
  std::unique_ptr<Message> request_;

  absl::Mutex mutex_;
  base::SteadyCondition written_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;

  // Of the stream's thread.
  ByteBuffer out_;
  SteadyTime recheck_at_ = SteadyTime::InfinitePast();
  absl::Status denied_;
};

class StreamReactor final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  StreamReactor(Pipeline::Impl& pipeline, const StreamBinding& binding, CallbackServerContext& context)
      : call_(std::make_shared<StreamCall>(pipeline, binding, context, *this)) {}

  void Start(MethodState& method, const ByteBuffer& request) {
    // The call may be over, and this object gone, before Start returns.
    const std::shared_ptr<StreamCall> call = call_;
    call->Start(method, request);
  }

  void OnWriteDone(bool ok) override { call_->WriteDone(ok); }
  void OnCancel() override { call_->Cancelled(); }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<StreamCall> call_;
};

}  // namespace

grpc::ServerWriteReactor<ByteBuffer>* StartStream(Pipeline::Impl& pipeline, MethodState& method,
                                                  const StreamBinding& binding,
                                                  CallbackServerContext& context, const ByteBuffer& request) {
  auto* reactor = new StreamReactor(pipeline, binding, context);
  reactor->Start(method, request);
  return reactor;
}

}  // namespace linchpin::kit
