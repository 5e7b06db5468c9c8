// Attribution: how the weight of consumers comes to rest on deployments
// (docs/concepts/concentration.md, Weight).
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_ATTRIBUTION_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_ATTRIBUTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/engine/concentration/basis.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

class EvaluationPlan;
struct Limits;

// Who is counted. A default Population is all applications.
struct Population {
  // Count business services too. Not read where `consumer` is set.
  bool business_services = false;
  // Which consumers weigh; empty: every application, and every business service where asked for.
  std::function<bool(ConsumerIndex)> consumer;
  // Which of their dependencies are counted, by ordinal; empty: all. A consumer without such a dependency is
  // then not of the population. For APPLICATIONS and CRITICALITY this decides where the weight of a consumer
  // itself goes; what passes through a consumer follows all of its dependencies.
  std::function<bool(ConsumerIndex, uint32_t)> dependency;
};

struct Attribution {
  Basis basis = Basis::kApplications;
  // How many consumers were counted.
  int64_t population = 0;
  // W, the sum of `by_deployment`.
  uint64_t total = 0;
  // Weight of consumers left without any dependency; not in W.
  uint64_t unattributed = 0;
  // REQUESTS, TOKENS, SPEND: dependencies on a deployment, without usage; not in W.
  int64_t unmeasured = 0;
  // APPLICATIONS, CRITICALITY: consumers that weight reaches and that have alternatives in their own cycle,
  // which were left out. Bytewise ascending by name.
  std::vector<ConsumerIndex> cyclic;
  // By deployment index, one place for each slot of the table.
  std::vector<uint64_t> by_deployment;
  // APPLICATIONS, CRITICALITY: weight of others that passes through a consumer, by slot; otherwise empty.
  std::vector<uint64_t> passed;
};

// Sets `total`, and the order of `cyclic`, by the rest. `graph` is what was attributed over. Errors:
// FAILED_PRECONDITION if W reaches kTotalWeightMax.
absl::Status SumUp(const Graph& graph, Attribution& attribution);

// Weight of one consumer, and how much of it comes to rest where it is asked about.
struct OwnWeight {
  double weight = 0;
  double there = 0;
};

// Attributes weight over one graph, as often as asked; what does not depend on basis and population is
// computed once, by the constructor or on first use.
//
// Ownership: shares the graph.
// Thread safety: use from one thread at a time.
// Errors of Attribute: FAILED_PRECONDITION if W reaches kTotalWeightMax, or the weight put in or one usage
//   record scaled to 30 days reaches 2^63; RESOURCE_EXHAUSTED and CANCELLED as EvaluationPlan::Baseline says.
// Cost: linear in dependencies and alternatives; about 0.1 s for a million of them.
class Attributor {
 public:
  explicit Attributor(std::shared_ptr<const Graph> graph);
  // The same with what simulations of the graph have prepared.
  explicit Attributor(std::shared_ptr<const EvaluationPlan> plan);
  ~Attributor();
  Attributor(const Attributor&) = delete;
  Attributor& operator=(const Attributor&) = delete;

  const Graph& graph() const;
  // Each call stands by itself, whatever came of those before. Of `limits` only what bounds the levels of S5
  // is read, and only by the first call.
  absl::StatusOr<Attribution> Attribute(Basis basis, const Population& population = {});
  absl::StatusOr<Attribution> Attribute(Basis basis, const Population& population, const Limits& limits);

  // Whose weight rests on what: of each consumer of the population, by slot, the weight that it adds to W,
  // and how much of that lies on deployments of which the part `there`, 0 to 1 by slot, is asked about. Each
  // consumer as if it were alone, so that splits of whole numbers may come out a unit beside what Attribute
  // gives. `population.dependency` is not read. Errors: as Attribute. Cost: the same.
  absl::StatusOr<std::vector<OwnWeight>> WeighEach(Basis basis, const Population& population,
                                                   const std::vector<double>& there);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_ATTRIBUTION_H_
