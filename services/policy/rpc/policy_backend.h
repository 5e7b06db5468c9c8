// The policy service as one piece: what a main needs to serve it.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_BACKEND_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_BACKEND_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/kit/auth/signing_keys.h"
#include "services/replica/past_views.h"
#include "services/replica/source.h"
#include "services/store/commit/committer.h"
#include "services/store/port/log.h"
#include "services/store/port/resource_store.h"
#include "services/writing/write_rules.h"

namespace grpc {
class Service;
}
namespace linchpin::kit {
class Metrics;
class Pipeline;
}  // namespace linchpin::kit

namespace linchpin::policy {

struct PolicyOptions {
  // Keeps JSON beside each document, for people who query PostgreSQL.
  bool with_json = false;
  // The same on all replicas of an installation; see serving::PageTokens.
  std::string page_token_secret;
  // What counts as now in evaluations and findings.
  std::function<absl::Time()> now = absl::Now;
  // Rules of knowledge (docs/concepts/knowledge.md) that are switched off.
  engine::DisabledRules disabled_rules;
  // Between looks at the store's newest revision, by which the service knows how old its policies are.
  absl::Duration freshness_interval = absl::Milliseconds(500);
  // Between renewals of the lease by which one of several processes writes findings.
  absl::Duration renew_every = absl::Seconds(10);
  // Between comparisons of incremental evaluation with one of everything.
  absl::Duration compare_every = absl::Minutes(10);
  // What documents of the inventory must satisfy: proposed changes are held to it.
  writing::WriteRules inventory_rules;
  // What check tokens are signed with, and how long they hold. Null: there are none.
  std::shared_ptr<const kit::SigningKeys> check_keys;
  absl::Duration check_token_lifetime = absl::Minutes(10);
  replica::PastOptions past;  // Of views of past findings.
  store::CommitterOptions committer;
  store::LogFunction log;  // May be null.
};

// PolicyService over one store of policies and one source of inventory views, with the evaluator.
//
// Ownership: keeps references to store, inventory, pipeline and metrics, which must outlive it; it must
//   outlive the server that serves it. `metrics` may be null.
// Thread safety: all members may run at once.
class PolicyBackend {
 public:
  // Loads the policies and starts to evaluate. UNAVAILABLE, STORE_UNAVAILABLE, if the database is not there:
  // try again.
  static absl::StatusOr<std::unique_ptr<PolicyBackend>> Create(store::ResourceStore& store,
                                                               replica::ViewSource& inventory,
                                                               kit::Pipeline& pipeline, kit::Metrics* metrics,
                                                               PolicyOptions options);
  virtual ~PolicyBackend() = default;

  // To be registered with a server.
  virtual grpc::Service* service() = 0;
  // For metrics.
  virtual store::CommitterStats CommitterStats() const = 0;
  // Its views of past findings; for metrics.
  virtual const replica::PastViews& past_views() const = 0;
  // Whether policies have been evaluated since the start.
  virtual bool Ready() const = 0;
  // Evaluates soon, although nothing has changed: for a clock that has been moved.
  virtual void Poke() = 0;
  // Ends the evaluator, refuses new writes and finishes those taken until `deadline`.
  virtual void Drain(absl::Time deadline) = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_BACKEND_H_
