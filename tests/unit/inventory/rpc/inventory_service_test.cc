// The inventory through its channel: the standard methods, what they refuse, and what stands in the trailing
// metadata.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/store/commit/map_head.h"
#include "tests/support/inventory_server.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::InventoryServer;
using testing::InventoryStub;
using ::testing::IsEmpty;

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

std::string Trailer(const grpc::ClientContext& context, const std::string& key) {
  auto found = context.GetServerTrailingMetadata().find(key);
  return found == context.GetServerTrailingMetadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

class InventoryServiceTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::Vendor> CreateVendor(const std::string& id, const std::string& vendor = "") {
    v1::CreateVendorRequest request;
    request.set_vendor_id(id);
    *request.mutable_vendor() = Parse<v1::Vendor>(vendor);
    v1::Vendor response;
    absl::Status status = server_.Call(&InventoryStub::CreateVendor, request, &response);
    if (!status.ok()) return status;
    return response;
  }
  absl::StatusOr<v1::Vendor> GetVendor(const std::string& name) {
    v1::Vendor response;
    absl::Status status = server_.Call(&InventoryStub::GetVendor,
                                       Parse<v1::GetVendorRequest>("name: '" + name + "'"), &response);
    if (!status.ok()) return status;
    return response;
  }
  absl::StatusOr<v1::Vendor> UpdateVendor(const std::string& request) {
    v1::Vendor response;
    absl::Status status =
        server_.Call(&InventoryStub::UpdateVendor, Parse<v1::UpdateVendorRequest>(request), &response);
    if (!status.ok()) return status;
    return response;
  }
  absl::Status DeleteVendor(const std::string& request) {
    google::protobuf::Empty response;
    return server_.Call(&InventoryStub::DeleteVendor, Parse<v1::DeleteVendorRequest>(request), &response);
  }
  absl::StatusOr<v1::ListVendorsResponse> ListVendors(const std::string& request) {
    v1::ListVendorsResponse response;
    absl::Status status =
        server_.Call(&InventoryStub::ListVendors, Parse<v1::ListVendorsRequest>(request), &response);
    if (!status.ok()) return status;
    return response;
  }

  InventoryServer server_;
};

TEST_F(InventoryServiceTest, WhatWasCreatedIsReadBackWithItsOutputOnlyFields) {
  absl::StatusOr<v1::Vendor> created = CreateVendor(
      "openai", "name: 'ignored' display_name: 'OpenAI' country: 'US' known_none: 'parent' etag: 'ignored'");
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->name(), "vendors/openai");
  EXPECT_EQ(created->revision(), 1);
  EXPECT_EQ(created->etag(), "\"1\"");
  EXPECT_GT(created->create_time().seconds(), 0);
  EXPECT_EQ(created->create_time().seconds(), created->update_time().seconds());
  absl::StatusOr<v1::Vendor> read = GetVendor("vendors/openai");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->DebugString(), created->DebugString());
}

TEST_F(InventoryServiceTest, CreateRefusesWhatExistsAndNamesEveryWrongField) {
  ASSERT_THAT(CreateVendor("a"), IsOk());
  EXPECT_THAT(CreateVendor("a"), Fails(absl::StatusCode::kAlreadyExists, "RESOURCE_EXISTS"));
  absl::Status status = CreateVendor("b", "country: 'XX' known_none: 'country'").status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ::testing::UnorderedElementsAre("vendor.country", "vendor.known_none[0]"));
  EXPECT_THAT(FieldsOf(CreateVendor("No").status()), ElementsAre("vendor_id"));
}

TEST_F(InventoryServiceTest, AReferenceToNothingIsRefusedWithItsField) {
  absl::Status status = CreateVendor("a", "parent: 'vendors/none'").status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("vendor.parent"));
}

TEST_F(InventoryServiceTest, UpdateChangesWhatTheMaskNames) {
  ASSERT_THAT(CreateVendor("a", "display_name: 'A' country: 'US'"), IsOk());
  absl::StatusOr<v1::Vendor> changed = UpdateVendor(
      "vendor { name: 'vendors/a' country: 'DE' homepage: 'x' } update_mask { paths: 'country' }");
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->country(), "DE");
  EXPECT_EQ(changed->display_name(), "A");
  EXPECT_EQ(changed->homepage(), "");
  EXPECT_EQ(changed->revision(), 2);
  absl::StatusOr<v1::Vendor> same = UpdateVendor("vendor { name: 'vendors/a' country: 'DE' }");
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->revision(), 2);
  EXPECT_THAT(UpdateVendor("vendor { name: 'vendors/a' } update_mask { paths: 'nope' }"),
              Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(UpdateVendor("vendor { name: 'vendors/b' }"),
              Fails(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"));
  EXPECT_THAT(UpdateVendor("vendor { name: 'vendors/b' } allow_missing: true"), IsOk());
}

TEST_F(InventoryServiceTest, AnOldEtagIsAborted) {
  ASSERT_THAT(CreateVendor("a"), IsOk());
  ASSERT_THAT(UpdateVendor("vendor { name: 'vendors/a' country: 'DE' etag: '\"1\"' }"), IsOk());
  EXPECT_THAT(UpdateVendor("vendor { name: 'vendors/a' country: 'FR' etag: '\"1\"' }"),
              Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(DeleteVendor("name: 'vendors/a' etag: '\"1\"'"),
              Fails(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(DeleteVendor("name: 'vendors/a' etag: '\"2\"'"), IsOk());
}

TEST_F(InventoryServiceTest, DeleteNamesWhatStillRefers) {
  ASSERT_THAT(CreateVendor("a"), IsOk());
  ASSERT_THAT(CreateVendor("b", "parent: 'vendors/a'"), IsOk());
  absl::Status status = DeleteVendor("name: 'vendors/a'");
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("vendors/b"));
  EXPECT_THAT(DeleteVendor("name: 'vendors/c'"), Fails(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"));
  EXPECT_THAT(DeleteVendor("name: 'vendors/c' allow_missing: true"), IsOk());
  EXPECT_THAT(DeleteVendor("name: 'vendors/b'"), IsOk());
  EXPECT_THAT(DeleteVendor("name: 'vendors/a'"), IsOk());
  EXPECT_THAT(GetVendor("vendors/a"), Fails(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"));
}

constexpr char kConsumer[] = R"(
    operations { upsert { vendor { name: 'vendors/v' known_none: 'parent' } } }
    operations { upsert { model { name: 'models/m' developer: 'vendors/v' } } }
    operations { upsert { dependency { name: 'applications/a/dependencies/d' alternatives { target: 'deployments/m' } } } }
    operations { upsert { deployment { name: 'deployments/m' model: 'models/m' operator: 'vendors/v' } } }
    operations { upsert { application { name: 'applications/a' tier: 1 } } })";

TEST_F(InventoryServiceTest, ABatchIsOneRevisionInAnyOrder) {
  auto written = server_.Write(kConsumer);
  ASSERT_THAT(written, IsOk());
  EXPECT_EQ(written->revision(), 1);
  ASSERT_EQ(written->results_size(), 5);
  for (const auto& result : written->results()) {
    EXPECT_EQ(result.action(), v1::BatchWriteResponse::ACTION_CREATED);
    EXPECT_EQ(result.etag(), "\"1\"");
  }
  auto again = server_.Write(kConsumer);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->revision(), 1);
  EXPECT_EQ(again->results(0).action(), v1::BatchWriteResponse::ACTION_UNCHANGED);
  auto more = server_.Write(R"(operations { upsert { vendor { name: 'vendors/v' country: 'US' } } }
                               operations { delete: 'applications/a/dependencies/d' }
                               operations { delete: 'applications/none' allow_missing: true })");
  ASSERT_THAT(more, IsOk());
  EXPECT_EQ(more->results(0).action(), v1::BatchWriteResponse::ACTION_UPDATED);
  EXPECT_EQ(more->results(1).action(), v1::BatchWriteResponse::ACTION_DELETED);
  EXPECT_EQ(more->results(2).action(), v1::BatchWriteResponse::ACTION_UNCHANGED);
}

TEST_F(InventoryServiceTest, ABatchThatIsWrongInPartsWritesNothingAndNamesThem) {
  absl::Status status = server_
                            .Write(R"(
      operations { upsert { vendor { name: 'vendors/w' } } }
      operations { delete: 'vendors/w' }
      operations { upsert { host { name: 'vendors/x' } } }
      operations { upsert { deployment { name: 'deployments/d' hosting_mode: HOSTING_MODE_SELF_HOSTED
                                         operator: 'vendors/w' } } })")
                            .status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[2].upsert.host.name",
                                            "operations[3].upsert.deployment.operator", "operations[1]"));
  status = server_.Write("operations { upsert { vendor { name: 'vendors/v' country: 'United States' } } }")
               .status();
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.vendor.country"));
  EXPECT_THAT(server_.Write("operations { upsert { vendor { name: 'vendors/w' } } } expected_revision: 7"),
              Fails(absl::StatusCode::kAborted, "REVISION_MISMATCH"));
  EXPECT_EQ(server_.source().Current()->Count(), 0);
}

TEST_F(InventoryServiceTest, ForceDeletesAConsumerWithItsDependencies) {
  ASSERT_THAT(server_.Write(kConsumer), IsOk());
  google::protobuf::Empty empty;
  auto request = Parse<v1::DeleteApplicationRequest>("name: 'applications/a'");
  EXPECT_THAT(server_.Call(&InventoryStub::DeleteApplication, request, &empty),
              Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  request.set_force(true);
  EXPECT_THAT(server_.Call(&InventoryStub::DeleteApplication, request, &empty), IsOk());
  EXPECT_FALSE(server_.source().Current()->Contains("applications/a/dependencies/d"));
}

TEST_F(InventoryServiceTest, PagesAddUpAndTokensBelongToTheirQuery) {
  for (const char* id : {"e", "c", "a", "d", "b"}) ASSERT_THAT(CreateVendor(id, "country: 'US'"), IsOk());
  ASSERT_THAT(CreateVendor("x", "country: 'DE'"), IsOk());
  std::vector<std::string> names;
  std::string token;
  do {
    auto page = ListVendors("country: 'US' page_size: 2 page_token: '" + token + "'");
    ASSERT_THAT(page, IsOk());
    EXPECT_EQ(page->total_size(), 5);
    for (const v1::Vendor& vendor : page->vendors()) names.push_back(vendor.name());
    token = page->next_page_token();
    if (names.size() == 2) {
      EXPECT_THAT(ListVendors("country: 'DE' page_token: '" + token + "'"),
                  Fails(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
      EXPECT_THAT(ListVendors("country: 'US' page_size: 1 page_token: '" + token + "'"), IsOk());
    }
  } while (!token.empty());
  EXPECT_THAT(names, ElementsAre("vendors/a", "vendors/b", "vendors/c", "vendors/d", "vendors/e"));
}

// Vendors of 32 KiB each, named by three digits from `first` on.
absl::Status WriteLargeVendors(InventoryServer& server, int first, int count) {
  v1::BatchWriteRequest request;
  for (int i = first; i < first + count; ++i) {
    v1::Vendor& vendor = *request.add_operations()->mutable_upsert()->mutable_vendor();
    vendor.set_name("vendors/v" + std::to_string(i));
    for (int j = 0; j < 16; ++j) (*vendor.mutable_annotations())["a" + std::to_string(j)].assign(2048, 'x');
  }
  v1::BatchWriteResponse response;
  return server.Call(&InventoryStub::BatchWrite, request, &response);
}

TEST_F(InventoryServiceTest, APageEndsBeforeAMessageIsFull) {
  ASSERT_THAT(WriteLargeVendors(server_, 100, 300), IsOk());
  int count = 0, pages = 0;
  std::string token;
  do {
    auto page = ListVendors("page_size: 1000 page_token: '" + token + "'");
    ASSERT_THAT(page, IsOk());
    EXPECT_LE(page->ByteSizeLong(), size_t{9} << 20);
    for (const v1::Vendor& vendor : page->vendors()) {
      EXPECT_EQ(vendor.name(), "vendors/v" + std::to_string(100 + count++));
    }
    token = page->next_page_token();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(count, 300);
  EXPECT_EQ(pages, 2);
}

TEST_F(InventoryServiceTest, ABatchGetThatIsTooLargeSaysWhatToDo) {
  for (int first : {100, 350}) ASSERT_THAT(WriteLargeVendors(server_, first, 250), IsOk());
  v1::BatchGetRequest request;
  for (int i = 100; i < 600; ++i) request.add_names("vendors/v" + std::to_string(i));
  v1::BatchGetResponse response;
  const absl::Status status = server_.Call(&InventoryStub::BatchGet, request, &response);
  EXPECT_THAT(status, Fails(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("fewer names"));
  request.mutable_names()->DeleteSubrange(200, 300);
  EXPECT_THAT(server_.Call(&InventoryStub::BatchGet, request, &response), IsOk());
  EXPECT_EQ(response.resources_size(), 200);
}

TEST_F(InventoryServiceTest, ListRefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(ListVendors("page_size: -1"), Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(ListVendors("filter: 'x'"), Fails(absl::StatusCode::kUnimplemented, "FILTER_UNSUPPORTED"));
  EXPECT_THAT(ListVendors("order_by: 'country'"), Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(ListVendors("page_token: 'AAAA'"),
              Fails(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(InventoryServiceTest, ListsNarrowByTheirFields) {
  ASSERT_THAT(server_.Write(kConsumer), IsOk());
  ASSERT_THAT(server_.Write(R"(
      operations { upsert { vendor { name: 'vendors/w' parent: 'vendors/v' } } }
      operations { upsert { business_service { name: 'businessServices/s' } } }
      operations { upsert { dependency { name: 'businessServices/s/dependencies/d' purpose: PURPOSE_CODE
                                         alternatives { target: 'applications/a' } } } })"),
              IsOk());
  EXPECT_EQ(ListVendors("parent_vendor: 'vendors/v'")->vendors_size(), 1);
  struct Case {
    std::string request;
    std::vector<std::string> names;
  };
  const std::string of_a = "applications/a/dependencies/d", of_s = "businessServices/s/dependencies/d";
  for (const Case& one : std::vector<Case>{{"", {of_a, of_s}},
                                           {"parent: 'applications/-'", {of_a}},
                                           {"parent: 'businessServices/s'", {of_s}},
                                           {"parent: 'businessServices/t'", {}},
                                           {"target: 'deployments/m'", {of_a}},
                                           {"target: 'applications/a'", {of_s}},
                                           {"target: 'deployments/m' parent: 'businessServices/-'", {}},
                                           {"purpose: PURPOSE_CODE", {of_s}}}) {
    v1::ListDependenciesResponse response;
    absl::Status status = server_.Call(&InventoryStub::ListDependencies,
                                       Parse<v1::ListDependenciesRequest>(one.request), &response);
    ASSERT_THAT(status, IsOk());
    std::vector<std::string> names;
    for (const v1::Dependency& dependency : response.dependencies()) names.push_back(dependency.name());
    EXPECT_EQ(names, one.names) << one.request;
    EXPECT_EQ(response.total_size(), static_cast<int>(one.names.size())) << one.request;
  }
  v1::ListApplicationsResponse applications;
  ASSERT_THAT(server_.Call(&InventoryStub::ListApplications, Parse<v1::ListApplicationsRequest>("tier: 1"),
                           &applications),
              IsOk());
  EXPECT_EQ(applications.applications_size(), 1);
}

TEST_F(InventoryServiceTest, ListsNarrowByOriginAsItIsDerived) {
  ASSERT_THAT(server_.Write(R"(
      operations { upsert { vendor { name: 'vendors/cn' country: 'CN' } } }
      operations { upsert { vendor { name: 'vendors/nowhere' } } }
      operations { upsert { model { name: 'models/derived' developer: 'vendors/cn' } } }
      operations { upsert { model { name: 'models/other' developer: 'vendors/cn' origin_country: 'SG' } } }
      operations { upsert { model { name: 'models/stated' origin_country: 'CN' } } }
      operations { upsert { model { name: 'models/unknown' } } }
      operations { upsert { model { name: 'models/unknown-country' developer: 'vendors/nowhere' } } })"),
              IsOk());
  for (const auto& [request, expected] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"origin_country: 'CN'", {"models/derived", "models/stated"}},
           {"origin_country: 'SG'", {"models/other"}},
           {"origin_country: 'CN' developer: 'vendors/cn'", {"models/derived"}}}) {
    v1::ListModelsResponse response;
    ASSERT_THAT(server_.Call(&InventoryStub::ListModels, Parse<v1::ListModelsRequest>(request), &response),
                IsOk());
    std::vector<std::string> names;
    for (const v1::Model& model : response.models()) names.push_back(model.name());
    EXPECT_EQ(names, expected) << request;
  }
}

TEST_F(InventoryServiceTest, BatchGetKeepsTheOrderAndListsWhatIsMissing) {
  ASSERT_THAT(server_.Write(kConsumer), IsOk());
  v1::BatchGetResponse response;
  ASSERT_THAT(
      server_.Call(&InventoryStub::BatchGet,
                   Parse<v1::BatchGetRequest>("names: 'models/m' names: 'hosts/h' names: 'vendors/v'"),
                   &response),
      IsOk());
  ASSERT_EQ(response.resources_size(), 2);
  EXPECT_EQ(response.resources(0).model().name(), "models/m");
  EXPECT_EQ(response.resources(1).vendor().name(), "vendors/v");
  EXPECT_THAT(response.missing(), ElementsAre("hosts/h"));
}

TEST(InventoryReads, DoNotWaitForBatchesThatWaitForTheDatabase) {
  // More batches than the pool has threads, behind a commit that does not end.
  constexpr int kBatches = 8;
  absl::Notification committing, commits;
  InventoryOptions options;
  options.committer.now = [&] {
    if (!committing.HasBeenNotified()) committing.Notify();
    commits.WaitForNotification();
    return absl::Now();
  };
  InventoryServer server(options);
  std::vector<std::future<absl::Status>> batches;
  const auto send = [&](int i) {
    batches.push_back(std::async(std::launch::async, [&server, i] {
      return server.Write("operations { upsert { vendor { name: 'vendors/v" + std::to_string(i) + "' } } }")
          .status();
    }));
  };
  send(0);
  committing.WaitForNotification();
  for (int i = 1; i < kBatches; ++i) send(i);
  // The first is in the group, the others queue.
  const absl::Time give_up = absl::Now() + absl::Seconds(5);
  const int64_t pool_threads = kit::PipelineOptions().pool_threads;
  while (server.inventory().CommitterStats().queued < pool_threads - 1 && absl::Now() < give_up) {
    std::this_thread::yield();
  }
  v1::ListVendorsResponse list;
  const absl::Status read = server.Call(&InventoryStub::ListVendors, v1::ListVendorsRequest(), &list);
  commits.Notify();
  EXPECT_THAT(read, IsOk());
  EXPECT_EQ(list.vendors_size(), 0);
  for (std::future<absl::Status>& batch : batches) EXPECT_THAT(batch.get(), IsOk());
}

// Writes a vendor's row as it stands, past all checks.
void WriteRow(store::ResourceStore& store, const std::string& name, const std::string& body) {
  store::MapHead head([](const store::StoredResource&) { return std::vector<std::string>(); });
  const auto committer = *store::Committer::Create(store, head, {});
  store::Write write;
  write.decide = [&](const store::StateReader&) {
    store::Decision decision;
    decision.upserts.push_back({name, "Vendor", body, {}, ""});
    return decision;
  };
  ASSERT_THAT(committer->Commit(write), IsOk());
}

TEST(InventoryQuarantine, LeavesOutWhatCannotBeReadAndServesTheRest) {
  const std::unique_ptr<store::ResourceStore> store = testing::OpenMemoryStore();
  v1::Vendor good;
  good.set_name("vendors/good");
  WriteRow(*store, "vendors/bad", "\xff\xff\xff");
  WriteRow(*store, "vendors/good", good.SerializeAsString());
  WriteRow(*store, "vendors/other", good.SerializeAsString());
  InventoryServer server({}, store.get());
  EXPECT_EQ(server.inventory().Quarantined(), 2);
  v1::ListVendorsResponse list;
  ASSERT_THAT(server.Call(&InventoryStub::ListVendors, v1::ListVendorsRequest(), &list), IsOk());
  ASSERT_EQ(list.vendors_size(), 1);
  EXPECT_EQ(list.vendors(0).name(), "vendors/good");
  EXPECT_EQ(list.total_size(), 1);
  v1::Vendor vendor;
  EXPECT_THAT(
      server.Call(&InventoryStub::GetVendor, Parse<v1::GetVendorRequest>("name: 'vendors/bad'"), &vendor),
      Fails(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"));
  EXPECT_TRUE(server.source().Current()->quarantine()->empty());
  EXPECT_THAT(server.Write("operations { upsert { vendor { name: 'vendors/new' } } }"), IsOk());
}

TEST_F(InventoryServiceTest, AnswersCarryTheirRevisionAndMinRevisionWaitsForIt) {
  ASSERT_THAT(CreateVendor("a"), IsOk());
  grpc::ClientContext context;
  v1::Vendor vendor;
  ASSERT_THAT(server_.Call(&InventoryStub::GetVendor, Parse<v1::GetVendorRequest>("name: 'vendors/a'"),
                           &vendor, context),
              IsOk());
  EXPECT_EQ(Trailer(context, "linchpin-revision"), "1");
  EXPECT_NE(Trailer(context, "linchpin-age-ms"), "");
  // A Get carries the token only when it named a revision itself; a List always does.
  EXPECT_EQ(Trailer(context, "linchpin-revision-token"), "");
  grpc::ClientContext list;
  v1::ListVendorsResponse vendors;
  ASSERT_THAT(server_.Call(&InventoryStub::ListVendors, {}, &vendors, list), IsOk());
  const std::string token = Trailer(list, "linchpin-revision-token");
  EXPECT_EQ(token, server_.source().RevisionToken(1));
  EXPECT_THAT(
      server_.Call(&InventoryStub::GetVendor,
                   Parse<v1::GetVendorRequest>("name: 'vendors/a' min_revision: '" + token + "'"), &vendor),
      IsOk());
  std::thread later([&] { EXPECT_THAT(CreateVendor("b"), IsOk()); });
  absl::Status reached = server_.Call(
      &InventoryStub::GetVendor, Parse<v1::GetVendorRequest>("name: 'vendors/b' min_revision: '2'"), &vendor);
  later.join();
  EXPECT_THAT(reached, IsOk());
}

TEST_F(InventoryServiceTest, MinRevisionThatIsNotReachedIsUnavailableBeforeTheDeadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(150));
  v1::Vendor vendor;
  absl::Status status = kit::FromGrpcStatus(server_.stub().GetVendor(
      &context, Parse<v1::GetVendorRequest>("name: 'vendors/a' min_revision: '9'"), &vendor));
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable, "REPLICA_BEHIND"));
  EXPECT_TRUE(base::DetailsOf(status)->retry_after_ms.has_value());
}

TEST_F(InventoryServiceTest, ARepeatedRequestIdIsAnsweredAlikeAndAnotherBodyRefused) {
  const std::string id = "123e4567-e89b-42d3-a456-426614174000";
  auto request =
      Parse<v1::CreateVendorRequest>("vendor_id: 'a' vendor { country: 'US' } request_id: '" + id + "'");
  v1::Vendor first, second;
  ASSERT_THAT(server_.Call(&InventoryStub::CreateVendor, request, &first), IsOk());
  ASSERT_THAT(server_.Call(&InventoryStub::CreateVendor, request, &second), IsOk());
  EXPECT_EQ(first.DebugString(), second.DebugString());
  request.mutable_vendor()->set_country("DE");
  EXPECT_THAT(server_.Call(&InventoryStub::CreateVendor, request, &second),
              Fails(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  request.set_request_id("not a uuid");
  EXPECT_THAT(server_.Call(&InventoryStub::CreateVendor, request, &second),
              Fails(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(InventoryServiceTest, ValidateOnlyAnswersAndChangesNothing) {
  v1::Vendor vendor;
  ASSERT_THAT(
      server_.Call(&InventoryStub::CreateVendor,
                   Parse<v1::CreateVendorRequest>("vendor_id: 'a' vendor {} validate_only: true"), &vendor),
      IsOk());
  EXPECT_EQ(vendor.name(), "vendors/a");
  EXPECT_THAT(ListVendors("")->vendors(), IsEmpty());
}

}  // namespace
}  // namespace linchpin::inventory
