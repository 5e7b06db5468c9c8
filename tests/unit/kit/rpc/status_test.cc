#include "services/kit/rpc/status.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/reasons.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using base::Error;

google::rpc::Status Described(const grpc::Status& status) {
  google::rpc::Status described;
  EXPECT_TRUE(described.ParseFromString(status.error_details()));
  EXPECT_EQ(described.code(), status.error_code());
  EXPECT_EQ(described.message(), status.error_message());
  return described;
}

// The one ErrorInfo; fails if there is not exactly one.
google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::ErrorInfo info;
  int count = 0;
  const google::rpc::Status described = Described(status);
  for (const auto& any : described.details()) count += any.UnpackTo(&info) ? 1 : 0;
  EXPECT_EQ(count, 1);
  EXPECT_EQ(info.domain(), "linchpin");
  return info;
}

TEST(Status, OkStaysOk) { EXPECT_THAT(ToGrpcStatus(absl::OkStatus()), IsOk()); }

TEST(Status, EveryCodeHasOneErrorInfo) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(code), "text"), "r");
    EXPECT_EQ(status.error_code(), code);
    EXPECT_FALSE(InfoOf(status).reason().empty());
  }
}

TEST(Status, DetailsTravel) {
  const absl::Status sent = Error(base::reason::ReplicaBehind{.revision = 5, .min_revision = 7}, "wait")
                                .Field("min_revision", "too new")
                                .RetryAfterMs(1500);
  const absl::Status received = FromGrpcStatus(ToGrpcStatus(sent));
  EXPECT_THAT(received, StatusIs(sent.code()));
  EXPECT_EQ(received.message(), sent.message());
  const auto details = *base::DetailsOf(received);
  EXPECT_EQ(details.reason, "REPLICA_BEHIND");
  EXPECT_EQ(details.metadata.at("revision"), "5");
  ASSERT_EQ(details.violations.size(), 1u);
  EXPECT_EQ(details.violations[0].field, "min_revision");
  EXPECT_EQ(details.retry_after_ms, 1500);
}

TEST(Status, MissingResourceIsNamedAsOne) {
  const auto status = ToGrpcStatus(Error(base::reason::ResourceNotFound{.name = "vendors/x"}, "no"));
  google::rpc::ResourceInfo info;
  bool found = false;
  const google::rpc::Status described = Described(status);
  for (const auto& any : described.details()) found |= any.UnpackTo(&info);
  EXPECT_TRUE(found);
  EXPECT_EQ(info.resource_name(), "vendors/x");
  EXPECT_EQ(info.resource_type(), "vendors");
}

TEST(Status, TextOfBugsStaysInTheLog) {
  const auto status = ToGrpcStatus(absl::InternalError("SELECT canary"), "abc");
  EXPECT_THAT(status.error_message(), ::testing::Not(::testing::HasSubstr("canary")));
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr("abc"));
  EXPECT_EQ(InfoOf(status).reason(), "INTERNAL");
}

TEST(Status, ALongListKeepsWholeNames) {
  std::string names;
  for (int i = 100; i < 200; ++i) names += (names.empty() ? "vendors/" : ",vendors/") + std::to_string(i);
  ASSERT_GT(names.size(), 1024u);
  const google::rpc::ErrorInfo info = InfoOf(ToGrpcStatus(Error(
      base::reason::StillReferenced{
          .name = std::string(1023, 'x') + "\xC3\xA9", .referrers = names, .count = 100},
      "no")));
  const std::string kept = info.metadata().at("referrers");
  EXPECT_LE(kept.size(), 1024u);
  EXPECT_EQ(names.substr(0, kept.size() + 1), kept + ",");
  EXPECT_EQ(info.metadata().at("name"), std::string(1023, 'x'));
}

TEST(Status, LargeDetailsAreCutToWhatAHeaderTakes) {
  Error error(base::reason::FieldInvalid{.field = "operations"}, std::string(10000, 'm'));
  for (int i = 0; i < 10000; ++i)
    error.Field("operations[" + std::to_string(i) + "].upsert", std::string(500, 'd'));
  const auto status = ToGrpcStatus(error);
  EXPECT_LE(status.error_details().size(), 6144u);
  EXPECT_EQ(InfoOf(status).reason(), "FIELD_INVALID");
}

}  // namespace
}  // namespace linchpin::kit
