#include "services/server/exit_by.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/time/time.h"

namespace linchpin::linchpind {
namespace {

void Stick() {
  kit::Log log;
  ExitBy(absl::Milliseconds(1), log);
  while (true) pause();
}

TEST(ExitByDeathTest, EndsAProcessThatIsStuckAndSaysSo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(Stick(), testing::ExitedWithCode(1), "the process did not end by itself");
}

void EndInTime() {
  static kit::Log log;
  ExitBy(absl::InfiniteDuration(), log);
  _exit(0);
}

TEST(ExitByDeathTest, LetsAProcessEndBefore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(EndInTime(), testing::ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace linchpin::linchpind
