#include "services/base/error.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin::base {
namespace {

using ::testing::HasSubstr;

TEST(Error, CarriesReasonMetadataAndViolations) {
  const absl::Status status =
      Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "vendors/x does not exist")
          .With("name", "vendors/x")
          .Field("name", "does not exist")
          .RetryAfterMs(1250);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "RESOURCE_NOT_FOUND");
  EXPECT_EQ(details->metadata.at("name"), "vendors/x");
  ASSERT_EQ(details->violations.size(), 1u);
  EXPECT_EQ(details->violations[0].field, "name");
  EXPECT_EQ(details->retry_after_ms, 1250);
}

TEST(Error, IsAbsentFromOtherStatuses) {
  EXPECT_FALSE(DetailsOf(absl::InternalError("x")).has_value());
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

TEST(Error, CountsViolationsInTheMessage) {
  const absl::Status status = FieldErrors({{"a", "is required"}, {"b", "is wrong"}, {"c", "is wrong"}});
  EXPECT_THAT(std::string(status.message()), HasSubstr("a: is required (and 2 more)"));
  EXPECT_TRUE(FieldErrors({}).ok());
}

TEST(Error, BoundsTheViolationsItCarries) {
  EXPECT_EQ(DetailsOf(FieldErrors(std::vector<FieldViolation>(1000, {"f", "d"})))->violations.size(), 50u);
}

TEST(TextOf, SaysCodeReasonAndMessageWithoutTheDetails) {
  const absl::Status status =
      Error(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "try again").With("key", "value");
  EXPECT_EQ(TextOf(status), "UNAVAILABLE (STORE_UNAVAILABLE): try again");
  EXPECT_EQ(TextOf(absl::InternalError("a bug")), "INTERNAL: a bug");
  EXPECT_EQ(TextOf(absl::OkStatus()), "OK");
}

}  // namespace
}  // namespace linchpin::base
