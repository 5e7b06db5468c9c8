#include "services/kit/rpc/unary_call.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::kit {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

// A call that is answered later and is cancelled when its caller goes.
class CancellableReactor final : public ServerUnaryReactor {
 public:
  explicit CancellableReactor(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  void OnCancel() override { call_->Cancel(Call::Stop::kCancelled); }
  void OnDone() override { delete this; }

 private:
  std::shared_ptr<Call> call_;
};

absl::Status StoppedStatus(const Call& call) {
  if (call.stopped() == Call::Stop::kNone)
    return absl::DeadlineExceededError("the deadline passed before the call was run");
  return absl::CancelledError("the caller cancelled the call");
}

absl::Status Send(const Message& message, int bytes_max, ByteBuffer& response) {
  if (message.ByteSizeLong() > static_cast<size_t>(bytes_max)) {
    return base::Error(
        base::reason::MessageTooLarge{.limit_bytes = bytes_max},
        absl::StrCat("the answer is larger than ", bytes_max, " bytes; ask for less at a time"));
  }
  bool own = false;
  const grpc::Status status =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, &response, &own);
  return status.ok() ? absl::OkStatus() : absl::InternalError("the answer does not serialize");
}

// What stays of a call until it is answered. Answers it once, at the latest when nobody is left who could.
class UnaryCall : public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(Pipeline::Impl& pipeline, const UnaryBinding& binding, CallbackServerContext& context,
            ByteBuffer& response_bytes)
      : pipeline_(pipeline), binding_(binding), context_(context), response_bytes_(response_bytes) {}
  ~UnaryCall() {
    if (reactor_ != nullptr) Finish(absl::InternalError("the handler gave no answer"));
  }

  ServerUnaryReactor* Start(MethodState& method, const ByteBuffer& request) {
    absl::Status status =
        pipeline_.Begin(context_, method, request.Length(), /*stream=*/false, *call_, record_);
    if (status.ok()) status = pipeline_.Parse(request, *binding_.request, request_);
    if (!status.ok()) return FinishAtOnce(std::move(status));
    const bool waits = binding_.wait.due && binding_.wait.due(*request_);
    if (binding_.mode == UnaryMode::kInline && !waits) return FinishAtOnce(Run());
    status = pipeline_.CallStarted(context_, call_, Pipeline::Impl::Kind::kUnary);
    if (!status.ok()) return FinishAtOnce(std::move(status));
    // gRPC's own reactor costs no allocation and no thread hop, but does not tell of a caller who goes.
    ServerUnaryReactor* const reactor =
        binding_.mode == UnaryMode::kLater ? context_.DefaultReactor() : new CancellableReactor(call_);
    reactor_ = reactor;
    // From here on the call may be over at any moment, and the reactor gone with it.
    waits ? AwaitThenCompute() : Compute();
    return reactor;
  }

 private:
  ServerUnaryReactor* FinishAtOnce(absl::Status status) {
    ServerUnaryReactor* reactor = context_.DefaultReactor();
    reactor->Finish(End(std::move(status)));
    return reactor;
  }

  void Finish(absl::Status status) {
    if (finished_.exchange(true)) return;
    pipeline_.CallEnded(call_);
    reactor_->Finish(End(std::move(status)));
  }

  grpc::Status End(absl::Status status) {
    if (status.ok()) pipeline_.CountSent(*record_.method);
    return pipeline_.End(context_, record_, std::move(status));
  }

  void AwaitThenCompute() {
    binding_.wait.start(*call_, *request_, [self = shared_from_this()](const absl::Status& ready) {
      ready.ok() ? self->Compute() : self->Finish(ready);
    });
  }

  void Compute() {
    if (binding_.mode == UnaryMode::kLater) return RunLater();
    const bool accepted = pipeline_.pool().Submit(call_->caller(), [self = shared_from_this()] {
      if (self->call_->Cancelled()) return self->Finish(StoppedStatus(*self->call_));
      if (self->binding_.run_later) return self->RunLater();
      self->Finish(self->Run());
    });
    if (!accepted) Finish(OverloadedError("the queue for computing calls is full; try again"));
  }

  absl::Status Run() {
    if (binding_.run_bytes) {
      std::string wire;
      absl::Status status = binding_.run_bytes(*call_, *request_, wire);
      if (!status.ok()) return status;
      const grpc::Slice slice(wire);
      response_bytes_ = ByteBuffer(&slice, 1);
      return status;
    }
    const std::unique_ptr<Message> response(binding_.response->New());
    absl::Status status = binding_.run(*call_, *request_, *response);
    return status.ok() ? Send(*response, pipeline_.options.message_bytes_max, response_bytes_) : status;
  }

  void RunLater() {
    response_.reset(binding_.response->New());
    binding_.run_later(call_, *request_, *response_, [self = shared_from_this()](absl::Status status) {
      if (status.ok())
        status = Send(*self->response_, self->pipeline_.options.message_bytes_max, self->response_bytes_);
      self->Finish(std::move(status));
    });
  }

  Pipeline::Impl& pipeline_;
  const UnaryBinding& binding_;
  CallbackServerContext& context_;
  ByteBuffer& response_bytes_;
  const std::shared_ptr<Call> call_ = std::make_shared<Call>();
  CallRecord record_;
  std::unique_ptr<Message> request_;
  std::unique_ptr<Message> response_;
  ServerUnaryReactor* reactor_ = nullptr;  // Of a call that is answered later.
  std::atomic<bool> finished_{false};
};

}  // namespace

ServerUnaryReactor* StartUnary(Pipeline::Impl& pipeline, MethodState& method, const UnaryBinding& binding,
                               CallbackServerContext& context, const ByteBuffer& request,
                               ByteBuffer& response) {
  return std::make_shared<UnaryCall>(pipeline, binding, context, response)->Start(method, request);
}

}  // namespace linchpin::kit
