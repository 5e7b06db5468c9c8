#include "services/store/port/outcome.h"

#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::store {
namespace {

TEST(Outcome, AReplyComesBackByteForByte) {
  const std::string reply("R\0\xff reply", 9);
  EXPECT_EQ(*DecodeOutcome(EncodeOutcome(reply)), reply);
  EXPECT_EQ(*DecodeOutcome(EncodeOutcome(std::string())), "");
}

TEST(Outcome, ARefusalComesBackWithItsDetails) {
  absl::Status refusal = base::Error(base::reason::EtagMismatch{.name = "vendors/x"}, "old");
  absl::Status again = DecodeOutcome(EncodeOutcome(refusal)).status();
  EXPECT_EQ(again, refusal);
  EXPECT_THAT(again, HasReason("ETAG_MISMATCH"));
}

TEST(Outcome, EqualRefusalsAreEqualBytes) {
  absl::Status one = absl::NotFoundError("x"), other = absl::NotFoundError("x");
  one.SetPayload("a", absl::Cord("1"));
  one.SetPayload("b", absl::Cord("2"));
  other.SetPayload("b", absl::Cord("2"));
  other.SetPayload("a", absl::Cord("1"));
  EXPECT_EQ(EncodeOutcome(one), EncodeOutcome(other));
}

TEST(Outcome, AnythingElseIsInternalAndNeverOk) {
  const std::string whole = EncodeOutcome(absl::NotFoundError("message"));
  for (size_t size = 0; size < whole.size(); ++size) {
    absl::Status status = DecodeOutcome(whole.substr(0, size)).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal)) << size;
  }
  EXPECT_THAT(DecodeOutcome("Xyz"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(DecodeOutcome(std::string("E\xff\xff\xff\xff\xff\xff\xff\xff", 9)),
              StatusIs(absl::StatusCode::kInternal));
}

TEST(Outcome, OnlyRefusalsOfTheWriteItselfAreKept) {
  EXPECT_TRUE(IsDeterministic(absl::NotFoundError("")));
  EXPECT_TRUE(IsDeterministic(absl::AbortedError("")));
  EXPECT_FALSE(IsDeterministic(absl::UnavailableError("")));
  EXPECT_FALSE(IsDeterministic(absl::ResourceExhaustedError("")));
  EXPECT_FALSE(IsDeterministic(absl::DeadlineExceededError("")));
  EXPECT_FALSE(IsDeterministic(absl::InternalError("")));
}

}  // namespace
}  // namespace linchpin::store
