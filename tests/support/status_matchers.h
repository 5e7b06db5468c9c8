// Matchers for absl::Status and absl::StatusOr (and what else has ok(): grpc::Status, a parse result):
//   ASSERT_THAT(view, IsOk());
//   EXPECT_THAT(store->Ping(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("try again")));
//   EXPECT_THAT(Parse("7"), IsOkAndHolds(7));
// What a matcher refuses is printed whole, so a test need not stream the status.
#ifndef LINCHPIN_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define LINCHPIN_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace linchpin {

namespace status_matchers {

inline const absl::Status& StatusIn(const absl::Status& status) { return status; }
// A StatusOr, or what else says how it went.
template <typename T>
requires requires(const T& outcome) { outcome.status(); }
absl::Status StatusIn(const T& outcome) { return outcome.status(); }

template <typename T>
void PrintOutcome(const T& outcome, std::ostream* out) {
  if constexpr (requires { StatusIn(outcome); }) {
    *out << "whose status is " << StatusIn(outcome).ToString();
  } else if constexpr (requires { outcome.error_message(); }) {
    *out << "whose error is " << static_cast<int>(outcome.error_code()) << ": " << outcome.error_message();
  }
}

struct IsOkMatcher {
  using is_gtest_matcher = void;

  template <typename T>
  bool MatchAndExplain(const T& outcome, std::ostream* out) const {
    if (out != nullptr) PrintOutcome(outcome, out);
    return outcome.ok();
  }
  void DescribeTo(std::ostream* out) const { *out << "is OK"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "is an error"; }
};

class StatusIsMatcher {
 public:
  using is_gtest_matcher = void;

  StatusIsMatcher(absl::StatusCode code, ::testing::Matcher<const std::string&> message)
      : code_(code), message_(std::move(message)) {}

  template <typename T>
  bool MatchAndExplain(const T& outcome, std::ostream* out) const {
    const absl::Status& status = StatusIn(outcome);
    if (out != nullptr) PrintOutcome(status, out);
    return status.code() == code_ && message_.Matches(std::string(status.message()));
  }
  void DescribeTo(std::ostream* out) const {
    *out << "has the code " << absl::StatusCodeToString(code_) << " and a message that ";
    message_.DescribeTo(out);
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "has another code than " << absl::StatusCodeToString(code_) << " or a message that ";
    message_.DescribeNegationTo(out);
  }

 private:
  absl::StatusCode code_;
  ::testing::Matcher<const std::string&> message_;
};

}  // namespace status_matchers

inline status_matchers::IsOkMatcher IsOk() { return {}; }

// The code, and a message that matches: text or a matcher of text.
inline status_matchers::StatusIsMatcher StatusIs(
    absl::StatusCode code, ::testing::Matcher<const std::string&> message = ::testing::_) {
  return {code, std::move(message)};
}

MATCHER_P(IsOkAndHolds, value, "is OK and its value is " + ::testing::PrintToString(value)) {
  if (!arg.ok()) {
    status_matchers::PrintOutcome(arg, result_listener->stream());
    return false;
  }
  return ::testing::ExplainMatchResult(value, *arg, result_listener);
}

}  // namespace linchpin

#endif  // LINCHPIN_TESTS_SUPPORT_STATUS_MATCHERS_H_
