#include "services/base/text.h"

#include <optional>

#include "gtest/gtest.h"

namespace linchpin::base {
namespace {

TEST(Nearest, FindsSlipsAndNothingElse) {
  EXPECT_EQ(Nearest("teir", {"tier", "owner"}), "tier");
  EXPECT_EQ(Nearest("display-name", {"displayName"}), "displayName");
  EXPECT_EQ(Nearest("dev", {"tier", "developer"}), "developer");
  EXPECT_EQ(Nearest("colour", {"tier", "owner"}), std::nullopt);
}

}  // namespace
}  // namespace linchpin::base
