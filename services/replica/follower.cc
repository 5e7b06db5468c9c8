#include "services/replica/follower.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/replica/publisher.h"
#include "services/replica/stream_replica.h"

namespace linchpin::replica {
namespace {

constexpr char kMethod[] = "/linchpin.inventory.v1.InventoryService/Watch";

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  bytes.reserve(buffer.Length());
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

class FollowerImpl final : public Follower {
 public:
  FollowerImpl(std::shared_ptr<grpc::ChannelInterface> channel, FollowerOptions options)
      : channel_(std::move(channel)),
        options_(std::move(options)),
        method_(kMethod, grpc::internal::RpcMethod::SERVER_STREAMING, channel_),
        replica_(publisher_),
        thread_([this] { Run(); }) {}

  ~FollowerImpl() override {
    {
      absl::MutexLock lock(&mutex_);
      stop_ = true;
      if (context_ != nullptr) context_->TryCancel();
    }
    stopped_.NotifyAll();
    thread_.join();
  }

  ViewSource& source() override { return publisher_; }
  void SetPast(PastViews* past) override { publisher_.SetPast(past); }
  FollowerStats Stats() const override {
    absl::MutexLock lock(&mutex_);
    FollowerStats stats = stats_;
    stats.snapshots = replica_.snapshots();
    return stats;
  }

 private:
  void Run() {
    std::minstd_rand random(std::random_device{}());
    absl::Duration backoff = options_.backoff_min;
    while (true) {
      const absl::Status status = FollowOnce();
      bool heard = false;
      {
        absl::MutexLock lock(&mutex_);
        heard = std::exchange(stats_.connected, false);
        if (stop_) return;
      }
      if (options_.log) options_.log("the Watch stream has ended", status);
      if (heard) backoff = options_.backoff_min;
      if (absl::IsOutOfRange(status)) {
        // Compacted, or another history. The first snapshot is asked for at once, further ones after a pause.
        const bool first = !replica_.resume_token().empty();
        replica_.StartOver();
        if (first) continue;
      }
      const absl::Duration pause = backoff * std::uniform_real_distribution<double>(0.5, 1.0)(random);
      backoff = std::min(backoff * 2, options_.backoff_max);
      absl::MutexLock lock(&mutex_);
      const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_; };
      if (stopped_.Await(mutex_, base::SteadyNow() + pause, stopping)) return;
    }
  }

  // One stream, from its start to its end.
  absl::Status FollowOnce() {
    grpc::ClientContext context;
    if (options_.prepare) options_.prepare(context);
    {
      absl::MutexLock lock(&mutex_);
      if (stop_) return absl::CancelledError();
      context_ = &context;
      ++stats_.streams;
    }
    inventory::v1::WatchRequest request;
    request.set_resume_token(replica_.resume_token());
    replica_.Begin();
    absl::Status taken;
    // The messages are taken as bytes: the documents in them need no parsing here.
    std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader(
        grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(channel_.get(), method_, &context,
                                                                      request));
    grpc::ByteBuffer buffer;
    while (taken.ok() && reader->Read(&buffer)) {
      taken = replica_.Take(BytesOf(buffer));
      Note();
    }
    if (!taken.ok()) context.TryCancel();
    while (!taken.ok() && reader->Read(&buffer)) {
    }
    const grpc::Status finished = reader->Finish();
    absl::MutexLock lock(&mutex_);
    context_ = nullptr;
    if (!taken.ok()) return taken;
    return absl::Status(static_cast<absl::StatusCode>(finished.error_code()), finished.error_message());
  }

  void Note() {
    const std::shared_ptr<const View> view = publisher_.Current();
    absl::MutexLock lock(&mutex_);
    stats_.connected = true;
    if (view != nullptr) stats_.newest = std::max(stats_.newest, view->revision());
  }

  const std::shared_ptr<grpc::ChannelInterface> channel_;
  const FollowerOptions options_;
  const grpc::internal::RpcMethod method_;
  Publisher publisher_;
  StreamReplica replica_;  // Of the thread.

  mutable absl::Mutex mutex_;
  base::SteadyCondition stopped_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
  FollowerStats stats_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Follower> Follower::Start(std::shared_ptr<grpc::ChannelInterface> channel,
                                          FollowerOptions options) {
  return std::make_unique<FollowerImpl>(std::move(channel), std::move(options));
}

}  // namespace linchpin::replica
