#include "services/store/sqlite/disk_probe.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/store/port/store_error.h"
#include "tests/support/status_matchers.h"

namespace linchpin::store {
namespace {

TEST(ProbeDisk, LeavesNothingBehind) {
  FILE* file = tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_THAT(ProbeDisk(fileno(file)), IsOk());
  struct stat state {};
  ASSERT_EQ(fstat(fileno(file), &state), 0);
  EXPECT_EQ(state.st_size, 0);
  fclose(file);
}

TEST(ProbeDisk, SaysWhatTheSystemSays) {
  const int full = open("/dev/full", O_RDWR | O_CLOEXEC);
  ASSERT_GE(full, 0);
  EXPECT_EQ(CauseIn(ProbeDisk(full)), StoreCause::kFull);
  EXPECT_THAT(ProbeDisk(full), StatusIs(absl::StatusCode::kUnavailable));
  close(full);
  EXPECT_EQ(CauseIn(ProbeDisk(full)), StoreCause::kAway);
}

}  // namespace
}  // namespace linchpin::store
