#include "services/resource/validate.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "tests/support/status_matchers.h"

namespace linchpin::resource {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace linchpin::inventory::v1;  // NOLINT: one message of each kind is built below

std::vector<std::string> Fields(const google::protobuf::Message& message) {
  std::vector<std::string> fields;
  for (const base::FieldViolation& violation : Violations(message)) fields.push_back(violation.field);
  return fields;
}

TEST(Countries, AreThoseOfIso) {
  for (const char* code : {"US", "CN", "NO", "NA", "ZW", "AD"}) EXPECT_TRUE(IsCountry(code)) << code;
  for (const char* code : {"", "us", "USA", "XX", "EU", "UK", "U"}) EXPECT_FALSE(IsCountry(code)) << code;
}

TEST(Validate, AcceptsUnknowns) {
  EXPECT_THAT(Fields(Vendor()), IsEmpty());
  EXPECT_THAT(Fields(Model()), IsEmpty());
  EXPECT_THAT(Fields(Deployment()), IsEmpty());
}

TEST(Validate, ReportsAllViolationsAtOnce) {
  Model model;
  model.set_developer("openai");
  model.set_origin_country("usa");
  model.add_derivations()->set_base_model("vendors/x");
  model.add_derivations();
  EXPECT_THAT(Fields(model), ElementsAre("developer", "origin_country", "derivations[0].base_model",
                                         "derivations[1].base_model"));
}

TEST(Validate, BoundsNumbers) {
  Dependency dependency;
  dependency.add_alternatives()->set_target("deployments/d");
  dependency.set_weight_ppm(1000000);
  dependency.set_units(1);
  EXPECT_THAT(Fields(dependency), IsEmpty());
  dependency.set_weight_ppm(1000001);
  dependency.set_units(0);
  EXPECT_THAT(Fields(dependency), ElementsAre("weight_ppm", "units"));
  Application app;
  app.set_tier(5);
  app.mutable_continuity()->set_loss_per_hour_minor(-1);
  EXPECT_THAT(Fields(app), ElementsAre("tier", "continuity.loss_per_hour_minor"));
}

TEST(Validate, WantsDaysOfTheCalendar) {
  for (const char* date : {"2026-10-02", "2024-02-29"}) {
    Vendor vendor;
    vendor.mutable_serves_from()->set_date(date);
    EXPECT_THAT(Fields(vendor), IsEmpty()) << date;
  }
  for (const char* date : {"2026-13-02", "2025-02-29", "2026-10-2", "2026-10-02T09:00:00Z", "yesterday"}) {
    Vendor vendor;
    vendor.mutable_serves_from()->set_date(date);
    EXPECT_THAT(Fields(vendor), ElementsAre("serves_from.date")) << date;
  }
}

TEST(Validate, BoundsListsAndStringsAtTheEdge) {
  Vendor vendor;
  for (int i = 0; i < 64; ++i) vendor.add_aliases("a");
  vendor.set_description(std::string(8192, 'x'));
  vendor.set_display_name(std::string(256, 'x'));
  EXPECT_THAT(Fields(vendor), IsEmpty());
  vendor.add_aliases("one more");
  vendor.set_description(std::string(8193, 'x'));
  vendor.set_homepage(std::string("a\0b", 3));
  EXPECT_THAT(Fields(vendor), ElementsAre("description", "aliases", "homepage"));
}

TEST(Validate, ChecksDurationsTimesAndRatios) {
  Dependency dependency;
  auto* alternative = dependency.add_alternatives();
  alternative->set_target("deployments/d");
  dependency.mutable_bridge()->set_nanos(5);
  alternative->mutable_switch_duration()->set_seconds(-1);
  alternative->mutable_last_test()->mutable_time()->set_seconds(std::numeric_limits<int64_t>::max());
  alternative->mutable_last_test()->set_result(Dependency::TestRecord::RESULT_PASS);
  alternative->mutable_usage()->mutable_window();
  EXPECT_THAT(Fields(dependency),
              ElementsAre("bridge", "alternatives[0].switch_duration", "alternatives[0].last_test.time",
                          "alternatives[0].usage.window"));
  Model model;
  auto* derivation = model.add_derivations();
  derivation->set_base_model("models/m");
  derivation->set_confidence_ratio(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(Fields(model), ElementsAre("derivations[0].confidence_ratio"));
}

TEST(Validate, RefusesEnumValuesThatDoNotExist) {
  Model model;
  model.set_weights(static_cast<Model::Weights>(77));
  EXPECT_THAT(Fields(model), ElementsAre("weights"));
}

TEST(KnownNone, NamesOnlyAbsentFieldsThatMayBeNone) {
  Vendor vendor;
  vendor.add_known_none("parent");
  EXPECT_THAT(Fields(vendor), IsEmpty());
  vendor.set_parent("vendors/p");
  EXPECT_THAT(Fields(vendor), ElementsAre("known_none[0]"));
  Vendor other;
  other.add_known_none("country");
  EXPECT_THAT(Fields(other), ElementsAre("known_none[0]"));
  Deployment deployment;
  deployment.add_known_none("host");
  EXPECT_THAT(Fields(deployment), ElementsAre("known_none[0]"));
  Application app;
  app.add_known_none("tier");
  EXPECT_THAT(Fields(app), ElementsAre("known_none[0]"));
}

TEST(Validate, NamesThePathInsideABatch) {
  BatchWriteRequest request;
  request.add_operations()->mutable_upsert()->mutable_vendor()->set_name("vendors/a");
  request.add_operations()->mutable_upsert()->mutable_vendor()->set_country("ZZ");
  EXPECT_THAT(Fields(request), ElementsAre("operations[1].upsert.vendor.country"));
}

TEST(Validate, LetsAnUpdateLeaveRequiredFieldsOut) {
  UpdateDependencyRequest update;
  update.mutable_dependency()->set_name("applications/a/dependencies/d");
  EXPECT_THAT(Fields(update), IsEmpty());
  update.mutable_dependency()->add_alternatives();
  EXPECT_THAT(Fields(update), ElementsAre("dependency.alternatives[0].target"));
  CreateDependencyRequest create;
  create.mutable_dependency();
  EXPECT_THAT(Fields(create), Contains("dependency.alternatives"));
}

TEST(ValidateRequest, LeavesDocumentsThatAreWrittenWholeToTheWriter) {
  CreateVendorRequest create;
  create.set_vendor_id("acme");
  create.mutable_vendor()->set_country("Norway");
  EXPECT_THAT(ValidateRequest(create), IsOk());
  BatchWriteRequest batch;
  batch.add_operations()->mutable_upsert()->mutable_vendor()->set_country("Norway");
  EXPECT_THAT(ValidateRequest(batch), IsOk());
  // What is not a document is checked, and so is one that is merged.
  EXPECT_THAT(ValidateRequest(CreateVendorRequest()), ::testing::Not(IsOk()));
  UpdateVendorRequest update;
  update.mutable_vendor()->set_country("Norway");
  EXPECT_THAT(ValidateRequest(update), ::testing::Not(IsOk()));
}

TEST(Validate, BoundsBatches) {
  BatchGetRequest request;
  EXPECT_THAT(Fields(request), ElementsAre("names"));
  for (int i = 0; i < 1000; ++i) request.add_names("vendors/a");
  EXPECT_THAT(Fields(request), IsEmpty());
  request.add_names("vendors/a");
  EXPECT_THAT(Fields(request), ElementsAre("names"));
}

}  // namespace
}  // namespace linchpin::resource
