#include "services/kit/auth/auth_failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using ::testing::HasSubstr;

class AuthFailuresTest : public testing::Test {
 protected:
  // The reason of what one more failure is answered with.
  std::string Fail(const std::string& host) {
    last_ = failures_.Note(host, base::Error(base::reason::TokenInvalid{}, "the token is unknown"));
    return base::ReasonOf(last_);
  }

  int lines_ = 0;
  absl::Time now_ = absl::UnixEpoch();
  absl::Status last_;
  Log log_{LogLevel::kInfo, [this](std::string_view) { ++lines_; }};
  Metrics metrics_{"", ""};
  AuthFailures failures_{3, log_, metrics_, [this] { return now_; }};
};

TEST_F(AuthFailuresTest, AHostBeyondItsBudgetIsToldToWait) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Fail("ipv4:10.0.0.1"), "TOKEN_INVALID");
  now_ += absl::Seconds(20);
  EXPECT_EQ(Fail("ipv4:10.0.0.1"), "LIMIT_REACHED");
  EXPECT_THAT(last_, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(base::DetailsOf(last_)->metadata.at("limit"), "3");
  EXPECT_EQ(base::DetailsOf(last_)->retry_after_ms, 40'000);
  EXPECT_EQ(Fail("ipv4:10.0.0.2"), "TOKEN_INVALID");
  now_ += absl::Seconds(40);
  EXPECT_EQ(Fail("ipv4:10.0.0.1"), "TOKEN_INVALID");
  EXPECT_THAT(metrics_.Scrape(), HasSubstr("linchpin_auth_failures_total{result=\"limited\"} 1\n"));
  EXPECT_THAT(metrics_.Scrape(), HasSubstr("linchpin_auth_failures_total{result=\"refused\"} 5\n"));
}

TEST_F(AuthFailuresTest, TheLogGetsOneLineASecond) {
  for (int i = 0; i < 1000; ++i) Fail("ipv4:10.0.0.1");
  EXPECT_EQ(lines_, 1);
  now_ += absl::Seconds(1);
  Fail("ipv4:10.0.0.1");
  EXPECT_EQ(lines_, 2);
}

TEST_F(AuthFailuresTest, HostsBeyondTheLimitShareABudget) {
  for (size_t i = 0; i < AuthFailures::kHostsMax; ++i) Fail("host" + std::to_string(i));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Fail("one more" + std::to_string(i)), "TOKEN_INVALID");
  EXPECT_EQ(Fail("yet another"), "LIMIT_REACHED");
  EXPECT_EQ(Fail("host1"), "TOKEN_INVALID");
  now_ += absl::Minutes(1);
  EXPECT_EQ(Fail("yet another"), "TOKEN_INVALID");
}

}  // namespace
}  // namespace linchpin::kit
