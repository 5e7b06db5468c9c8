#include "services/kit/auth/denials.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace linchpin::kit {
namespace {

TEST(Denials, NobodyCanFillTheAudit) {
  std::map<std::string, int> recorded;
  Denials denials([&](const Denial& denial) { ++recorded[denial.principal]; }, 3);
  // Over two minutes at most, should one end meanwhile.
  for (int i = 0; i < 100; ++i) denials.Note({"mallory", "CreateVendor", absl::PermissionDeniedError("no")});
  denials.Note({"alice", "CreateVendor", absl::PermissionDeniedError("no")});
  EXPECT_GE(recorded["mallory"], 3);
  EXPECT_LE(recorded["mallory"], 6);
  EXPECT_EQ(recorded["alice"], 1);
}

}  // namespace
}  // namespace linchpin::kit
