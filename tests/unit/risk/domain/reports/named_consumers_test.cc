#include "services/risk/domain/reports/named_consumers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/base/error.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

using ::testing::HasSubstr;

class NamedConsumers : public ::testing::Test {
 protected:
  NamedConsumers() {
    documents_.Add<inventory::v1::Application>("name: 'applications/claims'")
        .Add<inventory::v1::Route>("name: 'routes/gpt'");
    graph_ = documents_.Graph();
  }

  absl::StatusOr<std::vector<engine::ConsumerIndex>> Find(std::initializer_list<const char*> names,
                                                          NamedRoutes routes = NamedRoutes::kTaken) {
    google::protobuf::RepeatedPtrField<std::string> field;
    for (const char* name : names) *field.Add() = name;
    return FindConsumers(*graph_, field, "consumers", routes);
  }
  std::string Refusal(std::initializer_list<const char*> names, NamedRoutes routes = NamedRoutes::kTaken) {
    const absl::Status status = Find(names, routes).status();
    return base::ReasonOf(status) + " " + std::string(status.message());
  }

  Documents documents_;
  std::shared_ptr<const engine::Graph> graph_;
};

TEST_F(NamedConsumers, KeepsOrderAndRepeats) {
  const auto found = Find({"routes/gpt", "applications/claims", "routes/gpt"});
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->size(), 3u);
  EXPECT_EQ(graph_->consumers().NameOf((*found)[1]), "applications/claims");
  EXPECT_EQ((*found)[0], (*found)[2]);
}

TEST_F(NamedConsumers, NoNamesAreNoConsumers) { EXPECT_TRUE(Find({})->empty()); }

TEST_F(NamedConsumers, RefusesWhatIsNoConsumer) {
  EXPECT_THAT(Refusal({"applications/claims", "vendors/openai"}),
              HasSubstr("FIELD_INVALID consumers[1]: name an application, a business service or a route; "
                        "\"vendors/openai\" is none"));
  EXPECT_THAT(Refusal({""}), HasSubstr("FIELD_INVALID consumers[0]"));
  EXPECT_THAT(Refusal({"routes/gpt"}, NamedRoutes::kRefused),
              HasSubstr("consumers[0]: name an application or a business service; \"routes/gpt\" is none"));
}

TEST_F(NamedConsumers, RefusesWhatTheInventoryDoesNotHave) {
  EXPECT_THAT(Refusal({"applications/claims", "applications/nobody"}),
              HasSubstr("TARGET_NOT_FOUND consumers[1]: applications/nobody is not in the inventory"));
}

}  // namespace
}  // namespace linchpin::risk
