#include "services/risk/domain/remedies/needed_documents.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;
using testing::ElementsAre;

std::vector<std::string> NeededBy(const Documents& offered, const Documents& present) {
  inventory::Deployment document;
  document.set_name("deployments/new");
  document.set_operator_("vendors/a");
  std::vector<std::string> names;
  for (const v1::RemedyDocument& needed :
       risk::NeededBy(document, *ViewOf(offered, 1), DraftInventory(ViewOf(present, 1)))) {
    names.push_back(NameIn(needed.resource()));
  }
  return names;
}

TEST(NeededDocuments, StandBeforeWhatRefersToThem) {
  Documents offered, present;
  offered.Add<inventory::Vendor>("name: 'vendors/a' parent: 'vendors/b'")
      .Add<inventory::Vendor>("name: 'vendors/b' parent: 'vendors/c'")
      .Add<inventory::Vendor>("name: 'vendors/c' parent: 'vendors/present'")
      .Add<inventory::Vendor>("name: 'vendors/present'")
      .Add<inventory::Vendor>("name: 'vendors/apart'");
  present.Add<inventory::Vendor>("name: 'vendors/present'");
  EXPECT_THAT(NeededBy(offered, present), ElementsAre("vendors/c", "vendors/b", "vendors/a"));
}

// As the catalogue holds them: who sells access names those from whose machines it serves, itself among them.
TEST(NeededDocuments, MayReferToThemselvesAndToEachOther) {
  Documents offered;
  offered
      .Add<inventory::Vendor>(
          "name: 'vendors/a' parent: 'vendors/a' hosted_developers { developer: 'vendors/b' }")
      .Add<inventory::Vendor>("name: 'vendors/b' hosted_developers { developer: 'vendors/a' }");
  EXPECT_THAT(NeededBy(offered, Documents()), ElementsAre("vendors/b", "vendors/a"));
}

TEST(NeededDocuments, ComeFromChainsOfAnyLength) {
  constexpr int kLength = 10'000;
  Documents offered;
  for (int i = 0; i < kLength; ++i) {
    inventory::Vendor vendor;
    vendor.set_name(i == 0 ? "vendors/a" : "vendors/v" + std::to_string(i));
    vendor.set_parent("vendors/v" + std::to_string(i + 1));
    offered.Add<inventory::Vendor>(vendor.DebugString());
  }
  EXPECT_EQ(NeededBy(offered, Documents()).size(), kLength);
}

}  // namespace
}  // namespace linchpin::risk
