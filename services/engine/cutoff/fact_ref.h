// Facts by their address: unknown ones that a result rests on (S7), and known ones that prove a hit (S3).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_REF_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_REF_H_

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "services/engine/graph/fact_kind.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// One fact of one resource.
struct FactRef {
  FactKind kind;
  uint32_t subject = 0;  // Index in the table of the kind that the comment of its kind names.
  uint32_t detail = 0;
  uint32_t alternative = 0;

  friend auto operator<=>(const FactRef&, const FactRef&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const FactRef& fact) {
    return H::combine(std::move(h), fact.kind, fact.subject, fact.detail, fact.alternative);
  }
};

// Whether `subject` is a deployment.
bool IsOfDeployment(FactKind kind);
// Whether the fact ranges over a domain (Knowledge::Of) while it is unknown.
bool HasDomain(FactKind kind);
// The resource that states the fact, or would have to: for a switch time, "consumer/dependencies/id", of a
// route the route.
std::string SubjectOf(const Graph& graph, const FactRef& fact);
// The proto field that holds it, or would, such as "host" or "alternatives[1].switch_duration"; of what can
// be bounded only, its path, such as "host.provider".
std::string FieldOf(const Graph& graph, const FactRef& fact);
// Its value, as the field writes it: a resource name, a country, "true", an enum value without its prefix
// such as "PROPRIETARY"; of a fact without one what it can only be, "one of a, b", on what is proven or
// `likely`. Only of a fact that a condition of S3 reads; empty of any other.
std::string ValueOf(const Knowledge& knowledge, const FactRef& fact, bool likely = false);

// Where the value of a fact comes from that no field holds: a bound, a likelihood, a rule.
struct FactSource {
  Rule rule = Rule::kStated;
  const Likelihood* likelihood = nullptr;  // Where a document states it.
};
FactSource SourceOf(const Knowledge& knowledge, const FactRef& fact, bool likely = false);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_REF_H_
