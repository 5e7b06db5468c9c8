// Decisions of writes against a state, without a store: what is allowed, what is refused and why.
#include "services/writing/writes.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/replica/view_holder.h"
#include "services/resource/validate.h"
#include "services/store/port/overlay.h"
#include "services/writing/batch.h"
#include "tests/support/decide.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::inventory {
namespace {

namespace v1 = ::linchpin::inventory::v1;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using writing::kBatchOperationsMax;
using writing::WritePlan;
using writing::WriteSettings;

v1::BatchWriteRequest Batch(const std::string& text) {
  v1::BatchWriteRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

// "upsert" operations of resources given as text protos.
std::string Upserts(const std::vector<std::string>& resources) {
  std::string text;
  for (const std::string& resource : resources)
    absl::StrAppend(&text, "operations { upsert { ", resource, " } } ");
  return text;
}

WriteSettings Settings(bool with_json = false) {
  WriteSettings settings;
  settings.with_json = with_json;
  settings.rules = InventoryRules();
  return settings;
}

absl::StatusOr<WritePlan> Plan(const v1::BatchWriteRequest& request, bool with_json = false) {
  writing::BatchOptions options;
  options.token_of = [](int64_t revision) { return absl::StrCat(revision); };
  return writing::PlanBatch(request.operations(), Settings(with_json), options);
}

class WritesTest : public ::testing::Test {
 protected:
  // Decides a batch and, if it is accepted, applies it.
  absl::Status Write(const std::string& batch) {
    const absl::StatusOr<WritePlan> plan = Plan(Batch(batch));
    if (!plan.ok()) return plan.status();
    return Decide(*plan);
  }

  absl::Status Decide(const WritePlan& plan) {
    absl::StatusOr<store::Decision> decision = linchpin::Decide(plan, holder_);
    if (!decision.ok()) return decision.status();
    // Deciding is repeatable.
    EXPECT_THAT(linchpin::Decide(plan, holder_), IsOk());
    std::vector<store::Change> changes;
    for (const store::Upsert& upsert : decision->upserts) {
      store::Change change;
      change.resource = {upsert.name,       upsert.kind,       revision_,
                         absl::UnixEpoch(), absl::UnixEpoch(), upsert.body};
      changes.push_back(change);
    }
    for (const std::string& name : decision->deletes) {
      store::Change change;
      change.resource.name = name;
      change.resource.revision = revision_;
      change.deleted = true;
      changes.push_back(change);
    }
    holder_.Apply(changes);
    ++revision_;
    EXPECT_THAT(*holder_.Current()->quarantine(), IsEmpty());
    return absl::OkStatus();
  }

  replica::ViewHolder holder_;
  int64_t revision_ = 1;
};

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto details = base::DetailsOf(status);
  if (!details) return fields;
  for (const auto& violation : details->violations) fields.push_back(violation.field);
  return fields;
}

std::string CycleOf(const absl::Status& status) {
  const auto details = base::DetailsOf(status);
  return details && details->metadata.contains("cycle") ? details->metadata.at("cycle") : "";
}

TEST_F(WritesTest, LineageCyclesAreRefusedWithTheNamesInThem) {
  const auto model = [](const std::string& id, const std::string& base, const std::string& relation) {
    return "model { name: 'models/" + id + "' derivations { base_model: 'models/" + base +
           "' relation: RELATION_" + relation + " } }";
  };
  ASSERT_THAT(Write(Upserts({"model { name: 'models/a' }", model("b", "a", "FINE_TUNE"),
                             model("c", "b", "DISTILLED")})),
              IsOk());
  // Every relation counts, also one that carries nothing.
  absl::Status status = Write(Upserts({model("a", "c", "SYNTHETIC_DATA")}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "CYCLE"));
  EXPECT_EQ(CycleOf(status), "models/a,models/c,models/b,models/a");
  EXPECT_THAT(std::string(status.message()), HasSubstr("leave out the derivation"));
  status = Write(Upserts({model("d", "d", "MERGE")}));
  EXPECT_EQ(CycleOf(status), "models/d,models/d");
  // A cycle within the batch, and one that the batch itself opens.
  EXPECT_EQ(CycleOf(Write(Upserts({model("e", "f", "MERGE"), model("f", "e", "MERGE")}))),
            "models/e,models/f,models/e");
  EXPECT_THAT(Write(Upserts({model("a", "c", "FINE_TUNE"), "model { name: 'models/b' }"})), IsOk());
}

TEST_F(WritesTest, VersionsAndDerivationsTogetherMakeNoCycle) {
  ASSERT_THAT(Write(Upserts({"model { name: 'models/line' }",
                             "model { name: 'models/dated' version_of: 'models/line' }",
                             "model { name: 'models/tune' derivations { base_model: 'models/dated' } }"})),
              IsOk());
  const absl::Status status =
      Write(Upserts({"model { name: 'models/line' derivations { base_model: 'models/tune' } }"}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "CYCLE"));
  EXPECT_EQ(CycleOf(status), "models/line,models/tune,models/dated,models/line");
  EXPECT_EQ(CycleOf(Write(Upserts({"model { name: 'models/line' version_of: 'models/dated' }"}))),
            "models/line,models/dated,models/line");
  EXPECT_EQ(CycleOf(Write(Upserts({"model { name: 'models/x' version_of: 'models/x' }"}))),
            "models/x,models/x");
}

TEST_F(WritesTest, NothingIsSaidOfTheOperatorOfWhatIsSelfHosted) {
  const absl::Status status =
      Write(Upserts({"vendor { name: 'vendors/v' }",
                     "deployment { name: 'deployments/d' hosting_mode: HOSTING_MODE_SELF_HOSTED "
                     "bounds { field: 'operator' one_of: 'vendors/v' } likely { field: 'operator' one_of: "
                     "'vendors/v' } }"}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[1].upsert.deployment.bounds[0].field",
                                            "operations[1].upsert.deployment.likely[0].field"));
}

TEST_F(WritesTest, AVendorHostsEachDeveloperOnce) {
  const absl::Status status =
      Write(Upserts({"vendor { name: 'vendors/v' }",
                     "vendor { name: 'vendors/w' hosted_developers { developer: 'vendors/v' } "
                     "hosted_developers { developer: 'vendors/v' } }"}));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[1].upsert.vendor.hosted_developers[1].developer"));
}

TEST_F(WritesTest, AChangeThatSettlesAFactMustTakeBackWhatWasOpen) {
  ASSERT_THAT(Write(Upserts({"vendor { name: 'vendors/v' likely { field: 'country' one_of: 'DE' } }"})),
              IsOk());
  const auto update = [&](const std::string& text, std::vector<std::string> paths) {
    v1::Vendor vendor;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString("name: 'vendors/v' " + text, &vendor));
    google::protobuf::FieldMask mask;
    for (const std::string& path : paths) mask.add_paths(path);
    absl::StatusOr<WritePlan> plan =
        writing::PlanUpdate(*resource::FindKind("Vendor"), vendor, &mask, false, Settings());
    return plan.ok() ? Decide(*plan) : plan.status();
  };
  EXPECT_THAT(FieldsOf(update("country: 'DE'", {"country"})), ElementsAre("vendor.likely[0].field"));
  EXPECT_THAT(update("country: 'DE'", {"country", "likely"}), IsOk());
}

TEST_F(WritesTest, ParentCyclesAreRefusedWithTheNamesInThem) {
  const auto vendor = [](const std::string& id, const std::string& parent) {
    return "vendor { name: 'vendors/" + id + "' parent: 'vendors/" + parent + "' }";
  };
  ASSERT_THAT(Write(Upserts({"vendor { name: 'vendors/a' }", vendor("b", "a"), vendor("c", "b")})), IsOk());
  absl::Status status = Write(Upserts({vendor("a", "c")}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "CYCLE"));
  EXPECT_EQ(CycleOf(status), "vendors/a,vendors/c,vendors/b,vendors/a");
  EXPECT_EQ(CycleOf(Write(Upserts({vendor("x", "x")}))), "vendors/x,vendors/x");
}

TEST_F(WritesTest, ALineageOfThousandsNeedsNoStack) {
  std::string batch = "operations { upsert { model { name: 'models/m0' } } } ";
  for (int i = 1; i < 5000; ++i) {
    absl::StrAppend(&batch, "operations { upsert { model { name: 'models/m", i,
                    "' derivations { base_model: 'models/m", i - 1, "' } } } } ");
  }
  ASSERT_THAT(Write(batch), IsOk());
  absl::Status status =
      Write(Upserts({"model { name: 'models/m0' derivations { base_model: 'models/m4999' } }"}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "CYCLE"));
}

TEST_F(WritesTest, CyclesAmongConsumersAreLegal) {
  EXPECT_THAT(
      Write(Upserts({"application { name: 'applications/a' }", "application { name: 'applications/b' }",
                     "dependency { name: 'applications/a/dependencies/d' alternatives { target: "
                     "'applications/b' } }",
                     "dependency { name: 'applications/b/dependencies/d' alternatives { target: "
                     "'applications/a' } }"})),
      IsOk());
}

TEST_F(WritesTest, ReferencesToNothingAreAllListed) {
  absl::Status status = Write(Upserts({"vendor { name: 'vendors/a' parent: 'vendors/x' }",
                                       "dependency { name: 'applications/p/dependencies/d' "
                                       "alternatives { target: 'deployments/y' } }"}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND"));
  EXPECT_THAT(FieldsOf(status),
              ElementsAre("operations[0].upsert.vendor.parent", "operations[1].upsert.dependency.name",
                          "operations[1].upsert.dependency.alternatives[0].target"));
  EXPECT_EQ(base::DetailsOf(status)->metadata.at("target"), "vendors/x");
}

TEST_F(WritesTest, WhatTheBatchDeletesIsNoTarget) {
  ASSERT_THAT(Write(Upserts({"vendor { name: 'vendors/a' }"})), IsOk());
  absl::Status status = Write(Upserts({"vendor { name: 'vendors/b' parent: 'vendors/a' }"}) +
                              "operations { delete: 'vendors/a' }");
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND"));
}

TEST_F(WritesTest, TokensMayFill63Bits) {
  EXPECT_THAT(Write(Upserts({"deployment { name: 'deployments/x' }", "application { name: 'applications/a' }",
                             "dependency { name: 'applications/a/dependencies/d' "
                             "alternatives { target: 'deployments/x' } usage { window { seconds: 1 } "
                             "input_tokens: 9223372036854775806 output_tokens: 1 } }"})),
              IsOk());
}

TEST_F(WritesTest, AConsumerHasAtMostSoManyDependencies) {
  const auto dependency = [](int i) {
    return absl::StrCat("operations { upsert { dependency { name: 'applications/a/dependencies/d", i,
                        "' alternatives { target: 'deployments/x' } } } } ");
  };
  ASSERT_THAT(
      Write(Upserts({"deployment { name: 'deployments/x' }", "application { name: 'applications/a' }"})),
      IsOk());
  constexpr int kMax = 65'536;
  for (int i = 0; i < kMax;) {
    std::string batch;
    for (const int last = std::min(kMax, i + kBatchOperationsMax); i < last; ++i) batch += dependency(i);
    ASSERT_THAT(Write(batch), IsOk());
  }
  const absl::Status status = Write(dependency(kMax));
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.dependency.name"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("65536 dependencies"));
  // What is there may change, and another may take the place of one that goes.
  EXPECT_THAT(Write(dependency(0)), IsOk());
  EXPECT_THAT(Write(dependency(kMax) + "operations { delete: 'applications/a/dependencies/d0' }"), IsOk());
}

struct RefusedDocument {
  std::string what;
  std::string resource;
  std::vector<std::string> fields;
};

class RefusedDocuments : public ::testing::TestWithParam<RefusedDocument> {};

TEST_P(RefusedDocuments, NamesTheField) {
  const absl::StatusOr<WritePlan> plan = Plan(Batch(Upserts({GetParam().resource})));
  EXPECT_THAT(plan, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  std::vector<std::string> expected;
  for (const std::string& field : GetParam().fields) expected.push_back("operations[0].upsert." + field);
  EXPECT_EQ(FieldsOf(plan.status()), expected) << plan.status();
}

INSTANTIATE_TEST_SUITE_P(
    Documents, RefusedDocuments,
    ::testing::Values(
        RefusedDocument{"IncreasingQuality",
                        "dependency { name: 'applications/a/dependencies/d' "
                        "alternatives { target: 'deployments/x' quality_ppm: 500 } "
                        "alternatives { target: 'deployments/y' quality_ppm: 501 } }",
                        {"dependency.alternatives[1].quality_ppm"}},
        RefusedDocument{"AbsentQualityIsAll",
                        "dependency { name: 'applications/a/dependencies/d' "
                        "alternatives { target: 'deployments/x' quality_ppm: 500 } "
                        "alternatives { target: 'deployments/y' } }",
                        {"dependency.alternatives[1].quality_ppm"}},
        RefusedDocument{"NoAlternatives",
                        "dependency { name: 'applications/a/dependencies/d' }",
                        {"dependency.alternatives"}},
        RefusedDocument{
            "TargetOfAnotherKind",
            "dependency { name: 'applications/a/dependencies/d' alternatives { target: 'vendors/x' } }",
            {"dependency.alternatives[0].target"}},
        RefusedDocument{"UsageWithoutWindow",
                        "dependency { name: 'applications/a/dependencies/d' "
                        "alternatives { target: 'deployments/x' } usage { requests: 5 } }",
                        {"dependency.usage.window"}},
        RefusedDocument{
            "TokensBeyond63Bits",
            "dependency { name: 'applications/a/dependencies/d' "
            "alternatives { target: 'deployments/x' usage { window { seconds: 1 } "
            "input_tokens: 1 output_tokens: 9223372036854775807 } } "
            "usage { window { seconds: 1 } input_tokens: 9223372036854775807 output_tokens: 1 } }",
            {"dependency.alternatives[0].usage.output_tokens", "dependency.usage.output_tokens"}},
        RefusedDocument{"SelfHostedWithOperator",
                        "deployment { name: 'deployments/d' hosting_mode: HOSTING_MODE_SELF_HOSTED operator: "
                        "'vendors/v' }",
                        {"deployment.operator"}},
        RefusedDocument{"KnownNoneOfAFieldWithAValue",
                        "vendor { name: 'vendors/a' parent: 'vendors/b' known_none: 'parent' }",
                        {"vendor.known_none[0]"}},
        RefusedDocument{"NameOfAnotherKind", "vendor { name: 'hosts/a' }", {"vendor.name"}},
        RefusedDocument{"NoName", "vendor { }", {"vendor.name"}}),
    [](const auto& info) { return info.param.what; });

struct HostingCase {
  std::string what;
  std::string operator_parent;   // A name, "none", or empty for unknown.
  std::string developer_parent;  // Likewise.
  std::string mode;
  bool allowed;
};

class Hosting : public ::testing::TestWithParam<HostingCase> {};

std::string Parent(const std::string& parent) {
  if (parent.empty()) return "";
  return parent == "none" ? "known_none: 'parent'" : "parent: '" + parent + "'";
}

TEST_P(Hosting, VendorApiNeedsACommonOwner) {
  const HostingCase& one = GetParam();
  replica::ViewHolder holder;
  absl::StatusOr<WritePlan> plan =
      Plan(Batch(Upserts({"vendor { name: 'vendors/top' known_none: 'parent' }",
                          "vendor { name: 'vendors/op' " + Parent(one.operator_parent) + " }",
                          "vendor { name: 'vendors/dev' " + Parent(one.developer_parent) + " }",
                          "model { name: 'models/m' developer: 'vendors/dev' }",
                          "deployment { name: 'deployments/d' model: 'models/m' operator: 'vendors/op' "
                          "hosting_mode: HOSTING_MODE_" +
                              one.mode + " }"})));
  ASSERT_THAT(plan, IsOk());
  const absl::Status status = linchpin::Decide(*plan, holder).status();
  EXPECT_EQ(status.ok(), one.allowed) << status;
  if (one.allowed) return;
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[4].upsert.deployment.hosting_mode"));
}

INSTANTIATE_TEST_SUITE_P(
    Deployments, Hosting,
    ::testing::Values(HostingCase{"Strangers", "none", "none", "VENDOR_API", false},
                      HostingCase{"StrangersByAThirdParty", "none", "none", "THIRD_PARTY_HOSTED", true},
                      HostingCase{"SameGroup", "vendors/top", "vendors/top", "VENDOR_API", true},
                      HostingCase{"OperatorOwnsDeveloper", "none", "vendors/op", "VENDOR_API", true},
                      HostingCase{"DeveloperOwnsOperator", "vendors/dev", "none", "VENDOR_API", true},
                      HostingCase{"OperatorsParentUnknown", "", "none", "VENDOR_API", true},
                      HostingCase{"DevelopersParentUnknown", "none", "", "VENDOR_API", true}),
    [](const auto& info) { return info.param.what; });

TEST_F(WritesTest, AChangeOfParentOrDeveloperThatBreaksADeploymentIsRefused) {
  ASSERT_THAT(Write(Upserts({"vendor { name: 'vendors/top' known_none: 'parent' }",
                             "vendor { name: 'vendors/op' parent: 'vendors/mid' }",
                             "vendor { name: 'vendors/mid' parent: 'vendors/top' }",
                             "vendor { name: 'vendors/dev' parent: 'vendors/top' }",
                             "vendor { name: 'vendors/other' known_none: 'parent' }",
                             "model { name: 'models/m' developer: 'vendors/dev' }",
                             "deployment { name: 'deployments/d' model: 'models/m' operator: 'vendors/op' "
                             "hosting_mode: HOSTING_MODE_VENDOR_API }"})),
              IsOk());
  absl::Status status = Write(Upserts({"vendor { name: 'vendors/mid' known_none: 'parent' }"}));
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.vendor.parent"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("deployments/d"));
  status = Write(Upserts({"vendor { name: 'vendors/dev' parent: 'vendors/other' }"}));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.vendor.parent"));
  status = Write(Upserts({"model { name: 'models/m' developer: 'vendors/other' }"}));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.model.developer"));
  // Together with the deployment it is fine.
  EXPECT_THAT(Write(Upserts({"model { name: 'models/m' developer: 'vendors/other' }",
                             "deployment { name: 'deployments/d' model: 'models/m' operator: 'vendors/op' "
                             "hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED }"})),
              IsOk());
}

TEST_F(WritesTest, TheHostingRuleHoldsForTheSecondWriteOfAGroup) {
  ASSERT_THAT(Write(Upserts({"vendor { name: 'vendors/top' known_none: 'parent' }",
                             "vendor { name: 'vendors/op' parent: 'vendors/top' }",
                             "vendor { name: 'vendors/dev' parent: 'vendors/top' }",
                             "model { name: 'models/m' developer: 'vendors/dev' }",
                             "deployment { name: 'deployments/d' model: 'models/m' operator: 'vendors/op' "
                             "hosting_mode: HOSTING_MODE_VENDOR_API }"})),
              IsOk());
  store::Overlay group(holder_);
  group.Put({"vendors/other", "Vendor", revision_, absl::UnixEpoch(), absl::UnixEpoch(), ""}, {});
  const absl::StatusOr<WritePlan> plan =
      Plan(Batch(Upserts({"vendor { name: 'vendors/op' known_none: 'parent' }"})));
  const absl::Status status = linchpin::Decide(*plan, group).status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.vendor.parent"));
}

TEST_F(WritesTest, ABatchMustHaveOneToTenThousandOperations) {
  EXPECT_THAT(FieldsOf(Plan({}).status()), ElementsAre("operations"));
  v1::BatchWriteRequest request;
  for (int i = 0; i < kBatchOperationsMax; ++i) {
    request.add_operations()->set_delete_(absl::StrCat("vendors/v", i));
  }
  EXPECT_THAT(Plan(request), IsOk());
  request.add_operations()->set_delete_("vendors/w");
  EXPECT_THAT(FieldsOf(Plan(request).status()), ElementsAre("operations"));
}

// So many operations are shared by threads.
TEST_F(WritesTest, ALargeBatchIsOneBatch) {
  const auto vendor = [](int i) { return absl::StrCat("vendors/v", i); };
  v1::BatchWriteRequest request;
  for (int i = 0; i < kBatchOperationsMax; ++i) {
    if (i % 3 == 1) {
      request.add_operations()->set_delete_(vendor(i));
      request.mutable_operations(i)->set_allow_missing(true);
    } else {
      request.add_operations()->mutable_upsert()->mutable_vendor()->set_name(vendor(i));
    }
  }
  const auto plan = Plan(request);
  ASSERT_THAT(plan, IsOk());
  const auto decision = linchpin::Decide(*plan, holder_);
  ASSERT_THAT(decision, IsOk());
  store::Applied applied;
  applied.revision = 7;
  applied.changed = true;
  applied.upserts.resize(decision->upserts.size(), {7, absl::UnixEpoch(), absl::UnixEpoch()});
  v1::BatchWriteResponse response;
  ASSERT_TRUE(response.ParseFromString(decision->reply(applied)));
  ASSERT_EQ(response.results_size(), kBatchOperationsMax);
  for (int i = 0; i < kBatchOperationsMax; ++i) {
    EXPECT_EQ(response.results(i).name(), vendor(i));
    EXPECT_EQ(response.results(i).action(),
              i % 3 == 1 ? v1::BatchWriteResponse::ACTION_UNCHANGED : v1::BatchWriteResponse::ACTION_CREATED);
  }
  // A name that stands twice is found wherever it stands.
  request.mutable_operations(9'999)->mutable_upsert()->mutable_vendor()->set_name(vendor(3));
  request.mutable_operations(9'000)->mutable_upsert()->mutable_vendor()->add_known_none("labels");
  EXPECT_THAT(FieldsOf(Plan(request).status()),
              ElementsAre("operations[9000].upsert.vendor.known_none[0]", "operations[9999]"));
}

TEST_F(WritesTest, WhatIsWrongInALargeBatchIsToldFromItsStartAndCut) {
  v1::BatchWriteRequest request;
  for (int i = 0; i < kBatchOperationsMax; ++i) request.add_operations();
  const auto fields = FieldsOf(Plan(request).status());
  ASSERT_EQ(fields.size(), resource::kViolationsMax);
  for (size_t i = 0; i < fields.size(); ++i) EXPECT_EQ(fields[i], absl::StrCat("operations[", i, "]"));
}

TEST_F(WritesTest, AnEmptyOperationSaysSo) {
  EXPECT_THAT(FieldsOf(Write("operations { } operations { upsert { } } operations { delete: 'policies/p' }")),
              ElementsAre("operations[0]", "operations[1].upsert", "operations[2].delete"));
}

TEST_F(WritesTest, BatchEtagsGuardUpsertsAndDeletes) {
  ASSERT_THAT(Write(Upserts({"vendor { name: 'vendors/a' }", "vendor { name: 'vendors/b' }"})), IsOk());
  EXPECT_THAT(Write(Upserts({"vendor { name: 'vendors/a' etag: '\"9\"' }"})),
              Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Write("operations { delete: 'vendors/b' etag: '\"9\"' }"),
              Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Write(Upserts({"vendor { name: 'vendors/a' etag: '\"1\"' }"}) +
                    "operations { delete: 'vendors/b' etag: '\"1\"' }"),
              IsOk());
  EXPECT_THAT(Write("operations { delete: 'vendors/b' }"),
              Fails(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"));
  // Who read it before it was deleted must not bring it back unknowingly.
  EXPECT_THAT(Write(Upserts({"vendor { name: 'vendors/b' etag: '\"1\"' }"})),
              Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_F(WritesTest, AnUpdateWithAnEtagDoesNotCreate) {
  const resource::KindInfo& kind = *resource::FindKind("Vendor");
  v1::Vendor vendor;
  vendor.set_name("vendors/a");
  vendor.set_etag("\"1\"");
  const auto decide = [&](bool allow_missing) {
    const auto plan = writing::PlanUpdate(kind, vendor, nullptr, allow_missing, Settings());
    return plan.ok() ? linchpin::Decide(*plan, holder_).status() : plan.status();
  };
  EXPECT_THAT(decide(true), Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(decide(false), Fails(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"));
  vendor.clear_etag();
  EXPECT_THAT(decide(true), IsOk());
}

TEST_F(WritesTest, ADocumentIsStoredWithoutWhatOthersFillIn) {
  const absl::StatusOr<WritePlan> plan = Plan(
      Batch(Upserts({"vendor { name: 'vendors/a' country: 'US' revision: 5 create_time { seconds: 9 } }"})));
  const absl::StatusOr<store::Decision> decision = linchpin::Decide(*plan, holder_);
  ASSERT_THAT(decision, IsOk());
  v1::Vendor stored;
  ASSERT_TRUE(stored.ParseFromString(decision->upserts[0].body));
  EXPECT_EQ(stored.ShortDebugString(), "name: \"vendors/a\" country: \"US\"");
  EXPECT_THAT(decision->upserts[0].references, IsEmpty());
  EXPECT_EQ(decision->upserts[0].json, "");
}

TEST_F(WritesTest, EqualDocumentsHaveEqualBytesWhateverTheOrderOfTheirLabels) {
  const auto body = [&](const std::string& labels) {
    const auto plan = Plan(Batch(Upserts({"vendor { name: 'vendors/a' " + labels + " }"})), true);
    const auto decision = linchpin::Decide(*plan, holder_);
    EXPECT_THAT(decision->upserts[0].json, HasSubstr("\"name\":\"vendors/a\""));
    return decision->upserts[0].body;
  };
  std::string forward, backward;
  for (int i = 0; i < 20; ++i) {
    const std::string label = absl::StrCat("labels { key: 'k", i, "' value: 'v' } ");
    forward += label;
    backward = label + backward;
  }
  EXPECT_EQ(body(forward), body(backward));
}

}  // namespace
}  // namespace linchpin::inventory
