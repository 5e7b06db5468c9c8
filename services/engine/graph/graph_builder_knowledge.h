// The part of the graph builder that reads what documents say of facts without a value. Internal to
// graph_builder.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_BUILDER_KNOWLEDGE_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_BUILDER_KNOWLEDGE_H_

#include <cstdint>
#include <optional>
#include <span>

#include "google/protobuf/repeated_ptr_field.h"
#include "linchpin/common/v1/knowledge.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/engine/graph/fact_table.h"
#include "services/engine/graph/facts.h"

namespace linchpin::engine {

// Bounds and likelihoods of a document of that kind, by fact. A field that this build does not know says
// nothing.
KnowledgeFacts ReadKnowledge(FactOwner owner,
                             const google::protobuf::RepeatedPtrField<linchpin::common::v1::Bound>& bounds,
                             const google::protobuf::RepeatedPtrField<linchpin::common::v1::Likely>& likely);

// Roles, own line, where its interface runs, whom it hosts, and whom it may call.
void ReadTies(const linchpin::inventory::v1::Vendor& vendor, VendorFacts& facts);

std::optional<Custody> CustodyOf(linchpin::inventory::v1::Deployment::Custody custody);
std::optional<bool> OutlivesOf(const linchpin::inventory::v1::Deployment& deployment);
// The likely switch time in seconds.
std::optional<int64_t> LikelySwitchOf(const linchpin::inventory::v1::Dependency::Alternative& alternative);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_BUILDER_KNOWLEDGE_H_
