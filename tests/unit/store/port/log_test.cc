#include "services/store/port/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace linchpin::store {
namespace {

using testing::ElementsAre;

class LimitRepeatsTest : public testing::Test {
 protected:
  LogFunction Limited(absl::Duration every) {
    return LimitRepeats(
        [this](LogLevel, std::string_view message, std::string_view detail) {
          lines_.push_back(absl::StrCat(std::string(message), ": ", std::string(detail)));
        },
        every);
  }
  std::vector<std::string> lines_;
};

TEST_F(LimitRepeatsTest, OneOfEqualLinesIsWritten) {
  const LogFunction log = Limited(absl::Hours(1));
  for (int i = 0; i < 100; ++i) log(LogLevel::kWarning, "no connection", "refused");
  log(LogLevel::kWarning, "no connection", "another reason");
  EXPECT_THAT(lines_, ElementsAre("no connection: refused", "no connection: another reason"));
}

TEST_F(LimitRepeatsTest, TheNextOneSaysHowManyWereLeftOut) {
  const LogFunction log = Limited(absl::Milliseconds(50));
  const LogFunction same = log;  // A copy counts with the original.
  log(LogLevel::kWarning, "a", "b");
  while (lines_.size() < 2) same(LogLevel::kWarning, "a", "b");
  EXPECT_THAT(lines_[1], testing::MatchesRegex("a: b \\(and [0-9]+ times before\\)"));
}

TEST_F(LimitRepeatsTest, WhatItRemembersIsBounded) {
  const LogFunction log = Limited(absl::Hours(1));
  for (int i = 0; i < 100; ++i) log(LogLevel::kInfo, "line", absl::StrCat(i));
  log(LogLevel::kInfo, "line", "0");
  EXPECT_EQ(lines_.size(), 101u);
}

TEST_F(LimitRepeatsTest, NoLogIsNoLog) { EXPECT_EQ(LimitRepeats(nullptr), nullptr); }

}  // namespace
}  // namespace linchpin::store
