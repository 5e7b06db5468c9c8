// The risk service as one piece: what a main needs to serve it.
#ifndef LINCHPIN_SERVICES_RISK_RPC_RISK_BACKEND_H_
#define LINCHPIN_SERVICES_RISK_RPC_RISK_BACKEND_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/replica/source.h"
#include "services/store/commit/committer.h"
#include "services/store/port/resource_store.h"
#include "services/writing/write_rules.h"

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
  // What documents of the inventory must satisfy: proposed changes are held to it, too.
  writing::WriteRules inventory_rules = {};
  // Between looks of the gauges at the newest revision.
  absl::Duration gauge_interval = absl::Seconds(10);
  // How long the history of scores is kept.
  absl::Duration score_retention = absl::Hours(24 * 400);
  // Keeps JSON beside each document, for people who query PostgreSQL.
  bool with_json = false;
  // Between looks at the store's newest revision, by which the service knows how old its documents are.
  absl::Duration freshness_interval = absl::Milliseconds(500);
  store::CommitterOptions committer = {};
};

// RiskService over one store, of tables of hazards, scenarios and score history, and one source of inventory
// views.
//
// Ownership: keeps references to store, source, pipeline and metrics, which must outlive it; it must outlive
//   the server that serves it. `metrics` may be null: then no gauges are exported and no history is written.
// Thread safety: all members may run at once.
class RiskBackend {
 public:
  // Loads what the store holds. UNAVAILABLE, STORE_UNAVAILABLE, if the database is not there: try again.
  static absl::StatusOr<std::unique_ptr<RiskBackend>> Create(store::ResourceStore& store,
                                                             replica::ViewSource& source,
                                                             kit::Pipeline& pipeline, kit::Metrics* metrics,
                                                             RiskSettings settings);
  virtual ~RiskBackend() = default;

  // To be registered with a server.
  virtual grpc::Service* service() = 0;
  // For metrics.
  virtual store::CommitterStats CommitterStats() const = 0;
  // Ends the work in the background, refuses new writes and finishes those taken until `deadline`.
  virtual void Drain(absl::Time deadline) = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_BACKEND_H_
