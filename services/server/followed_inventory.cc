#include "services/server/followed_inventory.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <string>

#include "services/replica/follower.h"
#include "services/replica/remote_past.h"
#include "services/server/past_settings.h"
#include "services/server/quarantine_log.h"
#include "services/server/replica_gauges.h"

namespace linchpin::linchpind {
namespace {

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

class Impl final : public FollowedInventory {
 public:
  explicit Impl(const Shared& shared) {
    replica::FollowerOptions options;
    options.prepare = shared.credentials.Authorizer();
    options.log = [&log = shared.log](std::string_view message, const absl::Status& status) {
      const auto level = status.ok() ? kit::LogLevel::kInfo : kit::LogLevel::kWarning;
      log.Write(level, message, {{"error", View(status.message())}});
    };
    const auto channel =
        shared.credentials.Channel(shared.settings, shared.settings.Text("inventory-address"));
    past_ = replica::MakeRemotePast(channel, options.prepare);
    follower_ = replica::Follower::Start(channel, std::move(options));
    past_views_ =
        std::make_unique<replica::PastViews>(follower_->source(), *past_, PastOptionsOf(shared.settings));
    follower_->SetPast(past_views_.get());
    quarantine_log_ = LogQuarantine(follower_->source(), shared.log);
    gauges_ = AddReplicaGauges(follower_->source(), shared.metrics);
    past_gauges_ = AddPastGauges("inventory", *past_views_, shared.metrics);
    link_gauges_ = shared.metrics.AddCollector([this](kit::GaugeSink& sink) { CollectLink(sink); });
  }

  replica::ViewSource& source() override { return follower_->source(); }

 private:
  void CollectLink(kit::GaugeSink& sink) const {
    const replica::FollowerStats stats = follower_->Stats();
    sink.Gauge("linchpin_replica_connected", "Whether the stream from the inventory is up.", {},
               stats.connected ? 1 : 0);
    sink.Counter("linchpin_replica_streams_total", "Streams opened to the inventory.", {},
                 static_cast<double>(stats.streams));
    sink.Counter("linchpin_replica_snapshots_total", "Snapshots loaded from the inventory.", {},
                 static_cast<double>(stats.snapshots));
    const auto view = follower_->source().Current();
    if (!view) return;
    sink.Gauge("linchpin_replica_revision_lag", "Revisions heard of that this process does not hold yet.", {},
               static_cast<double>(std::max<int64_t>(0, stats.newest - view->revision())));
  }

  std::unique_ptr<replica::PastSource> past_;
  std::unique_ptr<replica::Follower> follower_;
  std::unique_ptr<replica::PastViews> past_views_;
  std::unique_ptr<replica::ViewSubscription> quarantine_log_;
  std::unique_ptr<kit::CollectorHandle> gauges_;
  std::unique_ptr<kit::CollectorHandle> past_gauges_;
  std::unique_ptr<kit::CollectorHandle> link_gauges_;
};

}  // namespace

std::unique_ptr<FollowedInventory> FollowedInventory::Start(const Shared& shared) {
  return std::make_unique<Impl>(shared);
}

}  // namespace linchpin::linchpind
