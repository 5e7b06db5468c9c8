#include "services/server/inventory_module.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "services/inventory/rpc/inventory_backend.h"
#include "services/server/housekeeping.h"
#include "services/server/past_settings.h"
#include "services/server/quarantine_log.h"
#include "services/server/replica_gauges.h"
#include "services/server/stores.h"

namespace linchpin::linchpind {
namespace {

constexpr char kService[] = "linchpin.inventory.v1.InventoryService";

void CollectCommitter(const inventory::InventoryBackend& inventory, kit::GaugeSink& sink) {
  const store::CommitterStats stats = inventory.CommitterStats();
  const auto counter = [&](const char* result, int64_t value) {
    sink.Counter("linchpin_inventory_writes_total", "Writes decided, by what came of them.",
                 {{"result", result}}, static_cast<double>(value));
  };
  counter("committed", stats.committed);
  counter("unchanged", stats.unchanged);
  counter("repeated", stats.repeated);
  counter("refused", stats.refused);
  counter("unavailable", stats.unavailable);
  sink.Counter("linchpin_inventory_write_groups_total", "Transactions that committed writes together.", {},
               static_cast<double>(stats.groups));
  if (stats.last_confirmed > absl::InfinitePast()) {
    sink.Gauge(
        "linchpin_inventory_last_confirmation_timestamp_seconds",
        "When a write last changed something or found it as it was to be, since the start of the process.",
        {}, absl::ToDoubleSeconds(stats.last_confirmed - absl::UnixEpoch()));
  }
  sink.Gauge("linchpin_inventory_queued_writes", "Writes waiting to be committed.", {},
             static_cast<double>(stats.queued));
  sink.Counter("linchpin_db_reconnects_total", "Times the connection for writing was re-established.",
               {{"schema", "inventory"}}, static_cast<double>(stats.reconnects));
  sink.Gauge("linchpin_inventory_unreadable_documents",
             "Stored documents that cannot be read and are left out.", {},
             static_cast<double>(inventory.Quarantined()));
  sink.Gauge("linchpin_inventory_watchers", "Open Watch streams.", {}, inventory.Watchers());
}

void CollectAdmissions(const serving::Admission& admission, kit::GaugeSink& sink) {
  if (admission.mode() == serving::AdmissionMode::kOff) return;
  for (size_t i = 0; i < serving::kAdmissionOutcomes.size(); ++i) {
    for (const bool made : {true, false}) {
      const auto outcome = static_cast<serving::AdmissionOutcome>(i);
      const bool passes = outcome == serving::AdmissionOutcome::kAdmitted ||
                          outcome == serving::AdmissionOutcome::kOverridden;
      if (passes && !made) continue;
      sink.Counter(
          "linchpin_inventory_admissions_total",
          "Changes by what their check token was good for, and whether they were made.",
          {{"outcome", std::string(serving::kAdmissionOutcomes[i])}, {"made", made ? "true" : "false"}},
          static_cast<double>(admission.Count(outcome, made)));
    }
  }
}

class Impl final : public InventoryModule {
 public:
  Impl(const Shared& shared, std::unique_ptr<store::ResourceStore> store)
      : shared_(shared), store_(std::move(store)), pipeline_(kService, shared.pipeline) {}

  absl::Status Start() {
    inventory::InventoryOptions options;
    options.with_json = shared_.settings.Text("store").starts_with("postgresql:");
    options.page_token_secret = shared_.settings.SecretOf("page-token-secret").Reveal();
    options.past = PastOptionsOf(shared_.settings);
    options.admission.mode = *serving::ParseAdmissionMode(shared_.settings.Text("admission"));
    options.admission.keys = shared_.credentials.check_keys;
    options.committer.log = StoreLog(shared_.log, "inventory");
    auto made = inventory::InventoryBackend::Create(*store_, pipeline_, std::move(options));
    if (!made.ok()) return made.status();
    inventory_ = *std::move(made);
    shared_.health.AddService(kService, [this] { return inventory_->source().Current() != nullptr; });
    StoreCareOptions care;
    care.history = shared_.settings.Seconds("history-seconds");
    care.writable = [this] { return inventory_->CommitterStats().available; };
    housekeeping_ =
        std::make_unique<Housekeeping>("inventory", *store_, std::move(care), shared_.log, shared_.metrics);
    quarantine_log_ = LogQuarantine(inventory_->source(), shared_.log);
    gauges_ = AddReplicaGauges(inventory_->source(), shared_.metrics);
    past_gauges_ = AddPastGauges("inventory", inventory_->past_views(), shared_.metrics);
    committer_gauges_ = shared_.metrics.AddCollector([this](kit::GaugeSink& sink) {
      CollectCommitter(*inventory_, sink);
      CollectAdmissions(inventory_->admission(), sink);
    });
    return absl::OkStatus();
  }

  kit::Served served() override { return {inventory_->service(), &pipeline_}; }
  replica::ViewSource& source() override { return inventory_->source(); }
  void Stop() override { inventory_->Drain(absl::Now() + absl::Seconds(5)); }

 private:
  const Shared& shared_;
  std::unique_ptr<store::ResourceStore> store_;
  kit::Pipeline pipeline_;
  std::unique_ptr<inventory::InventoryBackend> inventory_;
  std::unique_ptr<Housekeeping> housekeeping_;
  std::unique_ptr<replica::ViewSubscription> quarantine_log_;
  std::unique_ptr<kit::CollectorHandle> gauges_;
  std::unique_ptr<kit::CollectorHandle> past_gauges_;
  std::unique_ptr<kit::CollectorHandle> committer_gauges_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InventoryModule>> InventoryModule::Create(const Shared& shared) {
  auto store = OpenStoreWaiting(shared.settings, "inventory", shared.settings.Switch("migrate"), shared.log);
  if (!store.ok()) return store.status();
  auto module = std::make_unique<Impl>(shared, *std::move(store));
  if (absl::Status status = module->Start(); !status.ok()) return status;
  return module;
}

}  // namespace linchpin::linchpind
