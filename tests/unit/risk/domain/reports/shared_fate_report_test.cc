#include "services/risk/domain/reports/shared_fate_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/unit/risk/domain/remedies/enterprise.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::ListSharedFatesResponse Report(const Documents& documents,
                                   const v1::ListSharedFatesRequest& request = {}) {
  Analysis analysis(documents.Graph());
  v1::ListSharedFatesResponse response;
  const absl::Status status = ReportSharedFates(analysis, request, nullptr, response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

std::vector<std::string> Keys(const v1::SharedFate& fate) {
  std::vector<std::string> keys;
  for (const v1::SharedAtom& atom : fate.atoms()) keys.push_back(atom.atom());
  return keys;
}

// `desk` on Alpha, else on a model of Gamma that runs in Alpha's cloud.
Documents TwoOperatorsOneCloud() {
  Documents documents = Enterprise();
  documents.Add<inventory::Vendor>("name: 'vendors/gamma' country: 'FR' known_none: 'parent'");
  documents.Add<inventory::Deployment>(R"pb(name: "deployments/gamma"
                                            model: "models/free"
                                            hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED
                                            operator: "vendors/gamma"
                                            host: "hosts/alpha-us"
                                            known_none: "intermediaries")pb");
  documents.Add<inventory::Dependency>(
      R"pb(name: "applications/claims/dependencies/chat"
           purpose: PURPOSE_CHAT
           alternatives { target: "deployments/alpha" }
           alternatives { target: "deployments/gamma" activation: ACTIVATION_AUTOMATIC })pb");
  return documents;
}

TEST(SharedFateReport, AnIndependentFallbackIsNotToldOf) {
  const v1::ListSharedFatesResponse response = Report(Enterprise());
  EXPECT_EQ(response.fallback_count(), 2);
  EXPECT_EQ(response.dependency_count(), 6);  // Five dependencies and a route.
  EXPECT_EQ(response.without_fallback_count(), 4);
  EXPECT_EQ(response.falling().proven(), 0);
  EXPECT_THAT(response.fates(), IsEmpty());
}

TEST(SharedFateReport, NamesTheCloudThatTwoOperatorsHaveInCommon) {
  const v1::ListSharedFatesResponse response = Report(TwoOperatorsOneCloud());
  ASSERT_EQ(response.fates_size(), 1);
  const v1::SharedFate& fate = response.fates(0);
  EXPECT_EQ(fate.dependency(), "applications/claims/dependencies/chat");
  EXPECT_EQ(fate.primary(), "deployments/alpha");
  EXPECT_EQ(fate.fallback(), "deployments/gamma");
  EXPECT_EQ(fate.position(), 2);
  EXPECT_THAT(Keys(fate), ElementsAre("vendor:alpha", "host:alpha-us", "services:US"));
  EXPECT_EQ(fate.atoms(0).primary_layer(), v1::SHARED_LAYER_OPERATOR);
  EXPECT_EQ(fate.atoms(0).fallback_layer(), v1::SHARED_LAYER_HOST_PROVIDER);
  EXPECT_TRUE(fate.atoms(0).takes_all());
  EXPECT_EQ(fate.atoms(0).reading(), v1::READING_PROVEN);
  EXPECT_EQ(fate.atoms(0).fallback_because(0).resource(), "deployments/gamma");
  EXPECT_EQ(response.falling().proven(), 1);
  EXPECT_EQ(response.taken_whole().likely(), 1);
}

TEST(SharedFateReport, AThirdAlternativeThatStandsIsSaid) {
  Documents documents = TwoOperatorsOneCloud();
  documents.Add<inventory::Dependency>(
      R"pb(name: "applications/claims/dependencies/chat"
           purpose: PURPOSE_CHAT
           alternatives { target: "deployments/alpha" }
           alternatives { target: "deployments/gamma" activation: ACTIVATION_AUTOMATIC }
           alternatives { target: "deployments/beta" activation: ACTIVATION_AUTOMATIC })pb");
  const v1::ListSharedFatesResponse response = Report(documents);
  ASSERT_EQ(response.fates_size(), 1);
  EXPECT_FALSE(response.fates(0).atoms(0).takes_all());
  EXPECT_EQ(response.taken_whole().likely(), 0);
}

// A host that is not known may be anybody's; one that probably is Alpha's is said to be.
TEST(SharedFateReport, TellsProvenFromLikelyFromNotExcluded) {
  Documents documents = TwoOperatorsOneCloud();
  const std::string open = R"pb(name: "deployments/gamma"
                                model: "models/free"
                                hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED
                                operator: "vendors/gamma"
                                known_none: "intermediaries")pb";
  documents.Add<inventory::Deployment>(open);
  EXPECT_THAT(Report(documents).fates(), IsEmpty());
  EXPECT_EQ(Report(documents).falling().not_excluded(), 1);
  documents.Add<inventory::Deployment>(
      open +
      " likely { field: 'host' one_of: 'hosts/alpha-us' confidence: 0.8 reason: 'its status page says so' }");
  const v1::ListSharedFatesResponse response = Report(documents);
  ASSERT_EQ(response.fates_size(), 1);
  EXPECT_EQ(response.fates(0).atoms(0).reading(), v1::READING_LIKELY);
  EXPECT_EQ(response.falling().proven(), 0);
  EXPECT_EQ(response.falling().likely(), 1);
}

TEST(SharedFateReport, ListsEveryFallbackWhenAsked) {
  v1::ListSharedFatesRequest request;
  request.set_include_all(true);
  EXPECT_EQ(Report(Enterprise(), request).fates_size(), 2);
  request.set_max_fates(1);
  const v1::ListSharedFatesResponse cut = Report(Enterprise(), request);
  EXPECT_EQ(cut.fates_size(), 1);
  EXPECT_EQ(cut.fate_count(), 2);
}

TEST(SharedFateReport, ChecksThoseThatAreNamed) {
  v1::ListSharedFatesRequest request;
  request.add_consumers("routes/chat");
  EXPECT_EQ(Report(Enterprise(), request).dependency_count(), 1);
  Analysis analysis(Enterprise().Graph());
  v1::ListSharedFatesResponse response;
  request.set_consumers(0, "vendors/alpha");
  EXPECT_EQ(base::DetailsOf(ReportSharedFates(analysis, request, nullptr, response))->reason,
            "FIELD_INVALID");
  request.set_consumers(0, "routes/none");
  EXPECT_EQ(base::DetailsOf(ReportSharedFates(analysis, request, nullptr, response))->reason,
            "TARGET_NOT_FOUND");
}

}  // namespace
}  // namespace linchpin::risk
