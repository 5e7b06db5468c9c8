// The past through the service: reads as of a revision or time, what was changed, what differs.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/replica/past_views.h"
#include "tests/support/inventory_server.h"

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::InventoryServer;
using testing::InventoryStub;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

std::string VendorUpsert(const std::string& id, const std::string& fields) {
  return absl::StrCat("operations { upsert { vendor { name: 'vendors/", id, "' ", fields, " } } } ");
}
std::string DeleteOf(const std::string& name) { return absl::StrCat("operations { delete: '", name, "' } "); }

std::string TextOf(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

class HistoryTest : public ::testing::Test {
 protected:
  int64_t Write(const std::string& batch) {
    const auto written = server_.Write(batch);
    EXPECT_TRUE(written.ok()) << written.status();
    return written.ok() ? written->revision() : 0;
  }
  absl::StatusOr<std::string> CountryAsOf(const std::string& as_of, const std::string& name = "vendors/a") {
    v1::GetVendorRequest request;
    request.set_name(name);
    request.set_as_of(as_of);
    v1::Vendor vendor;
    const absl::Status status = server_.Call(&InventoryStub::GetVendor, request, &vendor);
    if (!status.ok()) return status;
    return vendor.country();
  }
  std::vector<std::string> NamesAsOf(const std::string& as_of) {
    v1::ListVendorsRequest request;
    request.set_as_of(as_of);
    v1::ListVendorsResponse response;
    EXPECT_TRUE(server_.Call(&InventoryStub::ListVendors, request, &response).ok());
    std::vector<std::string> names;
    for (const v1::Vendor& vendor : response.vendors()) names.push_back(vendor.name());
    return names;
  }
  absl::StatusOr<v1::ListChangesResponse> Changes(const std::string& request) {
    v1::ListChangesResponse response;
    const absl::Status status =
        server_.Call(&InventoryStub::ListChanges, Parse<v1::ListChangesRequest>(request), &response);
    if (!status.ok()) return status;
    return response;
  }
  absl::StatusOr<v1::DiffRevisionsResponse> Diff(const std::string& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    auto reader = server_.stub().DiffRevisions(&context, Parse<v1::DiffRevisionsRequest>(request));
    v1::DiffRevisionsResponse whole, part;
    while (reader->Read(&part)) whole.MergeFrom(part);
    const absl::Status status = kit::FromGrpcStatus(reader->Finish());
    if (!status.ok()) return status;
    return whole;
  }
  absl::Time TimeOf(int64_t revision) { return *server_.store().TimeOfRevision(revision); }

  InventoryServer server_;
};

// "3 ~vendors/a country", one line for each resource.
std::vector<std::string> Lines(const v1::ListChangesResponse& response) {
  std::vector<std::string> lines;
  for (const v1::RevisionChanges& revision : response.revisions()) {
    for (const v1::ResourceChange& change : revision.changes()) {
      std::string line = absl::StrCat(revision.revision(), " ",
                                      change.action() == v1::CHANGE_ACTION_CREATED   ? "+"
                                      : change.action() == v1::CHANGE_ACTION_DELETED ? "-"
                                                                                     : "~",
                                      change.name());
      if (change.action() == v1::CHANGE_ACTION_UPDATED) {
        for (const v1::FieldChange& field : change.fields()) {
          absl::StrAppend(&line, " ", field.path(), ":", field.has_before() ? field.before() : "-", ">",
                          field.has_after() ? field.after() : "-");
        }
      }
      lines.push_back(line);
    }
  }
  return lines;
}

TEST_F(HistoryTest, GetAndListAnswerFromAPastRevision) {
  Write(VendorUpsert("a", "country: 'US'"));
  Write(VendorUpsert("a", "country: 'CN'") + VendorUpsert("b", ""));
  Write(DeleteOf("vendors/a"));
  EXPECT_EQ(*CountryAsOf("1"), "US");
  EXPECT_EQ(*CountryAsOf("2"), "CN");
  ExpectFails(CountryAsOf("3").status(), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
  EXPECT_THAT(NamesAsOf("0"), IsEmpty());
  EXPECT_THAT(NamesAsOf("1"), ElementsAre("vendors/a"));
  EXPECT_THAT(NamesAsOf("2"), ElementsAre("vendors/a", "vendors/b"));
  EXPECT_THAT(NamesAsOf(""), ElementsAre("vendors/b"));
}

TEST_F(HistoryTest, TimesStandForTheNewestRevisionNotAfterThem) {
  Write(VendorUpsert("a", "country: 'US'"));
  absl::SleepFor(absl::Milliseconds(2));
  Write(VendorUpsert("a", "country: 'CN'"));
  EXPECT_EQ(*CountryAsOf(TextOf(TimeOf(2) - absl::Microseconds(1))), "US");
  EXPECT_EQ(*CountryAsOf(TextOf(TimeOf(2))), "CN");
  EXPECT_EQ(*CountryAsOf(TextOf(absl::Now())), "CN");
  const absl::Status before = CountryAsOf(TextOf(TimeOf(1) - absl::Hours(1))).status();
  ExpectFails(before, absl::StatusCode::kOutOfRange, "BEFORE_HISTORY");
  EXPECT_THAT(std::string(before.message()), HasSubstr("is before the first revision"));
}

TEST_F(HistoryTest, AsOfIsRefusedWithWhatToSendInstead) {
  Write(VendorUpsert("a", "country: 'US'"));
  ExpectFails(CountryAsOf("2").status(), absl::StatusCode::kOutOfRange, "REVISION_NOT_FOUND");
  for (const std::string& wrong : {std::string("yesterday"), std::string("2026-11-23T10:00:00"),
                                   std::string("-1"), TextOf(absl::Now() + absl::Hours(1))}) {
    ExpectFails(CountryAsOf(wrong).status(), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  }
  v1::GetVendorRequest both = Parse<v1::GetVendorRequest>("name: 'vendors/a' as_of: '1' min_revision: '1'");
  v1::Vendor vendor;
  ExpectFails(server_.Call(&InventoryStub::GetVendor, both, &vendor), absl::StatusCode::kInvalidArgument,
              "FIELD_INVALID");
  const std::string other = replica::MakeRevisionToken({1, "another history"});
  ExpectFails(CountryAsOf(other).status(), absl::StatusCode::kOutOfRange, "HISTORY_CHANGED");
}

TEST_F(HistoryTest, WhatWasCompactedIsGoneAndTheErrorSaysWhatIsLeft) {
  for (const char* country : {"US", "CN", "DE", "FR"})
    Write(VendorUpsert("a", absl::StrCat("country: '", country, "'")));
  ASSERT_TRUE(server_.store().Compact(3).ok());
  const absl::Status gone = CountryAsOf("2").status();
  ExpectFails(gone, absl::StatusCode::kOutOfRange, "REVISION_COMPACTED");
  EXPECT_EQ(base::DetailsOf(gone)->metadata.at("oldest"), "3");
  EXPECT_EQ(*CountryAsOf("3"), "DE");
  ExpectFails(Diff("from: '1'").status(), absl::StatusCode::kOutOfRange, "REVISION_COMPACTED");
  const auto changes = Changes("");
  ASSERT_TRUE(changes.ok()) << changes.status();
  EXPECT_EQ(changes->oldest().revision(), 3);
  // Revision 3 stands; what it replaced is gone, so nobody knows what it changed.
  EXPECT_THAT(Lines(*changes), ElementsAre("4 ~vendors/a country:DE>FR", "3 ~vendors/a"));
}

TEST_F(HistoryTest, TrailersAndSnapshotsNameThePastRevision) {
  Write(VendorUpsert("a", "country: 'US'"));
  Write(VendorUpsert("b", ""));
  grpc::ClientContext context;
  v1::FindPathsResponse response;
  ASSERT_TRUE(server_
                  .Call(&InventoryStub::FindPaths,
                        Parse<v1::FindPathsRequest>("from: 'vendors/a' to: 'vendors/a' as_of: '1'"),
                        &response, context)
                  .ok());
  EXPECT_EQ(response.inventory().revision(), 1);
  EXPECT_FALSE(response.inventory().has_age());
  EXPECT_TRUE(response.inventory().has_as_of_time());
  const auto trailer = context.GetServerTrailingMetadata().find("linchpin-revision");
  ASSERT_NE(trailer, context.GetServerTrailingMetadata().end());
  EXPECT_EQ(std::string(trailer->second.data(), trailer->second.size()), "1");
}

// Every revision of a random history, asked for in any order, is what a store says it was.
TEST_F(HistoryTest, EveryPastViewIsTheStateOfItsRevision) {
  std::mt19937 random(5);
  for (int i = 0; i < 60; ++i) {
    const std::string id = absl::StrCat("v", random() % 8);
    const bool there = server_.source().Current()->Contains("vendors/" + id);
    Write(there && random() % 3 == 0 ? DeleteOf("vendors/" + id)
                                     : VendorUpsert(id, absl::StrCat("display_name: '", i, "'")));
  }
  for (int i = 0; i < 40; ++i) {
    const int64_t revision = random() % 61;
    std::vector<std::string> expected;
    store::ScanOptions options;
    options.as_of = revision;
    ASSERT_TRUE(server_.store()
                    .Scan(options,
                          [&](store::StoredResource resource) {
                            expected.push_back(resource.name);
                            return absl::OkStatus();
                          })
                    .ok());
    ASSERT_EQ(NamesAsOf(absl::StrCat(revision)), expected) << revision;
  }
  const auto stats = server_.inventory().past_views().stats();
  EXPECT_LE(stats.views, 16);
  EXPECT_GT(stats.made, 0);
}

TEST_F(HistoryTest, ChangesTellWhoWhenByWhichRequestAndWhatField) {
  v1::CreateVendorRequest create = Parse<v1::CreateVendorRequest>(
      "vendor_id: 'a' vendor { country: 'US' } request_id: '6f1ed002-ab5d-4b22-9e18-0f2d1c3b4a59'");
  v1::Vendor vendor;
  ASSERT_TRUE(server_.Call(&InventoryStub::CreateVendor, create, &vendor).ok());
  Write(VendorUpsert("a", "country: 'CN' aliases: 'x'"));
  Write(DeleteOf("vendors/a"));
  const auto changes = Changes("");
  ASSERT_TRUE(changes.ok()) << changes.status();
  EXPECT_THAT(Lines(*changes),
              ElementsAre("3 -vendors/a", "2 ~vendors/a country:US>CN aliases:->[x]", "1 +vendors/a"));
  const v1::RevisionChanges& first = changes->revisions(2);
  EXPECT_EQ(first.method(), "CreateVendor");
  EXPECT_EQ(first.principal(), "anonymous");
  EXPECT_EQ(first.request_id(), "6f1ed002-ab5d-4b22-9e18-0f2d1c3b4a59");
  EXPECT_EQ(first.created(), 1);
  EXPECT_EQ(absl::FromUnixSeconds(first.time().seconds()) + absl::Nanoseconds(first.time().nanos()),
            TimeOf(1));
  EXPECT_EQ(changes->revisions(1).method(), "BatchWrite");
}

TEST_F(HistoryTest, ChangesNarrowAndPage) {
  for (int i = 0; i < 5; ++i) {
    Write(VendorUpsert("a", absl::StrCat("display_name: '", i, "'")) +
          "operations { upsert { host { name: 'hosts/h' display_name: '" + absl::StrCat(i) + "' } } }");
  }
  EXPECT_THAT(Lines(*Changes("name: 'hosts/h' page_size: 1")), ElementsAre("5 ~hosts/h displayName:3>4"));
  EXPECT_THAT(Lines(*Changes("kind: 'Vendor'")), SizeIs(5));
  EXPECT_THAT(Lines(*Changes("name: 'hosts'")), SizeIs(5));
  EXPECT_THAT(Lines(*Changes("principal: 'nobody'")), IsEmpty());
  EXPECT_THAT(Lines(*Changes("principal: 'anonymous'")), SizeIs(10));
  std::string token;
  std::vector<int64_t> revisions;
  do {
    const auto page = Changes(absl::StrCat("page_size: 2 page_token: '", token, "'"));
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& revision : page->revisions()) revisions.push_back(revision.revision());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(revisions, ElementsAre(5, 4, 3, 2, 1));
  // All are counted, some are shown.
  const auto cut = Changes("max_changes: 1 page_size: 1");
  EXPECT_EQ(cut->revisions(0).updated(), 2);
  EXPECT_THAT(cut->revisions(0).changes(), SizeIs(1));
}

TEST_F(HistoryTest, ChangesNarrowByTime) {
  for (int i = 0; i < 3; ++i) {
    Write(VendorUpsert("a", absl::StrCat("display_name: '", i, "'")));
    absl::SleepFor(absl::Milliseconds(2));
  }
  const auto request = [&](absl::Time start, absl::Time end) {
    const auto field = [](const char* name, absl::Time time) {
      const int64_t micros = absl::ToUnixMicros(time);
      return absl::StrCat(name, " { seconds: ", micros / 1000000, " nanos: ", micros % 1000000 * 1000, " } ");
    };
    return field("start_time", start) + field("end_time", end);
  };
  const auto revisions = [&](absl::Time start, absl::Time end) {
    std::vector<int64_t> numbers;
    const auto changes = Changes(request(start, end));
    EXPECT_TRUE(changes.ok()) << changes.status();
    for (const auto& revision : changes->revisions()) numbers.push_back(revision.revision());
    return numbers;
  };
  EXPECT_THAT(revisions(TimeOf(2), TimeOf(3)), ElementsAre(2));
  EXPECT_THAT(revisions(TimeOf(1), TimeOf(3) + absl::Seconds(1)), ElementsAre(3, 2, 1));
  EXPECT_THAT(revisions(TimeOf(1) - absl::Hours(2), TimeOf(1)), IsEmpty());
  ExpectFails(Changes(request(TimeOf(2), TimeOf(2))).status(), absl::StatusCode::kInvalidArgument,
              "FIELD_INVALID");
}

TEST_F(HistoryTest, ChangesRefuseWhatIsNoNameKindOrToken) {
  for (const char* wrong : {"name: 'nothing'", "name: 'policies/a'", "kind: 'vendor'", "page_size: -1"}) {
    ExpectFails(Changes(wrong).status(), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  }
  ExpectFails(Changes("page_token: 'x'").status(), absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(HistoryTest, DiffIsNetAndGoesBothWays) {
  Write(VendorUpsert("a", "country: 'US'") + VendorUpsert("b", "country: 'US'"));
  Write(VendorUpsert("a", "country: 'CN'") + VendorUpsert("b", "country: 'CN'"));
  Write(VendorUpsert("b", "country: 'US'") + VendorUpsert("c", ""));
  const auto forth = Diff("from: '1'");
  ASSERT_TRUE(forth.ok()) << forth.status();
  EXPECT_EQ(forth->from().revision(), 1);
  EXPECT_EQ(forth->to().revision(), 3);
  ASSERT_THAT(forth->changes(), SizeIs(2));  // What became of b was undone.
  EXPECT_EQ(forth->changes(0).name(), "vendors/a");
  EXPECT_EQ(forth->changes(0).fields(0).path(), "country");
  EXPECT_EQ(forth->changes(0).fields(0).before(), "US");
  EXPECT_EQ(forth->changes(0).fields(0).after(), "CN");
  EXPECT_EQ(forth->changes(1).action(), v1::CHANGE_ACTION_CREATED);
  const auto back = Diff("from: '3' to: '1'");
  EXPECT_EQ(back->changes(0).fields(0).after(), "US");
  EXPECT_EQ(back->changes(1).action(), v1::CHANGE_ACTION_DELETED);
  EXPECT_THAT(Diff("from: '1' name: 'vendors/c'")->changes(), SizeIs(1));
  EXPECT_THAT(Diff("from: '1' kind: 'Host'")->changes(), IsEmpty());
}

TEST_F(HistoryTest, DiffWithDocumentsHasBothStatesAndWhatWasRestored) {
  Write(VendorUpsert("a", "country: 'US'"));
  Write(VendorUpsert("a", "country: 'CN'"));
  Write(VendorUpsert("a", "country: 'US'"));
  const auto diff = Diff("from: '1' include_documents: true");
  ASSERT_TRUE(diff.ok()) << diff.status();
  ASSERT_THAT(diff->changes(), SizeIs(1));
  EXPECT_EQ(diff->changes(0).action(), v1::CHANGE_ACTION_RESTORED);
  EXPECT_EQ(diff->changes(0).before().vendor().revision(), 1);
  EXPECT_EQ(diff->changes(0).after().vendor().revision(), 3);
  EXPECT_EQ(diff->changes(0).after().vendor().country(), "US");
}

TEST_F(HistoryTest, DiffRefusesWhatCannotBe) {
  Write(VendorUpsert("a", ""));
  ExpectFails(Diff("").status(), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  ExpectFails(Diff("from: 'x'").status(), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  ExpectFails(Diff("from: '7'").status(), absl::StatusCode::kOutOfRange, "REVISION_NOT_FOUND");
}

}  // namespace
}  // namespace linchpin::inventory
