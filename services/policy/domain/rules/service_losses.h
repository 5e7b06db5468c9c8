// Who keeps service when single things are lost: the sweeps of the engine, as Risk makes them.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SERVICE_LOSSES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SERVICE_LOSSES_H_

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/simulation/sweep.h"
#include "services/policy/domain/rules/shared_plan.h"

namespace linchpin::policy {

// A loss as policies name it: `vendor:acme`, `weights:CN`.
struct NamedLoss {
  engine::AtomClass atom_class = engine::AtomClass::kVendor;
  std::string resource;  // What is lost, as `vendors/acme`; empty of a country.
  std::optional<engine::Country> country;
};
// Nothing for a text that names none.
std::optional<NamedLoss> LossNamed(std::string_view key);
// "vendors/acme" of the atom; empty of a country and of what is not listed.
std::string ResourceOf(const engine::Graph& graph, const engine::Atom& atom);

// What counts as service.
struct ServiceTerms {
  engine::Readiness readiness = engine::Readiness::kSustained;
  int32_t lost_at_ppm = 0;  // At a level of this or less it is lost.

  friend auto operator<=>(const ServiceTerms&, const ServiceTerms&) = default;
};

// Of one graph; each sweep is made when it is first asked for.
//
// Ownership: keeps a reference to the plan. Thread safety: none.
// Errors: those of engine::Sweep and of the baseline.
// Memory: four bytes for each consumer that fails, by loss and reading.
class ServiceLosses {
 public:
  explicit ServiceLosses(SharedPlan& plan);

  using Outcomes = std::vector<engine::AtomOutcome>;
  // Each thing of the class that hits some deployment, in some reading; then, if nothing excludes one that
  // the inventory does not name, that one.
  absl::StatusOr<const Outcomes*> Of(engine::AtomClass atom_class, const ServiceTerms& terms);
  // One thing, which need not hit anything. NotFound: the inventory does not have it; a country it need not
  // have.
  absl::StatusOr<engine::AtomOutcome> Lose(const std::string& key, const ServiceTerms& terms);
  // Consumers, by slot, without service though nothing is lost.
  absl::StatusOr<std::vector<bool>> Down(engine::Reading reading, const ServiceTerms& terms);

  absl::StatusOr<const engine::EvaluationPlan*> Plan();
  const engine::Graph& graph() const { return knowledge_->graph(); }
  const engine::Knowledge& knowledge() const { return *knowledge_; }

 private:
  absl::StatusOr<engine::Atom> AtomNamed(const std::string& key) const;
  absl::StatusOr<Outcomes> Sweep(engine::AtomClass atom_class, const ServiceTerms& terms);

  SharedPlan& plan_;
  const std::shared_ptr<const engine::Knowledge> knowledge_;
  std::map<std::pair<engine::AtomClass, ServiceTerms>, absl::StatusOr<Outcomes>> outcomes_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SERVICE_LOSSES_H_
