// Which deployments a scenario hits, and why.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_HIT_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_HIT_REPORT_H_

#include <compare>
#include <cstddef>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/replica/view.h"

namespace linchpin::risk {

// What is unknown, as messages; at most `max` of them.
void AddUnknownFacts(const engine::Graph& graph, const std::vector<engine::FactRef>& facts, int max,
                     google::protobuf::RepeatedPtrField<linchpin::risk::v1::UnknownFact>& messages);

// A known fact as a message; `likely`: one that is only likely.
void FillFact(const engine::Knowledge& knowledge, const engine::FactRef& fact, bool likely,
              linchpin::risk::v1::KnownFact& message);

// What contradicts in the inventory, by resource and field; at most `max`.
void AddContradictions(const engine::Knowledge& knowledge, int max,
                       google::protobuf::RepeatedPtrField<linchpin::risk::v1::Contradiction>& messages);

// A cutoff of a scenario, by its place, and a deployment that it hits.
struct CutoffHit {
  size_t cutoff = 0;
  engine::DeploymentIndex deployment;
  friend auto operator<=>(const CutoffHit&, const CutoffHit&) = default;
};

// Appends to `hits` what SimulateCutoffResponse.hits documents. `first` are those at which a cause that is
// shown begins, in its order, perhaps with repeats. The scenario must be valid; each cutoff has its id.
void AddHits(const engine::Knowledge& knowledge, const engine::Scenario& scenario,
             const std::vector<CutoffHit>& first,
             google::protobuf::RepeatedPtrField<linchpin::risk::v1::DeploymentHit>& hits);

// Says of each known fact of the hits how its resource came by it, where its evidence does.
void AddSources(const replica::View& view,
                google::protobuf::RepeatedPtrField<linchpin::risk::v1::DeploymentHit>& hits);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_HIT_REPORT_H_
