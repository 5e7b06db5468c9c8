#include "services/server/policy_module.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/policy/rpc/policy_backend.h"
#include "services/server/housekeeping.h"
#include "services/server/past_settings.h"
#include "services/server/server_settings.h"
#include "services/server/stores.h"

namespace linchpin::linchpind {
namespace {

constexpr char kService[] = "linchpin.policy.v1.PolicyService";

void CollectCommitter(const policy::PolicyBackend& policy, kit::GaugeSink& sink) {
  const store::CommitterStats stats = policy.CommitterStats();
  sink.Counter("linchpin_db_reconnects_total", "Times the connection for writing was re-established.",
               {{"schema", "policy"}}, static_cast<double>(stats.reconnects));
}

class Impl final : public Module {
 public:
  Impl(const Shared& shared, std::unique_ptr<store::ResourceStore> store)
      : shared_(shared), store_(std::move(store)), pipeline_(kService, shared.pipeline) {}

  absl::Status Start(replica::ViewSource& inventory) {
    policy::PolicyOptions options;
    options.with_json = shared_.settings.Text("store").starts_with("postgresql:");
    options.page_token_secret = shared_.settings.SecretOf("page-token-secret").Reveal();
    options.inventory_rules = inventory::InventoryRules();
    options.past = PastOptionsOf(shared_.settings);
    options.check_keys = shared_.credentials.check_keys;
    options.check_token_lifetime = shared_.settings.Seconds("check-token-seconds");
    options.disabled_rules = DisabledRulesOf(shared_.settings);
    options.log = StoreLog(shared_.log, "policy");
    auto made =
        policy::PolicyBackend::Create(*store_, inventory, pipeline_, &shared_.metrics, std::move(options));
    if (!made.ok()) return made.status();
    policy_ = *std::move(made);
    shared_.health.AddService(kService, [&inventory] { return inventory.Current() != nullptr; });
    StoreCareOptions care;
    care.history = shared_.settings.Seconds("history-seconds");
    care.writable = [this] { return policy_->CommitterStats().available; };
    housekeeping_ =
        std::make_unique<Housekeeping>("policy", *store_, std::move(care), shared_.log, shared_.metrics);
    past_gauges_ = AddPastGauges("policy", policy_->past_views(), shared_.metrics);
    gauges_ =
        shared_.metrics.AddCollector([this](kit::GaugeSink& sink) { CollectCommitter(*policy_, sink); });
    return absl::OkStatus();
  }

  kit::Served served() override { return {policy_->service(), &pipeline_}; }
  void Stop() override { policy_->Drain(absl::Now() + absl::Seconds(5)); }

 private:
  const Shared& shared_;
  std::unique_ptr<store::ResourceStore> store_;
  kit::Pipeline pipeline_;
  std::unique_ptr<policy::PolicyBackend> policy_;
  std::unique_ptr<Housekeeping> housekeeping_;
  std::unique_ptr<kit::CollectorHandle> past_gauges_;
  std::unique_ptr<kit::CollectorHandle> gauges_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Module>> MakePolicyModule(const Shared& shared,
                                                         replica::ViewSource& inventory) {
  auto store = OpenStoreWaiting(shared.settings, "policy", shared.settings.Switch("migrate"), shared.log);
  if (!store.ok()) return store.status();
  auto module = std::make_unique<Impl>(shared, *std::move(store));
  if (absl::Status status = module->Start(inventory); !status.ok()) return status;
  return module;
}

}  // namespace linchpin::linchpind
