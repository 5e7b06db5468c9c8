// Routes and partial knowledge through the inventory's channel: the methods of the kind, and names inside
// bounds and likelihoods, which are references like any other.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "services/base/error.h"
#include "tests/support/inventory_server.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using testing::InventoryServer;
using testing::InventoryStub;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto details = base::DetailsOf(status);
  if (!details) return fields;
  for (const auto& violation : details->violations) fields.push_back(violation.field);
  return fields;
}

class Routes : public ::testing::Test {
 protected:
  void SetUp() override {
    Written("upsert { deployment { name: 'deployments/a' } }",
            "upsert { deployment { name: 'deployments/b' } }",
            "upsert { application { name: 'applications/x' } }", "upsert { vendor { name: 'vendors/v' } }");
  }
  template <typename... Operation>
  absl::Status Write(const Operation&... operations) {
    std::string batch;
    ((batch += "operations { " + std::string(operations) + " } "), ...);
    return server_.Write(batch).status();
  }
  template <typename... Operation>
  void Written(const Operation&... operations) {
    const absl::Status status = Write(operations...);
    ASSERT_THAT(status, IsOk());
  }
  std::vector<std::string> List(const std::string& request) {
    v1::ListRoutesResponse response;
    const absl::Status status =
        server_.Call(&InventoryStub::ListRoutes, Parse<v1::ListRoutesRequest>(request), &response);
    EXPECT_THAT(status, IsOk());
    std::vector<std::string> names;
    for (const v1::Route& route : response.routes()) names.push_back(route.name());
    return names;
  }

  InventoryServer server_;
};

TEST_F(Routes, AreCreatedReadChangedAndDeleted) {
  v1::Route route;
  const auto create = Parse<v1::CreateRouteRequest>(
      "route_id: 'chat' route { gateway: 'gw' purpose: PURPOSE_CHAT units: 5 priority: 200 "
      "alternatives { target: 'deployments/a' } usage { requests: 3 window { seconds: 60 } } }");
  ASSERT_THAT(server_.Call(&InventoryStub::CreateRoute, create, &route), IsOk());
  EXPECT_EQ(route.name(), "routes/chat");
  v1::Route read;
  ASSERT_THAT(
      server_.Call(&InventoryStub::GetRoute, Parse<v1::GetRouteRequest>("name: 'routes/chat'"), &read),
      IsOk());
  EXPECT_EQ(read.DebugString(), route.DebugString());
  ASSERT_THAT(server_.Call(&InventoryStub::UpdateRoute,
                           Parse<v1::UpdateRouteRequest>("route { name: 'routes/chat' gateway: 'other' } "
                                                         "update_mask { paths: 'gateway' }"),
                           &route),
              IsOk());
  EXPECT_EQ(route.gateway(), "other");
  EXPECT_EQ(route.units(), 5);
  google::protobuf::Empty gone;
  ASSERT_THAT(
      server_.Call(&InventoryStub::DeleteRoute, Parse<v1::DeleteRouteRequest>("name: 'routes/chat'"), &gone),
      IsOk());
  EXPECT_THAT(List(""), IsEmpty());
}

TEST_F(Routes, AreListedByGatewayTargetAndPurpose) {
  Written("upsert { route { name: 'routes/r1' gateway: 'gw' alternatives { target: 'deployments/a' } } }",
          "upsert { route { name: 'routes/r2' gateway: 'gw' purpose: PURPOSE_CODE alternatives { target: "
          "'deployments/a' } alternatives { target: 'deployments/b' } } }",
          "upsert { route { name: 'routes/r3' alternatives { target: 'deployments/b' } } }");
  EXPECT_THAT(List(""), ElementsAre("routes/r1", "routes/r2", "routes/r3"));
  EXPECT_THAT(List("gateway: 'gw'"), ElementsAre("routes/r1", "routes/r2"));
  EXPECT_THAT(List("target: 'deployments/b'"), ElementsAre("routes/r2", "routes/r3"));
  EXPECT_THAT(List("purpose: PURPOSE_CODE"), ElementsAre("routes/r2"));
}

TEST_F(Routes, OfferDeploymentsOnlyBestFirst) {
  const absl::Status status = Write(
      "upsert { route { name: 'routes/r' alternatives { target: 'deployments/a' quality_ppm: 5 } "
      "alternatives { target: 'applications/x' quality_ppm: 6 } } }",
      "upsert { route { name: 'routes/none' } }",
      "upsert { route { name: 'routes/s' alternatives { target: 'routes/r' } } }");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.route.alternatives[1].target",
                                            "operations[0].upsert.route.alternatives[1].quality_ppm",
                                            "operations[1].upsert.route.alternatives",
                                            "operations[2].upsert.route.alternatives[0].target"));
}

TEST_F(Routes, CanBeTargetsOfDependenciesAndThenCannotBeDeleted) {
  Written(
      "upsert { route { name: 'routes/r' alternatives { target: 'deployments/a' } } }",
      "upsert { dependency { name: 'applications/x/dependencies/d' alternatives { target: 'routes/r' } } }");
  const absl::Status status = Write("delete: 'routes/r'");
  EXPECT_THAT(status, HasReason("STILL_REFERENCED"));
}

TEST_F(Routes, AreWatchedLikeEverythingElse) {
  Written("upsert { route { name: 'routes/r' alternatives { target: 'deployments/a' } } }");
  grpc::ClientContext context;
  auto stream = server_.stub().Watch(&context, Parse<v1::WatchRequest>("kinds: 'Route'"));
  v1::WatchResponse message;
  ASSERT_TRUE(stream->Read(&message));
  ASSERT_EQ(message.changes_size(), 1);
  EXPECT_EQ(message.changes(0).upsert().route().name(), "routes/r");
  context.TryCancel();
  stream->Finish();
}

using Knowledge = Routes;

TEST_F(Knowledge, OfWhatDoesNotExistIsRefusedWithItsField) {
  const absl::Status status = Write(
      "upsert { deployment { name: 'deployments/c' "
      "bounds { field: 'operator' one_of: 'vendors/v' one_of: 'vendors/gone' } "
      "likely { field: 'host.provider' one_of: 'vendors/lost' } } }");
  EXPECT_THAT(status, HasReason("REFERENCE_NOT_FOUND"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.deployment.bounds[0].one_of[1]",
                                            "operations[0].upsert.deployment.likely[0].one_of[0]"));
}

TEST_F(Knowledge, KeepsWhatItNamesFromBeingDeleted) {
  Written("upsert { deployment { name: 'deployments/c' likely { field: 'operator' one_of: 'vendors/v' } } }");
  EXPECT_THAT(Write("delete: 'vendors/v'"), HasReason("STILL_REFERENCED"));
  Written(
      "upsert { deployment { name: 'deployments/c' bounds { field: 'operator' none_of: 'vendors/v' } } }");
  EXPECT_THAT(Write("delete: 'vendors/v'"), HasReason("STILL_REFERENCED"));
  Written("upsert { deployment { name: 'deployments/c' } }");
  EXPECT_THAT(Write("delete: 'vendors/v'"), IsOk());
}

TEST_F(Knowledge, OfVendorsRefersToVendors) {
  const absl::Status status = Write(
      "upsert { vendor { name: 'vendors/w' serves_from { providers: 'vendors/p' } "
      "hosted_developers { developer: 'vendors/d' } upstreams { operators: 'vendors/o' } } }",
      "upsert { deployment { name: 'deployments/c' weights_source: 'vendors/h' } }",
      "upsert { model { name: 'models/m' version_of: 'models/line' } }");
  EXPECT_THAT(FieldsOf(status),
              UnorderedElementsAre("operations[0].upsert.vendor.serves_from.providers[0]",
                                   "operations[0].upsert.vendor.hosted_developers[0].developer",
                                   "operations[0].upsert.vendor.upstreams.operators[0]",
                                   "operations[1].upsert.deployment.weights_source",
                                   "operations[2].upsert.model.version_of"));
}

}  // namespace
}  // namespace linchpin::inventory
