#include "services/kit/rpc/rpc.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "services/base/error.h"
#include "services/kit/rpc/pipeline_impl.h"

namespace linchpin::kit {
namespace {

absl::Status Overloaded(std::string_view what) {
  return base::Error(absl::StatusCode::kResourceExhausted, "OVERLOADED", what).RetryAfterMs(200);
}

// A handler that says OK sent its message.
grpc::Status EndUnary(Pipeline::Impl& pipeline, grpc::CallbackServerContext& context, const Passage& passage,
                      absl::Status status) {
  if (status.ok()) pipeline.CountSent(*passage.method);
  return pipeline.End(context, passage, std::move(status));
}

grpc::ServerUnaryReactor* Finished(grpc::CallbackServerContext* context, const grpc::Status& status) {
  // gRPC's own reactor: it costs no allocation and hands nothing to another thread.
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

// A unary call that is answered later.
class LaterReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit LaterReactor(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  void OnCancel() override { call_->Cancel(Call::Stop::kCancelled); }
  void OnDone() override { delete this; }

 private:
  std::shared_ptr<Call> call_;
};

// Answers a call once, at the latest when nobody is left who could.
class Completion {
 public:
  Completion(Pipeline::Impl& pipeline, grpc::CallbackServerContext& context,
             grpc::ServerUnaryReactor& reactor, std::shared_ptr<Call> call, Passage passage)
      : pipeline_(pipeline),
        context_(context),
        reactor_(reactor),
        call_(std::move(call)),
        passage_(passage) {}
  ~Completion() { Finish(absl::InternalError("the handler gave no answer")); }

  void Finish(absl::Status status) {
    if (finished_.exchange(true)) return;
    pipeline_.CallEnded(call_);
    reactor_.Finish(EndUnary(pipeline_, context_, passage_, std::move(status)));
  }

 private:
  Pipeline::Impl& pipeline_;
  grpc::CallbackServerContext& context_;
  grpc::ServerUnaryReactor& reactor_;
  std::shared_ptr<Call> call_;
  Passage passage_;
  std::atomic<bool> finished_{false};
};

absl::Status StoppedStatus(const Call& call) {
  if (call.stopped() == Call::Stop::kNone)
    return absl::DeadlineExceededError("the deadline passed before the call was run");
  return absl::CancelledError("the caller cancelled the call");
}

using MakeReactor = grpc::ServerUnaryReactor* (*)(grpc::CallbackServerContext&, const std::shared_ptr<Call>&);

grpc::ServerUnaryReactor* AnsweredLater(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                        const Message* request, MakeReactor make_reactor,
                                        const std::function<void(std::shared_ptr<Call>, Done)>& handler) {
  auto call = std::make_shared<Call>();
  Passage passage;
  absl::Status status = pipeline.impl().Begin(*context, *request, /*stream=*/false, *call, passage);
  if (!status.ok()) return Finished(context, EndUnary(pipeline.impl(), *context, passage, std::move(status)));
  status = pipeline.impl().CallStarted(*context, call, Pipeline::Impl::Kind::kUnary);
  if (!status.ok()) return Finished(context, EndUnary(pipeline.impl(), *context, passage, std::move(status)));
  grpc::ServerUnaryReactor* reactor = make_reactor(*context, call);
  auto completion = std::make_shared<Completion>(pipeline.impl(), *context, *reactor, call, passage);
  handler(std::move(call), [completion = std::move(completion)](absl::Status answer) {
    completion->Finish(std::move(answer));
  });
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* Unary(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                const Message* request, Message* /*response*/,
                                absl::FunctionRef<absl::Status(Call&)> handler) {
  Call call;
  Passage passage;
  absl::Status status = pipeline.impl().Begin(*context, *request, /*stream=*/false, call, passage);
  if (status.ok()) status = handler(call);
  return Finished(context, EndUnary(pipeline.impl(), *context, passage, std::move(status)));
}

grpc::ServerUnaryReactor* UnaryAsync(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                     const Message* request, Message* /*response*/,
                                     const std::function<void(std::shared_ptr<Call>, Done)>& handler) {
  const MakeReactor make = [](grpc::CallbackServerContext&,
                              const std::shared_ptr<Call>& call) -> grpc::ServerUnaryReactor* {
    return new LaterReactor(call);
  };
  return AnsweredLater(pipeline, context, request, make, handler);
}

grpc::ServerUnaryReactor* UnaryToTheEnd(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                        const Message* request, Message* /*response*/,
                                        const std::function<void(std::shared_ptr<Call>, Done)>& handler) {
  const MakeReactor make = [](grpc::CallbackServerContext& its, const std::shared_ptr<Call>&) {
    return its.DefaultReactor();
  };
  return AnsweredLater(pipeline, context, request, make, handler);
}

grpc::ServerUnaryReactor* UnaryOnPool(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                      const Message* request, Message* response,
                                      std::function<absl::Status(Call&)> handler) {
  return UnaryAsyncOnPool(pipeline, context, request, response,
                          [handler = std::move(handler)](const std::shared_ptr<Call>& call,
                                                         const Done& done) { done(handler(*call)); });
}

grpc::ServerUnaryReactor* UnaryAsyncOnPool(Pipeline& pipeline, grpc::CallbackServerContext* context,
                                           const Message* request, Message* response,
                                           std::function<void(std::shared_ptr<Call>, Done)> handler) {
  WorkerPool& pool = pipeline.impl().pool();
  return UnaryAsync(
      pipeline, context, request, response,
      [&pool, handler = std::move(handler)](const std::shared_ptr<Call>& call, const Done& done) mutable {
        const bool accepted = pool.Submit(call->caller(), [call, done, handler = std::move(handler)] {
          if (call->Cancelled()) return done(StoppedStatus(*call));
          handler(call, done);
        });
        if (!accepted) done(Overloaded("the queue for computing calls is full; try again"));
      });
}

namespace internal {

// Shared by the reactor and the thread, whichever ends last.
struct StreamCore::State {
  State(Pipeline::Impl& pipeline, grpc::CallbackServerContext& context, StreamTransport& transport)
      : pipeline(pipeline), context(context), transport(transport) {}

  Pipeline::Impl& pipeline;
  grpc::CallbackServerContext& context;
  StreamTransport& transport;
  const std::shared_ptr<Call> call = std::make_shared<Call>();
  Passage passage;

  std::mutex mutex;
  std::condition_variable written;
  bool writing = false;
  bool broken = false;

  // Of the stream's thread.
  absl::Time recheck_at = absl::InfinitePast();
  absl::Status denied;

  void Finish(absl::Status status) { transport.End(pipeline.End(context, passage, std::move(status))); }

  // Waits for the write under way. A reader that takes nothing for this long is cut off, as is one that takes
  // nothing any more when the stream is to stop: the message belongs to gRPC until it says that it is done
  // with it.
  void AwaitWritten() {
    constexpr auto kStall = std::chrono::seconds(60);
    constexpr auto kStopGrace = std::chrono::seconds(1);
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock<std::mutex> lock(mutex);
    while (!written.wait_for(lock, std::chrono::milliseconds(200), [this] { return !writing; })) {
      const auto waited = std::chrono::steady_clock::now() - begin;
      if (waited > kStall || (call->stopped() != Call::Stop::kNone && waited > kStopGrace))
        context.TryCancel();
    }
  }
};

StreamCore::StreamCore(Pipeline& pipeline, grpc::CallbackServerContext* context, const Message* request,
                       StreamTransport& transport)
    : state_(std::make_shared<State>(pipeline.impl(), *context, transport)) {
  absl::Status status =
      state_->pipeline.Begin(*context, *request, /*stream=*/true, *state_->call, state_->passage);
  if (!status.ok()) {
    refused_ = true;
    state_->Finish(std::move(status));
  }
}

StreamCore::~StreamCore() = default;

void StreamCore::Start(std::function<absl::Status(Call&, MessageWriter&)> handler) {
  if (refused_) return;
  using Kind = Pipeline::Impl::Kind;
  absl::Status status = state_->pipeline.CallStarted(
      state_->context, state_->call, state_->passage.method->watch ? Kind::kWatch : Kind::kStream);
  if (!status.ok()) return state_->Finish(std::move(status));
  std::thread([this, state = state_, handler = std::move(handler)]() mutable {
    absl::Status status = handler(*state->call, *this);
    handler = nullptr;
    if (!state->denied.ok()) status = state->denied;
    if (state->call->stopped() != Call::Stop::kNone) status = absl::CancelledError("the stream was stopped");
    state->pipeline.CallEnded(state->call);
    // The last use of what may be gone once the call is finished: the pipeline, the context and the reactor
    // with this core.
    state->Finish(std::move(status));
  }).detach();
}

bool StreamCore::WriteMessage(const google::protobuf::MessageLite& message) {
  State& state = *state_;
  if (state.denied.ok())
    state.denied = state.pipeline.Recheck(state.context, state.passage, state.recheck_at);
  if (!state.denied.ok() || state.call->Cancelled()) return false;
  {
    std::lock_guard<std::mutex> lock(state.mutex);
    if (state.broken) return false;
    state.writing = true;
  }
  state.transport.Send(message);
  state.AwaitWritten();
  std::lock_guard<std::mutex> lock(state.mutex);
  if (state.broken) return false;
  state.pipeline.CountSent(*state.passage.method);
  return true;
}

void StreamCore::WriteDone(bool ok) {
  std::lock_guard<std::mutex> lock(state_->mutex);
  state_->writing = false;
  state_->broken |= !ok;
  state_->written.notify_all();
}

void StreamCore::Cancelled() { state_->call->Cancel(Call::Stop::kCancelled); }

}  // namespace internal
}  // namespace linchpin::kit
