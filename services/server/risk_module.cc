#include "services/server/risk_module.h"

#include <string>
#include <vector>

#include "services/engine/knowledge/rule_set.h"
#include "services/risk/rpc/risk.h"

namespace linchpin::linchpind {
namespace {

// The settings were checked.
engine::DisabledRules RulesOf(const std::vector<std::string>& ids) {
  engine::DisabledRules disabled;
  for (const std::string& id : ids) {
    if (const auto rule = engine::RuleOf(id)) disabled.Add(*rule);
  }
  return disabled;
}

constexpr char kService[] = "linchpin.risk.v1.RiskService";

class Impl final : public Module {
 public:
  Impl(const Shared& shared, replica::ViewSource& source)
      : pipeline_(kService, shared.pipeline),
        risk_(risk::Risk::Create(source, pipeline_, &shared.metrics,
                                 {.home = shared.settings.List("home"),
                                  .currency = shared.settings.Text("currency"),
                                  .page_token_secret = shared.settings.SecretOf("page-token-secret").Reveal(),
                                  .sweeps_max = shared.pipeline.pool_threads,
                                  .disabled_rules = RulesOf(shared.settings.List("disabled-rules"))})) {
    shared.health.AddService(kService, [&source] { return source.Current() != nullptr; });
  }

  kit::Served served() override { return {risk_->service(), &pipeline_}; }
  void Stop() override {}

 private:
  kit::Pipeline pipeline_;
  std::unique_ptr<risk::Risk> risk_;
};

}  // namespace

std::unique_ptr<Module> MakeRiskModule(const Shared& shared, replica::ViewSource& source) {
  return std::make_unique<Impl>(shared, source);
}

}  // namespace linchpin::linchpind
