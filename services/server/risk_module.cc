#include "services/server/risk_module.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/risk/rpc/risk_backend.h"
#include "services/server/housekeeping.h"
#include "services/server/server_settings.h"
#include "services/server/stores.h"

namespace linchpin::linchpind {
namespace {

constexpr char kService[] = "linchpin.risk.v1.RiskService";

void CollectCommitter(const risk::RiskBackend& risk, kit::GaugeSink& sink) {
  sink.Counter("linchpin_db_reconnects_total", "Times the connection for writing was re-established.",
               {{"schema", "risk"}}, static_cast<double>(risk.CommitterStats().reconnects));
}

class Impl final : public Module {
 public:
  Impl(const Shared& shared, std::unique_ptr<store::ResourceStore> store)
      : shared_(shared), store_(std::move(store)), pipeline_(kService, shared.pipeline) {}

  absl::Status Start(replica::ViewSource& inventory) {
    risk::RiskSettings settings{.home = shared_.settings.List("home"),
                                .currency = shared_.settings.Text("currency")};
    settings.page_token_secret = shared_.settings.SecretOf("page-token-secret").Reveal();
    settings.sweeps_max = shared_.pipeline.pool_threads;
    settings.inventory_rules = inventory::InventoryRules();
    settings.disabled_rules = DisabledRulesOf(shared_.settings);
    settings.with_json = shared_.settings.Text("store").starts_with("postgresql:");
    settings.score_retention = shared_.settings.Seconds("score-history-seconds");
    auto made =
        risk::RiskBackend::Create(*store_, inventory, pipeline_, &shared_.metrics, std::move(settings));
    if (!made.ok()) return made.status();
    risk_ = *std::move(made);
    shared_.health.AddService(kService, [&inventory] { return inventory.Current() != nullptr; });
    StoreCareOptions care;
    care.history = shared_.settings.Seconds("history-seconds");
    care.writable = [this] { return risk_->CommitterStats().available; };
    housekeeping_ =
        std::make_unique<Housekeeping>("risk", *store_, std::move(care), shared_.log, shared_.metrics);
    gauges_ = shared_.metrics.AddCollector([this](kit::GaugeSink& sink) { CollectCommitter(*risk_, sink); });
    return absl::OkStatus();
  }

  kit::Served served() override { return {risk_->service(), &pipeline_}; }
  void Stop() override { risk_->Drain(absl::Now() + absl::Seconds(5)); }

 private:
  const Shared& shared_;
  std::unique_ptr<store::ResourceStore> store_;
  kit::Pipeline pipeline_;
  std::unique_ptr<risk::RiskBackend> risk_;
  std::unique_ptr<Housekeeping> housekeeping_;
  std::unique_ptr<kit::CollectorHandle> gauges_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Module>> MakeRiskModule(const Shared& shared, replica::ViewSource& source) {
  auto store = OpenStoreWaiting(shared.settings, "risk", shared.settings.Switch("migrate"), shared.log);
  if (!store.ok()) return store.status();
  auto module = std::make_unique<Impl>(shared, *std::move(store));
  if (absl::Status status = module->Start(source); !status.ok()) return status;
  return module;
}

}  // namespace linchpin::linchpind
