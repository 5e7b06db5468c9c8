#include "services/base/enum_words.h"

#include "gtest/gtest.h"

namespace linchpin::base {
namespace {

TEST(EnumWords, AreLowerCaseWithSpaces) {
  EXPECT_EQ(EnumWords("HOST_PROVIDER_GROUP"), "host provider group");
  EXPECT_EQ(EnumWords(""), "");
}

}  // namespace
}  // namespace linchpin::base
