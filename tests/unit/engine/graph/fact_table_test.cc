#include "services/engine/graph/fact_table.h"

#include <map>

#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/resource/knowledge.h"

namespace linchpin::engine {
namespace {

const std::map<FactOwner, const google::protobuf::Descriptor*>& Owners() {
  static const auto* const owners = new std::map<FactOwner, const google::protobuf::Descriptor*>{
      {FactOwner::kVendor, inventory::v1::Vendor::descriptor()},
      {FactOwner::kHost, inventory::v1::Host::descriptor()},
      {FactOwner::kLicence, inventory::v1::Licence::descriptor()},
      {FactOwner::kModel, inventory::v1::Model::descriptor()},
      {FactOwner::kDeployment, inventory::v1::Deployment::descriptor()}};
  return *owners;
}

// What the inventory accepts, the engine must read; what it reads, somebody must be able to state.
TEST(FactTable, BoundsAreTheFactsThatDocumentsCanBound) {
  for (const auto& [owner, type] : Owners()) {
    for (const resource::FactInfo& fact : resource::FactsOf(type)) {
      EXPECT_TRUE(!fact.can_be_bounded || BoundedFact(owner, fact.path).has_value())
          << type->name() << " " << fact.path;
    }
  }
  for (int i = 0; i <= static_cast<int>(kLastFactKind); ++i) {
    const FactRow& row = RowOf(static_cast<FactKind>(i));
    if (!row.can_be_bounded) continue;
    EXPECT_NE(resource::FindFact(Owners().at(row.owner), row.field), nullptr) << row.field;
    EXPECT_EQ(BoundedFact(row.owner, row.field), row.kind);
  }
}

TEST(FactTable, WhatRangesOverNothingCannotBeBounded) {
  for (int i = 0; i <= static_cast<int>(kLastFactKind); ++i) {
    const FactRow& row = RowOf(static_cast<FactKind>(i));
    EXPECT_EQ(row.can_be_bounded, row.when_unknown != WhenUnknown::kNoDomain) << row.field;
  }
}

TEST(FactTable, KnowsTheFactsOfTheirOwnersOnly) {
  EXPECT_EQ(BoundedFact(FactOwner::kHost, "country"), FactKind::kHostCountry);
  EXPECT_EQ(BoundedFact(FactOwner::kVendor, "country"), FactKind::kVendorCountry);
  EXPECT_EQ(BoundedFact(FactOwner::kModel, "country"), std::nullopt);
  EXPECT_EQ(BoundedFact(FactOwner::kModel, "derivations"), std::nullopt);
}

}  // namespace
}  // namespace linchpin::engine
