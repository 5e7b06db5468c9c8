// What a handler knows of the call that it answers. Without gRPC types, so that handlers can be tested and
// compiled alone.
#ifndef LINCHPIN_SERVICES_KIT_RPC_CALL_H_
#define LINCHPIN_SERVICES_KIT_RPC_CALL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/message_lite.h"
#include "services/base/steady.h"
#include "services/kit/auth/roles.h"

namespace linchpin::kit {

// One call, from its acceptance to its answer.
//
// Ownership: the wrapper owns it; a handler that answers later holds a shared_ptr.
// Thread safety: everything may be called from any thread, Trailer from one thread at a time and only before
// the answer.
class Call {
 public:
  static constexpr absl::Duration kAnswerTime = absl::Milliseconds(50);

  // Who calls and what it is called; a call made by hand, in tests, has no deadline.
  struct Identity {
    std::string principal = "anonymous";
    // Whose share of the service the call takes: the principal, or the host of one without a name. Empty for
    // calls that are answered at once.
    std::string caller;
    Role role = Role::kAdmin;
    std::string request_id;
    // What the caller sent in metadata of ours: those whose keys begin with `linchpin-`.
    std::vector<std::pair<std::string, std::string>> metadata;
    base::SteadyTime deadline = base::SteadyTime::InfiniteFuture();
  };

  Call() = default;
  explicit Call(Identity identity) : identity_(std::move(identity)) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Name of the caller: that of its token or certificate; "anonymous" where nobody is asked.
  const std::string& principal() const { return identity_.principal; }
  Role role() const { return identity_.role; }
  const std::string& caller() const { return identity_.caller; }

  // When the caller stops waiting, or the server's default where it did not say. Streams may have none.
  base::SteadyTime deadline() const { return identity_.deadline; }
  // The same less what the answer needs to get there (50 ms): until when a call may wait for something.
  base::SteadyTime wait_until() const { return identity_.deadline - kAnswerTime; }

  // Never empty: the caller's `x-request-id`, which is sent back with every answer, or one made here, which
  // is sent with errors.
  const std::string& request_id() const { return identity_.request_id; }

  // The first value of this metadata of the caller, whose key begins with `linchpin-`. Nothing: it was not
  // sent.
  std::optional<std::string_view> Metadata(std::string_view key) const {
    for (const auto& [sent, value] : identity_.metadata) {
      if (sent == key) return value;
    }
    return std::nullopt;
  }

  // Whether the caller has gone any more: the caller has gone, the deadline has passed, or the server
  // is stopping this call. Cheap; ask often.
  bool Cancelled() const;

  // Adds trailing metadata. The key in lower case.
  void Trailer(std::string key, std::string value) {
    if (trailers_.capacity() == 0) trailers_.reserve(4);
    trailers_.emplace_back(std::move(key), std::move(value));
  }

  // What a wait has made for the handler, such as a state of the past: kept as long as the call. Of whatever
  // type the two agree on.
  void Attach(std::shared_ptr<const void> made) { attached_ = std::move(made); }
  const std::shared_ptr<const void>& attached() const { return attached_; }

  // Removes its callback when destroyed, waiting for it if it runs.
  class CancelHook {
   public:
    ~CancelHook();
    CancelHook(const CancelHook&) = delete;
    CancelHook& operator=(const CancelHook&) = delete;

   private:
    friend class Call;
    CancelHook(Call& call, std::function<void()> callback) : call_(call), callback_(std::move(callback)) {}
    Call& call_;
    std::function<void()> callback_;
  };

  // Has `callback` called once when the call is cancelled or the server stops it (at once if that has
  // happened); not when only its deadline passes. It must be quick and must not use this call. The hook must
  // not outlive the call.
  [[nodiscard]] std::unique_ptr<CancelHook> OnCancel(std::function<void()> callback);

  // The same without a hook: dropped when the call is answered. For whoever waits without a thread.
  void WhenCancelled(std::function<void()> callback);
  // WhenCancelled as a value, for waits that know nothing of calls. It must not outlive the call.
  std::function<void(std::function<void()>)> Canceller() {
    return [this](std::function<void()> callback) { WhenCancelled(std::move(callback)); };
  }

  // For the wrapper.
  enum class Stop { kNone, kCancelled, kDraining };
  void Cancel(Stop why);
  // The call is answered: drops what WhenCancelled was given.
  void Answered();
  Stop stopped() const { return stop_.load(std::memory_order_acquire); }
  const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }
  Identity& identity() { return identity_; }

 private:
  Identity identity_;
  std::atomic<Stop> stop_{Stop::kNone};
  std::vector<std::pair<std::string, std::string>> trailers_;
  std::shared_ptr<const void> attached_;
  absl::Mutex hooks_mutex_;
  std::vector<CancelHook*> hooks_ ABSL_GUARDED_BY(hooks_mutex_);
  std::vector<std::function<void()>> callbacks_ ABSL_GUARDED_BY(hooks_mutex_);
  bool answered_ ABSL_GUARDED_BY(hooks_mutex_) = false;
};

// Where a stream handler writes, whatever the message type.
class MessageWriter {
 public:
  virtual ~MessageWriter() = default;

  // Sends one message, waiting until the one before it has been taken by the transport. False if the call was
  // cancelled, is stopped by the server, is past its deadline, or its caller may not call any more: then
  // nothing is sent, and the handler should return.
  virtual bool WriteMessage(const google::protobuf::MessageLite& message) = 0;
};

// The same, typed.
template <typename Response>
class StreamWriter {
 public:
  explicit StreamWriter(MessageWriter& writer) : writer_(writer) {}

  bool Write(const Response& message) { return writer_.WriteMessage(message); }

 private:
  MessageWriter& writer_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_CALL_H_
