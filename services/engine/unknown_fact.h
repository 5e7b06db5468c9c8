// An unknown fact that a result rests on (S7).
#ifndef LINCHPIN_SERVICES_ENGINE_UNKNOWN_FACT_H_
#define LINCHPIN_SERVICES_ENGINE_UNKNOWN_FACT_H_

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "services/engine/graph.h"

namespace linchpin::engine {

enum class UnknownKind : uint8_t {
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
  kSwitchTime,      // Of a consumer: group `detail`, alternative `alternative`.
  kTier,            // Of a consumer.
};

struct UnknownFact {
  UnknownKind kind;
  uint32_t subject = 0;  // Index in the table of the kind that the comment above names.
  uint32_t detail = 0;
  uint32_t alternative = 0;

  friend auto operator<=>(const UnknownFact&, const UnknownFact&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const UnknownFact& fact) {
    return H::combine(std::move(h), fact.kind, fact.subject, fact.detail, fact.alternative);
  }
};

// The resource that would have to state the fact: for a switch time, "consumer/dependencies/id".
std::string SubjectOf(const Graph& graph, const UnknownFact& fact);
// The proto field that would hold it, such as "host" or "alternatives[1].switch_duration".
std::string FieldOf(const Graph& graph, const UnknownFact& fact);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_UNKNOWN_FACT_H_
