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

void ExpectFails(const absl::Status& status, absl::StatusCode code, const std::string& reason) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(base::ReasonOf(status), reason) << status;
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
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), "vendors/openai");
  EXPECT_EQ(created->revision(), 1);
  EXPECT_EQ(created->etag(), "\"1\"");
  EXPECT_GT(created->create_time().seconds(), 0);
  EXPECT_EQ(created->create_time().seconds(), created->update_time().seconds());
  absl::StatusOr<v1::Vendor> read = GetVendor("vendors/openai");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->DebugString(), created->DebugString());
}

TEST_F(InventoryServiceTest, CreateRefusesWhatExistsAndNamesEveryWrongField) {
  ASSERT_TRUE(CreateVendor("a").ok());
  ExpectFails(CreateVendor("a").status(), absl::StatusCode::kAlreadyExists, "RESOURCE_EXISTS");
  absl::Status status = CreateVendor("b", "country: 'XX' known_none: 'country'").status();
  ExpectFails(status, absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_THAT(FieldsOf(status), ::testing::UnorderedElementsAre("vendor.country", "vendor.known_none[0]"));
  EXPECT_THAT(FieldsOf(CreateVendor("No").status()), ElementsAre("vendor_id"));
}

TEST_F(InventoryServiceTest, AReferenceToNothingIsRefusedWithItsField) {
  absl::Status status = CreateVendor("a", "parent: 'vendors/none'").status();
  ExpectFails(status, absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND");
  EXPECT_THAT(FieldsOf(status), ElementsAre("vendor.parent"));
}

TEST_F(InventoryServiceTest, UpdateChangesWhatTheMaskNames) {
  ASSERT_TRUE(CreateVendor("a", "display_name: 'A' country: 'US'").ok());
  absl::StatusOr<v1::Vendor> changed = UpdateVendor(
      "vendor { name: 'vendors/a' country: 'DE' homepage: 'x' } update_mask { paths: 'country' }");
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->country(), "DE");
  EXPECT_EQ(changed->display_name(), "A");
  EXPECT_EQ(changed->homepage(), "");
  EXPECT_EQ(changed->revision(), 2);
  absl::StatusOr<v1::Vendor> same = UpdateVendor("vendor { name: 'vendors/a' country: 'DE' }");
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->revision(), 2);
  ExpectFails(UpdateVendor("vendor { name: 'vendors/a' } update_mask { paths: 'nope' }").status(),
              absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  ExpectFails(UpdateVendor("vendor { name: 'vendors/b' }").status(), absl::StatusCode::kNotFound,
              "RESOURCE_NOT_FOUND");
  EXPECT_TRUE(UpdateVendor("vendor { name: 'vendors/b' } allow_missing: true").ok());
}

TEST_F(InventoryServiceTest, AnOldEtagIsAborted) {
  ASSERT_TRUE(CreateVendor("a").ok());
  ASSERT_TRUE(UpdateVendor("vendor { name: 'vendors/a' country: 'DE' etag: '\"1\"' }").ok());
  ExpectFails(UpdateVendor("vendor { name: 'vendors/a' country: 'FR' etag: '\"1\"' }").status(),
              absl::StatusCode::kAborted, "ETAG_MISMATCH");
  ExpectFails(DeleteVendor("name: 'vendors/a' etag: '\"1\"'"), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_TRUE(DeleteVendor("name: 'vendors/a' etag: '\"2\"'").ok());
}

TEST_F(InventoryServiceTest, DeleteNamesWhatStillRefers) {
  ASSERT_TRUE(CreateVendor("a").ok());
  ASSERT_TRUE(CreateVendor("b", "parent: 'vendors/a'").ok());
  absl::Status status = DeleteVendor("name: 'vendors/a'");
  ExpectFails(status, absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED");
  EXPECT_THAT(std::string(status.message()), HasSubstr("vendors/b"));
  ExpectFails(DeleteVendor("name: 'vendors/c'"), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
  EXPECT_TRUE(DeleteVendor("name: 'vendors/c' allow_missing: true").ok());
  EXPECT_TRUE(DeleteVendor("name: 'vendors/b'").ok());
  EXPECT_TRUE(DeleteVendor("name: 'vendors/a'").ok());
  ExpectFails(GetVendor("vendors/a").status(), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

constexpr char kConsumer[] = R"(
    operations { upsert { vendor { name: 'vendors/v' known_none: 'parent' } } }
    operations { upsert { model { name: 'models/m' developer: 'vendors/v' } } }
    operations { upsert { dependency { name: 'applications/a/dependencies/d' alternatives { target: 'deployments/m' } } } }
    operations { upsert { deployment { name: 'deployments/m' model: 'models/m' operator: 'vendors/v' } } }
    operations { upsert { application { name: 'applications/a' tier: 1 } } })";

TEST_F(InventoryServiceTest, ABatchIsOneRevisionInAnyOrder) {
  auto written = server_.Write(kConsumer);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->revision(), 1);
  ASSERT_EQ(written->results_size(), 5);
  for (const auto& result : written->results()) {
    EXPECT_EQ(result.action(), v1::BatchWriteResponse::ACTION_CREATED);
    EXPECT_EQ(result.etag(), "\"1\"");
  }
  auto again = server_.Write(kConsumer);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->revision(), 1);
  EXPECT_EQ(again->results(0).action(), v1::BatchWriteResponse::ACTION_UNCHANGED);
  auto more = server_.Write(R"(operations { upsert { vendor { name: 'vendors/v' country: 'US' } } }
                               operations { delete: 'applications/a/dependencies/d' }
                               operations { delete: 'applications/none' allow_missing: true })");
  ASSERT_TRUE(more.ok()) << more.status();
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
  ExpectFails(status, absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[2].upsert.host.name",
                                            "operations[3].upsert.deployment.operator", "operations[1]"));
  status = server_.Write("operations { upsert { vendor { name: 'vendors/v' country: 'United States' } } }")
               .status();
  EXPECT_THAT(FieldsOf(status), ElementsAre("operations[0].upsert.vendor.country"));
  ExpectFails(
      server_.Write("operations { upsert { vendor { name: 'vendors/w' } } } expected_revision: 7").status(),
      absl::StatusCode::kAborted, "REVISION_MISMATCH");
  EXPECT_EQ(server_.source().Current()->Count(), 0);
}

TEST_F(InventoryServiceTest, ForceDeletesAConsumerWithItsDependencies) {
  ASSERT_TRUE(server_.Write(kConsumer).ok());
  google::protobuf::Empty empty;
  auto request = Parse<v1::DeleteApplicationRequest>("name: 'applications/a'");
  ExpectFails(server_.Call(&InventoryStub::DeleteApplication, request, &empty),
              absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED");
  request.set_force(true);
  EXPECT_TRUE(server_.Call(&InventoryStub::DeleteApplication, request, &empty).ok());
  EXPECT_FALSE(server_.source().Current()->Contains("applications/a/dependencies/d"));
}

TEST_F(InventoryServiceTest, PagesAddUpAndTokensBelongToTheirQuery) {
  for (const char* id : {"e", "c", "a", "d", "b"}) ASSERT_TRUE(CreateVendor(id, "country: 'US'").ok());
  ASSERT_TRUE(CreateVendor("x", "country: 'DE'").ok());
  std::vector<std::string> names;
  std::string token;
  do {
    auto page = ListVendors("country: 'US' page_size: 2 page_token: '" + token + "'");
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->total_size(), 5);
    for (const v1::Vendor& vendor : page->vendors()) names.push_back(vendor.name());
    token = page->next_page_token();
    if (names.size() == 2) {
      ExpectFails(ListVendors("country: 'DE' page_token: '" + token + "'").status(),
                  absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
      EXPECT_TRUE(ListVendors("country: 'US' page_size: 1 page_token: '" + token + "'").ok());
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
  ASSERT_TRUE(WriteLargeVendors(server_, 100, 300).ok());
  int count = 0, pages = 0;
  std::string token;
  do {
    auto page = ListVendors("page_size: 1000 page_token: '" + token + "'");
    ASSERT_TRUE(page.ok()) << page.status();
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
  for (int first : {100, 350}) ASSERT_TRUE(WriteLargeVendors(server_, first, 250).ok());
  v1::BatchGetRequest request;
  for (int i = 100; i < 600; ++i) request.add_names("vendors/v" + std::to_string(i));
  v1::BatchGetResponse response;
  const absl::Status status = server_.Call(&InventoryStub::BatchGet, request, &response);
  ExpectFails(status, absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("fewer names"));
  request.mutable_names()->DeleteSubrange(200, 300);
  EXPECT_TRUE(server_.Call(&InventoryStub::BatchGet, request, &response).ok());
  EXPECT_EQ(response.resources_size(), 200);
}

TEST_F(InventoryServiceTest, ListRefusesWhatItDoesNotUnderstand) {
  ExpectFails(ListVendors("page_size: -1").status(), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  ExpectFails(ListVendors("filter: 'x'").status(), absl::StatusCode::kUnimplemented, "FILTER_UNSUPPORTED");
  ExpectFails(ListVendors("order_by: 'country'").status(), absl::StatusCode::kInvalidArgument,
              "FIELD_INVALID");
  ExpectFails(ListVendors("page_token: 'AAAA'").status(), absl::StatusCode::kInvalidArgument,
              "PAGE_TOKEN_INVALID");
}

TEST_F(InventoryServiceTest, ListsNarrowByTheirFields) {
  ASSERT_TRUE(server_.Write(kConsumer).ok());
  ASSERT_TRUE(server_
                  .Write(R"(
      operations { upsert { vendor { name: 'vendors/w' parent: 'vendors/v' } } }
      operations { upsert { business_service { name: 'businessServices/s' } } }
      operations { upsert { dependency { name: 'businessServices/s/dependencies/d' purpose: PURPOSE_CODE
                                         alternatives { target: 'applications/a' } } } })")
                  .ok());
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
    ASSERT_TRUE(status.ok()) << status;
    std::vector<std::string> names;
    for (const v1::Dependency& dependency : response.dependencies()) names.push_back(dependency.name());
    EXPECT_EQ(names, one.names) << one.request;
    EXPECT_EQ(response.total_size(), static_cast<int>(one.names.size())) << one.request;
  }
  v1::ListApplicationsResponse applications;
  ASSERT_TRUE(server_
                  .Call(&InventoryStub::ListApplications, Parse<v1::ListApplicationsRequest>("tier: 1"),
                        &applications)
                  .ok());
  EXPECT_EQ(applications.applications_size(), 1);
}

TEST_F(InventoryServiceTest, ListsNarrowByOriginAsItIsDerived) {
  ASSERT_TRUE(server_
                  .Write(R"(
      operations { upsert { vendor { name: 'vendors/cn' country: 'CN' } } }
      operations { upsert { vendor { name: 'vendors/nowhere' } } }
      operations { upsert { model { name: 'models/derived' developer: 'vendors/cn' } } }
      operations { upsert { model { name: 'models/other' developer: 'vendors/cn' origin_country: 'SG' } } }
      operations { upsert { model { name: 'models/stated' origin_country: 'CN' } } }
      operations { upsert { model { name: 'models/unknown' } } }
      operations { upsert { model { name: 'models/unknown-country' developer: 'vendors/nowhere' } } })")
                  .ok());
  for (const auto& [request, expected] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"origin_country: 'CN'", {"models/derived", "models/stated"}},
           {"origin_country: 'SG'", {"models/other"}},
           {"origin_country: 'CN' developer: 'vendors/cn'", {"models/derived"}}}) {
    v1::ListModelsResponse response;
    ASSERT_TRUE(
        server_.Call(&InventoryStub::ListModels, Parse<v1::ListModelsRequest>(request), &response).ok());
    std::vector<std::string> names;
    for (const v1::Model& model : response.models()) names.push_back(model.name());
    EXPECT_EQ(names, expected) << request;
  }
}

TEST_F(InventoryServiceTest, BatchGetKeepsTheOrderAndListsWhatIsMissing) {
  ASSERT_TRUE(server_.Write(kConsumer).ok());
  v1::BatchGetResponse response;
  ASSERT_TRUE(server_
                  .Call(&InventoryStub::BatchGet,
                        Parse<v1::BatchGetRequest>("names: 'models/m' names: 'hosts/h' names: 'vendors/v'"),
                        &response)
                  .ok());
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
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(list.vendors_size(), 0);
  for (std::future<absl::Status>& batch : batches) EXPECT_TRUE(batch.get().ok());
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
  ASSERT_TRUE(committer->Commit(write).ok());
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
  ASSERT_TRUE(server.Call(&InventoryStub::ListVendors, v1::ListVendorsRequest(), &list).ok());
  ASSERT_EQ(list.vendors_size(), 1);
  EXPECT_EQ(list.vendors(0).name(), "vendors/good");
  EXPECT_EQ(list.total_size(), 1);
  v1::Vendor vendor;
  ExpectFails(
      server.Call(&InventoryStub::GetVendor, Parse<v1::GetVendorRequest>("name: 'vendors/bad'"), &vendor),
      absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
  EXPECT_TRUE(server.source().Current()->quarantine()->empty());
  EXPECT_TRUE(server.Write("operations { upsert { vendor { name: 'vendors/new' } } }").ok());
}

TEST_F(InventoryServiceTest, AnswersCarryTheirRevisionAndMinRevisionWaitsForIt) {
  ASSERT_TRUE(CreateVendor("a").ok());
  grpc::ClientContext context;
  v1::Vendor vendor;
  ASSERT_TRUE(
      server_
          .Call(&InventoryStub::GetVendor, Parse<v1::GetVendorRequest>("name: 'vendors/a'"), &vendor, context)
          .ok());
  EXPECT_EQ(Trailer(context, "linchpin-revision"), "1");
  EXPECT_NE(Trailer(context, "linchpin-age-ms"), "");
  // A Get carries the token only when it named a revision itself; a List always does.
  EXPECT_EQ(Trailer(context, "linchpin-revision-token"), "");
  grpc::ClientContext list;
  v1::ListVendorsResponse vendors;
  ASSERT_TRUE(server_.Call(&InventoryStub::ListVendors, {}, &vendors, list).ok());
  const std::string token = Trailer(list, "linchpin-revision-token");
  EXPECT_EQ(token, server_.source().RevisionToken(1));
  EXPECT_TRUE(server_
                  .Call(&InventoryStub::GetVendor,
                        Parse<v1::GetVendorRequest>("name: 'vendors/a' min_revision: '" + token + "'"),
                        &vendor)
                  .ok());
  std::thread later([&] { EXPECT_TRUE(CreateVendor("b").ok()); });
  absl::Status reached = server_.Call(
      &InventoryStub::GetVendor, Parse<v1::GetVendorRequest>("name: 'vendors/b' min_revision: '2'"), &vendor);
  later.join();
  EXPECT_TRUE(reached.ok()) << reached;
}

TEST_F(InventoryServiceTest, MinRevisionThatIsNotReachedIsUnavailableBeforeTheDeadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(150));
  v1::Vendor vendor;
  absl::Status status = kit::FromGrpcStatus(server_.stub().GetVendor(
      &context, Parse<v1::GetVendorRequest>("name: 'vendors/a' min_revision: '9'"), &vendor));
  ExpectFails(status, absl::StatusCode::kUnavailable, "REPLICA_BEHIND");
  EXPECT_TRUE(base::DetailsOf(status)->retry_after_ms.has_value());
}

TEST_F(InventoryServiceTest, ARepeatedRequestIdIsAnsweredAlikeAndAnotherBodyRefused) {
  const std::string id = "123e4567-e89b-42d3-a456-426614174000";
  auto request =
      Parse<v1::CreateVendorRequest>("vendor_id: 'a' vendor { country: 'US' } request_id: '" + id + "'");
  v1::Vendor first, second;
  ASSERT_TRUE(server_.Call(&InventoryStub::CreateVendor, request, &first).ok());
  ASSERT_TRUE(server_.Call(&InventoryStub::CreateVendor, request, &second).ok());
  EXPECT_EQ(first.DebugString(), second.DebugString());
  request.mutable_vendor()->set_country("DE");
  ExpectFails(server_.Call(&InventoryStub::CreateVendor, request, &second),
              absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  request.set_request_id("not a uuid");
  ExpectFails(server_.Call(&InventoryStub::CreateVendor, request, &second),
              absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
}

TEST_F(InventoryServiceTest, ValidateOnlyAnswersAndChangesNothing) {
  v1::Vendor vendor;
  ASSERT_TRUE(server_
                  .Call(&InventoryStub::CreateVendor,
                        Parse<v1::CreateVendorRequest>("vendor_id: 'a' vendor {} validate_only: true"),
                        &vendor)
                  .ok());
  EXPECT_EQ(vendor.name(), "vendors/a");
  EXPECT_THAT(ListVendors("")->vendors(), IsEmpty());
}

}  // namespace
}  // namespace linchpin::inventory
