// The facts that can be open: each is one field of one kind of thing.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_KIND_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_KIND_H_

#include <cstdint>

namespace linchpin::engine {

enum class FactKind : uint8_t {
  kHostingMode,       // Of a deployment.
  kModel,             // Of a deployment.
  kOperator,          // Of a deployment.
  kHost,              // Of a deployment.
  kPassThrough,       // Of a deployment.
  kHostProvider,      // Of a host.
  kHostCountry,       // Of a host.
  kVendorCountry,     // Of a vendor.
  kVendorParent,      // Of a vendor.
  kDeveloper,         // Of a model.
  kOrigin,            // Of a model, after derivation from its developer.
  kWeights,           // Of a model.
  kActivation,        // Of a model.
  kLicence,           // Of a model.
  kDerivations,       // Of a model.
  kRelation,          // Of a model to the base `detail`.
  kIrrevocability,    // Of a licence.
  kIntermediary,      // Of a deployment: the vendor `detail`.
  kBase,              // Of a model: that it was made from the base `detail`.
  kSwitchTime,        // Of a consumer: group `detail`, alternative `alternative`.
  kTier,              // Of a consumer.
  kOutlives,          // Of a deployment.
  kCustody,           // Of a deployment.
  kWeightsSource,     // Of a deployment.
  kProviderOfHost,    // Of a deployment whose host is unknown: `host.provider`.
  kCountryOfHost,     // Of a deployment whose host is unknown: `host.country`.
  kDeveloperOfModel,  // Of a deployment whose model is unknown: `model.developer`.
  kLineageDeveloper,  // Of a model whose derivations are unknown: `lineage.developer`.
  kLineageOrigin,     // Of a model whose derivations are unknown: `lineage.origin_country`.
  kVersionOf,         // Of a model.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_KIND_H_
