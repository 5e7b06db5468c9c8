// The risk service as one piece: what a main needs to serve it.
#ifndef LINCHPIN_SERVICES_RISK_RPC_RISK_H_
#define LINCHPIN_SERVICES_RISK_RPC_RISK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/replica/source.h"

namespace grpc {
class Service;
}
namespace linchpin::kit {
class Metrics;
class Pipeline;
}  // namespace linchpin::kit

namespace linchpin::risk {

struct RiskSettings {
  // Home countries of gauges, and of requests that name none; may be empty.
  std::vector<std::string> home;
  // Of all money, ISO 4217.
  std::string currency;
  // See serving::PageTokens.
  std::string page_token_secret = {};
  // Sweeps, which have threads of their own, that compute at once.
  int sweeps_max = 4;
  // Rules of K4 that no answer reads.
  engine::DisabledRules disabled_rules = {};
  // Between looks of the gauges at the newest revision.
  absl::Duration gauge_interval = absl::Seconds(10);
};

// RiskService over one source of views.
//
// Ownership: keeps references to source, pipeline and metrics, which must outlive it; it must outlive the
//   server that serves it. `metrics` may be null.
// Thread safety: all members may run at once.
class Risk {
 public:
  static std::unique_ptr<Risk> Create(replica::ViewSource& source, kit::Pipeline& pipeline,
                                      kit::Metrics* metrics, RiskSettings settings);
  virtual ~Risk() = default;

  // To be registered with a server.
  virtual grpc::Service* service() = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_H_
