// Facts by their address: unknown ones that a result rests on (S7), and known ones that prove a hit (S3).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_REF_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_REF_H_

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

enum class FactKind : uint8_t {
  kHostingMode,     // Of a deployment.
  kModel,           // Of a deployment.
  kOperator,        // Of a deployment.
  kHost,            // Of a deployment.
  kPassThrough,     // Of a deployment.
  kHostProvider,    // Of a host.
  kHostCountry,     // Of a host.
  kVendorCountry,   // Of a vendor.
  kVendorParent,    // Of a vendor.
  kDeveloper,       // Of a model.
  kOrigin,          // Of a model, after derivation from its developer.
  kWeights,         // Of a model.
  kActivation,      // Of a model.
  kLicence,         // Of a model.
  kDerivations,     // Of a model.
  kRelation,        // Of a model to the base `detail`.
  kIrrevocability,  // Of a licence.
  kIntermediary,    // Of a deployment: the vendor `detail`.
  kBase,            // Of a model: that it was made from the base `detail`.
  kSwitchTime,      // Of a consumer: group `detail`, alternative `alternative`.
  kTier,            // Of a consumer.
};

// One fact of one resource.
struct FactRef {
  FactKind kind;
  uint32_t subject = 0;  // Index in the table of the kind that the comment above names.
  uint32_t detail = 0;
  uint32_t alternative = 0;

  friend auto operator<=>(const FactRef&, const FactRef&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const FactRef& fact) {
    return H::combine(std::move(h), fact.kind, fact.subject, fact.detail, fact.alternative);
  }
};

// The resource that states the fact, or would have to: for a switch time, "consumer/dependencies/id".
std::string SubjectOf(const Graph& graph, const FactRef& fact);
// The proto field that holds it, or would, such as "host" or "alternatives[1].switch_duration".
std::string FieldOf(const Graph& graph, const FactRef& fact);
// Its value, as the field writes it: a resource name, a country, "true", an enum value without its prefix
// such as "PROPRIETARY". Only of a known fact that a condition of S3 reads; empty of any other.
std::string ValueOf(const Graph& graph, const FactRef& fact);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_REF_H_
