#include "services/base/error.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/reasons.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Error, CarriesReasonMetadataAndViolations) {
  const absl::Status status = Error(reason::ResourceNotFound{.name = "vendors/x"}, "vendors/x does not exist")
                                  .Field("name", "does not exist")
                                  .RetryAfterMs(1250);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
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
  EXPECT_THAT(absl::OkStatus(), HasReason(""));
}

TEST(Error, CountsViolationsInTheMessage) {
  const absl::Status status = FieldErrors({{"a", "is required"}, {"b", "is wrong"}, {"c", "is wrong"}});
  EXPECT_THAT(std::string(status.message()), HasSubstr("a: is required (and 2 more)"));
  EXPECT_THAT(FieldErrors({}), IsOk());
}

TEST(Error, BoundsTheViolationsItCarries) {
  EXPECT_EQ(DetailsOf(FieldErrors(std::vector<FieldViolation>(1000, {"f", "d"})))->violations.size(), 50u);
}

TEST(Error, LeavesOutMetadataThatIsNotKnown) {
  EXPECT_THAT(DetailsOf(Error(reason::StoreUnavailable{}, "away"))->metadata, IsEmpty());
}

TEST(Error, WritesNumbersOut) {
  const absl::Status status = Error(reason::RevisionMismatch{.expected = 7, .revision = int64_t{9}}, "no");
  EXPECT_THAT(DetailsOf(status)->metadata, ElementsAre(Pair("expected", "7"), Pair("revision", "9")));
}

TEST(RenameFields, ChangesThePathsAndNothingElse) {
  const absl::Status status = Error(reason::PolicyInvalid{.policy = "policies/p"}, "it does not compile")
                                  .Field("rules[0]", "is wrong")
                                  .RetryAfterMs(5);
  const absl::Status renamed = RenameFields(status, [](const std::string& path) { return "policy." + path; });
  EXPECT_EQ(renamed.message(), status.message());
  const auto details = DetailsOf(renamed);
  EXPECT_EQ(details->reason, "POLICY_INVALID");
  EXPECT_EQ(details->metadata.at("policy"), "policies/p");
  EXPECT_EQ(details->violations.at(0).field, "policy.rules[0]");
  EXPECT_EQ(details->retry_after_ms, 5);
  EXPECT_EQ(RenameFields(absl::AbortedError("x"), nullptr), absl::AbortedError("x"));
}

TEST(TextOf, SaysCodeReasonAndMessageWithoutTheDetails) {
  const absl::Status status = Error(reason::StoreUnavailable{.cause = "away"}, "try again");
  EXPECT_EQ(TextOf(status), "UNAVAILABLE (STORE_UNAVAILABLE): try again");
  EXPECT_EQ(TextOf(absl::InternalError("a bug")), "INTERNAL: a bug");
  EXPECT_EQ(TextOf(absl::OkStatus()), "OK");
}

}  // namespace
}  // namespace linchpin::base
